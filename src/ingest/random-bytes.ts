/** Bytes that can be read from anywhere. */
export interface RandomBytes {
  readonly size: number;
  /** Bytes [start, end) in chunks. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

const BLOCK = 262_144;
const BLOCKS = 64;

/**
 * The same bytes with the last blocks kept (16 MiB): the members of an archive are small, many, and lie side by side, and
 * each is read by several short reads.
 */
export class CachedBytes implements RandomBytes {
  readonly size: number;
  readonly #bytes: RandomBytes;
  readonly #blocks = new Map<number, Promise<Uint8Array>>();

  constructor(bytes: RandomBytes) {
    this.#bytes = bytes;
    this.size = bytes.size;
  }

  async *read(start: number, end: number): AsyncIterable<Uint8Array> {
    if (end - start > BLOCK) {
      yield* this.#bytes.read(start, end);
      return;
    }
    for (let at = start; at < end; ) {
      const block = Math.floor(at / BLOCK);
      const bytes = await this.#block(block);
      const from = at - block * BLOCK;
      const part = bytes.subarray(from, Math.min(bytes.length, end - block * BLOCK));
      if (part.length === 0) return;
      at += part.length;
      yield part;
    }
  }

  #block(block: number): Promise<Uint8Array> {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    if (this.#blocks.size >= BLOCKS) {
      const oldest = this.#blocks.keys().next();
      if (!oldest.done) this.#blocks.delete(oldest.value);
    }
    const start = block * BLOCK;
    const loading = collect(this.#bytes.read(start, Math.min(this.size, start + BLOCK)));
    this.#blocks.set(block, loading);
    return loading;
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}
