import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Index } from '../core/ports/index.ts';
import { SqliteIndex } from '../engines/embedded/sqlite-index.ts';
import { POSITIONS } from '../engines/embedded/sqlite-index-files.ts';
import { serve } from './rpc.ts';

export interface SearchWorkerData {
  /** Folder of the index. */
  readonly folder: string;
}

/** What the search worker does for the service. */
export type SearchWorker = Pick<
  Index,
  'positions' | 'search' | 'count' | 'conversations' | 'addresses' | 'get' | 'changes' | 'buckets' | 'close'
>;

/**
 * Searches of an embedded archive, in a thread beside the one that fills the index: SQLite blocks, and whoever asks must
 * not wait for what is being added.
 */
if (parentPort !== null) {
  const { folder } = workerData as SearchWorkerData;
  let index = new SqliteIndex({ folder, readOnly: true });
  let file = fileOf(folder);
  /** The index that is there now: a rebuilt one has taken the place of the old files. */
  const newest = async (): Promise<SqliteIndex> => {
    const found = fileOf(folder);
    if (found !== file) {
      await index.close();
      index = new SqliteIndex({ folder, readOnly: true });
      file = found;
    }
    return index;
  };
  serve(parentPort, {
    positions: async () => (await newest()).positions(),
    search: (plan, page) => index.search(plan, page),
    count: (plan, heads) => index.count(plan, heads),
    conversations: (plan, heads, limit) => index.conversations(plan, heads, limit),
    addresses: (limit) => index.addresses(limit),
    get: (names) => index.get(names),
    changes: (ids) => index.changes(ids),
    buckets: () => index.buckets(),
    close: () => index.close(),
  } satisfies SearchWorker);
}

/** Which file holds the positions; undefined: none yet. */
function fileOf(folder: string): number | undefined {
  return statSync(join(folder, POSITIONS), { throwIfNoEntry: false })?.ino;
}
