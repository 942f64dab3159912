import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { verifyBundle } from '../../src/core/bundle/verify.ts';
import { folderBundle } from '../../src/export/bundle/folder.ts';
import { type Exporting, openExporting } from './exported.ts';
import { chatter } from './story.ts';

const COUNT = 10_000;
let exporting: Exporting;
let out: string;
let said: { records: number; pages: number; steps: string[]; peakMiB: number };

beforeAll(async () => {
  exporting = await openExporting(chatter(COUNT));
  out = join(exporting.workshop.folder, 'large');
  const script = join(import.meta.dirname, 'large-export.ts');
  const { vault, folder } = exporting.workshop;
  const { stdout } = await promisify(execFile)(join(import.meta.dirname, '../../bin/node-for'), [
    'export',
    script,
    vault.root,
    out,
    join(folder, 'large-keys'),
  ]);
  said = JSON.parse(stdout) as typeof said;
});
afterAll(() => exporting.workshop.dispose());

test('10,000 messages are exported with progress, below 512 MiB', () => {
  expect(said.records).toBe(COUNT);
  expect(said.pages).toBeGreaterThan(400);
  expect(said.steps).toEqual([
    'selecting records',
    'reading records',
    'reading custody',
    'writing records',
    'writing proofs',
    'writing report',
  ]);
  // A peak of nothing would be one that was not measured.
  if (process.platform === 'linux') expect(said.peakMiB).toBeGreaterThan(0);
  expect(said.peakMiB).toBeLessThan(512);
});

test('above 5,000 records the tiles that cover them replace single proofs', async () => {
  expect(await readdir(join(out, 'tiles'))).toEqual(['m0']);
  expect(await readdir(join(out, 'proofs'))).toEqual(['control']);
  const { faults, checked } = await verifyBundle(folderBundle(out));
  expect(faults).toEqual([]);
  expect(checked).toMatchObject({ records: COUNT, proofs: COUNT + 1 });
});

test('a changed tile, and a record changed under tiles, are named', async () => {
  const tile = join(out, 'tiles/m0/tile/0/003');
  const good = await readFile(tile);
  const bad = Uint8Array.from(good);
  bad[5000] = (bad[5000] ?? 0) ^ 1;
  await writeFile(tile, bad);
  const damaged = await verifyBundle(folderBundle(out));
  const codes = new Set(damaged.faults.map(({ code }) => code));
  expect([...codes].sort()).toEqual(['file-changed', 'record-unproved']);
  expect(damaged.faults.filter(({ code }) => code === 'record-unproved')).toHaveLength(256);
  await writeFile(tile, good);

  const path = join(out, 'records.ndjson');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(' 4321"', ' 4322"'));
  const changed = await verifyBundle(folderBundle(out));
  expect(changed.faults.map(({ code }) => code).sort()).toEqual(['file-changed', 'record-differs']);
  await rm(join(out, 'tiles/m0/tile/0/039.p'), { recursive: true });
  const edgeless = await verifyBundle(folderBundle(out));
  expect(new Set(edgeless.faults.map(({ code }) => code))).toContain('tile-differs');
});
