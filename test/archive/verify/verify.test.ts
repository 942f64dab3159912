import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readOutsideCheckpoints } from '../../../src/archive/verify/against.ts';
import { verifyArchive } from '../../../src/archive/verify/verify.ts';
import { FolderVault } from '../../../src/engines/embedded/folder-vault.ts';
import { rewriteArchive, rewriteLog } from './rewrite.ts';
import { openSealedArchive, overwrite, type SealedArchive } from './sealed-archive.ts';

let archive: SealedArchive;
beforeEach(async () => {
  archive = await openSealedArchive();
  await archive.add('a', 700);
  await archive.sealHeads();
  await archive.add('b', 900);
  await archive.sealHeads();
});
afterEach(() => archive.workshop.dispose());

/** Keeps what an outsider would be given: the checkpoints of now. */
async function handOut(): Promise<string> {
  const bundle = join(archive.workshop.folder, 'bundle');
  await mkdir(join(bundle, 'checkpoints'), { recursive: true });
  for (const log of ['m0', 'control'])
    await copyFile(archive.path(`ledger/${log}/checkpoint`), join(bundle, 'checkpoints', log));
  return bundle;
}

const last = <T>(items: readonly T[]): T => items.at(-1) as T;

test('a sound archive verifies, and the answer says what was checked', async () => {
  const { ok, checked, faults } = await archive.verify();
  expect(faults).toEqual([]);
  expect(ok).toBe(true);
  expect(checked).toMatchObject({
    logs: 3,
    records: 1602 + 3,
    events: 1600,
    receiptEntries: 2,
    acts: 3,
    captures: 2,
    receipts: 2,
    pendingReceipts: 0,
  });
  expect(checked).toHaveProperty('tiles');
  expect(checked).toHaveProperty('sealedHeads');
});

test('a byte changed in a capture is named', async () => {
  const [capture] = await archive.names('captures');
  await archive.flip(capture as string);
  expect((await archive.verify()).faults).toEqual([
    { code: 'capture-damaged', where: capture, what: expect.any(String) },
  ]);
});

test('a capture that is gone is named', async () => {
  const [capture] = await archive.names('captures');
  await rm(archive.path(capture as string));
  expect((await archive.verify()).faults).toEqual([
    { code: 'capture-missing', where: capture, what: expect.any(String) },
  ]);
});

test('a byte changed in a receipt is named, and a receipt that is gone', async () => {
  const [one, two] = (await archive.names('receipts')).filter((name) => !name.includes('.')) as [
    string,
    string,
  ];
  await archive.flip(one);
  await rm(archive.path(two));
  expect((await archive.verify()).faults.map(({ code, where }) => [code, where]).sort()).toEqual([
    ['receipt-damaged', one],
    ['receipt-missing', two],
  ]);
});

test('a moment of receipt that is not the sealed one is named', async () => {
  const beside = (await archive.names('receipts')).find((name) => name.endsWith('.received')) as string;
  await archive.flip(beside);
  expect((await archive.verify()).faults.map(({ code, where }) => [code, where])).toEqual([
    ['receipt-beside', beside],
  ]);
});

test('any byte changed in a segment is named, and so is a segment that is gone', async () => {
  const [one, two] = (await archive.names('segments')).slice(-2) as [string, string];
  await archive.flip(one);
  await rm(archive.path(two));
  expect((await archive.verify()).faults.map(({ code, where }) => [code, where]).sort()).toEqual([
    ['segment-damaged', one],
    ['segment-missing', two],
  ]);
});

test('a byte changed anywhere in a commit is named', async () => {
  const name = 'ledger/m0/commits/000000000001';
  const { length } = await readFile(archive.path(name));
  for (const at of [0, 5, 40, 300, Math.floor(length / 2), length - 2]) {
    await archive.flip(name, at);
    const { faults } = await archive.verify();
    expect(faults.some(({ where }) => where.startsWith('ledger/m0/commits/'))).toBe(true);
    expect(faults.map(({ code }) => code)).toContainEqual(expect.stringMatching(/^commit-|^checkpoint-/));
    await archive.flip(name, at);
  }
  expect(await archive.codes()).toEqual([]);
});

test('a commit that is gone is named, and what follows it is still checked', async () => {
  await rm(archive.path('ledger/m0/commits/000000000001'));
  const [capture] = await archive.names('captures');
  await archive.flip(capture as string);
  const { faults, checked } = await archive.verify();
  expect(faults).toContainEqual({
    code: 'commit-missing',
    where: 'ledger/m0/commits/000000000001',
    what: 'Commit 1 of m0: gone.',
  });
  expect(faults.map(({ code }) => code)).toContain('capture-damaged');
  expect(checked.records).toBeGreaterThan(800);
});

test('a byte changed in a tile or entry bundle is named, and one that is gone', async () => {
  const tiles = await archive.names('ledger/m0/tile');
  const full = tiles.filter((name) => /^ledger\/m0\/tile\/(?:0|entries)\/00\d$/.test(name));
  expect(full).toHaveLength(12);
  for (const name of full.slice(0, 4)) await archive.flip(name);
  await rm(archive.path(full[7] as string));
  const { faults } = await archive.verify();
  expect(faults.map(({ code, where }) => [code, where]).sort()).toEqual(
    [...full.slice(0, 4).map((name) => ['tile-differs', name]), ['tile-missing', full[7]]].sort(),
  );
});

test('a byte changed in the partial tiles of the newest checkpoint is named', async () => {
  const tiles = (await archive.names('ledger/m0/tile')).filter((name) => /00\d\.p\//.test(name));
  const newest = tiles.filter((name) => /\/(?:0|entries)\/006\.p\/|\/1\/000\.p\/6/.test(name));
  expect(newest).toHaveLength(3);
  for (const name of newest) await archive.flip(name);
  expect((await archive.verify()).faults.map(({ where }) => where).sort()).toEqual(newest);
});

test('a byte changed in the checkpoint is named, and a checkpoint that is gone', async () => {
  await archive.flip('ledger/m0/checkpoint');
  expect((await archive.verify()).faults).toContainEqual({
    code: 'checkpoint-signature',
    where: 'ledger/m0/checkpoint',
    what: expect.any(String),
  });
  await rm(archive.path('ledger/m0/checkpoint'));
  expect(await archive.codes()).toEqual(['checkpoint-missing']);
});

test('a checkpoint that was rolled back is named', async () => {
  const older = await readFile(archive.path('ledger/m0/checkpoint'));
  await archive.add('c', 5);
  await overwrite(archive.path('ledger/m0/checkpoint'), older);
  expect((await archive.verify()).faults).toEqual([
    { code: 'checkpoint-behind', where: 'ledger/m0/checkpoint', what: expect.stringContaining('1602') },
  ]);
});

test('a tail cut off is named by the checkpoint file, and by the head in control where that was cut as well', async () => {
  const older = await readFile(archive.path('ledger/m0/checkpoint'));
  await archive.add('c', 5);
  await archive.sealHeads();
  await rm(archive.path(last(await archive.names('ledger/m0/commits'))));
  expect(await archive.codes()).toContain('log-truncated');
  await overwrite(archive.path('ledger/m0/checkpoint'), older);
  const { faults } = await archive.verify();
  expect(faults).toContainEqual({
    code: 'log-truncated',
    where: 'ledger/m0',
    what: expect.stringMatching(/^control\/3 holds a head of 1608 leaves/),
  });
});

test('a whole log that is gone is named', async () => {
  await rm(archive.path('ledger/m0'), { recursive: true });
  const codes = await archive.codes();
  expect(codes).toContain('log-missing');
  expect(codes).toContain('log-truncated');
});

test('one log rewritten and signed anew is named by the head in control', async () => {
  await rewriteLog(archive, 'm0', (sealed) =>
    sealed.leaf === 3 && sealed.type === 'event'
      ? { ...sealed, record: { ...sealed.record, text: 'as if' } }
      : sealed,
  );
  expect(await archive.codes()).toEqual(['log-rewritten']);
});

test('a whole archive rewritten and signed anew is sound in itself, and named against an earlier bundle', async () => {
  const bundle = await handOut();
  await archive.add('c', 5);
  const against = await readOutsideCheckpoints(bundle);
  expect(await archive.verify({ against })).toMatchObject({ ok: true, checked: { outsideHeads: 2 } });
  await rewriteArchive(archive, 3, 'as if');
  // An owner with all keys can do this: the archive alone does not show it, and the documentation says so.
  expect(await archive.codes()).toEqual([]);
  const { faults } = await archive.verify({ against });
  expect(faults.map(({ code, where }) => [code, where]).sort()).toEqual([
    ['outside-rewritten', 'ledger/control'],
    ['outside-rewritten', 'ledger/m0'],
  ]);
});

test('an archive cut back to before an outsider’s head, control included, is named against it', async () => {
  const before = new Map<string, Buffer>();
  for (const log of ['m0', 'control', 'audit'])
    before.set(log, await readFile(archive.path(`ledger/${log}/checkpoint`)));
  const counts = new Map<string, number>();
  for (const log of before.keys()) counts.set(log, (await archive.names(`ledger/${log}/commits`)).length);
  await archive.add('c', 5);
  await archive.sealHeads();
  const against = await readOutsideCheckpoints(await handOut());
  for (const [log, note] of before) {
    const commits = await archive.names(`ledger/${log}/commits`);
    for (const name of commits.slice(counts.get(log))) await rm(archive.path(name));
    await overwrite(archive.path(`ledger/${log}/checkpoint`), note);
  }
  expect(await archive.codes()).toEqual([]);
  expect(await archive.codes({ against })).toEqual(['outside-truncated']);
});

test('an outsider’s checkpoint of another archive, by another key, or damaged, is named', async () => {
  const other = await openSealedArchive();
  await other.add('a', 3);
  const note = (await readFile(other.path('ledger/m0/checkpoint'))).toString();
  await other.workshop.dispose();
  expect(await archive.codes({ against: [{ note, from: 'm0' }] })).toEqual([
    'outside-key',
    'outside-rewritten',
  ]);
  const renamed = note.replaceAll('test-archive', 'elsewhere');
  expect(await archive.codes({ against: [{ note: renamed, from: 'm0' }] })).toEqual(['outside-other']);
  expect(await archive.codes({ against: [{ note: 'x', from: 'm0' }] })).toEqual(['outside-unreadable']);
});

test('an identity that was changed is named', async () => {
  const path = archive.path('ledger/archive.json');
  const text = (await readFile(path)).toString();
  await overwrite(path, text.replace('2026-01-02', '2026-01-03'));
  expect(await archive.codes()).toEqual(['identity-differs']);
  await overwrite(path, text.replace('test-archive', 'best-archive'));
  expect(await archive.codes()).toContain('checkpoint-signature');
  await overwrite(path, '{}');
  expect(await archive.codes()).toEqual(['identity-missing']);
  await rm(path);
  expect(await archive.codes()).toEqual(['identity-missing']);
});

test('two commits that changed places are named', async () => {
  const [one, two] = (await archive.names('ledger/m0/commits')).slice(1, 3).map((name) => archive.path(name));
  await rename(one as string, `${one}x`);
  await rename(two as string, one as string);
  await rename(`${one}x`, two as string);
  expect(await archive.codes()).toContain('commit-damaged');
});

test('an archive that is at work meanwhile verifies', async () => {
  let working = true;
  const work = (async () => {
    for (let i = 0; i < 5; i++) {
      await archive.add(`more ${i}`, 100);
      await archive.sealHeads();
    }
    working = false;
  })();
  const faults: unknown[] = [];
  while (working) faults.push(...(await archive.verify()).faults);
  await work;
  expect(faults).toEqual([]);
});

test('segments that no commit names are counted and are no fault', async () => {
  const { vault } = archive.workshop;
  await vault.put([{ name: `segments/standard/2026Q1/${'0'.repeat(64)}`, bytes: Buffer.from('left') }]);
  expect(await archive.verify()).toMatchObject({ ok: true, checked: { orphanSegments: 1 } });
});

test('a receipt that no log has sealed is counted as pending and is no fault', async () => {
  const { vault } = archive.workshop;
  const text = '{"connector":"folder","files":[],"format":"slack","settings":{"format":"auto"}}';
  const { sha256Hex } = await import('../../../src/core/hash.ts');
  await vault.put([{ name: `receipts/${sha256Hex(text)}`, bytes: Buffer.from(text) }]);
  expect(await archive.verify()).toMatchObject({ ok: true, checked: { receipts: 3, pendingReceipts: 1 } });
});

test('a folder that holds no archive, or nothing that can be read, is answered and not thrown at', async () => {
  const empty = new FolderVault(join(archive.workshop.folder, 'nothing'));
  expect((await verifyArchive({ vault: empty })).faults.map(({ code }) => code)).toEqual([
    'identity-missing',
  ]);
  await expect(readOutsideCheckpoints(join(archive.workshop.folder, 'none'))).rejects.toMatchObject({
    code: 'bad-usage',
  });
});

test('files full of junk in every place are named, and verification comes to its end', async () => {
  for (const name of [
    ...(await archive.names('ledger/m0')),
    ...(await archive.names('segments')),
    ...(await archive.names('receipts')),
  ])
    await overwrite(archive.path(name), Buffer.from(`junk \u0000 ${'x'.repeat(name.length)}`));
  await mkdir(archive.path('ledger/strange/commits'), { recursive: true });
  await writeFile(archive.path('ledger/strange/commits/000000000000'), 'x');
  await writeFile(archive.path('ledger/m0/commits/notes.txt'), 'x');
  const codes = await archive.codes();
  for (const code of [
    'log-strange',
    'commit-damaged',
    'checkpoint-signature',
    'receipt-damaged',
    'segment-damaged',
  ])
    expect(codes).toContain(code);
});
