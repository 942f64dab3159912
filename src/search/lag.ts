import type { ArchiveReader } from '../archive/reader.ts';
import { ACT_LOGS, baseOf } from '../core/logs.ts';
import type { Heads } from '../core/ports/index.ts';

/**
 * Sealed entries of transcript logs that an answer under these heads does not cover: mostly none, or what was sealed a
 * moment ago, but all of it where the index was lost.
 */
export async function notIndexed(
  reader: Pick<ArchiveReader, 'logs' | 'head'>,
  heads: Heads,
): Promise<number> {
  let missing = 0;
  for (const log of await reader.logs())
    if (!ACT_LOGS.includes(baseOf(log)))
      missing += Math.max(0, (await reader.head(log)).size - (heads[log] ?? 0));
  return missing;
}
