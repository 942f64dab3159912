/** Names of logs, their generations, and what the vault holds of them. */
import type { LogName, SegmentName } from './record.ts';

/** Logs beside the transcripts' `m0…`: acts that change what the archive does, and acts that change nothing. */
export const CONTROL = 'control';
export const AUDIT = 'audit';
export const ACT_LOGS: readonly string[] = [CONTROL, AUDIT];

const LOG = /^(m(?:0|[1-9]\d{0,3})|control|audit)(?:\.([2-9]|[1-9]\d{1,5}))?$/;

/** Splits a log's name into base name and generation; undefined for what is no log's name. */
export function parseLogName(name: string): { base: string; generation: number } | undefined {
  const match = LOG.exec(name);
  if (match?.[1] === undefined) return undefined;
  return { base: match[1], generation: match[2] === undefined ? 1 : Number(match[2]) };
}

/** `m0` for generation 1, then `m0.2`. */
export function generationName(base: string, generation: number): LogName {
  return generation === 1 ? base : `${base}.${generation}`;
}

/** The log's name without its generation. */
export function baseOf(log: LogName): string {
  const dot = log.indexOf('.');
  return dot === -1 ? log : log.slice(0, dot);
}

/** `m0` … in order of partition. */
export function transcriptLogs(partitions: number): string[] {
  return Array.from({ length: partitions }, (_, i) => `m${i}`);
}

/** The transcript logs, then control and audit: every base log of an archive. */
export function baseLogs(partitions: number): string[] {
  return [...transcriptLogs(partitions), CONTROL, AUDIT];
}

/** Vault name of the one object of a log that moves. */
export function checkpointName(log: LogName): string {
  return `ledger/${log}/checkpoint`;
}

/** Vault name of a segment. */
export function segmentName(segment: Pick<SegmentName, 'class' | 'quarter' | 'digest'>): string {
  return `segments/${segment.class}/${segment.quarter}/${segment.digest}`;
}
