export const LINE_FEED = 10;

/**
 * The lines of an unpacked segment, as bytes: each becomes a string when it is asked for. As one text they would be
 * twice as long wherever a single character is not Latin, and stay in memory as long as any of them.
 */
export class SegmentLines {
  readonly #bytes: Buffer;
  /** Where each line ends, its line feed excluded. */
  readonly #ends: Uint32Array;

  /** `bytes` end with a line feed; `ends` has one place a line. */
  private constructor(bytes: Buffer, ends: Uint32Array) {
    this.#bytes = bytes;
    this.#ends = ends;
  }

  /** Undefined where there are not `count` whole lines. */
  static of(bytes: Buffer, count: number): SegmentLines | undefined {
    if (count > bytes.length) return undefined;
    const ends = new Uint32Array(count);
    let start = 0;
    for (let i = 0; i < count; i++) {
      const end = bytes.indexOf(LINE_FEED, start);
      if (end < 0) return undefined;
      ends[i] = end;
      start = end + 1;
    }
    return start === bytes.length ? new SegmentLines(bytes, ends) : undefined;
  }

  get count(): number {
    return this.#ends.length;
  }

  /** What it takes in memory; bytes. */
  get weight(): number {
    return this.#bytes.length + this.#ends.byteLength;
  }

  /** The line at `index`, without its line feed; empty where there is none. */
  at(index: number): string {
    const end = this.#ends[index];
    if (end === undefined) return '';
    return this.#bytes.toString('utf8', index === 0 ? 0 : (this.#ends[index - 1] ?? 0) + 1, end);
  }

  *[Symbol.iterator](): Generator<string> {
    for (let i = 0; i < this.count; i++) yield this.at(i);
  }
}
