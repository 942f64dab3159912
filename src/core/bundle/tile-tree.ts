/**
 * Looks leaves up in tiles that cover them. The right edge is checked against the signed root once, every full tile
 * against its parent when it is first read; a leaf is then one comparison.
 */

import { sameBytes } from '../ledger/read.ts';
import { edgeRoot, resumeLevels, TILE_WIDTH, type TileSource, tileName } from '../ledger/tiles.ts';
import { foldHashes, type Hash } from '../ledger/tree.ts';

/** 8 KiB each. */
const MOST_KEPT = 2_000;

export class TileTree {
  readonly #size: number;
  readonly #source: TileSource;
  readonly #edge: readonly (readonly Hash[])[];
  readonly #kept = new Map<string, readonly Hash[]>();

  private constructor(size: number, source: TileSource, edge: readonly (readonly Hash[])[]) {
    this.#size = size;
    this.#source = source;
    this.#edge = edge;
  }

  /** Undefined where the tiles of the right edge are missing or do not make `root`. */
  static async open(size: number, root: Hash, source: TileSource): Promise<TileTree | undefined> {
    const edge = await resumeLevels(size, source);
    return edge !== undefined && sameBytes(edgeRoot({ levels: edge }), root)
      ? new TileTree(size, source, edge)
      : undefined;
  }

  /** The leaf hash at `leaf`; undefined where a tile above it is missing or is not what the root covers. */
  async leaf(leaf: number): Promise<Hash | undefined> {
    return (await this.#tile(0, Math.floor(leaf / TILE_WIDTH)))?.[leaf % TILE_WIDTH];
  }

  async #tile(level: number, n: number): Promise<readonly Hash[] | undefined> {
    if (n === Math.floor(this.#size / TILE_WIDTH ** (level + 1))) return this.#edge[level];
    const name = tileName(level, n, TILE_WIDTH);
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const bytes = await this.#source(name);
    if (bytes?.length !== TILE_WIDTH * 32) return undefined;
    const hashes = Array.from({ length: TILE_WIDTH }, (_, i) => bytes.slice(i * 32, i * 32 + 32));
    const parent = (await this.#tile(level + 1, Math.floor(n / TILE_WIDTH)))?.[n % TILE_WIDTH];
    if (parent === undefined || !sameBytes(foldHashes(hashes), parent)) return undefined;
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(name, hashes);
    return hashes;
  }
}
