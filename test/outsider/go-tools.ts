import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../engines/artefacts.ts';

/**
 * Go programs that check a log from the outside: our own below this folder, and tessera's `fsck`. They are built once
 * into the engines' cache, outside the checkout, with modules from wherever Go is set up to find them.
 */
const run = promisify(execFile);
const FSCK = 'github.com/transparency-dev/tessera/cmd/fsck@v1.0.4';
/** Ends a hang, and nothing else: a build may have to fetch a toolchain and modules first. */
const LONGEST_MS = 300_000;

export interface GoTools {
  readonly outsider: string;
  readonly fsck: string;
}

/** Paths of the two programs, or why they cannot be had here. */
export async function goTools(): Promise<GoTools | { readonly skip: string }> {
  const go = await findGo();
  if (go === undefined) return { skip: 'there is no Go (looked on the PATH and in /usr/local/go)' };
  try {
    return { outsider: await buildOutsider(go), fsck: await installFsck(go) };
  } catch (error) {
    return { skip: `Go could not build them: ${error instanceof Error ? error.message.slice(0, 300) : ''}` };
  }
}

/** What a program said and how it ended; stopped after two minutes, whatever it waits for. */
export async function runTool(path: string, args: readonly string[]): Promise<{ ok: boolean; said: string }> {
  try {
    const { stdout, stderr } = await run(path, args, { timeout: 120_000, killSignal: 'SIGKILL' });
    return { ok: true, said: stdout + stderr };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { ok: false, said: stdout + stderr };
  }
}

async function findGo(): Promise<string | undefined> {
  for (const path of ['go', '/usr/local/go/bin/go']) if ((await runTool(path, ['version'])).ok) return path;
  return undefined;
}

async function buildOutsider(go: string): Promise<string> {
  const sources = (await readdir(import.meta.dirname))
    .filter((name) => /\.(?:go|mod|sum)$/.test(name))
    .sort();
  const hash = createHash('sha256');
  for (const name of sources) hash.update(name).update(await readFile(join(import.meta.dirname, name)));
  const path = join(cacheFolder(), `outsider-${hash.digest('hex').slice(0, 16)}`);
  await mkdir(cacheFolder(), { recursive: true });
  await run(go, ['build', '-o', path, '.'], { cwd: import.meta.dirname, timeout: LONGEST_MS });
  return path;
}

async function installFsck(go: string): Promise<string> {
  const folder = join(cacheFolder(), FSCK.replace(/.*@/, 'tessera-'));
  await mkdir(folder, { recursive: true });
  await run(go, ['install', FSCK], {
    env: { ...process.env, GOBIN: folder },
    timeout: LONGEST_MS,
    cwd: folder,
  });
  return join(folder, 'fsck');
}
