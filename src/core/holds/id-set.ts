const SHARDS = 16;
const DIGITS = 12;

/**
 * A set of event ids in little memory: by their first 48 bits, so an id may rarely be taken for one that is in it. Right
 * for holds, where one too many is harmless and one too few is not.
 */
export class IdSet {
  // A Set ends at 2^24 members.
  readonly #shards = Array.from({ length: SHARDS }, () => new Set<number>());
  #size = 0;

  /** `id`: hex, at least 12 digits. */
  add(id: string): void {
    const { shard, key } = this.#place(id);
    const before = shard.size;
    shard.add(key);
    this.#size += shard.size - before;
  }

  has(id: string): boolean {
    const { shard, key } = this.#place(id);
    return shard.has(key);
  }

  get size(): number {
    return this.#size;
  }

  #place(id: string): { shard: Set<number>; key: number } {
    const key = Number.parseInt(id.slice(0, DIGITS), 16);
    const shard = this.#shards[key % SHARDS];
    if (shard === undefined) throw new TypeError('an id is hex');
    return { shard, key };
  }
}
