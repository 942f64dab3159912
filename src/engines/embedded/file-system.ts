import { constants } from 'node:fs';
import { link, mkdir, open, rename, unlink } from 'node:fs/promises';
import { errnoOf } from '../../core/storage-error.ts';

/**
 * The calls by which the folder vault changes a disk, and no others: few enough that a test can record their order and
 * fail each of them. Paths are absolute. Reading does not pass through here, because it leaves nothing behind.
 */
export interface FileSystem {
  /** A new file (never an existing one), readable by all and writable by nobody. */
  create(path: string): Promise<NewFile>;
  /** Gives `from` a second name. `exists` when the name is taken. */
  link(from: string, to: string): Promise<'linked' | 'exists'>;
  /** Replaces `to` by `from` in one step. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  makeFolder(path: string): Promise<'made' | 'exists'>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>;
}

export interface NewFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Sets the time of modification. */
  setTime(time: Date): Promise<void>;
  /** Makes the bytes, and the time, durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

const READ_ONLY = 0o444;

/** The machine's own file system. Errors are Node's (`code` is `ENOSPC`, `EIO`, …). */
export const diskFileSystem: FileSystem = {
  async create(path) {
    const file = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, READ_ONLY);
    return {
      async write(bytes) {
        // One call may write less than it was given (a signal, a nearly full disk).
        let written = 0;
        while (written < bytes.length) {
          written += (await file.write(bytes, written, bytes.length - written)).bytesWritten;
        }
      },
      setTime: (time) => file.utimes(time, time),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
  async link(from, to) {
    try {
      await link(from, to);
      return 'linked';
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return 'exists';
      throw error;
    }
  },
  rename,
  unlink,
  async makeFolder(path) {
    try {
      // What people said to each other is nobody else's to read.
      await mkdir(path, 0o700);
      return 'made';
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return 'exists';
      throw error;
    }
  },
  async syncFolder(path) {
    const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};
