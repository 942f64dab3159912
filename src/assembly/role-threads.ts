import type { Role } from '../cli/archive.ts';
import type { Io } from '../cli/io.ts';
import type { DistributedSettings } from '../config/settings.ts';
import type { StoredKeys } from '../engines/embedded/key-file-store.ts';
import type { Told } from './news.ts';
import { remote } from './rpc.ts';
import type { Incident } from './sealing-worker.ts';
import { startThread, type Thread } from './thread.ts';

export interface RoleWorkerData {
  readonly settings: DistributedSettings;
  readonly keys: StoredKeys;
}

/** What the thread of a role answers. */
export interface RoleWorker {
  /** Resolves when it is at work. */
  started(): Promise<void>;
  /** See `News.next`. */
  news(): Promise<Told[]>;
  /** Ends what is in work. */
  close(): Promise<void>;
}

export interface RoleThreads {
  /** Rejects when a thread dies. */
  readonly died: Promise<never>;
  close(): Promise<void>;
}

const MODULES: { readonly [role in Role]?: URL } = {
  archiver: new URL('./archiver-worker.ts', import.meta.url),
  indexer: new URL('./indexer-worker.ts', import.meta.url),
};

/**
 * The roles of a service that keep a processor busy, each in a thread of its own. What they tell goes to `io`, incidents
 * to `incidents` as well.
 */
export async function startRoles(
  roles: readonly Role[],
  data: RoleWorkerData,
  io: Io,
  incidents: Incident[],
): Promise<RoleThreads> {
  const threads: { readonly thread: Thread; readonly worker: RoleWorker; readonly told: Promise<void> }[] =
    [];
  for (const role of roles) {
    const module = MODULES[role];
    if (module === undefined) continue;
    const thread = startThread(module, data);
    const worker = remote<RoleWorker>(thread.caller, ['started', 'news', 'close']);
    const told = relay(worker, io, incidents);
    told.catch(() => {});
    threads.push({ thread, worker, told });
  }
  const end = async (): Promise<void> => {
    await Promise.all(threads.map(({ thread }) => thread.end()));
  };
  try {
    await Promise.all(threads.map(({ worker }) => worker.started()));
  } catch (error) {
    await end();
    throw error;
  }
  const died = Promise.withResolvers<never>();
  died.promise.catch(() => {});
  for (const { told } of threads) told.catch(died.reject);
  return {
    died: died.promise,
    async close() {
      try {
        await Promise.all(threads.map(({ worker }) => worker.close()));
        await Promise.all(threads.map(({ told }) => told));
      } finally {
        await end();
      }
    },
  };
}

/** Until the thread has nothing more to tell. */
async function relay(worker: RoleWorker, io: Io, incidents: Incident[]): Promise<void> {
  for (let news = await worker.news(); news.length > 0; news = await worker.news()) {
    for (const { line, incident } of news) {
      if (incident !== undefined) incidents.push(incident);
      io.err(line);
    }
  }
}
