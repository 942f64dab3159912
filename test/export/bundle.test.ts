import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyBundle } from '../../src/core/bundle/verify.ts';
import { folderBundle } from '../../src/export/bundle/folder.ts';
import { type Exporting, openExporting } from './exported.ts';
import { busyRoom, chatter, manyScripts } from './story.ts';

let exporting: Exporting;
let good: string;

beforeAll(async () => {
  exporting = await openExporting([...busyRoom(), ...manyScripts(), ...chatter(40, 2)]);
  good = (await exporting.export('bundle')).dir;
});
afterAll(() => exporting.workshop.dispose());

let copies = 0;
/** A copy of the good bundle, changed by `change`, verified. */
async function after(change: (folder: string) => Promise<void>) {
  const folder = join(exporting.workshop.folder, `copy-${copies++}`);
  await cp(good, folder, { recursive: true });
  await change(folder);
  const result = await verifyBundle(folderBundle(folder));
  await rm(folder, { recursive: true });
  return { ...result, codes: [...new Set(result.faults.map(({ code }) => code))].sort() };
}

async function flip(path: string, at?: number): Promise<void> {
  const bytes = await readFile(path);
  const place = at ?? Math.floor(bytes.length / 2);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

/** Rewrites the lines of a file. */
async function lines(path: string, change: (lines: string[]) => string[]): Promise<void> {
  const text = await readFile(path, 'utf8');
  await writeFile(path, `${change(text.slice(0, -1).split('\n')).join('\n')}\n`);
}

test('an export verifies without the archive, and says what was checked', async () => {
  const result = await verifyBundle(folderBundle(good));
  expect(result.faults).toEqual([]);
  expect(result.ok).toBe(true);
  expect(result.checked).toMatchObject({ records: 67, proofs: 68, signatures: 2, checkpoints: 3, heads: 2 });
});

test('the folder holds what the format lists, and nothing is left beside it', async () => {
  expect((await readdir(good)).sort()).toEqual([
    'README.txt',
    'attachments',
    'chain',
    'checkpoints',
    'custody.ndjson',
    'declaration-template.txt',
    'heads.json',
    'manifest.json',
    'manifest.json.p7s',
    'proofs',
    'records.ndjson',
    'report.pdf',
  ]);
  expect((await readdir(join(good, 'checkpoints'))).sort()).toEqual(['audit', 'control', 'm0']);
  const beside = await readdir(exporting.workshop.folder);
  expect(beside.filter((name) => name.includes('partial'))).toEqual([]);
});

test('an existing folder is refused and left alone', async () => {
  await expect(exporting.export('bundle')).rejects.toMatchObject({ code: 'bad-usage' });
  expect((await verifyBundle(folderBundle(good))).ok).toBe(true);
});

test('a byte changed in any file is found, and the file is named', async () => {
  const names = (await readdir(good, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(good.length + 1));
  const single = names.filter((name, index) => !name.startsWith('proofs/') || index % 20 === 0);
  expect(single.length).toBeGreaterThan(15);
  for (const name of single) {
    const { ok, faults } = await after((folder) => flip(join(folder, name)));
    expect({ name, ok }).toEqual({ name, ok: false });
    const where = name.startsWith('manifest') ? 'manifest' : name;
    expect(faults.some((fault) => fault.where.startsWith(where))).toBe(true);
  }
});

test('a changed record is named by its log and leaf', async () => {
  const { codes, faults } = await after((folder) =>
    lines(join(folder, 'records.ndjson'), (all) =>
      all.map((line) => line.replace('Client wants 25', 'Client wants 95')),
    ),
  );
  expect(codes).toEqual(['file-changed', 'record-differs']);
  expect(faults.find(({ code }) => code === 'record-differs')?.where).toMatch(/^m0\/\d+$/);
});

test('a dropped message is named', async () => {
  let dropped = '';
  const { codes, faults } = await after((folder) =>
    lines(join(folder, 'records.ndjson'), (all) => {
      const { log, leaf } = JSON.parse(all[10] ?? '') as { log: string; leaf: number };
      dropped = `${log}/${leaf}`;
      return all.filter((_, index) => index !== 10);
    }),
  );
  expect(codes).toContain('record-dropped');
  expect(codes).toContain('record-count');
  expect(codes).not.toContain('record-order');
  expect(faults.filter(({ code }) => code === 'record-dropped').map(({ where }) => where)).toEqual([dropped]);
});

test('two swapped messages are named', async () => {
  const { codes, faults } = await after((folder) =>
    lines(join(folder, 'records.ndjson'), (all) => {
      [all[4], all[5]] = [all[5] ?? '', all[4] ?? ''];
      return all;
    }),
  );
  expect(codes).toEqual(['file-changed', 'record-order']);
  expect(faults.filter(({ code }) => code === 'record-order').map(({ where }) => where)).toEqual([
    'records.ndjson:5',
    'records.ndjson:6',
  ]);
});

test('a file that was added or removed is named', async () => {
  const added = await after((folder) => writeFile(join(folder, 'extra.txt'), 'x'));
  expect(added.faults).toEqual([{ code: 'file-added', where: 'extra.txt', what: expect.any(String) }]);
  const removed = await after((folder) => rm(join(folder, 'custody.ndjson')));
  expect(removed.codes).toEqual(['file-missing']);
});

test('a manifest made to fit changed files lacks the seal', async () => {
  const { codes } = await after(async (folder) => {
    await writeFile(join(folder, 'extra.txt'), 'x');
    const path = join(folder, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as { files: unknown[] };
    manifest.files.push({
      path: 'extra.txt',
      sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
      size: 1,
    });
    await writeFile(path, JSON.stringify(manifest));
  });
  expect(codes).toEqual(['manifest-signature']);
});

test('another root than the one expected is said', async () => {
  const { root } = await verifyBundle(folderBundle(good));
  expect((await verifyBundle(folderBundle(good), { root: root ?? '' })).ok).toBe(true);
  const other = await verifyBundle(folderBundle(good), { root: `${'AB:'.repeat(31)}AB` });
  expect(other.faults.map(({ code }) => code)).toEqual(['chain-other']);
});

test('an empty selection is a bundle too', async () => {
  const { dir, records } = await exporting.export('empty', { hits: (async function* () {})() });
  expect(records).toBe(0);
  expect((await verifyBundle(folderBundle(dir))).faults).toEqual([]);
});

test('the same selection gives the same report, signature aside', async () => {
  const clock = exporting.workshop.clock;
  const now = Date.now();
  const fixed = { clock: { ...clock, now: () => now } };
  const one = await readFile(join((await exporting.export('one', fixed)).dir, 'report.pdf'));
  const two = await readFile(join((await exporting.export('two', fixed)).dir, 'report.pdf'));
  const start = one.indexOf('/Contents <') + 11;
  const unsigned = (bytes: Buffer) =>
    Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 32768)]);
  expect(unsigned(one).equals(unsigned(two))).toBe(true);
});
