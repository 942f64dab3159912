import { DEDUP_KEY_BYTES, type DedupKey, type DedupKeys, NO_DEDUP_KEY } from '../../core/dedup.ts';
import { generationName } from '../../core/logs.ts';
import type { RecordName } from '../../core/record.ts';
import { DedupFile, type DedupFrame } from './dedup-file.ts';
import { FingerprintTable } from './fingerprint-table.ts';

/** What the table knows of an entry's keys. */
export type Known =
  | { readonly state: 'new' }
  /** Sealed, and seen in this copy before. */
  | { readonly state: 'duplicate' }
  /** Sealed as `record`, but not yet seen in this copy. */
  | { readonly state: 'seen-elsewhere'; readonly record: RecordName };

const LEAF = 2 * DEDUP_KEY_BYTES;

/**
 * Every dedup key of a log, over all its generations: a table of fingerprints in memory, the whole keys in a file that
 * is only a cache of the commits. Frames are added commit by commit, in order; only commits add, so what was prepared
 * and never committed leaves no trace here.
 */
export class DedupTable {
  readonly #log: string;
  readonly #file: DedupFile;
  #fingerprints = new FingerprintTable();
  #leaves = 0;
  /** Of each frame that has leaves: the first ordinal, and where its keys begin in the file. */
  #firsts: number[] = [];
  #positions: number[] = [];
  /** Of each generation: its number, and the ordinal of its leaf 0. */
  #generations: { generation: number; first: number }[] = [];
  #last: { generation: number; n: number; digest: string } | undefined;

  /** `log`: the base name. The file may be missing, torn, or of another archive: see `last`. */
  constructor(log: string, path: string) {
    this.#log = log;
    this.#file = DedupFile.open(path, (frame) => this.#take(frame, frame.position));
  }

  /** The commit that the table reaches. It is of use only if the vault holds that commit with that digest. */
  get last(): { readonly generation: number; readonly n: number; readonly digest: string } | undefined {
    return this.#last;
  }

  /** Forgets everything: the file belongs to another archive, or to commits that are gone. */
  clear(): void {
    this.#file.clear();
    this.#fingerprints = new FingerprintTable();
    this.#leaves = 0;
    this.#firsts = [];
    this.#positions = [];
    this.#generations = [];
    this.#last = undefined;
  }

  add(frame: DedupFrame): void {
    this.#take(frame, this.#file.append(frame));
  }

  lookup(keys: DedupKeys): Known {
    let whole = '';
    const ordinal = this.#fingerprints.find(keys.content, (at) => {
      whole = this.#keysAt(at);
      return whole.startsWith(keys.content);
    });
    if (ordinal === undefined) return { state: 'new' };
    if (keys.perspective === NO_DEDUP_KEY || whole.endsWith(keys.perspective)) return { state: 'duplicate' };
    const observed = this.#fingerprints.find(keys.perspective, (at) =>
      this.#isObservation(at, keys.perspective),
    );
    if (observed !== undefined) return { state: 'duplicate' };
    return { state: 'seen-elsewhere', record: this.#nameOf(ordinal) };
  }

  close(): void {
    this.#file.close();
  }

  #take(frame: DedupFrame, position: number): void {
    if (this.#last?.generation !== frame.generation) {
      this.#generations.push({ generation: frame.generation, first: this.#leaves });
    }
    this.#last = { generation: frame.generation, n: frame.n, digest: frame.digest };
    const count = frame.keys.length / LEAF;
    if (count === 0) return;
    this.#firsts.push(this.#leaves);
    this.#positions.push(position);
    const text = Buffer.from(frame.keys.buffer, frame.keys.byteOffset, frame.keys.length).toString('latin1');
    for (let i = 0; i < count; i++) {
      const content = text.slice(i * LEAF, i * LEAF + DEDUP_KEY_BYTES);
      // An observation has no content key of its own: it is found by its perspective.
      if (content !== NO_DEDUP_KEY) this.#fingerprints.add(content, this.#leaves + i);
      else this.#fingerprints.add(text.slice(i * LEAF + DEDUP_KEY_BYTES, (i + 1) * LEAF), this.#leaves + i);
    }
    this.#leaves += count;
  }

  #isObservation(ordinal: number, perspective: DedupKey): boolean {
    return this.#keysAt(ordinal) === NO_DEDUP_KEY + perspective;
  }

  #keysAt(ordinal: number): string {
    const frame = lastAtOrBelow(this.#firsts, ordinal);
    const first = this.#firsts[frame] as number;
    return this.#file.keysAt((this.#positions[frame] as number) + (ordinal - first) * LEAF);
  }

  #nameOf(ordinal: number): RecordName {
    const found = this.#generations.findLast(({ first }) => first <= ordinal);
    const { generation, first } = found ?? { generation: 1, first: 0 };
    return `${generationName(this.#log, generation)}/${ordinal - first}`;
  }
}

/** Index of the last element that is at most `value`, in an ascending array whose first element is. */
function lastAtOrBelow(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((ascending[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
