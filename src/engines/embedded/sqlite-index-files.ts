import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bucket } from '../../core/record.ts';

export const POSITIONS = 'positions.db';
const BUCKET_FILE = /^([A-Za-z0-9._-]+)-(\d{4}Q[1-4])\.db$/;
/** What SQLite keeps beside a database. */
const BESIDE = /-(?:wal|shm|journal)$/;

/** File of a bucket; undefined where its class or quarter is not safe in a name. */
export function bucketFile(bucket: Bucket): string | undefined {
  const name = `${bucket.class}-${bucket.quarter}.db`;
  return BUCKET_FILE.test(name) ? name : undefined;
}

export function bucketsIn(folder: string): Bucket[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const found = BUCKET_FILE.exec(file);
      return found ? [{ class: found[1] ?? '', quarter: found[2] ?? '' }] : [];
    });
}

/** Removes an index. Positions go first: a crash in between leaves one that starts from nothing. */
export function removeIndex(folder: string): void {
  for (const file of indexFiles(folder).reverse()) rmSync(join(folder, file), { force: true });
}

/** Moves an index that is closed. Positions come last. */
export function moveIndex(from: string, to: string): void {
  for (const file of indexFiles(from)) renameSync(join(from, file), join(to, file));
}

/** The files of an index, those of the positions last. */
function indexFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const isPositions = (file: string): boolean => file.startsWith(POSITIONS);
  return readdirSync(folder)
    .filter((file) => isPositions(file) || BUCKET_FILE.test(file.replace(BESIDE, '')))
    .sort((a, b) => Number(isPositions(a)) - Number(isPositions(b)));
}
