import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DedupTable } from '../../../src/archive/seal/dedup-table.ts';
import { type DedupKey, NO_DEDUP_KEY } from '../../../src/core/dedup.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-dedup-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const key = (text: string): DedupKey => createHash('sha256').update(text).digest().toString('latin1', 0, 16);
const path = () => join(folder, 'dedup-m0.keys');
const leaves = (...pairs: [DedupKey, DedupKey][]): Uint8Array => Buffer.from(pairs.flat().join(''), 'latin1');
const frame = (generation: number, n: number, keys: Uint8Array) => ({
  generation,
  n,
  digest: String(n).padStart(64, '0'),
  keys,
});

/** 30 commits over two generations, with observations; `have` asks a table for all of them. */
function fill(table: DedupTable): void {
  for (let n = 0; n < 30; n++) {
    const generation = n < 20 ? 1 : 2;
    const pairs = Array.from({ length: n % 4 }, (_, i): [DedupKey, DedupKey] => [
      key(`${n}.${i}`),
      key(`${n}.${i} ada`),
    ]);
    if (n > 10) pairs.push([NO_DEDUP_KEY, key('1.0 bob')]);
    table.add(frame(generation, generation === 1 ? n : n - 20, leaves(...pairs)));
  }
}

function expectFilled(table: DedupTable): void {
  expect(table.lookup({ content: key('1.0'), perspective: key('1.0 ada') })).toEqual({ state: 'duplicate' });
  expect(table.lookup({ content: key('1.0'), perspective: key('1.0 bob') })).toEqual({ state: 'duplicate' });
  expect(table.lookup({ content: key('1.0'), perspective: key('1.0 eve') })).toEqual({
    state: 'seen-elsewhere',
    record: 'm0/0',
  });
  expect(table.lookup({ content: key('2.1'), perspective: key('2.1 eve') })).toEqual({
    state: 'seen-elsewhere',
    record: 'm0/2',
  });
  expect(table.lookup({ content: key('21.0'), perspective: key('x') })).toEqual({
    state: 'seen-elsewhere',
    record: 'm0.2/1',
  });
  expect(table.lookup({ content: key('none'), perspective: key('none ada') })).toEqual({ state: 'new' });
}

test('a key is known by its record over all generations, and comes back from the file', () => {
  const table = new DedupTable('m0', path());
  fill(table);
  expectFilled(table);
  table.close();
  const reopened = new DedupTable('m0', path());
  expect(reopened.last).toEqual({ generation: 2, n: 9, digest: String(9).padStart(64, '0') });
  expectFilled(reopened);
  reopened.close();
});

test('a torn or spoilt file is believed up to the first frame that is not whole', () => {
  const table = new DedupTable('m0', path());
  table.add(frame(1, 0, leaves([key('a'), key('a ada')])));
  table.add(frame(1, 1, leaves([key('b'), key('b ada')])));
  table.close();
  truncateSync(path(), 48 + 32 + 32 + 60);
  const cut = new DedupTable('m0', path());
  expect(cut.last?.n).toBe(0);
  expect(cut.lookup({ content: key('a'), perspective: key('a ada') }).state).toBe('duplicate');
  expect(cut.lookup({ content: key('b'), perspective: key('b ada') }).state).toBe('new');
  cut.add(frame(1, 1, leaves([key('b'), key('b ada')])));
  cut.close();
  const bytes = Buffer.alloc(20, 9);
  writeFileSync(path(), bytes, { flag: 'r+' });
  const spoilt = new DedupTable('m0', path());
  expect(spoilt.last).toBeUndefined();
  spoilt.close();
});

test('fifty thousand keys are all told apart', () => {
  const table = new DedupTable('m0', path());
  const all = Array.from({ length: 50_000 }, (_, i): [DedupKey, DedupKey] => [key(`${i}`), key(`${i} ada`)]);
  for (let n = 0; n < 25; n++) table.add(frame(1, n, leaves(...all.slice(n * 2_000, (n + 1) * 2_000))));
  for (const [i, [content]] of all.entries()) {
    if (i % 7 !== 0) continue;
    expect(table.lookup({ content, perspective: key('other') })).toEqual({
      state: 'seen-elsewhere',
      record: `m0/${i}`,
    });
    expect(table.lookup({ content: key(`not ${i}`), perspective: key('other') })).toEqual({ state: 'new' });
  }
  table.close();
});
