import { parentPort, workerData } from 'node:worker_threads';
import type { AuditedIndex } from '../archive/verify/index-checks.ts';
import { SqliteIndex } from '../engines/embedded/sqlite-index.ts';
import { serve } from './rpc.ts';

export interface AuditWorkerData {
  /** Folder of the index. */
  readonly folder: string;
}

/** What the audit worker does for a verification. */
export interface AuditWorker extends AuditedIndex {
  close(): Promise<void>;
}

/** The index of an embedded archive as verification reads it, in a thread beside the one that reads the records. */
if (parentPort !== null) {
  const { folder } = workerData as AuditWorkerData;
  const index = new SqliteIndex({ folder, readOnly: true });
  serve(parentPort, {
    positions: () => index.positions(),
    scan: (log, from) => index.scan(log, from),
    flaws: () => index.flaws(),
    logs: () => index.logs(),
    close: () => index.close(),
  } satisfies AuditWorker);
}
