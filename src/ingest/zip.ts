/** Zip archives from a hostile source, by yauzl: names are judged here, sizes hold, checksums are checked. */
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { isHoldfastError } from '../core/errors.ts';
import type { RejectCode } from '../core/rejects.ts';
import type { Damage } from './format.ts';
import { CachedBytes, type RandomBytes } from './random-bytes.ts';

export interface ZipMember {
  readonly name: string;
  /** Unpacked, as the archive states it; reading never gives more. */
  readonly size: number;
  readonly compressedSize: number;
  readonly method: number;
  readonly crc32: number;
  /** Where its header starts in the archive. */
  readonly start: number;
  readonly problem?: RejectCode;
  readonly zip: ZipFile;
}

class BytesReader extends RandomAccessReader {
  readonly #bytes: RandomBytes;
  constructor(bytes: RandomBytes) {
    super();
    this.#bytes = new CachedBytes(bytes);
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#bytes.read(start, end), { objectMode: false });
  }
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#fill(buffer, offset, length, position).then(
      () => callback(null),
      (error: unknown) => callback(error instanceof Error ? error : new Error('unreadable')),
    );
  }
  async #fill(buffer: Buffer, offset: number, length: number, position: number): Promise<void> {
    let at = offset;
    for await (const part of this.#bytes.read(position, position + length)) {
      buffer.set(part, at);
      at += part.length;
    }
    if (at - offset < length) throw new Error('the archive ends early');
  }
}

/** Reads the directory of an archive. What cannot be read is said, what can be is returned. */
export async function openZip(
  bytes: RandomBytes,
  limit: number,
): Promise<{ members: ZipMember[]; problem?: { code: RejectCode; detail: string } }> {
  const members: ZipMember[] = [];
  try {
    const zip = await fromRandomAccessReaderPromise(new BytesReader(bytes), bytes.size, {
      lazyEntries: true,
      autoClose: false,
      decodeStrings: false,
      // Judged while reading: here, one wrong size would cost the rest of the directory.
      validateEntrySizes: false,
    });
    for await (const entry of zip.eachEntry()) {
      // Some archivers on Windows write `\` between the parts of a name.
      const name = nameOf(entry).replaceAll('\\', '/');
      if (name.endsWith('/')) continue;
      if (members.length >= limit)
        return { members, problem: { code: 'too-many-files', detail: `more than ${limit} members` } };
      const problem = problemOf(entry, name);
      members.push({
        name: problem === 'unsafe-path' ? printable(name) : name,
        size: entry.uncompressedSize,
        compressedSize: entry.compressedSize,
        method: entry.compressionMethod,
        crc32: entry.crc32,
        start: entry.relativeOffsetOfLocalHeader,
        zip,
        ...(problem !== undefined && { problem }),
      });
    }
    return { members };
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    return { members, problem: { code: 'zip-damaged', detail: reason(error) } };
  }
}

/** Unpacks a member. Ends early where it is damaged, and tells `damaged`; rejects only when the storage fails. */
export async function* readMember(
  member: ZipMember,
  damaged: (damage: Damage) => void,
): AsyncIterable<Uint8Array> {
  let offset = 0;
  let sum = 0;
  let stream: Readable | undefined;
  try {
    stream = await member.zip.openReadStreamPromise(entryOf(member));
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const room = member.size - offset;
      const part = chunk.length > room ? chunk.subarray(0, room) : chunk;
      offset += part.length;
      sum = crc32(part, sum);
      if (part.length > 0) yield part;
      if (chunk.length > room)
        return damaged({ code: 'zip-damaged', offset, detail: 'longer than the archive states' });
    }
    if (offset < member.size)
      damaged({ code: 'zip-damaged', offset, detail: 'shorter than the archive states' });
    else if (sum !== member.crc32) damaged({ code: 'zip-damaged', offset, detail: 'the checksum differs' });
  } catch (error) {
    if (isHoldfastError(error)) throw error;
    damaged({ code: 'zip-damaged', offset, detail: reason(error) });
  } finally {
    stream?.destroy();
  }
}

/** What yauzl needs to read a member; the whole entry, with names and fields as buffers, is not kept. */
function entryOf(member: ZipMember): Entry {
  return Object.assign(new Entry(), {
    relativeOffsetOfLocalHeader: member.start,
    compressedSize: member.compressedSize,
    uncompressedSize: member.size,
    compressionMethod: member.method,
    generalPurposeBitFlag: 0,
  });
}

const UTF8_FLAG = 0x800;
const ENCRYPTED_FLAG = 1;

/** The name of a member: UTF-8 where it says so or is so, else one character a byte. */
function nameOf(entry: Entry): string {
  const raw = entry.fileNameRaw;
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  try {
    return utf8.decode(raw);
  } catch {
    return (entry.generalPurposeBitFlag & UTF8_FLAG) === 0 ? raw.toString('latin1') : raw.toString('utf8');
  }
}

function problemOf(entry: Entry, name: string): RejectCode | undefined {
  if (!isSafe(name)) return 'unsafe-path';
  if ((entry.generalPurposeBitFlag & ENCRYPTED_FLAG) !== 0) return 'zip-encrypted';
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) return 'zip-method';
  return undefined;
}

/** A relative path below its archive, with `/` between its parts. */
function isSafe(name: string): boolean {
  return (
    name !== '' &&
    name.length <= 4096 &&
    !name.startsWith('/') &&
    !/^[A-Za-z]:/u.test(name) &&
    !/\p{Cc}/u.test(name) &&
    !name.includes('!/') &&
    name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

/** An unsafe name as it may be shown: control characters replaced, length bounded. */
const printable = (name: string): string => name.replaceAll(/\p{Cc}/gu, '\ufffd').slice(0, 200);

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : 'unreadable').replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, 120);
