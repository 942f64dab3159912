/** Paths on disk as inputs: single files, and folders that a format reads as a whole. Nothing is followed or opened. */
import { lstat, opendir } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { HoldfastError } from '../core/errors.ts';
import { FORMATS } from './formats/index.ts';
import type { Skipped } from './ingest.ts';

/** What becomes one receipt. */
export interface Input {
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);

/** Makes paths absolute and makes sure that each exists; throws `not-found`. */
export async function absolute(paths: readonly string[]): Promise<string[]> {
  const result: string[] = [];
  for (const path of paths) {
    if (path === '' || path.includes('\0'))
      throw new HoldfastError('bad-usage', 'A path is empty or holds a NUL.', {
        hint: 'Name a file or folder.',
      });
    const full = resolve(path);
    try {
      await lstat(full);
    } catch (error) {
      if (isCode(error, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG'))
        throw new HoldfastError('not-found', `There is nothing at ${full}.`, {
          hint: 'Check the path; nothing was ingested.',
          cause: error,
        });
      throw new HoldfastError('not-found', `${full} cannot be looked at.`, {
        hint: 'Check who may read it; nothing was ingested.',
        cause: error,
      });
    }
    result.push(full);
  }
  return result;
}

/** Everything below `path` in the order of names. What is no plain file is told to `skip`. */
export async function* walk(path: string, skip: (skipped: Skipped) => void): AsyncIterable<Input> {
  let stat: Awaited<ReturnType<typeof lstat>>;
  try {
    stat = await lstat(path);
  } catch (error) {
    skip({ path: slashed(path), reason: 'unreadable', ...why(error) });
    return;
  }
  if (stat.isSymbolicLink()) skip({ path: slashed(path), reason: 'symbolic-link' });
  else if (stat.isFile()) yield { files: [{ path, size: stat.size }] };
  else if (!stat.isDirectory()) skip({ path: slashed(path), reason: 'not-a-file' });
  else {
    const names = await namesIn(path, skip);
    if (names === undefined) return;
    const whole = await asOneExport(path, names, skip);
    if (whole !== undefined) yield whole;
    else for (const name of names) yield* walk(join(path, name), skip);
  }
}

/** The path as it is recorded. */
export const slashed = (path: string): string => (sep === '/' ? path : path.replaceAll(sep, '/'));

const why = (error: unknown): { detail?: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? { detail: error.code } : {};

async function namesIn(path: string, skip: (skipped: Skipped) => void): Promise<string[] | undefined> {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(path)) names.push(entry.name);
  } catch (error) {
    skip({ path: slashed(path), reason: 'unreadable', ...why(error) });
    return undefined;
  }
  return names.sort();
}

/** The folder as one input, where some format reads such folders as a whole. */
async function asOneExport(
  path: string,
  names: readonly string[],
  skip: (skipped: Skipped) => void,
): Promise<Input | undefined> {
  const candidates = FORMATS.filter((format) => format.folder?.markers.some((name) => names.includes(name)));
  if (candidates.length === 0) return undefined;
  const passed: Skipped[] = [];
  const files: { path: string; size: number }[] = [];
  for (const name of names)
    for await (const input of plainFiles(join(path, name), (skipped) => passed.push(skipped)))
      files.push(input);
  const inside = files.map((file) => slashed(file.path.slice(path.length + 1)));
  if (!candidates.some((format) => format.folder?.roots(inside).includes(''))) return undefined;
  for (const each of passed) skip(each);
  return { files };
}

async function* plainFiles(
  path: string,
  skip: (skipped: Skipped) => void,
): AsyncIterable<{ path: string; size: number }> {
  const stat = await lstat(path).catch(() => undefined);
  if (stat === undefined) skip({ path: slashed(path), reason: 'unreadable' });
  else if (stat.isSymbolicLink()) skip({ path: slashed(path), reason: 'symbolic-link' });
  else if (stat.isFile()) yield { path, size: stat.size };
  else if (!stat.isDirectory()) skip({ path: slashed(path), reason: 'not-a-file' });
  else for (const name of (await namesIn(path, skip)) ?? []) yield* plainFiles(join(path, name), skip);
}
