/** Paths on disk as inputs: single files, and folders that a format reads as a whole. Nothing is followed or opened. */
import { lstat, readdir } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { HoldfastError } from '../core/errors.ts';
import { FORMATS } from './formats/index.ts';
import type { Skipped } from './ingest-types.ts';

/** A plain file as it was found. */
export interface InputFile {
  /** Absolute path as it is recorded, `/` as separator. */
  readonly path: string;
  /** The same path as the system knows it. */
  readonly raw: Buffer;
  readonly size: number;
}

/** What becomes one receipt. */
export interface Input {
  readonly files: readonly InputFile[];
}

const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);

/** Whether an input is a database and no path. */
export const isDatabase = (path: string): boolean => /^postgres(?:ql)?:\/\//iu.test(path);

/** Makes paths absolute and makes sure that each exists, databases aside; throws `not-found`. */
export async function absolute(paths: readonly string[]): Promise<string[]> {
  const result: string[] = [];
  for (const path of paths) {
    if (isDatabase(path)) {
      result.push(path);
      continue;
    }
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

/**
 * Everything below `path` in the order of names. What is no plain file is told to `skip`. Names are bytes to the
 * system, in any encoding or none: they are opened as bytes, and recorded as text.
 */
export async function* walk(path: string, skip: (skipped: Skipped) => void): AsyncIterable<Input> {
  yield* walkBytes(Buffer.from(path, 'utf8'), skip, new Set());
}

/** `taken`: paths of files that were given as part of a group already. */
async function* walkBytes(
  raw: Buffer,
  skip: (skipped: Skipped) => void,
  taken: Set<string>,
): AsyncIterable<Input> {
  if (taken.has(shown(raw))) return;
  const file = await look(raw, skip);
  if (file === undefined) return;
  if (file !== 'folder') {
    yield { files: [file] };
    return;
  }
  const names = await namesIn(raw, skip);
  for (const group of await groupsIn(raw, names, taken)) {
    for (const each of group) taken.add(each.path);
    yield { files: group };
  }
  for (const name of names) yield* walkBytes(below(raw, name), skip, taken);
}

/** The path as it is recorded. */
const shown = (raw: Buffer): string => {
  const path = raw.toString('utf8');
  return sep === '/' ? path : path.replaceAll(sep, '/');
};

const below = (folder: Buffer, name: Buffer): Buffer => Buffer.concat([folder, SEPARATOR, name]);
const SEPARATOR = Buffer.from(sep);

const why = (error: unknown): { detail?: string } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? { detail: error.code } : {};

/** What stands at a path: a plain file, a folder, or something that is passed over. */
async function look(
  raw: Buffer,
  skip: (skipped: Skipped) => void,
): Promise<InputFile | 'folder' | undefined> {
  const path = shown(raw);
  try {
    const stat = await lstat(raw);
    if (stat.isDirectory()) return 'folder';
    if (stat.isFile()) return { path, raw, size: stat.size };
    skip({ path, reason: stat.isSymbolicLink() ? 'symbolic-link' : 'not-a-file' });
  } catch (error) {
    skip({ path, reason: 'unreadable', ...why(error) });
  }
  return undefined;
}

async function namesIn(raw: Buffer, skip: (skipped: Skipped) => void): Promise<Buffer[]> {
  try {
    return (await readdir(raw, { encoding: 'buffer' })).sort(Buffer.compare);
  } catch (error) {
    skip({ path: shown(raw), reason: 'unreadable', ...why(error) });
    return [];
  }
}

/** The groups of files below a folder that some format reads together. What is passed over is told by the walk itself. */
async function groupsIn(
  raw: Buffer,
  names: readonly Buffer[],
  taken: ReadonlySet<string>,
): Promise<InputFile[][]> {
  const texts = names.map((name) => name.toString('utf8'));
  const candidates = FORMATS.filter((format) => texts.some((name) => format.folder?.marks(name)));
  if (candidates.length === 0) return [];
  const files = new Map<string, InputFile>();
  const top = shown(raw).length + 1;
  for (const name of names)
    for await (const file of plainFiles(below(raw, name), () => {}))
      if (!taken.has(file.path)) files.set(file.path.slice(top), file);
  const groups: InputFile[][] = [];
  for (const format of candidates)
    for (const group of format.folder?.groups([...files.keys()]) ?? []) {
      const found = group.flatMap((name) => files.get(name) ?? []);
      for (const name of group) files.delete(name);
      if (found.length > 0) groups.push(found);
    }
  return groups;
}

async function* plainFiles(raw: Buffer, skip: (skipped: Skipped) => void): AsyncIterable<InputFile> {
  const file = await look(raw, skip);
  if (file === 'folder')
    for (const name of await namesIn(raw, skip)) yield* plainFiles(below(raw, name), skip);
  else if (file !== undefined) yield file;
}
