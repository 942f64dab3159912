/**
 * Bytes to text. UTF-8 unless a byte-order mark or a declaration says otherwise; what is not valid is read as
 * Windows-1252, and that is recorded. Positions are always bytes of the file as it is stored.
 */
import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import type { Repair } from '../../core/event.ts';
import type { SourceFile } from '../format.ts';

/** A file as a stream of bytes in which ASCII stands for itself: UTF-8, or a single-byte code page. */
export interface TextStream {
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes of the byte-order mark. */
  readonly start: number;
  /** The file is UTF-16 and was recoded: `chunks` are UTF-8, and two bytes of the file make one UTF-16 unit. */
  readonly wide: boolean;
}

const startsWith = (bytes: Uint8Array, ...head: number[]): boolean =>
  head.every((byte, i) => bytes[i] === byte);

/** The encoding that the first bytes show, and how many of them are its mark. */
export function sniffEncoding(head: Uint8Array): {
  charset: 'utf-8' | 'utf-16le' | 'utf-16be';
  mark: number;
} {
  if (startsWith(head, 0xef, 0xbb, 0xbf)) return { charset: 'utf-8', mark: 3 };
  if (startsWith(head, 0xff, 0xfe)) return { charset: 'utf-16le', mark: 2 };
  if (startsWith(head, 0xfe, 0xff)) return { charset: 'utf-16be', mark: 2 };
  // Without a mark: `<` or `{` or a letter with a zero byte beside it, twice.
  if (head.length >= 4 && head[0] !== 0 && head[1] === 0 && head[2] !== 0 && head[3] === 0)
    return { charset: 'utf-16le', mark: 0 };
  if (head.length >= 4 && head[0] === 0 && head[1] !== 0 && head[2] === 0 && head[3] !== 0)
    return { charset: 'utf-16be', mark: 0 };
  return { charset: 'utf-8', mark: 0 };
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Opens a file for framing. */
export async function openText(file: SourceFile): Promise<TextStream> {
  const iterator = file.open()[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  let ended = false;
  while (head.length < 4 && !ended) {
    const next = await iterator.next();
    if (next.done) ended = true;
    else head = head.length === 0 ? asBuffer(next.value) : Buffer.concat([head, next.value]);
  }
  const { charset, mark } = sniffEncoding(head);
  const rest = async function* (): AsyncIterable<Buffer> {
    try {
      if (head.length > mark) yield head.subarray(mark);
      while (!ended) {
        const next = await iterator.next();
        if (next.done) return;
        yield asBuffer(next.value);
      }
    } finally {
      await iterator.return?.();
    }
  };
  if (charset === 'utf-8') return { chunks: rest(), start: mark, wide: false };
  return { chunks: recode(rest(), charset), start: mark, wide: true };
}

async function* recode(chunks: AsyncIterable<Buffer>, charset: string): AsyncIterable<Buffer> {
  const decoder = new TextDecoder(charset, { ignoreBOM: true });
  // Whole units only: half a unit at the end of a cut-off file is no character, and would upset the positions.
  let odd: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = odd.length === 0 ? chunk : Buffer.concat([odd, chunk]);
    const whole = bytes.length - (bytes.length % 2);
    odd = bytes.subarray(whole);
    const text = decoder.decode(bytes.subarray(0, whole), { stream: true });
    if (text.length > 0) yield Buffer.from(text, 'utf8');
  }
  const last = decoder.decode();
  if (last.length > 0) yield Buffer.from(last, 'utf8');
}

/** Bytes of the stored file that a stretch of a stream stands for. */
export const measure = (stream: TextStream, bytes: Buffer): number =>
  stream.wide ? bytes.toString('utf8').length * 2 : bytes.length;

/** Text of a stretch of a stream. `declared`: the charset that the file itself declares, if any. */
export function decode(stream: TextStream, bytes: Buffer, repairs: Repair[], declared?: string): string {
  if (stream.wide) {
    const text = bytes.toString('utf8');
    if (text.includes('\ufffd')) repairs.push({ code: 'encoding-invalid' });
    return text;
  }
  if (declared !== undefined && !isUtf8Name(declared)) {
    const decoder = decoderFor(declared);
    if (decoder !== undefined) {
      const text = decoder.decode(bytes);
      if (text.includes('\ufffd')) repairs.push({ code: 'encoding-invalid', what: declared });
      return text;
    }
  }
  if (isUtf8(bytes)) return bytes.toString('utf8');
  repairs.push({ code: 'encoding-cp1252' });
  return new TextDecoder('windows-1252').decode(bytes);
}

const isUtf8Name = (name: string): boolean => /^(utf-?8|us-ascii|ascii)$/iu.test(name);

function decoderFor(charset: string): TextDecoder | undefined {
  try {
    const decoder = new TextDecoder(charset);
    // Encodings in which ASCII does not stand for itself cannot have been framed byte by byte.
    return decoder.encoding.startsWith('utf-16') ? undefined : decoder;
  } catch {
    return undefined;
  }
}

/** Replaces lone surrogates by U+FFFD in a text. */
export function wellFormed(text: string, repairs: Repair[], what: string): string {
  if (text.isWellFormed()) return text;
  repairs.push({ code: 'lone-surrogate', what });
  return text.toWellFormed();
}

/** First bytes of a file as text, for detection. */
export function decodeHead(head: Uint8Array): string {
  const { charset, mark } = sniffEncoding(head);
  return new TextDecoder(charset).decode(head.subarray(mark));
}

/** The first bytes of a file, up to `limit`, however they come in chunks. */
export async function readHead(file: SourceFile, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of file.open()) {
    pieces.push(chunk);
    length += chunk.length;
    if (length >= limit) break;
  }
  return Buffer.concat(pieces).subarray(0, limit);
}
