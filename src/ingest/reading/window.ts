/** A window over a stream: contiguous bytes that grow on demand, for framing that must look ahead. */
export class Window {
  /** What has been read and not yet passed. */
  bytes: Buffer = Buffer.alloc(0);
  ended = false;
  /** Bytes passed so far. */
  passed = 0;
  readonly #iterator: AsyncIterator<Buffer>;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#iterator = chunks[Symbol.asyncIterator]();
  }

  /** Reads on until there are at least twice as many bytes (64 KiB at first) or the stream ends: linear in all. */
  async more(): Promise<boolean> {
    if (this.ended) return false;
    const pieces = [this.bytes];
    let length = this.bytes.length;
    const enough = Math.max(length * 2, 65_536);
    while (length < enough) {
      const next = await this.#iterator.next();
      if (next.done) {
        this.ended = true;
        break;
      }
      pieces.push(next.value);
      length += next.value.length;
    }
    const grew = length > this.bytes.length;
    if (grew)
      this.bytes =
        pieces.length === 2 && this.bytes.length === 0
          ? (pieces[1] as Buffer)
          : Buffer.concat(pieces, length);
    return grew;
  }

  /** Forgets the first `count` bytes. */
  pass(count: number): void {
    this.passed += Math.min(count, this.bytes.length);
    this.bytes = this.bytes.subarray(count);
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}
