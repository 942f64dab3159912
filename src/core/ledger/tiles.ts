/**
 * C2SP tlog-tiles: a log's tree as files of 256 hashes, and its entries as bundles of 256. Both derive from the leaf
 * values in the commits alone. Names are relative to the log's folder (`ledger/<log>/`).
 * Source: https://c2sp.org/tlog-tiles.
 */
import { HoldfastError } from '../errors.ts';
import { foldHashes, type Hash, leafHash, type NodeSource, nodeHash } from './tree.ts';

/** Hashes of a full tile. */
export const TILE_WIDTH = 256;
const HASH = 32;

/** A derived file: `tile/0/000`, `tile/0/x001/067.p/12`, `tile/entries/000`. */
export interface TreeObject {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Gives the bytes of a derived file of the log by its name, undefined where it does not exist. */
export type TileSource = (name: string) => Promise<Uint8Array | undefined>;

/**
 * The right edge of a tree: what appending needs. A plain value that never changes; growing makes a new one, so that
 * a batch that loses its commit is simply forgotten.
 */
export interface TreeEdge {
  readonly size: number;
  /** Level → the hashes of its partial tile (fewer than 256). Level 0 holds leaf hashes. */
  readonly levels: readonly (readonly Hash[])[];
  /** The entries (32-byte leaf values) of the partial bundle. */
  readonly bundle: readonly Uint8Array[];
}

export const EMPTY_EDGE: TreeEdge = { size: 0, levels: [], bundle: [] };

function tileIndex(n: number): string {
  let name = String(n % 1000).padStart(3, '0');
  for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000))
    name = `x${String(rest % 1000).padStart(3, '0')}/${name}`;
  return name;
}

/** Name of tile `n` at `level` (or of an entry bundle); `width` 256 is the full one. */
export function tileName(level: number | 'entries', n: number, width: number): string {
  const name = `tile/${level}/${tileIndex(n)}`;
  return width === TILE_WIDTH ? name : `${name}.p/${width}`;
}

/** Hashes in tile `n` of `level` in the tree of `size` leaves: 0 where the tree does not reach it. */
export function tileWidth(level: number, n: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level) - n * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, hashes));
}

/** Every derived file that a tree of `size` leaves needs, as [level, n, width]; entry bundles included. */
export function* tilesOf(size: number): Generator<[number | 'entries', number, number]> {
  for (let level = 0; TILE_WIDTH ** level <= size; level++) {
    for (let n = 0; ; n++) {
      const width = tileWidth(level, n, size);
      if (width === 0) break;
      yield [level, n, width];
      if (level === 0) yield ['entries', n, width];
    }
  }
}

function joinHashes(hashes: readonly Hash[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * HASH);
  for (let i = 0; i < hashes.length; i++) bytes.set(hashes[i] as Hash, i * HASH);
  return bytes;
}

/** An entry bundle: each entry behind its length as a big-endian uint16 (always 32 here). */
export function bundleBytes(entries: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(entries.length * (HASH + 2));
  for (let i = 0; i < entries.length; i++) {
    bytes[i * (HASH + 2) + 1] = HASH;
    bytes.set(entries[i] as Uint8Array, i * (HASH + 2) + 2);
  }
  return bytes;
}

/**
 * Appends leaf values (32 bytes each, concatenated). `completed` are the tiles and bundles that became full; the
 * partial ones of the new size are {@link edgeTiles}. Costs two hashes a leaf, whatever the size.
 */
export function growTree(
  edge: TreeEdge,
  leaves: Uint8Array,
): { readonly edge: TreeEdge; readonly completed: TreeObject[] } {
  if (leaves.length % HASH !== 0) throw new RangeError('leaf values are 32 bytes each');
  const levels = edge.levels.map((hashes) => [...hashes]);
  const completed: TreeObject[] = [];
  let bundle = [...edge.bundle];
  let size = edge.size;
  for (let offset = 0; offset < leaves.length; offset += HASH) {
    const entry = leaves.subarray(offset, offset + HASH);
    bundle.push(entry);
    size++;
    if (bundle.length === TILE_WIDTH) {
      completed.push({
        name: tileName('entries', size / TILE_WIDTH - 1, TILE_WIDTH),
        bytes: bundleBytes(bundle),
      });
      bundle = [];
    }
    carry(levels, leafHash(entry), size, completed);
  }
  // Copied, so that a small edge does not keep the whole batch's buffer alive.
  return { edge: { size, levels, bundle: bundle.map((entry) => entry.slice()) }, completed };
}

/** Pushes a leaf hash and, where a tile is full, its root to the level above. `size` includes the leaf. */
function carry(levels: Hash[][], leaf: Hash, size: number, completed: TreeObject[]): void {
  let hash = leaf;
  for (let level = 0, count = size; ; level++, count /= TILE_WIDTH) {
    if (levels.length === level) levels.push([]);
    const hashes = levels[level] as Hash[];
    hashes.push(hash);
    if (hashes.length < TILE_WIDTH) return;
    completed.push({
      name: tileName(level, count / TILE_WIDTH - 1, TILE_WIDTH),
      bytes: joinHashes(hashes),
    });
    hash = foldHashes(hashes);
    levels[level] = [];
  }
}

/** The partial tiles and the partial bundle of the edge's size: what a checkpoint of that size needs besides full ones. */
export function edgeTiles(edge: TreeEdge): TreeObject[] {
  const objects: TreeObject[] = [];
  for (let level = 0; level < edge.levels.length; level++) {
    const hashes = edge.levels[level] as readonly Hash[];
    if (hashes.length === 0) continue;
    const n = Math.floor(edge.size / TILE_WIDTH ** (level + 1));
    objects.push({ name: tileName(level, n, hashes.length), bytes: joinHashes(hashes) });
  }
  if (edge.bundle.length > 0) {
    const n = Math.floor(edge.size / TILE_WIDTH);
    objects.push({ name: tileName('entries', n, edge.bundle.length), bytes: bundleBytes(edge.bundle) });
  }
  return objects;
}

/** Root of the edge's tree. */
export function edgeRoot(edge: Pick<TreeEdge, 'levels'>): Hash {
  let root: Hash | undefined;
  for (const hashes of edge.levels) {
    const parts = root === undefined ? hashes : [...hashes, root];
    if (parts.length > 0) root = foldHashes(parts);
  }
  return root ?? foldHashes([]);
}

/**
 * The edge of the tree of `size` leaves, read from derived files; undefined where one is missing or not of its length.
 * The files are not trusted: the caller compares {@link edgeRoot} with the signed root, and else replays the commits.
 */
export async function resumeEdge(size: number, source: TileSource): Promise<TreeEdge | undefined> {
  const levels = await resumeLevels(size, source);
  if (levels === undefined) return undefined;
  const width = size % TILE_WIDTH;
  if (width === 0) return { size, levels, bundle: [] };
  const bundle = await source(tileName('entries', Math.floor(size / TILE_WIDTH), width));
  const entries = bundle === undefined ? undefined : parseBundle(bundle, width);
  return entries === undefined ? undefined : { size, levels, bundle: entries };
}

/** The hashes of an edge without its bundle: enough for roots. As untrusted as {@link resumeEdge}. */
export async function resumeLevels(size: number, source: TileSource): Promise<Hash[][] | undefined> {
  const levels: Hash[][] = [];
  for (let level = 0; TILE_WIDTH ** level <= size; level++) {
    const n = Math.floor(size / TILE_WIDTH ** (level + 1));
    const width = tileWidth(level, n, size);
    const hashes = width === 0 ? [] : await readTile(source, level, n, width);
    if (hashes === undefined) return undefined;
    levels.push(hashes);
  }
  return levels;
}

/** Root of the tree that `leaves` (32 bytes each) make after the `size` leaves whose edge hashes are `levels`. */
export function rootAfter(size: number, levels: readonly (readonly Hash[])[], leaves: Uint8Array): Hash {
  const grown = levels.map((hashes) => [...hashes]);
  for (let offset = 0; offset < leaves.length; offset += HASH)
    carry(grown, leafHash(leaves.subarray(offset, offset + HASH)), size + offset / HASH + 1, []);
  return edgeRoot({ levels: grown });
}

/** The entries of a bundle of `width`; undefined where it is not of exactly that form. */
export function parseBundle(bytes: Uint8Array, width: number): Uint8Array[] | undefined {
  if (bytes.length !== width * (HASH + 2)) return undefined;
  const entries: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; offset += HASH + 2) {
    if (bytes[offset] !== 0 || bytes[offset + 1] !== HASH) return undefined;
    entries.push(bytes.slice(offset + 2, offset + 2 + HASH));
  }
  return entries;
}

async function readTile(
  source: TileSource,
  level: number,
  n: number,
  width: number,
): Promise<Hash[] | undefined> {
  // A partial tile may have been removed, or never written, once the full one exists.
  const bytes =
    (await source(tileName(level, n, width))) ??
    (width < TILE_WIDTH ? await source(tileName(level, n, TILE_WIDTH)) : undefined);
  if (bytes === undefined || bytes.length % HASH !== 0 || bytes.length < width * HASH) return undefined;
  const hashes: Hash[] = [];
  for (let i = 0; i < width; i++) hashes.push(bytes.slice(i * HASH, (i + 1) * HASH));
  return hashes;
}

/**
 * Subtree hashes of the tree of `size` leaves, read from its tiles, each tile once; they serve the proofs of every
 * earlier size too. Throws `damaged-archive` for a
 * tile that is missing or cut short.
 * What comes out is as true as the tiles are: verify the proof that is made of it.
 */
export function nodesFromTiles(size: number, source: TileSource): NodeSource {
  const read = new Map<string, Promise<Hash[] | undefined>>();
  return async (height, index) => {
    const level = Math.floor(height / 8);
    const span = 2 ** (height % 8);
    const first = index * span;
    const n = Math.floor(first / TILE_WIDTH);
    const width = tileWidth(level, n, size);
    const name = tileName(level, n, width === 0 ? TILE_WIDTH : width);
    let tile = read.get(name);
    if (tile === undefined) {
      tile = width === 0 ? Promise.resolve(undefined) : readTile(source, level, n, width);
      read.set(name, tile);
    }
    const start = first % TILE_WIDTH;
    const hashes = (await tile)?.slice(start, start + span);
    if (hashes?.length !== span)
      throw new HoldfastError('damaged-archive', `The tile ${name} is missing or cut short.`);
    return span === 1 ? (hashes[0] as Hash) : foldHashes(hashes);
  };
}

/** Subtree hashes over leaf values held in memory (32 bytes each, concatenated): for small trees and checks. */
export function nodesFromLeaves(leaves: Uint8Array): NodeSource {
  const hashes: Hash[][] = [[]];
  for (let i = 0; i < leaves.length; i += HASH)
    (hashes[0] as Hash[]).push(leafHash(leaves.subarray(i, i + HASH)));
  return (height, index) => {
    for (let h = hashes.length; h <= height; h++) {
      const below = hashes[h - 1] as Hash[];
      const level: Hash[] = [];
      for (let i = 0; i + 1 < below.length; i += 2)
        level.push(nodeHash(below[i] as Hash, below[i + 1] as Hash));
      hashes.push(level);
    }
    const hash = hashes[height]?.[index];
    if (hash === undefined) throw new RangeError('the subtree is not in the tree');
    return hash;
  };
}
