import type { ArchiveReader } from '../archive/reader.ts';
import { ACT_LOGS, baseOf } from '../core/logs.ts';
import type { Heads } from '../core/ports/index.ts';

/** Tree sizes of the transcript logs as they are sealed now. */
export async function sealedHeads(reader: Pick<ArchiveReader, 'logs' | 'head'>): Promise<Heads> {
  const logs = (await reader.logs()).filter((log) => !ACT_LOGS.includes(baseOf(log)));
  return Object.fromEntries(await Promise.all(logs.map(async (log) => [log, (await reader.head(log)).size])));
}

/**
 * Sealed entries of transcript logs that an answer under `heads` does not cover: mostly none, or what was sealed a moment
 * ago, but all of it where the index was lost.
 */
export function notIndexed(sealed: Heads, heads: Heads): number {
  return Object.entries(sealed).reduce(
    (missing, [log, size]) => missing + Math.max(0, size - (heads[log] ?? 0)),
    0,
  );
}
