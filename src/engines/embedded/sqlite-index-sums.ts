import { hash, randomBytes } from 'node:crypto';

const MOST_KNOWN = 100_000;

/** 64 bits. */
export type Hash = readonly [number, number];

/** Terms and rows as numbers, under a key that nobody knows beforehand. */
export class Hashes {
  readonly #key = randomBytes(16).toString('hex');
  readonly #rows = this.#digest('row');
  readonly #known = new Map<string, Hash>();

  term(term: string): Hash {
    const known = this.#known.get(term);
    if (known !== undefined) return known;
    const made = this.once(term);
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(term, made);
    return made;
  }

  /** `term`, not remembered. */
  once(term: string): Hash {
    return this.#digest(`term ${term}`);
  }

  #digest(text: string): Hash {
    const digest = hash('sha256', this.#key + text, 'buffer');
    return [digest.readInt32LE(0), digest.readInt32LE(4)];
  }

  /** `row` is a safe integer. */
  row(row: number): Hash {
    const [low, high] = [row | 0, Math.floor(row / 2 ** 32)];
    return [mixed(mixed(low ^ this.#rows[0]) + high), mixed(mixed(low ^ this.#rows[1]) + high)];
  }
}

/**
 * Sums, one a slot, that are zero where the same terms at the same places of the same rows were added and taken away,
 * in any order. A difference stays unseen with a chance of about 2⁻⁶⁴.
 */
export class TermSums {
  readonly #first: Int32Array;
  readonly #second: Int32Array;

  constructor(slots: number) {
    this.#first = new Int32Array(slots);
    this.#second = new Int32Array(slots);
  }

  /** `sign` is 1 to add and -1 to take away. */
  add(sign: 1 | -1, slot: number, row: Hash, term: Hash, offset: number): void {
    const place = Math.imul(offset + 1, 0x9e3779b1);
    this.#first[slot] = (this.#first[slot] ?? 0) + sign * mixed((term[0] ^ row[0]) + place);
    this.#second[slot] = (this.#second[slot] ?? 0) + sign * mixed((term[1] ^ row[1]) + place);
  }

  isZero(slot: number): boolean {
    return this.#first[slot] === 0 && this.#second[slot] === 0;
  }
}

/** Every bit of the answer depends on every bit given (the last step of MurmurHash3). */
function mixed(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
