import { MAX_UNIT } from '../format.ts';
import { measure, type TextStream } from './text.ts';

/** One line of a file, without its line end. */
export interface Line {
  /** Bytes of the stored file. */
  readonly offset: number;
  readonly length: number;
  /** Absent: longer than a unit may be; its bytes were passed over. */
  readonly bytes: Buffer | undefined;
}

/** Short lines are many in a chunk, and each costs more than its bytes. */
const MAX_BATCH = 256;
const LF = 10;
const CR = 13;

/** Lines in batches, in bounded memory whatever the length of a line. */
export async function* lines(stream: TextStream): AsyncIterable<readonly Line[]> {
  let pieces: Buffer[] = [];
  let held = 0;
  let overlong = false;
  let offset = stream.start;
  /** Stored bytes of pieces that were passed over. */
  let dropped = 0;

  const finish = (last: Buffer, terminator: number): Line => {
    if (overlong) {
      const length = dropped + measure(stream, last);
      const line = { offset, length, bytes: undefined };
      offset += length + terminator;
      overlong = false;
      dropped = 0;
      return line;
    }
    let bytes = pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
    const whole = measure(stream, bytes);
    let length = whole;
    if (bytes.length > 0 && bytes[bytes.length - 1] === CR) {
      bytes = bytes.subarray(0, -1);
      length -= stream.wide ? 2 : 1;
    }
    const line = { offset, length, bytes };
    offset += whole + terminator;
    pieces = [];
    held = 0;
    return line;
  };

  for await (const chunk of stream.chunks) {
    let batch: Line[] = [];
    let at = 0;
    for (;;) {
      const end = chunk.indexOf(LF, at);
      if (end === -1) break;
      batch.push(finish(chunk.subarray(at, end), stream.wide ? 2 : 1));
      at = end + 1;
      if (batch.length < MAX_BATCH) continue;
      yield batch;
      batch = [];
    }
    const rest = chunk.subarray(at);
    if (rest.length > 0) {
      if (!overlong && held + rest.length > MAX_UNIT) {
        overlong = true;
        for (const piece of pieces) dropped += measure(stream, piece);
        pieces = [];
        held = 0;
      }
      if (overlong) dropped += measure(stream, rest);
      else {
        pieces.push(rest);
        held += rest.length;
      }
    }
    if (batch.length > 0) yield batch;
  }
  if (overlong || held > 0) yield [finish(Buffer.alloc(0), 0)];
}
