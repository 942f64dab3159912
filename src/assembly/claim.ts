import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { HoldfastError } from '../core/errors.ts';

/** How to reach the process that owns a folder. Only its own user can read it: the token is the permission. */
const ownerSchema = z.object({
  pid: z.int(),
  port: z.int().min(1).max(65_535),
  token: z.string().length(64),
});
export type Owner = z.infer<typeof ownerSchema>;

/** The right to write in an archive's folder. The system frees it when the process dies, however it dies. */
export interface Claim {
  readonly token: string;
  /** Tells other commands where this process listens. */
  announce(port: number): void;
  release(): void;
}

/**
 * Takes the folder, or says who has it: undefined when another process holds `lock.db`. SQLite's exclusive lock is
 * used because the system frees it on any death of the process, kill -9 included.
 */
export function claim(data: string): Claim | undefined {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const path = join(data, 'lock.db');
  // Who may read it may lock it, so nobody else may; SQLite itself would make it readable by all.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    if (isBusy(cause)) return undefined;
    throw new HoldfastError('storage-failed', `The folder ${data} cannot be locked.`, {
      hint: 'Check that it is writable and on a local file system.',
      cause,
    });
  }
  const token = randomBytes(32).toString('hex');
  const owner = join(data, 'owner.json');
  return {
    token,
    announce(port) {
      const temporary = `${owner}.${process.pid}`;
      writeFileSync(temporary, JSON.stringify({ pid: process.pid, port, token }), { mode: 0o600 });
      renameSync(temporary, owner);
    },
    release() {
      rmSync(owner, { force: true });
      lock.close();
    },
  };
}

/** Who owns the folder, as far as he has said so; undefined while he has not, or where the file is torn. */
export function ownerOf(data: string): Owner | undefined {
  const path = join(data, 'owner.json');
  if (!existsSync(path)) return undefined;
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

const SQLITE_BUSY = 5;
const isBusy = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'errcode' in error &&
  (Number(error.errcode) & 0xff) === SQLITE_BUSY;
