/**
 * Commits as bytes: JCS of {@link Commit}, stored once under `ledger/<log>/commits/<n>`. Reading takes hostile bytes
 * and checks everything that one commit alone can show.
 */
import { sha256Hex } from '../hash.ts';
import { canonical } from '../json.ts';
import type { Commit, LogName, SegmentName } from '../record.ts';
import { bad, fromBase64, good, type Read, toBase64 } from './read.ts';

/** Bytes of one record's part of `dedup`: two keys of 16 bytes. */
export const DEDUP_WIDTH = 32;

/** `ledger/<log>/commits/<n>`, n in twelve digits. */
export function commitName(log: LogName, n: number): string {
  return `ledger/${log}/commits/${String(n).padStart(12, '0')}`;
}

/** Stored bytes of a commit. */
export function commitBytes(commit: Commit): Uint8Array {
  return Buffer.from(canonical(commit));
}

/** What the next commit names as `previous`: hex SHA-256 of the stored bytes. */
export function commitDigest(bytes: Uint8Array): string {
  return sha256Hex(bytes);
}

/** Concatenated 32-byte values, as `leaves` and `dedup` hold them. */
export function packValues(values: readonly Uint8Array[]): string {
  return toBase64(Buffer.concat(values));
}

/** The leaf values of a commit that was parsed, concatenated. */
export function leafValues(commit: Commit): Uint8Array {
  return fromBase64(commit.leaves) ?? new Uint8Array(0);
}

/** Leaves that a commit adds. */
export function leafCount(commit: Commit): number {
  return commit.segments.reduce((sum, segment) => sum + segment.count, 0);
}

/** How many of a commit's leaves below a tree size are events: of all records they alone have both keys. */
export function eventCount({ dedup, sizeAfter }: Pick<Commit, 'dedup' | 'sizeAfter'>, size: number): number {
  const keys = Buffer.from(dedup, 'base64');
  const leaves = keys.length / DEDUP_WIDTH - Math.max(0, sizeAfter - size);
  let events = 0;
  for (let leaf = 0; leaf < leaves; leaf++) {
    const at = leaf * DEDUP_WIDTH;
    if (keys.readBigUInt64BE(at) !== 0n && keys.readBigUInt64BE(at + DEDUP_WIDTH / 2) !== 0n) events++;
  }
  return events;
}

const HEX = /^[0-9a-f]{64}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const CLASS = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const QUARTER = /^\d{4}Q[1-4]$/;
const MEMBERS =
  'checkpoint dedup from last leaves log n previous receipts sealedAt segments sizeAfter to v'.split(' ');

/** True for what may name a retention class, and is safe in a path. */
export function isClassName(text: string): boolean {
  return CLASS.test(text);
}

/** True for a quarter: `2026Q4`. */
export function isQuarter(text: string): boolean {
  return QUARTER.test(text);
}

/** Reads the stored bytes of commit `n` of `log`: its form, and that its counts agree among themselves. */
export function parseCommit(bytes: Uint8Array, log: LogName, n: number): Read<Commit> {
  let value: unknown;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    value = JSON.parse(text);
    if (canonical(value) !== text) return bad('the commit is not canonical JSON');
  } catch {
    return bad('the commit is not canonical JSON');
  }
  if (!isObject(value) || !hasMembers(value, MEMBERS))
    return bad('the commit has not the members of a commit');
  if (value.v !== 1) return bad('the commit is of another version');
  if (value.log !== log || value.n !== n) return bad('the commit is of another place');
  if (!isCommit(value)) return bad('a member of the commit is not of its form');
  return checkCounts(value);
}

function checkCounts(commit: Commit): Read<Commit> {
  const count = leafCount(commit);
  const leaves = fromBase64(commit.leaves);
  const dedup = fromBase64(commit.dedup);
  if (leaves?.length !== count * 32 || dedup?.length !== count * DEDUP_WIDTH)
    return bad('the commit counts other leaves than it holds');
  if (!isAscending(commit.segments)) return bad('its segments are not one a bucket, in order');
  if (commit.from > commit.to || commit.sizeAfter < count) return bad('the commit runs backwards');
  if ((commit.previous === null) !== (commit.n === 0)) return bad('only the first commit has none before it');
  return good(commit);
}

/** Leaves are numbered through the segments: their order is part of the format. */
function isAscending(segments: readonly SegmentName[]): boolean {
  const key = (segment: SegmentName): string => `${segment.class} ${segment.quarter}`;
  return segments.every((segment, i) => {
    const before = segments[i - 1];
    return before === undefined || key(before) < key(segment);
  });
}

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const hasMembers = (value: Members, names: readonly string[]): boolean =>
  Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const matches = (value: unknown, pattern: RegExp): value is string =>
  typeof value === 'string' && pattern.test(value);

function isCommit(value: Members): value is Members & Commit {
  return (
    (value.previous === null || matches(value.previous, HEX)) &&
    (value.last === null || matches(value.last, HEX)) &&
    isCount(value.from) &&
    isCount(value.to) &&
    isCount(value.sizeAfter) &&
    matches(value.sealedAt, INSTANT) &&
    typeof value.leaves === 'string' &&
    typeof value.dedup === 'string' &&
    typeof value.checkpoint === 'string' &&
    Array.isArray(value.segments) &&
    value.segments.every(isSegment) &&
    Array.isArray(value.receipts) &&
    value.receipts.every(isProgress)
  );
}

const isSegment = (value: unknown): boolean =>
  isObject(value) &&
  hasMembers(value, ['class', 'quarter', 'digest', 'count']) &&
  matches(value.class, CLASS) &&
  matches(value.quarter, QUARTER) &&
  matches(value.digest, HEX) &&
  isCount(value.count) &&
  value.count > 0;

const isProgress = (value: unknown): boolean =>
  isObject(value) &&
  hasMembers(value, ['receipt', 'records', 'entry']) &&
  matches(value.receipt, HEX) &&
  isCount(value.records) &&
  typeof value.entry === 'boolean';
