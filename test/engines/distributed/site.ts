import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArchive, nodeOf } from '../../../src/archive/acts.ts';
import { openReader } from '../../../src/archive/read/open-reader.ts';
import type { ArchiveIdentity } from '../../../src/archive/reader.ts';
import { Archiver, type ArchiverEvent, type ArchiverSettings } from '../../../src/archive/seal/archiver.ts';
import { type GenerationTools, openNextGeneration } from '../../../src/archive/seal/generation.ts';
import type { Signer } from '../../../src/core/ports/signer.ts';
import type { StreamConsumer } from '../../../src/core/ports/stream.ts';
import { ElasticsearchIndex } from '../../../src/engines/distributed/elasticsearch-index.ts';
import type { KafkaStreamSettings } from '../../../src/engines/distributed/kafka-settings.ts';
import { KafkaStream } from '../../../src/engines/distributed/kafka-stream.ts';
import { FolderVault } from '../../../src/engines/embedded/folder-vault.ts';
import { Indexer } from '../../../src/search/indexer.ts';
import { DEDUP_SECRET, systemClock, systemRandom } from '../../archive/workshop.ts';
import { uniqueName } from '../index.ts';
import { kafkaSettings } from './kafka-settings.ts';

/** A distributed archive for tests: a vault in a folder, a stream in Kafka, keys that other processes can read. */
export interface Site {
  readonly folder: string;
  readonly identity: ArchiveIdentity;
  readonly vault: FolderVault;
  readonly kafka: KafkaStreamSettings;
  /** Address of the Elasticsearch that holds the site's index, where it has one. */
  readonly elasticsearch: string | undefined;
  readonly ledger: Signer;
  readonly node: Signer;
}

interface Stored {
  readonly identity: ArchiveIdentity;
  readonly kafka: Pick<
    KafkaStreamSettings,
    'brokers' | 'prefix' | 'partitions' | 'sessionTimeoutMs' | 'production'
  >;
  readonly elasticsearch: string | undefined;
  /** PKCS #8, PEM. */
  readonly keys: { readonly ledger: string; readonly node: string };
}

export interface SiteSettings {
  readonly elasticsearch?: string;
  readonly partitions?: number;
  readonly sessionTimeoutMs?: number;
  /** Entries on three brokers, acknowledged by two. */
  readonly production?: boolean;
}

/** Makes a new archive on new topics. */
export async function foundSite(brokers: readonly string[], settings: SiteSettings = {}): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-site-'));
  const partitions = settings.partitions ?? 1;
  const keys = { ledger: privateKey(), node: privateKey() };
  const stored: Stored = {
    identity: {
      v: 1,
      id: uniqueName('site'),
      partitions,
      createdAt: '2026-01-02T03:04:05.678Z',
      keys: { ledger: publicText(keys.ledger), node: publicText(keys.node) },
    },
    kafka: {
      brokers,
      prefix: uniqueName('site'),
      partitions,
      sessionTimeoutMs: settings.sessionTimeoutMs ?? 6_000,
      production: settings.production ?? false,
    },
    elasticsearch: settings.elasticsearch,
    keys: { ledger: pem(keys.ledger), node: pem(keys.node) },
  };
  await writeFile(join(folder, 'site.json'), JSON.stringify(stored));
  const site = await openSite(folder);
  const stream = await KafkaStream.open(site.kafka);
  const acts = {
    clock: systemClock,
    random: systemRandom,
    node: nodeOf(site.identity, site.node),
  };
  await createArchive({ vault: site.vault, stream }, site.identity, 'os:test@host', acts);
  await stream.close();
  return site;
}

/** The site that a folder holds: for a second process. */
export async function openSite(folder: string): Promise<Site> {
  const stored = JSON.parse(await readFile(join(folder, 'site.json'), 'utf8')) as Stored;
  const { brokers, prefix, ...others } = stored.kafka;
  return {
    folder,
    identity: stored.identity,
    vault: new FolderVault(join(folder, 'vault')),
    kafka: kafkaSettings(brokers, prefix, others),
    elasticsearch: stored.elasticsearch,
    ledger: signer(stored.keys.ledger),
    node: signer(stored.keys.node),
  };
}

export function closeSite(site: Site): Promise<void> {
  return rm(site.folder, { recursive: true, maxRetries: 5, retryDelay: 100 });
}

export interface RunningArchiver {
  readonly stream: KafkaStream;
  readonly events: ArchiverEvent[];
  /** Leaves the group after the batch in work. */
  stop(): Promise<void>;
}

export interface ArchiverOptions {
  readonly kafka?: Partial<KafkaStreamSettings>;
  readonly archiver?: Partial<ArchiverSettings>;
  /** Puts something between the stream and the archiver. */
  readonly wrap?: (archiver: Archiver) => StreamConsumer;
}

let caches = 0;

/** An archiver of the site at work, with a stream and a cache of its own. */
export async function startArchiver(site: Site, options: ArchiverOptions = {}): Promise<RunningArchiver> {
  const stream = await KafkaStream.open({ ...site.kafka, ...options.kafka });
  const events: ArchiverEvent[] = [];
  const archiver = new Archiver({
    vault: site.vault,
    identity: site.identity,
    ledger: site.ledger,
    dedup: DEDUP_SECRET,
    clock: systemClock,
    random: systemRandom,
    cache: join(site.folder, `cache-${process.pid}-${caches++}`),
    trim: (log, below) => stream.trim(log, below),
    report: (event) => events.push(event),
    ...options.archiver,
  });
  const consumption = await stream.consume(options.wrap?.(archiver) ?? archiver);
  return {
    stream,
    events,
    async stop() {
      await consumption.stop();
      await stream.close();
    },
  };
}

/** The site's index, opened once more. */
async function openIndex(site: Site, waiting?: (line: string) => void): Promise<ElasticsearchIndex> {
  if (site.elasticsearch === undefined) throw new Error('the site has no index');
  return ElasticsearchIndex.open({
    node: site.elasticsearch,
    archive: site.identity.id,
    patienceMs: 0,
    clock: systemClock,
    ...(waiting && { waiting }),
  });
}

/** An indexer of the site at work. */
export async function startIndexer(
  site: Site,
  waiting?: (line: string) => void,
): Promise<{ index: ElasticsearchIndex; stop(): Promise<void> }> {
  const index = await openIndex(site, waiting);
  const indexer = new Indexer({ reader: await openReader(site.vault, site.identity), index, inFlight: 3 });
  indexer.start();
  return {
    index,
    async stop() {
      await indexer.stop();
      await index.close();
    },
  };
}

/** What a person does after an incident: closes the log's generation and opens the next. */
export async function decideNextGeneration(site: Site, log: string): Promise<string | undefined> {
  const stream = await KafkaStream.open(site.kafka);
  const { vault, identity, ledger } = site;
  const tools: GenerationTools = {
    vault,
    stream,
    identity,
    ledger,
    clock: systemClock,
    acts: { clock: systemClock, random: systemRandom, node: nodeOf(identity, site.node) },
    actor: 'os:test@host',
  };
  const opened = await openNextGeneration(tools, log, 'decided');
  await stream.close();
  return opened;
}

const privateKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;

const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();

function publicBytes(key: KeyObject): Buffer {
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
}

const publicText = (key: KeyObject): string => publicBytes(key).toString('base64');

function signer(text: string): Signer {
  const key = createPrivateKey(text);
  return { publicKey: publicBytes(key), sign: async (message) => sign(null, message, key) };
}
