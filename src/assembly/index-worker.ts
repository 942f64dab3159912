import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from '../archive/read/open-reader.ts';
import type { Index } from '../core/ports/index.ts';
import { FolderVault } from '../engines/embedded/folder-vault.ts';
import { SqliteIndex } from '../engines/embedded/sqlite-index.ts';
import { Indexer } from '../search/indexer.ts';
import { serve } from './rpc.ts';

export interface IndexWorkerData {
  readonly data: string;
}

/** What the index worker does for the other threads: it answers searches, and follows the commits by itself. */
export interface IndexWorker extends Omit<Index, 'rebuild'> {
  /** Makes the index anew from the vault, beside the one in use. */
  rebuildIndex(): Promise<{ documents: number }>;
  /** The newest failure of the feed; undefined while it goes well. */
  failure(): Promise<string | undefined>;
}

/** Documents in one transaction: what a larger one saves in merging terms is less than what it makes searches wait. */
const BATCH = 8_000;

/** Index and indexer of an embedded archive, in a thread of their own because SQLite blocks. */
if (parentPort !== null) {
  const { data } = workerData as IndexWorkerData;
  const reader = await openReader(new FolderVault(join(data, 'vault')), undefined, {
    scanChecks: 'segments',
  });
  const index = new SqliteIndex({ folder: join(data, 'index') });
  let failure: string | undefined;
  const indexer = new Indexer({
    reader,
    index,
    batch: BATCH,
    report: (event) => {
      failure = event.kind === 'failed' ? event.error.message : undefined;
    },
  });
  indexer.start();
  serve(parentPort, {
    add: (documents) => index.add(documents),
    advance: (log, position) => index.advance(log, position),
    positions: () => index.positions(),
    search: (plan, page) => index.search(plan, page),
    count: (plan, heads) => index.count(plan, heads),
    conversations: (plan, heads, limit) => index.conversations(plan, heads, limit),
    addresses: (limit) => index.addresses(limit),
    get: (names) => index.get(names),
    changes: (ids) => index.changes(ids),
    scan: (log, from) => index.scan(log, from),
    flaws: () => index.flaws(),
    logs: () => index.logs(),
    buckets: () => index.buckets(),
    drop: (bucket) => index.drop(bucket),
    rebuildIndex: () => indexer.rebuild(),
    failure: async () => failure,
    async close() {
      await indexer.stop();
      await index.close();
    },
  } satisfies IndexWorker);
}
