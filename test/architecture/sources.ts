import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the checkout. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** One source file of ours, its path from the top with `/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** The text without comments and without what stands between quotes; same line numbers. */
  readonly code: string;
  /** What it imports: package names as written, own files as paths from the top. */
  readonly imports: readonly string[];
}

const FOLDERS = ['src', 'test', 'examples', 'bench', 'scripts'];
const NOT_OURS = new Set(['fixtures', 'transcripts', 'node_modules', 'outsider']);

/** All our TypeScript files, ascending by path. */
export function sources(): Source[] {
  return FOLDERS.flatMap((folder) => walk(join(ROOT, folder)))
    .filter((path) => path.endsWith('.ts'))
    .map(read)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** All folders that hold our sources, from the top. */
export function folders(): string[] {
  return [...new Set(sources().flatMap(({ path }) => parents(path)))].sort();
}

function parents(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function walk(folder: string): string[] {
  let entries: ReturnType<typeof list>;
  try {
    entries = list(folder);
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

const list = (folder: string) => readdirSync(folder, { withFileTypes: true });

function read(path: string): Source {
  const text = readFileSync(path, 'utf8');
  const own = relative(ROOT, path).split(sep).join('/');
  return { path: own, text, code: strip(text, true), imports: imports(own, strip(text, false)) };
}

/**
 * Blanks comments and, where asked, strings. Templates stay, because code can stand in them. This is no parser: a
 * quote inside a regular expression may hide the rest of its line, which is the price of needing no parser here.
 */
function strip(text: string, strings: boolean): string {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;
  return text.replace(token, (found) => {
    if (found.startsWith('`')) return found;
    if (found.startsWith('/')) return found.replace(/[^\n]/g, ' ');
    return strings ? "''" : found;
  });
}

function imports(path: string, text: string): string[] {
  const found = text.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g);
  return [...found].map(([, name = '']) => (name.startsWith('.') ? resolve(path, name) : name));
}

function resolve(path: string, name: string): string {
  return join(dirname(path), name).split(sep).join('/');
}
