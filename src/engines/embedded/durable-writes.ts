import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PutOutcome } from '../../core/ports/vault.ts';
import { errnoOf, storageError } from '../../core/storage-error.ts';
import type { FileSystem } from './file-system.ts';

/** New files are written here first. Same file system as the objects, and no object name starts with a dot. */
const TEMPORARY = '.tmp';
/** Folders whose whole path is known to be durable; past this many the set starts again. */
const KNOWN_FOLDERS = 10_000;

/** Writes content to a temporary file through the function that it is given. */
export type Fill = (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>;

/**
 * The steps by which a file becomes durable below a root: folders with the way to them, a temporary file that is synced,
 * its name, the sync of the folder. Errors are the system's own; whoever calls names them.
 */
export class DurableWrites {
  readonly #root: string;
  readonly #files: FileSystem;
  readonly #durable = new Set<string>();

  /** `root`: absolute, without a trailing slash. */
  constructor(root: string, files: FileSystem) {
    this.#root = root;
    this.#files = files;
  }

  /** Makes a folder, and makes the way to it durable: a new name counts only when every parent holds it. */
  async prepareFolder(path: string): Promise<void> {
    if (this.#durable.has(path)) return;
    if (path === this.#root) {
      await this.#makeRoot(path);
    } else {
      await this.prepareFolder(dirname(path));
      await this.#files.makeFolder(path);
      // Also where it existed: another process may have made it a moment ago and not synced yet.
      await this.#files.syncFolder(dirname(path));
    }
    if (this.#durable.size >= KNOWN_FOLDERS) this.#durable.clear();
    this.#durable.add(path);
  }

  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void> {
    return this.#files.syncFolder(path);
  }

  /** A temporary file whose bytes, and time of modification, are durable; nothing is left where that fails. */
  async writeTemporary(fill: Fill, time?: Date): Promise<string> {
    const path = join(this.#root, TEMPORARY, `${process.pid}-${randomBytes(8).toString('hex')}`);
    await this.prepareFolder(dirname(path));
    const file = await this.#files.create(path);
    try {
      try {
        await fill((bytes) => file.write(bytes));
        if (time !== undefined) await file.setTime(time);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await this.#discard(path);
      throw error;
    }
    return path;
  }

  /** Gives a temporary file its name, unless that is taken. */
  async link(temporary: string, path: string): Promise<PutOutcome> {
    try {
      return (await this.#files.link(temporary, path)) === 'linked' ? 'stored' : 'exists';
    } finally {
      // The temporary name is of no use from here on; if it stays, `clean` finds it.
      await this.#discard(temporary);
    }
  }

  /** Puts a temporary file in the place of `path`. */
  replace(temporary: string, path: string): Promise<void> {
    return this.#files.rename(temporary, path);
  }

  /** Removes temporary files last written before `before` (ms since 1970); how many. */
  async clean(before: number): Promise<number> {
    let removed = 0;
    const folder = join(this.#root, TEMPORARY);
    const names = await readdir(folder).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return [];
      throw storageError(error, 'listing temporary files');
    });
    for (const name of names) {
      const path = join(folder, name);
      // Another process may remove its own file at any time.
      const found = await stat(path).catch(() => undefined);
      // The time of modification may be a retain-until date.
      if (found === undefined || found.ctimeMs >= before) continue;
      await this.#files.unlink(path).then(
        () => removed++,
        () => undefined,
      );
    }
    return removed;
  }

  async #discard(temporary: string): Promise<void> {
    await this.#files.unlink(temporary).catch(() => undefined);
  }

  async #makeRoot(path: string): Promise<void> {
    const parent = dirname(path);
    if ((await stat(path).catch(() => undefined))?.isDirectory() === true) {
      // Its own name may be young, but the folder above may be none of ours.
      await this.#files.syncFolder(parent).catch((error: unknown) => {
        if (errnoOf(error) !== 'EACCES') throw error;
      });
      return;
    }
    if (parent !== path) await this.#makeRoot(parent);
    await this.#files.makeFolder(path);
    await this.#files.syncFolder(parent);
  }
}
