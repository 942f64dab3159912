import { mkdir } from 'node:fs/promises';
import { readIdentity } from '../archive/read/identity.ts';
import { openReader } from '../archive/read/open-reader.ts';
import { RegisterFollower } from '../archive/register.ts';
import { RegisterSnapshots } from '../archive/register-snapshot.ts';
import type { GenerationTools } from '../archive/seal/generation.ts';
import type { Archive, Initialised, Inspection, Role } from '../cli/archive.ts';
import type { Caller } from '../cli/caller.ts';
import type { Io } from '../cli/io.ts';
import type { DistributedSettings } from '../config/settings.ts';
import type { LogName } from '../core/record.ts';
import { FolderVault } from '../engines/embedded/folder-vault.ts';
import { keysOf, openKeys } from '../engines/embedded/key-file.ts';
import { readKeyFile, type StoredKeys } from '../engines/embedded/key-file-store.ts';
import { rebuildIndex } from '../search/indexer.ts';
import { accessTo } from './access.ts';
import { IN_FLIGHT, openIndex, openStream } from './distributed-engines.ts';
import { serve } from './duties.ts';
import { generationTools } from './generations.ts';
import { initialise } from './init.ts';
import { inspectArchive } from './inspection.ts';
import { findPassphrase } from './keys.ts';
import { startRoles } from './role-threads.ts';
import type { Incident } from './sealing-worker.ts';
import type { RunHeld } from './service.ts';
import { systemClock, systemRandom } from './system.ts';
import { keepVerified } from './verification.ts';

/**
 * Archives over Kafka and Elasticsearch: any node runs any command; sealing and indexing are done by the nodes that
 * `start` with these roles. A command waits for them and says so.
 */
export class DistributedDeployment {
  readonly #runHeld: RunHeld;

  constructor(runHeld: RunHeld) {
    this.#runHeld = runHeld;
  }

  async init(
    settings: DistributedSettings,
    passphrase: string | undefined,
    caller: Caller,
  ): Promise<Initialised> {
    const stream = await openStream(settings, settings.partitions, caller.io.err);
    try {
      const made = await initialise({
        vault: new FolderVault(settings.vault),
        stream,
        keys: settings.keys,
        partitions: settings.partitions,
        passphrase,
        firm: settings.firm.name,
        actor: caller.actor,
      });
      return { ...made, folders: { vault: settings.vault, keys: settings.keys } };
    } finally {
      await stream.close();
    }
  }

  async withArchive<T>(
    settings: DistributedSettings,
    passphrase: string | undefined,
    caller: Caller,
    use: (archive: Archive) => Promise<T>,
  ): Promise<T> {
    const { archive, close } = await open(settings, passphrase, caller.io);
    try {
      return await use(archive);
    } finally {
      await close();
    }
  }

  /** Vault and index for reading. */
  async inspect(settings: DistributedSettings, io: Io): Promise<Inspection> {
    return await inspectArchive(settings, io.err);
  }

  /** Opens generations on the topics as they are. No archiver may be at work. */
  async openGenerations(
    settings: DistributedSettings,
    given: string | undefined,
    caller: Caller,
    open: (tools: GenerationTools) => Promise<LogName[]>,
  ): Promise<LogName[]> {
    const vault = new FolderVault(settings.vault);
    const identity = await readIdentity(vault);
    const keys = await openKeys(settings.keys, findPassphrase(settings.keys, given));
    const stream = await openStream(settings, identity.partitions, caller.io.err);
    try {
      return await open(generationTools(vault, stream, identity, keys, caller.actor));
    } finally {
      await stream.close();
    }
  }

  /** Takes the given roles until the caller's signal. Logs are shared among the archivers by Kafka's group. */
  async start(
    settings: DistributedSettings,
    passphrase: string | undefined,
    roles: readonly Role[],
    caller: Caller,
  ): Promise<void> {
    const { archive, keys, incidents, close } = await open(settings, passphrase, caller.io);
    try {
      const threads = await startRoles(roles, { settings, keys }, caller.io, incidents);
      try {
        const api = roles.includes('api')
          ? await (await import('./service.ts')).serveHttp(archive, this.#runHeld, caller)
          : undefined;
        const where = api === undefined ? '' : `, serving ${api.url}`;
        caller.io.err(
          `ready: archive ${archive.identity.id}, roles ${roles.join(', ')}${where}; stop with Ctrl-C`,
        );
        try {
          const sweeps = roles.includes('sweeper');
          const duties = [serve(archive, caller, sweeps), ...(sweeps ? [keepVerified(archive, caller)] : [])];
          await Promise.race([Promise.all(duties), threads.died]);
        } finally {
          await api?.close();
        }
      } finally {
        await threads.close();
      }
    } finally {
      await close();
    }
  }
}

interface Opened {
  readonly archive: Archive;
  readonly keys: StoredKeys;
  readonly incidents: Incident[];
  close(): Promise<void>;
}

async function open(settings: DistributedSettings, given: string | undefined, io: Io): Promise<Opened> {
  const vault = new FolderVault(settings.vault);
  const identity = await readIdentity(vault);
  const passphrase = findPassphrase(settings.keys, given);
  const stored = await readKeyFile(settings.keys, passphrase);
  const keys = keysOf(stored);
  await mkdir(settings.cache, { recursive: true, mode: 0o700 });
  const stream = await openStream(settings, identity.partitions, io.err);
  const index = await openIndex(settings, identity, io.err).catch(async (error: unknown) => {
    await stream.close();
    throw error;
  });
  const reader = await openReader(vault, identity);
  const feedReader = await openReader(vault, identity, { scanChecks: 'segments' });
  const incidents: Incident[] = [];
  const archive: Archive = {
    settings,
    identity,
    vault,
    stream,
    index,
    reader,
    control: new RegisterFollower(reader, systemClock, new RegisterSnapshots(settings.cache, keys.node)),
    access: accessTo(settings.keys, passphrase, identity.id),
    keys,
    clock: systemClock,
    random: systemRandom,
    incidents: () => incidents,
    rebuildIndex: () => rebuildIndex({ reader: feedReader, index, inFlight: IN_FLIGHT }),
  };
  return {
    archive,
    keys: stored,
    incidents,
    async close() {
      await index.close();
      await stream.close();
    },
  };
}
