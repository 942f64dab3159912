import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const PARTIAL = '.partial';
const LOCK = '.lock';
/** Nothing is ever written; without this an empty journal would lie beside the lock. */
const LOCKED = 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE';
const NONCE = /^[0-9a-f]{12}$/;

/** The folder in which an export grows, `.NAME.NONCE.partial` beside its place, with a lock beside it. */
export interface Workplace {
  readonly folder: string;
  /** Removes the folder, unless it was renamed, and frees the lock. Keep the object until then: it holds the lock. */
  release(): Promise<void>;
}

/**
 * Makes the folder, after removing those that exports to the same place left when they were killed: the lock is made
 * before its folder and removed after it, and the system frees it however its process dies, so a lock that can be
 * taken has no writer.
 *
 * @param nonce 12 hexadecimal digits
 */
export async function openWorkplace(out: string, nonce: string): Promise<Workplace> {
  const prefix = `.${basename(out)}.`;
  for (const name of await readdir(dirname(out))) {
    const isOurs = name.startsWith(prefix) && name.endsWith(PARTIAL + LOCK);
    if (!isOurs || !NONCE.test(name.slice(prefix.length, -(PARTIAL + LOCK).length))) continue;
    const path = join(dirname(out), name);
    const lock = take(path, 0);
    if (lock === undefined) continue;
    await remove(path, lock);
  }
  const path = join(dirname(out), prefix + nonce + PARTIAL + LOCK);
  // Waits for another export that looks at it just now. A file system without locks gives none; the export then goes
  // on, and is never taken for a killed one.
  const lock = take(path, 10_000);
  if (lock === undefined) await rm(path, { force: true });
  const folder = path.slice(0, -LOCK.length);
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    await remove(path, lock);
    throw error;
  }
  return { folder, release: () => remove(path, lock) };
}

/** Undefined where somebody has it for longer than `timeout` ms, or where it is not ours to take. */
function take(path: string, timeout: number): DatabaseSync | undefined {
  const lock = new DatabaseSync(path, { open: false, timeout });
  try {
    lock.open();
    lock.exec(LOCKED);
    return lock;
  } catch {
    if (lock.isOpen) lock.close();
    return undefined;
  }
}

async function remove(path: string, lock: DatabaseSync | undefined): Promise<void> {
  const folder = path.slice(0, -LOCK.length);
  if (existsSync(folder)) await rm(folder, { recursive: true, force: true });
  await rm(path, { force: true });
  lock?.close();
}
