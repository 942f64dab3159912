import { mkdir } from 'node:fs/promises';
import { readIdentity } from '../archive/read/identity.ts';
import { openReader } from '../archive/read/open-reader.ts';
import type { ArchiveIdentity, ArchiveReader } from '../archive/reader.ts';
import { RegisterFollower } from '../archive/register.ts';
import { RegisterSnapshots } from '../archive/register-snapshot.ts';
import { Archiver } from '../archive/seal/archiver.ts';
import type { GenerationTools } from '../archive/seal/generation.ts';
import type { Archive, Initialised, Inspection, Role } from '../cli/archive.ts';
import type { Caller } from '../cli/caller.ts';
import type { Io } from '../cli/io.ts';
import type { DistributedSettings } from '../config/settings.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Index } from '../core/ports/index.ts';
import type { LogName } from '../core/record.ts';
import { ElasticsearchIndex } from '../engines/distributed/elasticsearch-index.ts';
import { KafkaStream } from '../engines/distributed/kafka-stream.ts';
import { FolderVault } from '../engines/embedded/folder-vault.ts';
import { type ArchiveKeys, openKeys } from '../engines/embedded/key-file.ts';
import { Indexer, rebuildIndex } from '../search/indexer.ts';
import { accessTo } from './access.ts';
import { serve } from './duties.ts';
import { generationTools } from './generations.ts';
import { initialise } from './init.ts';
import { findPassphrase } from './keys.ts';
import type { Incident } from './sealing-worker.ts';
import { elasticsearchAccess, kafkaAccess } from './server-access.ts';
import type { RunHeld } from './service.ts';
import { systemClock, systemRandom } from './system.ts';

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
    const stream = await openStream(settings, settings.partitions, caller.io);
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
    const vault = new FolderVault(settings.vault);
    const index = await openIndex(settings, await readIdentity(vault), io);
    return { vault, index, close: () => index.close() };
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
    const stream = await openStream(settings, identity.partitions, caller.io);
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
    const { archive, feedReader, index, keys, incidents, close } = await open(
      settings,
      passphrase,
      caller.io,
    );
    try {
      const archiver = roles.includes('archiver')
        ? await archive.stream.consume(newArchiver(settings, archive, keys, incidents, caller.io))
        : undefined;
      const indexer = roles.includes('indexer') ? newIndexer(feedReader, index, caller.io) : undefined;
      indexer?.start();
      const api = roles.includes('api')
        ? await (await import('./service.ts')).serveHttp(archive, this.#runHeld, caller)
        : undefined;
      const where = api === undefined ? '' : `, serving ${api.url}`;
      caller.io.err(
        `ready: archive ${archive.identity.id}, roles ${roles.join(', ')}${where}; stop with Ctrl-C`,
      );
      try {
        await serve(archive, caller, roles.includes('sweeper'));
      } finally {
        await api?.close();
      }
      await archiver?.stop();
      await indexer?.stop();
    } finally {
      await close();
    }
  }
}

interface Opened {
  readonly archive: Archive;
  /** What the index is fed from. */
  readonly feedReader: ArchiveReader;
  readonly index: Index;
  readonly keys: ArchiveKeys;
  readonly incidents: Incident[];
  close(): Promise<void>;
}

async function open(settings: DistributedSettings, given: string | undefined, io: Io): Promise<Opened> {
  const vault = new FolderVault(settings.vault);
  const identity = await readIdentity(vault);
  const passphrase = findPassphrase(settings.keys, given);
  const keys = await openKeys(settings.keys, passphrase);
  await mkdir(settings.cache, { recursive: true, mode: 0o700 });
  const stream = await openStream(settings, identity.partitions, io);
  const index = await openIndex(settings, identity, io).catch(async (error: unknown) => {
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
    feedReader,
    index,
    keys,
    incidents,
    async close() {
      await index.close();
      await stream.close();
    },
  };
}

/** Bulk requests under way at a time: the server works while the next one is made ready. */
const IN_FLIGHT = 3;

function newIndexer(reader: ArchiveReader, index: Index, io: Io): Indexer {
  return new Indexer({
    reader,
    index,
    inFlight: IN_FLIGHT,
    report(event) {
      if (event.kind === 'failed')
        io.err(`indexing ${event.log} failed and is tried again: ${event.error.message}`);
    },
  });
}

function newArchiver(
  settings: DistributedSettings,
  archive: Archive,
  keys: ArchiveKeys,
  incidents: Incident[],
  io: Io,
): Archiver {
  return new Archiver({
    vault: archive.vault,
    identity: archive.identity,
    ledger: keys.ledger,
    dedup: keys.dedup,
    clock: systemClock,
    random: systemRandom,
    cache: settings.cache,
    trim: (log, below) => archive.stream.trim(log, below),
    report(event) {
      if (event.kind === 'fenced')
        io.err(`fenced: another archiver committed first in ${event.sealedIn}; going on at ${event.next}`);
      if (event.kind === 'assigned') io.err(`archiving ${event.sealedIn} from offset ${event.next}`);
      if (event.kind !== 'incident') return;
      const code = event.error instanceof HoldfastError ? event.error.code : 'internal';
      incidents.push({ log: event.log, code, message: event.error.message });
      io.err(`incident: log ${event.log} has stopped: ${event.error.message} [${code}]`);
    },
  });
}

function openStream(settings: DistributedSettings, partitions: number, io: Io): Promise<KafkaStream> {
  return KafkaStream.open({
    brokers: settings.kafka.brokers,
    ...kafkaAccess(settings),
    prefix: settings.kafka.prefix,
    partitions,
    production: settings.kafka.production,
    sessionTimeoutMs: settings.kafka.sessionTimeout,
    patienceMs: settings.patience * 1_000,
    clock: systemClock,
    waiting: (reason) => io.err(`waiting: ${reason}`),
  });
}

function openIndex(
  settings: DistributedSettings,
  identity: ArchiveIdentity,
  io: Io,
): Promise<ElasticsearchIndex> {
  const { node, shards, replicas } = settings.elasticsearch;
  return ElasticsearchIndex.open({
    node,
    ...elasticsearchAccess(settings),
    archive: identity.id,
    shards,
    replicas,
    patienceMs: settings.patience * 1_000,
    clock: systemClock,
    waiting: (line) => io.err(`waiting: ${line}`),
  });
}
