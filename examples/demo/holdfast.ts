import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How a run of the command line ended. */
export interface Ended {
  readonly code: number;
  /** Lines of stdout. */
  readonly lines: readonly string[];
}

/** Settings of the person who runs the demo must not reach it; those of the firm in the story do. */
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('HOLDFAST_'))),
  HOLDFAST_FIRM_NAME: 'Calloway Brink LLC',
  HOLDFAST_FIRM_CRD: '000000 (invented)',
};

export interface Expected {
  /** Exit code, 0 where nothing is said. */
  readonly expected?: number;
  /** Passes on nothing of what it says on stderr. */
  readonly quiet?: boolean;
}

/**
 * Runs `bin/holdfast`. What it says on stderr (progress, prose) is passed on as it comes. Throws where the exit code is
 * not `expected`, because then the demo would show something else than it says.
 */
export async function holdfast(
  args: readonly string[],
  { expected = 0, quiet = false }: Expected = {},
): Promise<Ended> {
  const child = spawn(join(ROOT, 'bin', 'holdfast'), args, {
    cwd: ROOT,
    env: environment,
    stdio: ['ignore', 'pipe', quiet ? 'ignore' : 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
  const lines = text.split('\n').filter((line) => line !== '');
  if (code !== expected) {
    throw new Error(
      `holdfast ${args[0] ?? ''} ended with ${code} instead of ${expected}:\n${lines.join('\n')}`,
    );
  }
  return { code, lines };
}

/** Runs it with `--json`, says nothing, and gives the documents of stdout, one a line. */
export async function answers(args: readonly string[]): Promise<readonly unknown[]> {
  const { lines } = await holdfast([...args, '--json'], { quiet: true });
  return lines.map((line) => JSON.parse(line));
}
