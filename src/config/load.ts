import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { HoldfastError } from '../core/errors.ts';
import { ENVIRONMENT, SECRETS, type Settings, settingsSchema } from './settings.ts';

/** What the command line may say about settings. Both paths are relative to `cwd`. */
export interface SettingFlags {
  readonly data?: string | undefined;
  readonly config?: string | undefined;
}

type Environment = { readonly [name: string]: string | undefined };
type Tree = { [key: string]: unknown };

const PATHS = [
  ['data'],
  ['vault'],
  ['keys'],
  ['cache'],
  ['jobs'],
  ['service', 'tls', 'certificate'],
  ['service', 'tls', 'key'],
  ...['kafka', 'elasticsearch'].flatMap((server) =>
    ['ca', 'certificate', 'key'].map((name) => [server, 'tls', name]),
  ),
  ...SECRETS.map((path) => fileOf(path)),
];

/**
 * Settings by precedence: flag, environment, configuration file, default. `--data` means embedded. Relative folders in
 * the file are relative to the file. Throws `bad-settings` naming the setting, never its value.
 */
export function loadSettings(flags: SettingFlags, environment: Environment, cwd: string): Settings {
  if (flags.data !== undefined && flags.config !== undefined) {
    throw new HoldfastError('bad-settings', '--data and --config exclude each other.', {
      hint: '--data DIR is an embedded archive; --config FILE says everything in a file.',
    });
  }
  const file = flags.config ?? (flags.data === undefined ? environment.HOLDFAST_CONFIG : undefined);
  const tree = file === undefined ? {} : readTree(resolve(cwd, file));
  if (flags.data !== undefined) Object.assign(tree, { mode: 'embedded', data: resolve(cwd, flags.data) });
  else if (file === undefined) {
    Object.assign(tree, { mode: 'embedded', data: resolve(cwd, environment.HOLDFAST_DATA ?? 'data') });
  }
  for (const [name, path] of Object.entries(ENVIRONMENT)) {
    const value = environment[name];
    if (value !== undefined && value !== '' && applies(tree, path)) place(tree, path, value);
  }
  for (const path of SECRETS) if (tree.mode === 'distributed') fillSecret(tree, path);
  const parsed = settingsSchema.safeParse(tree);
  if (!parsed.success)
    throw new HoldfastError('bad-settings', describe(parsed.error), {
      hint: 'docs/deploy.md lists every setting.',
    });
  return parsed.data;
}

/** The passphrase from the environment, where it is given there; it is kept out of `Settings` so that nothing prints it. */
export function passphraseFrom(environment: Environment): string | undefined {
  const value = environment.HOLDFAST_PASSPHRASE;
  return value === undefined || value === '' ? undefined : value;
}

function readTree(file: string): Tree {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HoldfastError('bad-settings', `The configuration file ${file} cannot be read.`, {
      hint: 'Give the path of a JSON file.',
      cause,
    });
  }
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch {
    tree = undefined;
  }
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) {
    throw new HoldfastError('bad-settings', `The configuration file ${file} is not a JSON object.`, {
      hint: 'See the examples in docs/deploy.md.',
    });
  }
  const settings = tree as Tree;
  for (const path of SECRETS) {
    if (valueAt(settings, path) === undefined) continue;
    throw new HoldfastError('bad-settings', `Setting '${path.join('.')}' is a secret.`, {
      hint: `Take it out of the configuration: '${fileOf(path).join('.')}' names a file that holds it alone, or set its variable (docs/deploy.md).`,
    });
  }
  for (const path of PATHS) {
    const value = valueAt(settings, path);
    if (typeof value === 'string') place(settings, path, resolve(dirname(file), value));
  }
  return settings;
}

const valueAt = (tree: Tree, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, key) => (isTree(at) ? at[key] : undefined), tree);

/** Where the file of a secret is named. */
function fileOf(path: readonly string[]): string[] {
  return [...path.slice(0, -1), `${path.at(-1)}File`];
}

/** Reads a secret from its file, unless the environment gave it. */
function fillSecret(tree: Tree, path: readonly string[]): void {
  const file = valueAt(tree, fileOf(path));
  if (typeof file !== 'string' || valueAt(tree, path) !== undefined) return;
  place(tree, path, readSettingsFile(file, fileOf(path).join('.')).trim());
}

/** A file that a setting names. Throws `bad-settings`. */
export function readSettingsFile(file: string, setting: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HoldfastError('bad-settings', `The file ${file} of setting '${setting}' cannot be read.`, {
      hint: 'Check its path and rights.',
      cause,
    });
  }
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Server settings in the environment mean nothing to an embedded archive. */
const applies = (tree: Tree, path: readonly string[]): boolean =>
  tree.mode === 'distributed' || (path[0] !== 'kafka' && path[0] !== 'elasticsearch');

function place(tree: Tree, path: readonly string[], value: string): void {
  let at = tree;
  for (const key of path.slice(0, -1)) {
    const next = at[key];
    const branch = (typeof next === 'object' && next !== null ? next : {}) as Tree;
    at[key] = branch;
    at = branch;
  }
  const last = path[path.length - 1] as string;
  if (last === 'brokers') at[last] = value.split(',');
  else if (last === 'patience') at[last] = Number(value);
  else at[last] = value;
}

const describe = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map((issue) => `Setting '${issue.path.join('.') || '(file)'}': ${issue.message}.`)
    .join(' ');
