/**
 * Bytes to text. UTF-8 unless a byte-order mark, the settings or a declaration say otherwise; what is not valid is read
 * in the code page that it looks like, and that is recorded. Positions are always bytes of the file as it is stored.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import type { Repair } from '../../core/event.ts';
import type { SourceFile } from '../format.ts';
import { type CodePage, codePageNamed, decoderOf, FALLBACK, isDamagedUtf8, isWide } from './code-page.ts';
import { type Legacy, legacyOf, watched, wholeSequences } from './legacy.ts';

/** A file as a stream of bytes in which ASCII stands for itself: UTF-8, or a code page. */
export interface TextStream {
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes of the byte-order mark. */
  readonly start: number;
  /** The file is UTF-16 and was recoded: `chunks` are UTF-8, and two bytes of the file make one UTF-16 unit. */
  readonly wide: boolean;
  /** How bytes that are not UTF-8 are read. Absent: as Windows-1252. */
  readonly legacy?: Readonly<Legacy>;
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
  const { charset, mark } = charsetOf(head, file.settings.encoding);
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
  const stated = statedPage(file);
  if (charset === 'utf-8' && stated !== undefined)
    return { chunks: rest(), start: mark, wide: false, legacy: { page: stated, from: 'stated' } };
  if (charset === 'utf-8') {
    const legacy: Legacy = { page: FALLBACK, from: 'detected' };
    return { chunks: watched(rest(), legacy), start: mark, wide: false, legacy };
  }
  return { chunks: recode(rest(), charset), start: mark, wide: true };
}

/** What the first bytes show, else UTF-16 where that is stated. */
function charsetOf(head: Uint8Array, stated: string | undefined): ReturnType<typeof sniffEncoding> {
  const shown = sniffEncoding(head);
  const wide = /^utf-?16(le|be)?$/iu.exec(stated ?? '');
  if (wide === null || shown.mark > 0 || shown.charset !== 'utf-8') return shown;
  return { charset: wide[1]?.toLowerCase() === 'be' ? 'utf-16be' : 'utf-16le', mark: 0 };
}

const statedPage = ({ settings }: SourceFile): CodePage | undefined =>
  settings.encoding === undefined ? undefined : codePageNamed(settings.encoding);

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

/** Bytes of the stored file that a stretch of a stream stands for. Adds up wherever the stretches are cut. */
export function measure(stream: TextStream, bytes: Buffer): number {
  if (!stream.wide) return bytes.length;
  // A character is counted at its first byte; one of four bytes is two units of UTF-16.
  let units = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  return units * 2;
}

/** Text of a stretch of a stream. `declared`: the charset that the file itself declares, if any. */
export function decode(stream: TextStream, bytes: Buffer, repairs: Repair[], declared?: string): string {
  if (stream.wide) {
    const text = bytes.toString('utf8');
    if (text.includes('\ufffd')) repairs.push({ code: 'encoding-invalid' });
    return text;
  }
  if (isAscii(bytes)) return bytes.toString('latin1');
  const { page, from } = stream.legacy ?? { page: FALLBACK, from: 'detected' };
  if (declared !== undefined && from !== 'stated') {
    const known = codePageNamed(declared);
    if (known !== undefined && known !== 'utf-8') return inPage(bytes, known, repairs);
  }
  if (isUtf8(bytes) && !(isWide(page) && onlyPairs(bytes))) return bytes.toString('utf8');
  if (page === 'utf-8' || isDamagedUtf8(bytes)) return inPage(bytes, 'utf-8', repairs);
  if (from === 'stated') repairs.push({ code: 'encoding-stated', what: page });
  else if (page === FALLBACK) repairs.push({ code: 'encoding-cp1252' });
  else repairs.push({ code: 'encoding-detected', what: page });
  return inPage(bytes, page, repairs);
}

function inPage(bytes: Buffer, page: CodePage, repairs: Repair[]): string {
  const text = decoderOf(page).decode(bytes);
  if (text.includes('\ufffd')) repairs.push({ code: 'encoding-invalid', what: page });
  return text;
}

/** Two bytes a character throughout: by chance, characters of a code page are valid UTF-8 in this way only. */
function onlyPairs(bytes: Buffer): boolean {
  return !bytes.some((byte) => byte >= 0xe0);
}

/** Replaces lone surrogates by U+FFFD in a text. */
export function wellFormed(text: string, repairs: Repair[], what: string): string {
  if (text.isWellFormed()) return text;
  repairs.push({ code: 'lone-surrogate', what });
  return text.toWellFormed();
}

/** First bytes of a file as text, for detection. `stated`: the encoding that the settings name. */
export function decodeHead(head: Uint8Array, stated?: string): string {
  const { charset, mark } = charsetOf(head, stated);
  const bytes = asBuffer(head.subarray(mark));
  if (charset !== 'utf-8') return new TextDecoder(charset).decode(bytes);
  const whole = bytes.subarray(0, wholeSequences(bytes));
  // What holds NUL is no text in any code page.
  if (isUtf8(whole) || bytes.includes(0)) return bytes.toString('utf8');
  const page = stated === undefined ? undefined : codePageNamed(stated);
  return decoderOf(page ?? legacyOf(bytes)).decode(bytes);
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
