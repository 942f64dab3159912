import type { DedupKey } from '../../core/dedup.ts';

const FIRST_CAPACITY = 2 ** 12;
/** Past this share of taken slots the table doubles. */
const FULLEST = 0.75;

/**
 * A set of (key → ordinal) in ten bytes a slot, however long the keys: some 170 MB for ten million. It keeps 48 bits of
 * each key, so an answer is a candidate that the caller compares with the whole key.
 */
export class FingerprintTable {
  #capacity = FIRST_CAPACITY;
  #count = 0;
  #hashes = new Uint32Array(FIRST_CAPACITY);
  #tags = new Uint16Array(FIRST_CAPACITY);
  /** Ordinal + 1; zero is a free slot. */
  #values = new Uint32Array(FIRST_CAPACITY);

  add(key: DedupKey, ordinal: number): void {
    if (this.#count >= this.#capacity * FULLEST) this.#grow();
    this.#place(hashOf(key), tagOf(key), ordinal + 1);
    this.#count++;
  }

  /** The first ordinal that was added with this key, as `isSame` finds by comparing whole keys. */
  find(key: DedupKey, isSame: (ordinal: number) => boolean): number | undefined {
    const hash = hashOf(key);
    const tag = tagOf(key);
    const mask = this.#capacity - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const value = this.#values[slot] as number;
      if (value === 0) return undefined;
      if (this.#hashes[slot] === hash && this.#tags[slot] === tag && isSame(value - 1)) return value - 1;
    }
  }

  #place(hash: number, tag: number, value: number): void {
    const mask = this.#capacity - 1;
    let slot = hash & mask;
    while (this.#values[slot] !== 0) slot = (slot + 1) & mask;
    this.#hashes[slot] = hash;
    this.#tags[slot] = tag;
    this.#values[slot] = value;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const tags = this.#tags;
    const values = this.#values;
    this.#capacity *= 2;
    this.#hashes = new Uint32Array(this.#capacity);
    this.#tags = new Uint16Array(this.#capacity);
    this.#values = new Uint32Array(this.#capacity);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value !== 0) this.#place(hashes[i] as number, tags[i] as number, value);
    }
  }
}

// Keys are HMACs: any of their bits are as good as a hash.
const hashOf = (key: DedupKey): number =>
  (key.charCodeAt(0) | (key.charCodeAt(1) << 8) | (key.charCodeAt(2) << 16) | (key.charCodeAt(3) << 24)) >>>
  0;
const tagOf = (key: DedupKey): number => key.charCodeAt(4) | (key.charCodeAt(5) << 8);
