import { hash } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { DEDUP_KEY_BYTES } from '../../core/dedup.ts';
import { errnoOf, storageError } from '../../core/storage-error.ts';

/** What one commit added to the table. */
export interface DedupFrame {
  readonly generation: number;
  /** Number of the commit, and the SHA-256 (hex) of its stored bytes. */
  readonly n: number;
  readonly digest: string;
  /** `dedup` of the commit: two keys a leaf. */
  readonly keys: Uint8Array;
}

/** A frame in the file: where its keys begin. */
export type StoredFrame = DedupFrame & { readonly position: number };

const MAGIC = 0x48464431;
const HEADER = 16 + 32;
const DIGEST = 32;
const LEAF = 2 * DEDUP_KEY_BYTES;
/** A commit holds 2,000 leaves; more than this is a damaged length. */
const MOST_LEAVES = 1_000_000;

/**
 * The dedup table's file: commits' keys, one frame each, every frame hashed together with the one before. It is a cache
 * that is written without fsync, so after a crash any part of it may be missing or wrong; `open` keeps what the hashes
 * confirm and cuts off the rest.
 */
export class DedupFile {
  readonly #file: number;
  #end = 0;
  #chain: Buffer = Buffer.alloc(DIGEST);

  private constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a+');
    closeSync(this.#file);
    this.#file = openSync(path, 'r+');
  }

  /** Opens or makes the file and hands every whole frame to `each`, in order. */
  static open(path: string, each: (frame: StoredFrame) => void): DedupFile {
    return named(() => {
      const file = new DedupFile(path);
      const size = fstatSync(file.#file).size;
      for (let frame = file.#next(size); frame !== undefined; frame = file.#next(size)) each(frame);
      ftruncateSync(file.#file, file.#end);
      return file;
    });
  }

  /** Appends a frame; answers the position of its keys. */
  append(frame: DedupFrame): number {
    const bytes = Buffer.alloc(HEADER + frame.keys.length + DIGEST);
    bytes.writeUInt32LE(MAGIC, 0);
    bytes.writeUInt32LE(frame.generation, 4);
    bytes.writeUInt32LE(frame.n, 8);
    bytes.writeUInt32LE(frame.keys.length / LEAF, 12);
    bytes.write(frame.digest, 16, 'hex');
    bytes.set(frame.keys, HEADER);
    const chain = this.#chained(bytes.subarray(0, HEADER + frame.keys.length));
    bytes.set(chain, HEADER + frame.keys.length);
    named(() => {
      for (let written = 0; written < bytes.length; ) {
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#end + written);
      }
    });
    const position = this.#end + HEADER;
    this.#chain = chain;
    this.#end += bytes.length;
    return position;
  }

  /** The two keys of the leaf whose keys begin at `position`. */
  keysAt(position: number): string {
    const bytes = Buffer.allocUnsafe(LEAF);
    this.#read(bytes, position);
    return bytes.toString('latin1');
  }

  /** Forgets everything. */
  clear(): void {
    ftruncateSync(this.#file, 0);
    this.#end = 0;
    this.#chain = Buffer.alloc(DIGEST);
  }

  close(): void {
    closeSync(this.#file);
  }

  #next(size: number): StoredFrame | undefined {
    if (this.#end + HEADER + DIGEST > size) return undefined;
    const header = Buffer.alloc(HEADER);
    this.#read(header, this.#end);
    const leaves = header.readUInt32LE(12);
    const length = HEADER + leaves * LEAF + DIGEST;
    if (header.readUInt32LE(0) !== MAGIC || leaves > MOST_LEAVES || this.#end + length > size)
      return undefined;
    const bytes = Buffer.alloc(length);
    this.#read(bytes, this.#end);
    const chain = this.#chained(bytes.subarray(0, length - DIGEST));
    if (!chain.equals(bytes.subarray(length - DIGEST))) return undefined;
    const frame = {
      generation: header.readUInt32LE(4),
      n: header.readUInt32LE(8),
      digest: header.toString('hex', 16, 16 + 32),
      keys: bytes.subarray(HEADER, length - DIGEST),
      position: this.#end + HEADER,
    };
    this.#chain = chain;
    this.#end += length;
    return frame;
  }

  #chained(bytes: Uint8Array): Buffer {
    return hash('sha256', Buffer.concat([this.#chain, bytes]), 'buffer');
  }

  #read(into: Buffer, position: number): void {
    for (let read = 0; read < into.length; ) {
      const more = readSync(this.#file, into, read, into.length - read, position + read);
      if (more === 0) throw new Error('the dedup cache ended early');
      read += more;
    }
  }
}

/** Names the disk's own errors; others are faults of ours and pass. */
function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw errnoOf(error) === undefined ? error : storageError(error, 'writing the cache of dedup keys');
  }
}
