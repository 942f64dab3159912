import { createHash } from 'node:crypto';
import {
  EMPTY_EDGE,
  edgeRoot,
  edgeTiles,
  growTree,
  nodesFromLeaves,
  nodesFromTiles,
  parseBundle,
  resumeEdge,
  type TileSource,
  type TreeEdge,
  tileName,
  tilesOf,
} from '../../../src/core/ledger/tiles.ts';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/core/ledger/tree.ts';
import fc from '../../property.ts';

const leafOf = (i: number): Buffer => createHash('sha256').update(`leaf ${i}`).digest();
const leavesOf = (from: number, to: number): Buffer =>
  Buffer.concat(Array.from({ length: to - from }, (_, i) => leafOf(from + i)));

/** Grows a tree in steps, keeping each derived file as a folder would. */
function grow(sizes: readonly number[]): {
  edge: TreeEdge;
  files: Map<string, Uint8Array>;
  source: TileSource;
} {
  const files = new Map<string, Uint8Array>();
  let edge: TreeEdge = EMPTY_EDGE;
  for (const size of sizes) {
    const grown = growTree(edge, leavesOf(edge.size, size));
    edge = grown.edge;
    for (const { name, bytes } of [...grown.completed, ...edgeTiles(edge)]) files.set(name, bytes);
  }
  return { edge, files, source: (name) => Promise.resolve(files.get(name)) };
}

test('tile names follow tlog-tiles: three digits, x before all but the last, .p/W for partial ones', () => {
  expect(tileName(0, 0, 256)).toBe('tile/0/000');
  expect(tileName(1, 1234067, 256)).toBe('tile/1/x001/x234/067');
  expect(tileName(0, 1000, 12)).toBe('tile/0/x001/000.p/12');
  expect(tileName('entries', 999, 256)).toBe('tile/entries/999');
  expect(tileName('entries', 1_000_000, 1)).toBe('tile/entries/x001/x000/000.p/1');
});

test('a tree of 70,000 leaves needs exactly the tiles of the specification’s example', () => {
  const names = [...tilesOf(70_000)].map((tile) => tileName(...tile));
  expect(names.filter((name) => /^tile\/0\/\d+$/.test(name))).toHaveLength(273);
  expect(names.filter((name) => name.includes('.p/')).sort()).toEqual(
    ['tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1', 'tile/entries/273.p/112'].sort(),
  );
  expect([...tilesOf(256)].map((tile) => tileName(...tile)).sort()).toEqual(
    ['tile/0/000', 'tile/1/000.p/1', 'tile/entries/000'].sort(),
  );
  expect([...tilesOf(0)]).toEqual([]);
});

test('growing in any steps leaves the same tiles, the same root, and every tile that the size needs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(700), { minLength: 1, maxLength: 6 }), async (steps) => {
      let size = 0;
      const sizes = steps.map((step) => (size += step));
      const { edge, files } = grow(sizes);
      const whole = grow([size]);
      // Compared as bytes: Jest compares typed arrays number by number.
      for (const [name, bytes] of whole.files)
        expect(Buffer.from(files.get(name) ?? []).equals(bytes)).toBe(true);
      for (const tile of tilesOf(size)) expect(files.has(tileName(...tile))).toBe(true);
      const root = await treeRoot(size, nodesFromLeaves(leavesOf(0, size)));
      expect(Buffer.from(edgeRoot(edge)).equals(root)).toBe(true);
    }),
    { numRuns: 10 },
  );
});

test('a tree of three tile levels is resumed from its files and goes on as if it had never stopped', async () => {
  const { edge, source, files } = grow([65_536 + 256 + 3]);
  expect(files.has('tile/1/000')).toBe(true);
  expect(files.has('tile/2/000.p/1')).toBe(true);
  const resumed = await resumeEdge(edge.size, source);
  expect(resumed).toBeDefined();
  expect(edgeRoot(resumed ?? EMPTY_EDGE)).toEqual(edgeRoot(edge));
  const more = leavesOf(edge.size, edge.size + 300);
  expect(edgeRoot(growTree(resumed ?? EMPTY_EDGE, more).edge)).toEqual(edgeRoot(growTree(edge, more).edge));
});

test('proofs made from tiles verify across tile levels', async () => {
  const size = 65_536 + 256 + 3;
  const { edge, source } = grow([1000, size]);
  const nodes = nodesFromTiles(size, source);
  const root = edgeRoot(edge);
  for (const index of [0, 255, 256, 65_535, 65_536, 65_791, 65_792, size - 1]) {
    const path = await inclusionProof(index, size, nodes);
    expect(verifyInclusion(index, size, leafHash(leafOf(index)), path, root)).toBe(true);
  }
  for (const from of [1, 255, 256, 257, 1000, 65_535, 65_536, 65_537, size]) {
    const older = edgeRoot(growTree(EMPTY_EDGE, leavesOf(0, from)).edge);
    expect(verifyConsistency(from, size, older, root, await consistencyProof(from, size, nodes))).toBe(true);
  }
});

test('proofs for an earlier size are made from the tiles of a later one', async () => {
  const { source } = grow([1024]);
  const older = growTree(EMPTY_EDGE, leavesOf(0, 700)).edge;
  const path = await inclusionProof(650, 700, nodesFromTiles(1024, source));
  expect(verifyInclusion(650, 700, leafHash(leafOf(650)), path, edgeRoot(older))).toBe(true);
});

test('resuming answers undefined for a missing, short or malformed file, and a proof names the tile', async () => {
  const { files } = grow([600]);
  const without = (name: string, bytes?: Uint8Array): TileSource => {
    return (asked) => Promise.resolve(asked === name ? bytes : files.get(asked));
  };
  for (const name of ['tile/0/002.p/88', 'tile/1/000.p/2', 'tile/entries/002.p/88']) {
    expect(await resumeEdge(600, without(name))).toBeUndefined();
    expect(await resumeEdge(600, without(name, new Uint8Array(31)))).toBeUndefined();
  }
  const nodes = nodesFromTiles(600, without('tile/0/001'));
  await expect(inclusionProof(0, 600, nodes)).resolves.toHaveLength(10);
  await expect(inclusionProof(300, 600, nodes)).rejects.toMatchObject({
    code: 'damaged-archive',
    message: expect.stringContaining('tile/0/001'),
  });
});

test('an entry bundle is 32-byte entries behind a big-endian length', () => {
  const { files } = grow([2]);
  const bundle = files.get('tile/entries/000.p/2') as Uint8Array;
  expect(Buffer.from(bundle)).toEqual(
    Buffer.concat([Uint8Array.of(0, 32), leafOf(0), Uint8Array.of(0, 32), leafOf(1)]),
  );
  expect(parseBundle(bundle, 2)).toHaveLength(2);
  expect(parseBundle(bundle, 1)).toBeUndefined();
  expect(parseBundle(Buffer.alloc(34), 1)).toBeUndefined();
});
