import { logKey, openCheckpoint } from '../../core/ledger/checkpoint.ts';
import { commitName, leafCount, leafValues } from '../../core/ledger/commit.ts';
import type { VerifierKey } from '../../core/ledger/note.ts';
import { sameBytes } from '../../core/ledger/read.ts';
import { resumeLevels, rootAfter } from '../../core/ledger/tiles.ts';
import type { Vault } from '../../core/ports/vault.ts';
import type { Commit, LogName, SegmentName } from '../../core/record.ts';
import type { ArchiveIdentity, Head } from '../reader.ts';
import type { Cache } from './cache.ts';
import { damaged, newestCommit, readCommit } from './commits.ts';
import { LogTiles } from './log-tiles.ts';

/** A commit whose leaves were found to be those that its checkpoint signs. */
export interface CheckedCommit {
  readonly commit: Commit;
  readonly digest: string;
  /** Leaf number of its first leaf. */
  readonly first: number;
  /** 32 bytes a leaf. */
  readonly leaves: Uint8Array;
  /** Root of its checkpoint. */
  readonly root: Uint8Array;
}

/** Where a leaf stands: its commit, the segment, and the line in it. */
export interface LeafPlace {
  readonly at: CheckedCommit;
  readonly segment: SegmentName;
  /** First leaf of the segment. */
  readonly segmentFirst: number;
}

/** One log of one generation, read from its commits. Holds its newest head and what sizes it has seen, no more. */
export class LogReader {
  readonly log: LogName;
  readonly tiles: LogTiles;
  readonly #vault: Vault;
  readonly #key: VerifierKey;
  readonly #commits: Cache<CheckedCommit>;
  /** n → sizeAfter of commits that were read: narrows searches without reading again. */
  readonly #sizes: number[] = [];
  #head: Head | undefined;

  constructor(vault: Vault, identity: ArchiveIdentity, log: LogName, commits: Cache<CheckedCommit>) {
    this.#vault = vault;
    this.log = log;
    this.#key = logKey(identity.id, log, Buffer.from(identity.keys.ledger, 'base64'));
    this.#commits = commits;
    this.tiles = new LogTiles(vault, log, (from, to) => this.leafRange(from, to));
  }

  /** The newest head there is; undefined for a log without commits. */
  async head(): Promise<Head | undefined> {
    const newest = await newestCommit(this.#vault, this.log, this.#head?.commit);
    if (newest === undefined) return undefined;
    if (this.#head?.commit === newest) return this.#head;
    const { commit, root } = await this.commit(newest);
    this.#head = { log: this.log, size: commit.sizeAfter, root, note: commit.checkpoint, commit: newest };
    return this.#head;
  }

  /** Commit `n`, checked. Throws `damaged-archive` where it is missing or does not fit. */
  commit(n: number): Promise<CheckedCommit> {
    return this.#commits.get(`${this.log}/${n}`, () => this.#load(n));
  }

  /** The place of leaf `leaf`; undefined where the log has no such leaf yet. */
  async place(leaf: number): Promise<LeafPlace | undefined> {
    const at = await this.commitOf(leaf);
    if (at === undefined) return undefined;
    let segmentFirst = at.first;
    for (const segment of at.commit.segments) {
      if (leaf < segmentFirst + segment.count) return { at, segment, segmentFirst };
      segmentFirst += segment.count;
    }
    throw damaged(commitName(this.log, at.commit.n), 'it has no segment for one of its leaves');
  }

  /** The commit that sealed leaf `leaf`: few commits are read, by interpolation over the sizes already seen. */
  async commitOf(leaf: number): Promise<CheckedCommit | undefined> {
    // A head that was seen covers its leaves for ever; only a leaf beyond it asks for a newer one.
    const seen = this.#head;
    const head = seen !== undefined && leaf < seen.size ? seen : await this.head();
    if (head === undefined || !(leaf >= 0 && leaf < head.size)) return undefined;
    let low = 0;
    let high = head.commit;
    while (low < high) {
      const guess = this.#guess(leaf, low, high);
      const size = this.#sizes[guess] ?? (await this.commit(guess)).commit.sizeAfter;
      if (size > leaf) high = guess;
      else low = guess + 1;
    }
    return this.commit(low);
  }

  /** Leaf values [from, to), read from commits: 32 bytes each. */
  async leafRange(from: number, to: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let next = from; next < to; ) {
      const at = await this.commitOf(next);
      if (at === undefined)
        throw damaged(`ledger/${this.log}`, 'its commits hold fewer leaves than its head');
      const end = Math.min(to, at.commit.sizeAfter);
      parts.push(at.leaves.subarray((next - at.first) * 32, (end - at.first) * 32));
      next = end;
    }
    return Buffer.concat(parts);
  }

  async #load(n: number): Promise<CheckedCommit> {
    const name = commitName(this.log, n);
    const stored = await readCommit(this.#vault, this.log, n);
    if (stored === undefined) throw damaged(name, 'it is missing');
    const { commit, digest } = stored;
    const checkpoint = openCheckpoint(commit.checkpoint, this.#key);
    if (!checkpoint.ok) throw damaged(name, checkpoint.why);
    const { size, root } = checkpoint.value;
    const first = commit.sizeAfter - leafCount(commit);
    const leaves = leafValues(commit);
    if (size !== commit.sizeAfter) throw damaged(name, 'its checkpoint is of another size');
    const levels = await resumeLevels(first, (tile) => this.tiles.stored(tile));
    if (levels === undefined) {
      // Tiles are written behind the commits: the newest commits may be ahead of them, no other.
      if (first <= (await this.tiles.derivedSize()))
        throw damaged(name, 'tiles before its leaves are missing');
    } else if (!sameBytes(rootAfter(first, levels, leaves), root)) {
      throw damaged(name, 'its checkpoint is not the root of its leaves and the tiles before them');
    }
    this.#sizes[n] = commit.sizeAfter;
    return { commit, digest, first, leaves, root };
  }

  #guess(leaf: number, low: number, high: number): number {
    // Commits already seen bound the search for nothing; among the rest the middle is good enough.
    const middle = low + Math.floor((high - low) / 2);
    if (this.#sizes[middle] !== undefined || high - low < 4) return middle;
    const start = low === 0 ? 0 : this.#sizes[low - 1];
    const end = this.#sizes[high];
    if (start === undefined || end === undefined || end <= start) return middle;
    const guess = low + Math.floor(((leaf - start) / (end - start)) * (high - low + 1));
    return Math.min(high - 1, Math.max(low, guess));
  }
}
