import { createHash } from 'node:crypto';
import { nodesFromLeaves } from '../../../src/core/ledger/tiles.ts';
import {
  consistencyProof,
  foldHashes,
  inclusionProof,
  leafHash,
  type NodeSource,
  nodeHash,
  rootFromInclusion,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/core/ledger/tree.ts';
import fc from '../../property.ts';

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

/** The definition of RFC 6962, 2.1, word for word: slow, and independent of the code under test. */
function mth(entries: readonly Uint8Array[]): Buffer {
  const sha = (...parts: Uint8Array[]): Buffer =>
    parts.reduce((h, part) => h.update(part), createHash('sha256')).digest();
  if (entries.length === 0) return sha();
  if (entries.length === 1) return sha(Uint8Array.of(0), entries[0] as Uint8Array);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha(Uint8Array.of(1), mth(entries.slice(0, k)), mth(entries.slice(k)));
}

const entriesOf = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, i) => createHash('sha256').update(`leaf ${i}`).digest());

// The well-known tree of eight leaves that implementations of RFC 6962 share as test data.
const KNOWN_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const KNOWN_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function nodesOf(leaves: readonly Uint8Array[]): NodeSource {
  return (height, index) =>
    foldHashes(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height).map((leaf) => leafHash(leaf)));
}

test('the known tree of eight leaves has its known roots at every size', async () => {
  const leaves = KNOWN_LEAVES.map((leaf) => Buffer.from(leaf, 'hex'));
  for (const [size, root] of KNOWN_ROOTS.entries())
    expect(hex(await treeRoot(size, nodesOf(leaves)))).toBe(root);
});

test('the known tree has the known inclusion and consistency proofs', async () => {
  const nodes = nodesOf(KNOWN_LEAVES.map((leaf) => Buffer.from(leaf, 'hex')));
  expect((await inclusionProof(0, 8, nodes)).map(hex)).toEqual([
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]);
  expect((await consistencyProof(6, 8, nodes)).map(hex)).toEqual([
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
});

test('every inclusion proof of every tree up to 70 leaves verifies, and leads to the root of the definition', async () => {
  const entries = entriesOf(70);
  const nodes = nodesFromLeaves(Buffer.concat(entries));
  for (let size = 1; size <= 70; size++) {
    const root = mth(entries.slice(0, size));
    expect(hex(await treeRoot(size, nodes))).toBe(hex(root));
    for (let index = 0; index < size; index++) {
      const path = await inclusionProof(index, size, nodes);
      expect(verifyInclusion(index, size, leafHash(entries[index] as Buffer), path, root)).toBe(true);
    }
  }
});

test('every consistency proof between trees up to 70 leaves verifies against the roots of the definition', async () => {
  const entries = entriesOf(70);
  const nodes = nodesFromLeaves(Buffer.concat(entries));
  const roots = Array.from({ length: 71 }, (_, size) => mth(entries.slice(0, size)));
  for (let to = 0; to <= 70; to++)
    for (let from = 0; from <= to; from++) {
      const proof = await consistencyProof(from, to, nodes);
      const verified = verifyConsistency(from, to, roots[from] as Buffer, roots[to] as Buffer, proof);
      expect({ from, to, verified }).toEqual({ from, to, verified: true });
    }
});

test('no inclusion proof verifies for another leaf, place, size, root, or with a step changed, added or dropped', async () => {
  const entries = entriesOf(300);
  const nodes = nodesFromLeaves(Buffer.concat(entries));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 300 }),
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (size, at, where, flip) => {
        const index = at % size;
        const leaf = leafHash(entries[index] as Buffer);
        const root = await treeRoot(size, nodes);
        const path = await inclusionProof(index, size, nodes);
        expect(verifyInclusion(index, size, leaf, path, root)).toBe(true);
        const spoil = (hash: Uint8Array): Uint8Array => {
          const copy = Uint8Array.from(hash);
          const place = where % 32;
          copy[place] = (copy[place] as number) ^ flip;
          return copy;
        };
        const step = where % path.length;
        const changed = path.map((hash, i) => (i === step ? spoil(hash) : hash));
        expect(verifyInclusion(index, size, leaf, changed, root)).toBe(false);
        expect(verifyInclusion(index, size, spoil(leaf), path, root)).toBe(false);
        expect(verifyInclusion(index, size, leaf, path, spoil(root))).toBe(false);
        expect(verifyInclusion(index, size, leaf, path.slice(1), root)).toBe(false);
        expect(verifyInclusion(index, size, leaf, [...path, root], root)).toBe(false);
        expect(verifyInclusion((index + 1) % size, size, leaf, path, root)).toBe(false);
        expect(verifyInclusion(size, size, leaf, path, root)).toBe(false);
        expect(
          rootFromInclusion(
            index,
            size,
            leaf,
            path.map((hash) => hash.slice(1)),
          ),
        ).toBeUndefined();
      },
    ),
    { numRuns: 200 },
  );
});

test('no consistency proof verifies between trees that are not one the beginning of the other', async () => {
  const entries = entriesOf(300);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 299 }), fc.nat(), fc.nat(), async (to, a, b) => {
      const from = 1 + (a % to);
      const other = entries.map((entry, i) => (i === b % from ? leafHash(entry) : entry));
      const nodes = nodesFromLeaves(Buffer.concat(entries));
      const forked = nodesFromLeaves(Buffer.concat(other));
      const newer = await treeRoot(to, nodes);
      const older = await treeRoot(from, forked);
      for (const proof of [await consistencyProof(from, to, nodes), await consistencyProof(from, to, forked)])
        expect(verifyConsistency(from, to, older, newer, proof)).toBe(false);
    }),
    { numRuns: 100 },
  );
});

test('verification answers false, and never throws or hangs, for any numbers and any hashes', () => {
  const number = fc.oneof(
    fc.nat(20),
    fc.constantFrom(-1, 0.5, Number.NaN, Number.MAX_SAFE_INTEGER, 2 ** 60, Number.POSITIVE_INFINITY),
  );
  const hash = fc.uint8Array({ minLength: 0, maxLength: 34 });
  fc.assert(
    fc.property(number, number, hash, hash, fc.array(hash, { maxLength: 70 }), (a, b, x, y, proof) => {
      expect(verifyInclusion(a, b, x, proof, y)).toBe(false);
      if (a !== b || Buffer.compare(x, y) !== 0) expect(verifyConsistency(a, b, x, y, proof)).toBe(false);
    }),
  );
});

test('a node hash is SHA-256 of 0x01, left and right', () => {
  const [left, right] = entriesOf(2) as [Buffer, Buffer];
  const expected = createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest('hex');
  expect(hex(nodeHash(left, right))).toBe(expected);
});
