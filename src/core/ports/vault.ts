/**
 * The vault keeps. Names are `/`-separated paths of `[A-Za-z0-9._-]` segments (none starts with a dot); an object is
 * written once and never changes. There is no update, replace or delete-all.
 */
export interface VaultObject {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Retain-until date (UTC): locked as it is put, as if `lock` followed. Absent: nothing has said how long. */
  readonly until?: string | undefined;
}

/** `stored`: this call made it. `exists`: the name was taken before (by whomever): compare if it matters. */
export type PutOutcome = 'stored' | 'exists';

export interface Vault {
  /**
   * Puts each object unless its name is taken. When it resolves, all of them (those that existed too) are durable:
   * bytes, name and folder. Order of durability within the group is not promised. A rejection is ambiguous for every
   * object of the group: read back before deciding. `storage-full` when there is no room; what was there is intact.
   * An object is never there without its lock; one that existed is kept at least as long as the new one would be.
   */
  put(objects: readonly VaultObject[]): Promise<PutOutcome[]>;
  /**
   * Stores a stream of any length in bounded memory under `prefix + <sha256>`; durable, and locked as `put` does, when
   * it resolves.
   */
  putStream(
    prefix: string,
    chunks: AsyncIterable<Uint8Array>,
    until?: string,
  ): Promise<{ sha256: string; size: number; outcome: PutOutcome }>;
  /** The bytes; undefined where nothing has this name. */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Reads [offset, offset + length) in chunks, in bounded memory. Throws `not-found`. */
  read(name: string, range?: { offset: number; length: number }): AsyncIterable<Uint8Array>;
  /** Size in bytes; undefined where nothing has this name. */
  size(name: string): Promise<number | undefined>;
  /** All names below `prefix` (a folder, no trailing slash), ascending, optionally only those after `after`. */
  list(prefix: string, after?: string): AsyncIterable<string>;
  /** Extends the retain-until date (UTC); never shortens it. */
  lock(name: string, until: string): Promise<void>;
  /** Removes an object whose lock has passed. Until disposal exists this always throws `removal-refused`. */
  remove(name: string): Promise<void>;
  /**
   * Makes `ledger/<log>/checkpoint` show these bytes. The one name that moves: it is derived from commits, can be
   * rebuilt from them, and is never read to decide anything.
   */
  publish(name: string, bytes: Uint8Array): Promise<void>;
}
