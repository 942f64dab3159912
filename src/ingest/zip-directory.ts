import { Readable } from 'node:stream';
import { fromRandomAccessReaderPromise, RandomAccessReader } from 'yauzl';
import type { RandomBytes } from './random-bytes.ts';
import { judge, type ZipMember } from './zip-header.ts';

class BytesReader extends RandomAccessReader {
  readonly #bytes: RandomBytes;
  constructor(bytes: RandomBytes) {
    super();
    this.#bytes = bytes;
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

/** The members that an archive's directory names, by yauzl. Throws where it is damaged, after those before. */
export async function* directory(bytes: RandomBytes): AsyncIterable<ZipMember> {
  const zip = await fromRandomAccessReaderPromise(new BytesReader(bytes), bytes.size, {
    lazyEntries: true,
    autoClose: false,
    decodeStrings: false,
    // Judged while reading: here, one wrong size would cost the rest of the directory.
    validateEntrySizes: false,
  });
  for await (const entry of zip.eachEntry()) {
    const judged = judge({
      rawName: entry.fileNameRaw,
      flags: entry.generalPurposeBitFlag,
      method: entry.compressionMethod,
    });
    if (judged === undefined) continue;
    yield {
      ...judged,
      size: entry.uncompressedSize,
      compressedSize: entry.compressedSize,
      method: entry.compressionMethod,
      crc32: entry.crc32,
      start: entry.relativeOffsetOfLocalHeader,
      bytes,
    };
  }
}
