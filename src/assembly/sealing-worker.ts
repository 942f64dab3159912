import { once } from 'node:events';
import { join } from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { readIdentity } from '../archive/read/identity.ts';
import { Archiver } from '../archive/seal/archiver.ts';
import { openLostGenerations } from '../archive/seal/generation.ts';
import { type ErrorCode, HoldfastError } from '../core/errors.ts';
import { baseLogs } from '../core/logs.ts';
import type { Stream } from '../core/ports/stream.ts';
import type { LogName } from '../core/record.ts';
import { FolderVault } from '../engines/embedded/folder-vault.ts';
import { keysOf } from '../engines/embedded/key-file.ts';
import type { StoredKeys } from '../engines/embedded/key-file-store.ts';
import { SqliteStream } from '../engines/embedded/sqlite-stream.ts';
import { generationTools } from './generations.ts';
import { serve } from './rpc.ts';
import { systemClock, systemRandom } from './system.ts';

/** A log that stopped for cause. */
export interface Incident {
  readonly log: LogName;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface SealingWorkerData {
  readonly data: string;
  /** Brings the opened keys ({@link StoredKeys}), once: the thread gets ready while they are being opened. */
  readonly keys: MessagePort;
  /** Who opened the archive. */
  readonly actor: string;
}

/** What the sealing worker does for the other threads. */
export interface SealingWorker extends Pick<Stream, 'append' | 'bounds' | 'trim'> {
  incidents(): Promise<Incident[]>;
  /** Seals what is in work, and closes the stream. */
  close(): Promise<void>;
}

/** Stream, dedup tables and archiver of an embedded archive, in a thread of their own because SQLite blocks. */
if (parentPort !== null) {
  const { data, keys: port, actor } = workerData as SealingWorkerData;
  const [stored] = (await once(port, 'message')) as [StoredKeys];
  port.close();
  const keys = keysOf(stored);
  const vault = new FolderVault(join(data, 'vault'));
  const identity = await readIdentity(vault);
  const stream = new SqliteStream({ path: join(data, 'stream.db'), logs: baseLogs(identity.partitions) });
  // This process owns stream and vault: a stream that ends early is a new one (ADR 4).
  await openLostGenerations(
    generationTools(vault, stream, identity, keys, actor),
    baseLogs(identity.partitions),
  );
  const incidents: Incident[] = [];
  const archiver = new Archiver({
    vault,
    identity,
    ledger: keys.ledger,
    dedup: keys.dedup,
    clock: systemClock,
    random: systemRandom,
    cache: join(data, 'cache'),
    trim: (log, below) => stream.trim(log, below),
    report(event) {
      if (event.kind !== 'incident') return;
      const { log, error } = event;
      incidents.push({
        log,
        code: error instanceof HoldfastError ? error.code : 'internal',
        message: error.message,
      });
    },
  });
  const consumption = await stream.consume(archiver);
  serve(parentPort, {
    append: (log, messages) => stream.append(log, messages),
    bounds: (log) => stream.bounds(log),
    trim: (log, below) => stream.trim(log, below),
    incidents: async () => incidents,
    async close() {
      await consumption.stop();
      await stream.close();
    },
  } satisfies SealingWorker);
}
