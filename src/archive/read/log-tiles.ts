import { peekCheckpoint } from '../../core/ledger/checkpoint.ts';
import { nodesFromTiles, TILE_WIDTH, type TileSource, tileName, tileWidth } from '../../core/ledger/tiles.ts';
import { foldHashes, type Hash, leafHash, type NodeSource } from '../../core/ledger/tree.ts';
import { checkpointName } from '../../core/logs.ts';
import type { Vault } from '../../core/ports/vault.ts';
import type { LogName } from '../../core/record.ts';

const PARTIAL = /^tile\/(\d+)\/((?:x\d{3}\/)*\d{3})\.p\/(\d+)$/;
const ANY = /^tile\/(\d+)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/;
/** Tiles kept in memory: 8 KiB each. */
const MOST_KEPT = 1024;

/**
 * The hash tiles of one log: as stored, or made from the commits where they are not (yet). Neither is trusted here: a
 * proof made of them is verified against a signed root before anybody sees it.
 */
export class LogTiles {
  readonly #vault: Vault;
  readonly #log: LogName;
  readonly #leaves: (from: number, to: number) => Promise<Uint8Array>;
  readonly #kept = new Map<string, Uint8Array>();

  constructor(vault: Vault, log: LogName, leaves: (from: number, to: number) => Promise<Uint8Array>) {
    this.#vault = vault;
    this.#log = log;
    this.#leaves = leaves;
  }

  /** Size up to which tiles should be there: what the checkpoint file says, which is a hint and no more. */
  async derivedSize(): Promise<number> {
    const note = await this.#vault.get(checkpointName(this.#log));
    const read = note === undefined ? undefined : peekCheckpoint(Buffer.from(note).toString('utf8'));
    return read?.ok === true ? read.value.size : 0;
  }

  /** A stored tile that begins with the hashes of tile `name`: this one, or a wider one written since. */
  async stored(name: string): Promise<Uint8Array | undefined> {
    const exact = await this.#get(name);
    const match = exact === undefined ? PARTIAL.exec(name) : null;
    if (match === null) return exact;
    const [level, n] = [Number(match[1]), indexOf(match[2] ?? '')];
    const width = tileWidth(level, n, await this.derivedSize());
    return width > Number(match[3]) ? this.#get(tileName(level, n, width)) : undefined;
  }

  /** Subtree hashes of the tree of `size` leaves. */
  nodes(size: number): NodeSource {
    const source: TileSource = async (name) => (await this.stored(name)) ?? (await this.#made(name, source));
    return nodesFromTiles(size, source);
  }

  async #get(name: string): Promise<Uint8Array | undefined> {
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const bytes = await this.#vault.get(`ledger/${this.#log}/${name}`);
    if (bytes === undefined) return undefined;
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(name, bytes);
    return bytes;
  }

  async #made(name: string, source: TileSource): Promise<Uint8Array | undefined> {
    const match = ANY.exec(name);
    if (match === null) return undefined;
    const [level, n, width] = [Number(match[1]), indexOf(match[2] ?? ''), Number(match[3] ?? TILE_WIDTH)];
    const first = n * TILE_WIDTH;
    if (level === 0) return hashed(await this.#leaves(first, first + width));
    const hashes: Hash[] = [];
    for (let i = 0; i < width; i++) {
      const below = await source(tileName(level - 1, first + i, TILE_WIDTH));
      if (below?.length !== TILE_WIDTH * 32) return undefined;
      hashes.push(foldHashes(split(below)));
    }
    return Buffer.concat(hashes);
  }
}

const indexOf = (path: string): number => Number(path.replaceAll('/', '').replaceAll('x', ''));
const split = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(i * 32, i * 32 + 32));
const hashed = (leaves: Uint8Array): Uint8Array => Buffer.concat(split(leaves).map(leafHash));
