import { MAX_UNIT } from '../../format.ts';
import type { Line } from '../../reading/lines.ts';

const NEWLINE = Buffer.from('\n');
const TOGETHER = 512;

/** An entry whose lines are being gathered. Past the largest unit they are passed over and only measured. */
export class GatheredEntry {
  readonly offset: number;
  length: number;
  #blocks: Buffer[] = [];
  #lines: Buffer[] = [];
  #tooLong = false;

  constructor(first: Line) {
    this.offset = first.offset;
    this.length = first.length;
    if (first.bytes !== undefined) this.#lines.push(first.bytes);
  }

  add(line: Line): void {
    this.length = line.offset + line.length - this.offset;
    if (this.#tooLong || line.bytes === undefined) return;
    this.#lines.push(NEWLINE, line.bytes);
    // A view of a short line costs more than the line: many are joined into one.
    if (this.#lines.length >= TOGETHER) {
      this.#blocks.push(Buffer.concat(this.#lines));
      this.#lines = [];
    }
    if (this.length <= MAX_UNIT) return;
    this.#tooLong = true;
    this.#blocks = [];
    this.#lines = [];
  }

  /** All lines joined by line feeds; undefined for an entry that is too long. */
  get bytes(): Buffer | undefined {
    if (this.#tooLong) return undefined;
    const [first, second] = this.#lines;
    if (first !== undefined && second === undefined && this.#blocks.length === 0) return first;
    return Buffer.concat([...this.#blocks, ...this.#lines]);
  }
}
