import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { ensureFirstAct } from '../archive/acts.ts';
import { readIdentity } from '../archive/read/identity.ts';
import { openReader } from '../archive/read/open-reader.ts';
import { RegisterFollower } from '../archive/register.ts';
import { RegisterSnapshots } from '../archive/register-snapshot.ts';
import type { Archive } from '../cli/archive.ts';
import { actTools } from '../cli/audit.ts';
import type { Caller } from '../cli/caller.ts';
import type { Io } from '../cli/io.ts';
import { awaitIndexed, awaitStreamSealed } from '../cli/wait.ts';
import type { EmbeddedSettings } from '../config/settings.ts';
import { transcriptLogs } from '../core/logs.ts';
import type { Stream } from '../core/ports/stream.ts';
import { FolderVault } from '../engines/embedded/folder-vault.ts';
import { keysOf } from '../engines/embedded/key-file.ts';
import { readKeyFile } from '../engines/embedded/key-file-store.ts';
import { sweep } from '../ingest/sweep.ts';
import { accessTo } from './access.ts';
import { reportSweep } from './duties.ts';
import type { IndexWorker, IndexWorkerData } from './index-worker.ts';
import { findPassphrase } from './keys.ts';
import { remote } from './rpc.ts';
import type { Incident, SealingWorker, SealingWorkerData } from './sealing-worker.ts';
import { systemClock, systemRandom } from './system.ts';
import { startThread, type Thread } from './thread.ts';

/** An archive that is open, and how it is closed. */
export interface OpenArchive {
  readonly archive: Archive;
  /** Seals and indexes what is pending, ends the threads. */
  close(): Promise<void>;
}

/** Files below an embedded archive's folder. */
export const embeddedFolders = (data: string) => ({
  vault: join(data, 'vault'),
  keys: join(data, 'keys'),
  cache: join(data, 'cache'),
  jobs: join(data, 'jobs'),
  index: join(data, 'index'),
  stream: join(data, 'stream.db'),
  /** There while a holder is at work: found at opening, the last one did not close, and receipts may be pending. */
  open: join(data, 'cache', 'open'),
});

const INCIDENTS_EVERY = 100;

/**
 * Opens the archive in a folder that this process has claimed: a sealing thread, an index thread, and this one. What an earlier
 * holder left behind is finished first: pending receipts are carried again.
 */
export async function openEmbedded(
  settings: EmbeddedSettings,
  given: string | undefined,
  { io, actor }: Pick<Caller, 'io' | 'actor'>,
): Promise<OpenArchive> {
  const folders = embeddedFolders(settings.data);
  const vault = new FolderVault(folders.vault);
  const identity = await readIdentity(vault);
  const passphrase = findPassphrase(folders.keys, given);
  await mkdir(folders.cache, { recursive: true, mode: 0o700 });
  await mkdir(folders.index, { recursive: true, mode: 0o700 });
  const unclean = existsSync(folders.open) || !existsSync(folders.stream);
  await writeFile(folders.open, '');
  // No other process writes here while the folder is ours: every temporary file is a dead one's.
  await vault.clean(systemClock.now());

  const { port1, port2 } = new MessageChannel();
  const sealing = startThread(
    new URL('./sealing-worker.ts', import.meta.url),
    { data: settings.data, keys: port2, actor } satisfies SealingWorkerData,
    [port2],
  );
  const sealer = remote<SealingWorker>(sealing.caller, ['append', 'bounds', 'trim', 'incidents', 'close']);
  const indexing = startThread(new URL('./index-worker.ts', import.meta.url), {
    data: settings.data,
  } satisfies IndexWorkerData);
  const index = remoteIndex(indexing);
  let watch: NodeJS.Timeout | undefined;
  /** Whatever fails from here on: threads that nobody ends would keep the process for ever. */
  const abandoned = async (error: unknown): Promise<never> => {
    clearInterval(watch);
    await Promise.all([sealing.end(), indexing.end()]);
    throw error;
  };
  // While the threads get ready.
  const stored = await readKeyFile(folders.keys, passphrase).catch(abandoned);
  port1.postMessage(stored);
  const { ledger, node, seal } = keysOf(stored);

  let incidents: readonly Incident[] = [];
  watch = setInterval(() => {
    sealer.incidents().then(
      (found) => {
        for (const { log, code, message } of found.slice(incidents.length))
          io.err(`incident: log ${log} has stopped: ${message} [${code}]`);
        incidents = found;
      },
      () => clearInterval(watch),
    );
  }, INCIDENTS_EVERY);
  watch.unref();

  const stream: Stream = {
    append: sealer.append,
    bounds: sealer.bounds,
    trim: sealer.trim,
    consume: () => Promise.reject(new TypeError('the sealing thread consumes the stream')),
    close: async () => {},
  };
  const reader = await openReader(vault, identity).catch(abandoned);
  const archive: Archive = {
    settings,
    identity,
    vault,
    stream,
    index,
    reader,
    control: new RegisterFollower(reader, systemClock, new RegisterSnapshots(folders.cache, node)),
    access: accessTo(folders.keys, passphrase, identity.id),
    keys: { ledger, node, seal },
    clock: systemClock,
    random: systemRandom,
    incidents: () => incidents,
    rebuildIndex: index.rebuildIndex,
  };
  await takeUp(archive, unclean, actor, io).catch(abandoned);
  return {
    archive,
    async close() {
      // Watched until the end: a log that stops meanwhile would be waited for in vain.
      const settled = await settles(archive, io);
      clearInterval(watch);
      await Promise.all([sealer.close(), index.close()]);
      await Promise.all([sealing.end(), indexing.end()]);
      if (settled) await rm(folders.open, { force: true });
    },
  };
}

/** What a crash left undone: control's first act, and receipts that some log has not sealed. */
async function takeUp(archive: Archive, unclean: boolean, actor: string, io: Io): Promise<void> {
  await ensureFirstAct(archive, archive.identity, actor, actTools(archive));
  if (!unclean) return;
  const logs = transcriptLogs(archive.identity.partitions);
  const register = await archive.control.refresh();
  reportSweep(await sweep({ ...archive, register, logs, olderThan: 0 }), io);
}

/** The index in its thread, as this one calls it. */
function remoteIndex(thread: Thread): IndexWorker {
  return remote<IndexWorker>(
    thread.caller,
    [
      'add',
      'advance',
      'positions',
      'search',
      'count',
      'conversations',
      'addresses',
      'get',
      'changes',
      'logs',
      'buckets',
      'drop',
      'rebuildIndex',
      'failure',
      'close',
    ],
    ['scan', 'flaws'],
  );
}

/** Nothing sealed or indexed for so long, though both threads are ours: something is wrong. */
const MOST_SILENCES = 6;

/** False where a log has stopped: what it did not seal stays in the vault, and the next holder takes it up. */
async function settles(archive: Archive, io: Io): Promise<boolean> {
  try {
    let silences = 0;
    const late = (logs: readonly string[]): void => {
      io.err(`waiting for ${logs.join(', ')} to be sealed and indexed`);
      if (++silences >= MOST_SILENCES) throw new Error(`${logs.join(', ')} made no progress`);
    };
    await awaitStreamSealed(archive, { late });
    await awaitIndexed(archive, { late });
    return true;
  } catch (error) {
    io.err(`not everything could be sealed: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
