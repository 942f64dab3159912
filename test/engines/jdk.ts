import { execFile } from 'node:child_process';
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Jdk {
  readonly home: string;
  readonly version: number;
}

/** The newest Java below `JAVA_HOME` and `/usr/lib/jvm`; undefined where there is none that starts. */
export async function newestJdk(): Promise<Jdk | undefined> {
  const homes = new Set<string>();
  for (const path of await candidates()) {
    try {
      homes.add(await realpath(path));
    } catch {
      // A dangling link among the candidates is no Java.
    }
  }
  let newest: Jdk | undefined;
  for (const home of homes) {
    const version = await versionOf(home);
    if (version !== undefined && (newest === undefined || version > newest.version))
      newest = { home, version };
  }
  return newest;
}

async function candidates(): Promise<string[]> {
  const installed = await readdir('/usr/lib/jvm').catch(() => []);
  const named = process.env.JAVA_HOME;
  return [...(named ? [named] : []), ...installed.map((name) => join('/usr/lib/jvm', name))];
}

async function versionOf(home: string): Promise<number | undefined> {
  try {
    // `java -version` answers on stderr: `openjdk version "25.0.1" 2025-10-21`.
    const { stderr } = await run(join(home, 'bin', 'java'), ['-version']);
    const match = /version "(?:1\.)?(\d+)/u.exec(stderr);
    return match ? Number(match[1]) : undefined;
  } catch {
    return undefined;
  }
}
