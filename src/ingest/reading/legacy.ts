/** Streams of bytes that say in which code page they are, before the first bytes that need it are handed on. */
import { isUtf8 } from 'node:buffer';
import { type CodePage, detectCodePage, FALLBACK } from './code-page.ts';

/** How bytes that are not UTF-8 are read. */
export interface Legacy {
  page: CodePage;
  from: 'stated' | 'detected';
}

/** Bytes after the first that is not UTF-8 that are looked at, and before it, as far as its line goes. */
const AHEAD = 262_144;
const BACK = 1024;

/**
 * The same chunks. When the first byte that is not UTF-8 comes near, reads ahead and writes the page into `legacy`: by
 * positions in the stream alone, so that it is the same however the bytes are cut into chunks.
 */
export async function* watched(chunks: AsyncIterable<Buffer>, legacy: Legacy): AsyncIterable<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]();
  /** The last bytes before `open`. */
  let recent: Buffer = Buffer.alloc(0);
  /** A sequence that the last chunk cut off. */
  let open: Buffer = Buffer.alloc(0);
  try {
    for (;;) {
      const next = await iterator.next();
      if (next.done) {
        if (open.length > 0) legacy.page = detectCodePage(Buffer.concat([lineEnd(recent), open]));
        return;
      }
      const bytes = open.length === 0 ? next.value : Buffer.concat([open, next.value]);
      const whole = wholeSequences(bytes);
      if (isUtf8(bytes.subarray(0, whole))) {
        yield next.value;
        open = Buffer.from(bytes.subarray(whole));
        recent = last(recent, bytes.subarray(0, whole));
        continue;
      }
      const at = firstInvalid(bytes);
      const seen = [lineEnd(last(recent, bytes.subarray(0, at))), bytes.subarray(at, at + AHEAD)];
      const waiting: Buffer[] = [next.value];
      let ahead = bytes.length - at;
      while (ahead < AHEAD) {
        const more = await iterator.next();
        if (more.done) break;
        waiting.push(more.value);
        seen.push(more.value.subarray(0, AHEAD - ahead));
        ahead += more.value.length;
      }
      legacy.page = detectCodePage(Buffer.concat(seen));
      yield* waiting;
      break;
    }
    for (;;) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** The page of bytes that are all there. */
export const legacyOf = (bytes: Buffer): CodePage => (isUtf8(bytes) ? FALLBACK : detectCodePage(bytes));

const last = (recent: Buffer, bytes: Buffer): Buffer =>
  bytes.length >= BACK
    ? Buffer.from(bytes.subarray(bytes.length - BACK))
    : Buffer.concat([recent, bytes]).subarray(-BACK);

const lineEnd = (bytes: Buffer): Buffer => bytes.subarray(bytes.lastIndexOf(10) + 1);

/** Length without a sequence at the end that is cut off. */
export function wholeSequences(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return back < lengthOf(byte) ? bytes.length - back : bytes.length;
    if (byte < 0x80) break;
  }
  return bytes.length;
}

const lengthOf = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2);

/** Index of the first sequence that is not UTF-8, found by halves. */
function firstInvalid(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 4) {
    const middle = (good + bad) >> 1;
    const piece = bytes.subarray(good, middle);
    const whole = wholeSequences(piece);
    if (whole > 0 && isUtf8(piece.subarray(0, whole))) good += whole;
    else bad = middle;
  }
  while (good < bytes.length) {
    const size = [1, 2, 3, 4].find((each) => isUtf8(bytes.subarray(good, good + each)));
    if (size === undefined) return good;
    good += size;
  }
  return good;
}
