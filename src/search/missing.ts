import type { ArchiveReader } from '../archive/reader.ts';
import { eventCount } from '../core/ledger/commit.ts';
import { ACT_LOGS, baseOf } from '../core/logs.ts';
import type { Heads, Index } from '../core/ports/index.ts';

/**
 * How many events are sealed below `heads` that the index has no document of. An index that is behind says so by its
 * positions; one that lost documents says nothing, and whatever is selected by it is short of them. Reads every commit,
 * which takes its time on a large archive; whether each document is what it should be is for verification.
 */
export async function missingDocuments(
  reader: Pick<ArchiveReader, 'commits'>,
  index: Pick<Index, 'count'>,
  heads: Heads,
): Promise<number> {
  const transcripts = Object.entries(heads).filter(([log]) => !ACT_LOGS.includes(baseOf(log)));
  let events = 0;
  for (const [log, size] of transcripts)
    for await (const commit of reader.commits(log)) {
      events += eventCount(commit, size);
      if (commit.sizeAfter >= size) break;
    }
  return events - (await index.count({ op: 'all' }, Object.fromEntries(transcripts)));
}
