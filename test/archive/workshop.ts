import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ActTools, createArchive, nodeOf } from '../../src/archive/acts.ts';
import type { ArchiveIdentity } from '../../src/archive/reader.ts';
import { Archiver, type ArchiverEvent, type ArchiverSettings } from '../../src/archive/seal/archiver.ts';
import { verifyArchive } from '../../src/archive/verify/verify.ts';
import type { Event } from '../../src/core/event.ts';
import { sha256Hex } from '../../src/core/hash.ts';
import { baseLogs } from '../../src/core/logs.ts';
import type { Clock, Random } from '../../src/core/ports/clock.ts';
import type { Signer } from '../../src/core/ports/signer.ts';
import { encodeReceipt, receiptNames } from '../../src/core/receipt.ts';
import type { Entry } from '../../src/core/record.ts';
import { FolderVault } from '../../src/engines/embedded/folder-vault.ts';
import { SqliteStream } from '../../src/engines/embedded/sqlite-stream.ts';
import { eventually } from '../eventually.ts';

/** An embedded archive in a temporary folder, for tests: real stream, real vault, real keys. */
export interface Workshop {
  readonly folder: string;
  /** PKCS#8 PEM, for tests that hand them to another process. */
  readonly keys: { readonly ledger: string; readonly node: string };
  readonly identity: ArchiveIdentity;
  readonly ledger: Signer;
  readonly node: Signer;
  readonly acts: ActTools;
  readonly clock: Clock;
  readonly random: Random;
  readonly vault: FolderVault;
  readonly stream: SqliteStream;
  /** Makes the archive: its identity, and control's first act. */
  found(): Promise<void>;
  /** Fails the test where verification finds a fault. */
  expectVerified(): Promise<void>;
  /** An archiver with its own cache, and what it reports. */
  archiver(settings?: Partial<ArchiverSettings>): { archiver: Archiver; events: ArchiverEvent[] };
  /** Seals everything that the stream holds, and stops. */
  sealAll(settings?: Partial<ArchiverSettings>): Promise<ArchiverEvent[]>;
  /** Deletes the stream, as somebody might who wants room; the same workshop with a new one. */
  wipeStream(): Promise<Workshop>;
  dispose(): Promise<void>;
}

export const systemClock: Clock = { now: () => Date.now() };
export const systemRandom: Random = { bytes: (length) => randomBytes(length) };

/** A signer with an Ed25519 key; PKCS#8 PEM. */
export function importSigner(pem: string): Signer {
  const key = createPrivateKey(pem);
  const raw = createPublicKey(key).export({ format: 'jwk' }).x;
  return {
    publicKey: Buffer.from(raw ?? '', 'base64url'),
    sign: async (message) => sign(null, message, key),
  };
}

function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

export const DEDUP_SECRET = Buffer.alloc(32, 7);

export async function openWorkshop(partitions = 1): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-archive-'));
  const keys = { ledger: newKey(), node: newKey() };
  const ledger = importSigner(keys.ledger);
  const node = importSigner(keys.node);
  const identity: ArchiveIdentity = {
    v: 1,
    id: 'test-archive',
    partitions,
    createdAt: '2026-01-02T03:04:05.678Z',
    keys: {
      ledger: Buffer.from(ledger.publicKey).toString('base64'),
      node: Buffer.from(node.publicKey).toString('base64'),
    },
  };
  const logs = baseLogs(partitions);
  const vault = new FolderVault(join(folder, 'vault'));
  const path = join(folder, 'stream.db');
  await vault.put([
    { name: receiptNames.capture(sha256Hex(CAPTURE)), bytes: Buffer.from(CAPTURE) },
    { name: receiptNames.receipt(RECEIPT), bytes: Buffer.from(RECEIVED.text) },
    {
      name: receiptNames.received(RECEIPT),
      bytes: Buffer.from(JSON.stringify({ receivedAt: RECEIVED_AT })),
    },
  ]);
  let caches = 0;
  const acts: ActTools = { clock: systemClock, random: systemRandom, node: nodeOf(identity, node) };
  const newArchiver: Workshop['archiver'] = (settings = {}) => {
    const events: ArchiverEvent[] = [];
    const archiver = new Archiver({
      vault,
      identity,
      ledger,
      dedup: DEDUP_SECRET,
      clock: systemClock,
      random: systemRandom,
      cache: join(folder, `cache-${caches++}`),
      report: (event) => events.push(event),
      ...settings,
    });
    return { archiver, events };
  };
  const workshopOn = (stream: SqliteStream): Workshop => ({
    folder,
    acts,
    keys,
    identity,
    ledger,
    node,
    clock: systemClock,
    random: systemRandom,
    vault,
    stream,
    found: () => createArchive({ vault, stream }, identity, 'os:ada@desk', acts),
    async expectVerified() {
      const { faults } = await verifyArchive({ vault });
      expect(faults).toEqual([]);
    },
    archiver: newArchiver,
    async sealAll(settings = {}) {
      const { archiver, events } = newArchiver(settings);
      const idle = new Set<string>();
      const consumption = await stream.consume({
        assigned: (log) => archiver.assigned(log),
        batch: (log, batch) => archiver.batch(log, batch),
        idle: async (log) => {
          await archiver.idle(log);
          idle.add(log);
        },
        released: (log) => archiver.released(log),
        incident: (log, error) => {
          archiver.incident(log, error);
          idle.add(log);
        },
      });
      await eventually(() => idle.size === logs.length);
      await consumption.stop();
      return events;
    },
    async wipeStream() {
      await stream.close();
      for (const end of ['', '-wal', '-shm']) await rm(`${path}${end}`, { force: true });
      return workshopOn(new SqliteStream({ path, logs, lingerMs: 5 }));
    },
    async dispose() {
      await stream.close();
      await rm(folder, { recursive: true });
    },
  });
  return workshopOn(new SqliteStream({ path, logs, lingerMs: 5 }));
}

const CAPTURE = 'a capture';
const RECEIVED_AT = '2026-01-02T03:04:05.678Z';
const RECEIVED = encodeReceipt({
  files: [{ path: '/export/desk-rates/2025-11-03.json', sha256: sha256Hex(CAPTURE), size: CAPTURE.length }],
  connector: 'folder',
  format: 'slack',
  settings: { format: 'auto' },
});
/** The receipt that every event of these tests came with. */
export const RECEIPT = RECEIVED.sha256;
export const BUCKET = { class: 'sec-17a-4-b-4', quarter: '2026Q1' } as const;

/** A message event like those of a transcript; `change` replaces members. */
export function messageEvent(n: number | string, change: Partial<Event> = {}): Event {
  return {
    id: sha256Hex(`event ${n}`),
    kind: 'message',
    network: 'slack',
    conversation: { id: 'C0123456', kind: 'room', name: 'desk-rates' },
    sender: { address: 'u042', name: 'Ada Example' },
    at: { instant: '2025-11-03T14:05:06.789Z', zone: 'UTC', zoneSource: 'stated', precision: 'ms' },
    text: `message ${n}: can you show me where the ten-year is trading, please?`,
    provenance: {
      receipt: RECEIPT,
      capture: sha256Hex(CAPTURE),
      path: 'export/desk-rates/2025-11-03.json',
      position: { offset: typeof n === 'number' ? n * 300 : 0, length: 299 },
    },
    ...change,
  } as Event;
}

/** The message of the stream that carries an event. */
export function carried(event: Event, bucket: { class: string; quarter: string } = BUCKET): string {
  return JSON.stringify({ type: 'event', event, ...bucket } satisfies Entry);
}

/** The message of the stream that carries a receipt's entry. */
export function carriedReceipt(receipt: string, events: number): string {
  const entry: Entry = {
    type: 'receipt',
    receipt: {
      receipt,
      connector: 'folder',
      format: 'slack',
      receivedAt: RECEIVED_AT,
      account: { units: events, events, rejects: 0, excluded: 0, exclusions: {}, logs: { m0: events } },
    },
    ...BUCKET,
  };
  return JSON.stringify(entry);
}
