import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, stat, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { HoldfastError } from '../../core/errors.ts';
import type { PutOutcome, Vault, VaultObject } from '../../core/ports/vault.ts';
import { errnoOf, storageError } from '../../core/storage-error.ts';
import { DurableWrites } from './durable-writes.ts';
import { diskFileSystem, type FileSystem } from './file-system.ts';
import { checkVaultName } from './folder-names.ts';
import { pooled } from './pooled.ts';

/** Enough for the disk to join neighbouring fsyncs, few enough for open files. */
const AT_ONCE = 16;

/**
 * The vault as a folder. An object is written to a temporary file, fsynced, and linked to its name; `link(2)` refuses a
 * name that is taken, so the first put wins among processes too. After the links each folder is fsynced once.
 * There is no state but a cache of folders: any number of threads and processes may share one root.
 *
 * What a crash leaves: before the link, a temporary file (removed by `clean`); after the link, a whole object whose
 * name may not be durable yet. Whoever puts it again, or reads it back to decide, fsyncs the folder before relying on it.
 */
export class FolderVault implements Vault {
  readonly root: string;
  readonly #writes: DurableWrites;

  constructor(root: string, files: FileSystem = diskFileSystem) {
    this.root = resolve(root);
    this.#writes = new DurableWrites(this.root, files);
  }

  async put(objects: readonly VaultObject[]): Promise<PutOutcome[]> {
    for (const { name } of objects) checkVaultName(name);
    try {
      const folders = [...new Set(objects.map(({ name }) => dirname(this.#path(name))))];
      for (const folder of folders) await this.#writes.prepareFolder(folder);
      const outcomes = await pooled(objects, AT_ONCE, (object) => this.#putOne(object));
      await pooled(folders, AT_ONCE, (folder) => this.#writes.syncFolder(folder));
      return outcomes;
    } catch (error) {
      throw storageError(error, 'storing an object');
    }
  }

  async putStream(
    prefix: string,
    chunks: AsyncIterable<Uint8Array>,
    until?: string,
  ): Promise<{ sha256: string; size: number; outcome: PutOutcome }> {
    checkVaultName(`${prefix}x`);
    const time = timeOf(until);
    const hash = createHash('sha256');
    let size = 0;
    let temporary: string;
    try {
      temporary = await this.#writes.writeTemporary(async (write) => {
        for await (const chunk of named(chunks)) {
          hash.update(chunk);
          size += chunk.length;
          await write(chunk);
        }
      }, time);
    } catch (error) {
      throw error instanceof SourceFailure ? error.cause : storageError(error, 'storing a file');
    }
    const sha256 = hash.digest('hex');
    const path = this.#path(prefix + sha256);
    try {
      await this.#writes.prepareFolder(dirname(path));
      const outcome = await this.#writes.link(temporary, path);
      await this.#writes.syncFolder(dirname(path));
      if (outcome === 'exists' && until !== undefined) await this.lock(prefix + sha256, until);
      return { sha256, size, outcome };
    } catch (error) {
      throw storageError(error, 'storing a file');
    }
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    checkVaultName(name);
    try {
      return await readFile(this.#path(name));
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw storageError(error, 'reading an object');
    }
  }

  async *read(name: string, range?: { offset: number; length: number }): AsyncIterable<Uint8Array> {
    checkVaultName(name);
    if (range !== undefined && range.length <= 0) return;
    const window = range === undefined ? {} : { start: range.offset, end: range.offset + range.length - 1 };
    try {
      for await (const chunk of createReadStream(this.#path(name), window)) yield chunk as Uint8Array;
    } catch (error) {
      if (isAbsent(error)) throw new HoldfastError('not-found', `The vault holds no ${name}.`);
      throw errnoOf(error) === undefined ? error : storageError(error, 'reading an object');
    }
  }

  async size(name: string): Promise<number | undefined> {
    checkVaultName(name);
    return (await this.#stat(name))?.size;
  }

  async *list(prefix: string, after?: string): AsyncIterable<string> {
    if (prefix !== '') checkVaultName(prefix);
    let entries: { name: string; folder: boolean }[];
    try {
      const found = await readdir(prefix === '' ? this.root : this.#path(prefix), { withFileTypes: true });
      entries = found
        .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isFile()))
        .map((entry) => ({ name: entry.name, folder: entry.isDirectory() }));
    } catch (error) {
      if (isAbsent(error)) return;
      throw storageError(error, 'listing a folder');
    }
    // A folder sorts as its name with the slash, so that whole names come out ascending.
    const key = (entry: { name: string; folder: boolean }): string =>
      entry.folder ? `${entry.name}/` : entry.name;
    entries.sort((a, b) => (key(a) < key(b) ? -1 : 1));
    for (const entry of entries) {
      const name = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      if (!entry.folder) {
        if (after === undefined || name > after) yield name;
      } else if (after === undefined || `${name}/` > after || after.startsWith(`${name}/`)) {
        yield* this.list(name, after);
      }
    }
  }

  /**
   * The retain-until date is the file's modification time, as WORM filers keep it in a file's times. An object never
   * changes, so that field is free; a date beside the object would be a second file to lose; extended attributes
   * cannot be reached from Node. Reading does not move it. A date at or before the present one changes nothing.
   */
  async lock(name: string, until: string): Promise<void> {
    checkVaultName(name);
    const date = dateOf(until);
    const found = await this.#stat(name);
    if (found === undefined) throw new HoldfastError('not-found', `The vault holds no ${name}.`);
    if (found.mtimeMs >= date.getTime()) return;
    try {
      await utimes(this.#path(name), date, date);
      const file = await open(this.#path(name), 'r');
      await file.sync().finally(() => file.close());
    } catch (error) {
      throw storageError(error, 'locking an object');
    }
  }

  /** The retain-until date that `lock` set; before any lock, the moment of writing. */
  async lockedUntil(name: string): Promise<string | undefined> {
    checkVaultName(name);
    const found = await this.#stat(name);
    return found === undefined ? undefined : new Date(Math.round(found.mtimeMs)).toISOString();
  }

  async remove(name: string): Promise<void> {
    checkVaultName(name);
    throw new HoldfastError(
      'removal-refused',
      `Nothing may be removed: no disposal has been sealed for ${name}.`,
      {
        hint: 'Objects leave the archive only by a disposal that the ledger holds; this version makes none.',
      },
    );
  }

  async publish(name: string, bytes: Uint8Array): Promise<void> {
    if (!/^ledger\/[^/]+\/checkpoint$/.test(name)) {
      throw new HoldfastError('bad-usage', 'Only a log’s checkpoint can be published.');
    }
    checkVaultName(name);
    const path = this.#path(name);
    try {
      await this.#writes.prepareFolder(dirname(path));
      const temporary = await this.#writes.writeTemporary((write) => write(bytes));
      // A crash here leaves the older checkpoint, which is as true as the new one.
      await this.#writes.replace(temporary, path);
      await this.#writes.syncFolder(dirname(path));
    } catch (error) {
      throw storageError(error, 'publishing a checkpoint');
    }
  }

  /**
   * Removes temporary files last written before `before` (ms since 1970): what a crash left. Without it all are removed,
   * which only the one process may ask that writes this vault; among several, give a time before all of them started.
   */
  async clean(before = Number.POSITIVE_INFINITY): Promise<number> {
    return await this.#writes.clean(before);
  }

  #path(name: string): string {
    return join(this.root, name);
  }

  async #stat(name: string): Promise<{ size: number; mtimeMs: number } | undefined> {
    try {
      // Whether there is a next commit, or an end of a session, is asked all the time, and mostly there is none: an error
      // for that would cost ten times the asking.
      const found = await stat(this.#path(name), { throwIfNoEntry: false });
      return found?.isFile() === true ? found : undefined;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw storageError(error, 'reading an object');
    }
  }

  async #putOne({ name, bytes, until }: VaultObject): Promise<PutOutcome> {
    const time = timeOf(until);
    // A name that is there keeps its bytes, which were durable before the name was: nothing to write.
    if ((await this.#stat(name)) === undefined) {
      const temporary = await this.#writes.writeTemporary((write) => write(bytes), time);
      if ((await this.#writes.link(temporary, this.#path(name))) === 'stored') return 'stored';
    }
    if (until !== undefined) await this.lock(name, until);
    return 'exists';
  }
}

/** The time that a file bears from its first moment. */
const timeOf = (until: string | undefined): Date | undefined =>
  until === undefined ? undefined : dateOf(until);

function dateOf(until: string): Date {
  const date = new Date(until);
  if (Number.isNaN(date.getTime()))
    throw new HoldfastError('bad-usage', 'A retain-until date is not a date.', {
      hint: 'Give it as UTC: 2030-01-01T00:00:00.000Z.',
    });
  return date;
}

/** The source of a stream may fail with a system error too (a file that cannot be read): it is not the vault's. */
class SourceFailure extends Error {}

async function* named(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (cause) {
    throw new SourceFailure('the source failed', { cause });
  }
}

const isAbsent = (error: unknown): boolean => {
  const errno = errnoOf(error);
  return errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'EISDIR';
};
