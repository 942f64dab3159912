import { isAscii } from 'node:buffer';
import type { Repair } from '../../core/event.ts';
import { MAX_UNIT } from '../format.ts';
import { decode, measure, type TextStream } from './text.ts';

/** One line of a file, without its line end. */
export interface Line {
  /** Bytes of the stored file. */
  readonly offset: number;
  readonly length: number;
  /** Absent: longer than a unit may be; its bytes were passed over. */
  readonly text: string | undefined;
  /** What was done to read it as text. */
  readonly repairs: readonly Repair[];
}

/** Short lines are many in a chunk, and each costs more than its bytes. */
const MAX_BATCH = 256;
/** Bytes of whole lines that are made text at once. A part keeps all of it alive: a name that is remembered costs that. */
const BLOCK = 1024;
const LF = 10;
const CR = 13;
const NONE: readonly Repair[] = [];

/**
 * Lines in batches, in bounded memory whatever the length of a line. `splits`: where a line falls into several, a global
 * pattern of ASCII that is empty itself and stands before each further one.
 */
export async function* lines(stream: TextStream, splits?: RegExp): AsyncIterable<readonly Line[]> {
  const cutter = new LineCutter(stream, splits);
  for await (const chunk of stream.chunks) {
    let at = 0;
    while (at < chunk.length) {
      const next = cutter.take(chunk, at);
      if (next === undefined) break;
      at = next;
      if (cutter.batch.length >= MAX_BATCH) yield cutter.handOver();
    }
    if (at < chunk.length) cutter.keep(chunk.subarray(at));
    if (cutter.batch.length > 0) yield cutter.handOver();
  }
  cutter.end();
  if (cutter.batch.length > 0) yield cutter.batch;
}

/** Cuts a stream at its line feeds. */
class LineCutter {
  batch: Line[] = [];
  readonly #stream: TextStream;
  readonly #splits: RegExp | undefined;
  /** Bytes of the stored file that a character of ASCII takes. */
  readonly #unit: number;
  #offset: number;
  /** What came of a line that is not yet whole. */
  #pieces: Buffer[] = [];
  #held = 0;
  #overlong = false;
  /** Stored bytes of pieces that were passed over. */
  #dropped = 0;

  constructor(stream: TextStream, splits: RegExp | undefined) {
    this.#stream = stream;
    this.#splits = splits;
    this.#unit = stream.wide ? 2 : 1;
    this.#offset = stream.start;
  }

  handOver(): readonly Line[] {
    const { batch } = this;
    this.batch = [];
    return batch;
  }

  /** Takes a line, or a block of them; gives where the next begins, undefined where no further line ends. */
  take(chunk: Buffer, at: number): number | undefined {
    const last = this.#held === 0 && !this.#overlong ? chunk.lastIndexOf(LF, at + BLOCK) : -1;
    if (last < at) return this.#takeLine(chunk, at);
    this.#takeBlock(chunk.subarray(at, last + 1));
    return last + 1;
  }

  #takeLine(chunk: Buffer, at: number): number | undefined {
    const end = chunk.indexOf(LF, at);
    if (end === -1) return undefined;
    this.#finish(chunk.subarray(at, end), this.#unit);
    return end + 1;
  }

  /** Whole lines, each with its line end: made text at once, but for those that are not ASCII. */
  #takeBlock(block: Buffer): void {
    const text = block.toString('latin1');
    let odd = isAscii(block) ? text.length : nextOdd(text, 0);
    let at = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', at)) {
      if (odd < end) {
        this.#finish(block.subarray(at, end), this.#unit);
        odd = nextOdd(text, end);
      } else {
        this.#push(text.slice(at, end > at && text.charCodeAt(end - 1) === CR ? end - 1 : end));
        this.#offset += (end + 1 - at) * this.#unit;
      }
      at = end + 1;
    }
  }

  /** A line of ASCII. */
  #push(text: string): void {
    const offset = this.#offset;
    if (this.#splits === undefined || text.search(this.#splits) === -1) {
      this.batch.push({ offset, length: text.length * this.#unit, text, repairs: NONE });
      return;
    }
    for (const [from, to] of parts(text, this.#splits))
      this.batch.push({
        offset: offset + from * this.#unit,
        length: (to - from) * this.#unit,
        text: text.slice(from, to),
        repairs: NONE,
      });
  }

  /** Keeps the beginning of a line that ends in a later chunk; of one that is too long, only its length. */
  keep(rest: Buffer): void {
    if (!this.#overlong && this.#held + rest.length > MAX_UNIT) {
      this.#overlong = true;
      for (const piece of this.#pieces) this.#dropped += measure(this.#stream, piece);
      this.#pieces = [];
      this.#held = 0;
    }
    if (this.#overlong) this.#dropped += measure(this.#stream, rest);
    else {
      this.#pieces.push(rest);
      this.#held += rest.length;
    }
  }

  /** The last line may lack its line end. */
  end(): void {
    if (this.#overlong || this.#held > 0) this.#finish(Buffer.alloc(0), 0);
  }

  #finish(last: Buffer, terminator: number): void {
    const stream = this.#stream;
    const offset = this.#offset;
    if (this.#overlong) {
      const length = this.#dropped + measure(stream, last);
      this.batch.push({ offset, length, text: undefined, repairs: NONE });
      this.#offset += length + terminator;
      this.#overlong = false;
      this.#dropped = 0;
      return;
    }
    let bytes = this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last]);
    const whole = measure(stream, bytes);
    this.#offset += whole + terminator;
    this.#pieces = [];
    this.#held = 0;
    if (bytes[bytes.length - 1] === CR) bytes = bytes.subarray(0, -1);
    let from = offset;
    for (const part of this.#splits === undefined ? [bytes] : partsOf(bytes, this.#splits)) {
      const length = measure(stream, part);
      const repairs: Repair[] = [];
      const text = decode(stream, part, repairs);
      this.batch.push({ offset: from, length, text, repairs });
      from += length;
    }
  }
}

const ODD = /[\x80-\xff]/gu;

/** Where the next byte stands that is not ASCII, in bytes as Latin-1. */
function nextOdd(text: string, from: number): number {
  ODD.lastIndex = from;
  return ODD.exec(text)?.index ?? text.length;
}

const partsOf = (bytes: Buffer, splits: RegExp): Buffer[] =>
  parts(bytes.toString('latin1'), splits).map(([from, to]) => bytes.subarray(from, to));

/** Where the parts of a line begin and end. */
function parts(line: string, splits: RegExp): [from: number, to: number][] {
  const starts = Array.from(line.matchAll(splits), ({ index }) => index);
  const edges = [0, ...starts.filter((at) => at > 0 && at < line.length), line.length];
  return edges.slice(1).map((end, i) => [edges[i] ?? 0, end]);
}
