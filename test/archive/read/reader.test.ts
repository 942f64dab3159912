import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openReader } from '../../../src/archive/read/open-reader.ts';
import { logKey, openCheckpoint } from '../../../src/core/ledger/checkpoint.ts';
import { sealLeaf } from '../../../src/core/ledger/leaf.ts';
import { verifyProof } from '../../../src/core/ledger/proof.ts';
import { verifyConsistency } from '../../../src/core/ledger/tree.ts';
import type { SealedRecord } from '../../../src/core/record.ts';
import { carried, carriedReceipt, messageEvent, openWorkshop, RECEIPT, type Workshop } from '../workshop.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
  await workshop.found();
});
afterEach(() => workshop.dispose());

const COUNT = 3000;

async function sealEvents(): Promise<void> {
  const messages = Array.from({ length: COUNT }, (_, i) => carried(messageEvent(i)));
  for (let i = 0; i < COUNT; i += 700) await workshop.stream.append('m0', messages.slice(i, i + 700));
  await workshop.stream.append('m0', [carriedReceipt(RECEIPT, COUNT)]);
  await workshop.sealAll();
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('every record is read by its name, by many names in any order, and by a scan', async () => {
  await sealEvents();
  const reader = await openReader(workshop.vault);
  const scanned = await collect(reader.scan('m0', 0, COUNT + 1));
  expect(scanned.map(({ leaf }) => leaf)).toEqual(Array.from({ length: COUNT + 1 }, (_, i) => i));
  for (const leaf of [0, 1, 255, 256, 1999, 2000, 2999, COUNT])
    expect(await reader.record(`m0/${leaf}`)).toEqual(scanned[leaf]);
  const names = scanned.map(({ leaf }) => `m0/${(leaf * 1009) % (COUNT + 1)}`);
  const read = await collect(reader.records(names));
  expect(read.map(({ name }) => name)).toEqual(names);
  expect(read.map(({ sealed }) => sealed.leaf)).toEqual(names.map((name) => Number(name.slice(3))));
  expect(await collect(reader.scan('m0', 1990, 2010))).toEqual(scanned.slice(1990, 2010));
});

test('logs, heads and commits are those that were sealed, and a reader follows what is sealed later', async () => {
  await sealEvents();
  const reader = await openReader(workshop.vault);
  expect(await reader.logs()).toContain('m0');
  const head = await reader.head('m0');
  expect(head.size).toBe(COUNT + 1);
  const commits = await collect(reader.commits('m0'));
  expect(commits.map(({ n }) => n)).toEqual(commits.map((_, n) => n));
  expect(commits.at(-1)?.checkpoint).toBe(head.note);
  await workshop.stream.append('m0', [carried(messageEvent(COUNT))]);
  await workshop.sealAll();
  const later = await reader.head('m0');
  expect(later.size).toBe(COUNT + 2);
  expect((await collect(reader.commits('m0', head.commit + 1))).at(-1)?.sizeAfter).toBe(COUNT + 2);
  const proof = await reader.consistency('m0', head.size, later.size);
  expect(verifyConsistency(head.size, later.size, head.root, later.root, proof)).toBe(true);
});

test('a proof of any record verifies under the newest head and under every earlier one that covers it', async () => {
  await sealEvents();
  const reader = await openReader(workshop.vault);
  const key = logKey(reader.identity.id, 'm0', Buffer.from(reader.identity.keys.ledger, 'base64'));
  const leafOf = ({ type, salt, record }: SealedRecord): Uint8Array => sealLeaf(type, salt, record).leaf;
  for (const leaf of [0, 255, 256, 1500, COUNT]) {
    const value = leafOf(await reader.record(`m0/${leaf}`));
    expect(verifyProof(await reader.proof(`m0/${leaf}`), value, key).ok).toBe(true);
  }
  for (const { n, sizeAfter, checkpoint } of (await collect(reader.commits('m0'))).slice(1)) {
    const opened = openCheckpoint(checkpoint, key);
    if (!opened.ok) throw new Error(opened.why);
    const head = { log: 'm0', size: sizeAfter, root: opened.value.root, note: checkpoint, commit: n };
    const last = `m0/${sizeAfter - 1}`;
    const proof = await reader.proof(last, head);
    expect(verifyProof(proof, leafOf(await reader.record(last)), key)).toMatchObject({
      value: { size: sizeAfter },
    });
    if (sizeAfter <= COUNT)
      await expect(reader.proof(`m0/${sizeAfter}`, head)).rejects.toMatchObject({ code: 'not-found' });
  }
});

test('records that are long are read by many names in the order asked as well', async () => {
  const text = 'long '.repeat(600_000);
  const messages = Array.from({ length: 14 }, (_, i) => carried(messageEvent(i, { text: `${i} ${text}` })));
  await workshop.stream.append('m0', messages);
  await workshop.sealAll();
  const reader = await openReader(workshop.vault);
  const names = Array.from({ length: 14 }, (_, i) => `m0/${(i * 5) % 14}`);
  const found: string[] = [];
  for await (const { name, sealed } of reader.records(names)) {
    expect(sealed).toMatchObject({ leaf: Number(name.slice(3)), type: 'event' });
    found.push(name);
  }
  expect(found).toEqual(names);
});

test('proofs are made from the commits where the tiles are lost', async () => {
  await sealEvents();
  await rm(join(workshop.folder, 'vault/ledger/m0/tile'), { recursive: true });
  await rm(join(workshop.folder, 'vault/ledger/m0/checkpoint'));
  const reader = await openReader(workshop.vault);
  const key = logKey(reader.identity.id, 'm0', Buffer.from(reader.identity.keys.ledger, 'base64'));
  const { type, salt, record } = await reader.record('m0/1500');
  const proof = await reader.proof('m0/1500');
  expect(verifyProof(proof, sealLeaf(type, salt, record).leaf, key).ok).toBe(true);
});

test('what does not exist is not found, what is no name is bad usage', async () => {
  await sealEvents();
  const reader = await openReader(workshop.vault);
  await expect(reader.record(`m0/${COUNT + 1}`)).rejects.toMatchObject({ code: 'not-found' });
  await expect(reader.record('m7/0')).rejects.toMatchObject({ code: 'not-found' });
  await expect(reader.head('m0.2')).rejects.toMatchObject({ code: 'not-found' });
  for (const name of [
    '',
    'm0',
    'm0/',
    'm0/-1',
    'm0/1.5',
    'm0/01',
    '../m0/1',
    'm0/9e9',
    `m0/${'9'.repeat(400)}`,
  ])
    await expect(reader.record(name)).rejects.toMatchObject({ code: 'bad-usage' });
  await expect(collect(reader.scan('m0', 0, COUNT + 2))).rejects.toMatchObject({ code: 'not-found' });
  await expect(reader.consistency('m0', 5, COUNT + 9)).rejects.toMatchObject({ code: 'not-found' });
});

test('a vault without an archive says so', async () => {
  await rm(join(workshop.folder, 'vault/ledger/archive.json'));
  await expect(openReader(workshop.vault)).rejects.toMatchObject({ code: 'no-archive' });
});
