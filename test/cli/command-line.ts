import { deployment } from '../../src/assembly/deployment.ts';
import { systemClock, systemRandom } from '../../src/assembly/system.ts';
import { run } from '../../src/cli/run.ts';

/** What a command line answered. */
export interface Answer {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** Runs one command line in this process, as `main.ts` does, with the environment given. */
export async function holdfast(
  argv: readonly string[],
  environment: { readonly [name: string]: string } = {},
): Promise<Answer> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    transient: () => {},
    drained: async () => {},
  };
  const caller = { io, cwd: process.cwd(), actor: 'os:test@localhost', signal: new AbortController().signal };
  const world = { environment, clock: systemClock, random: systemRandom };
  const code = await run(argv, caller, { ...world, deployment: deployment(world) });
  return { code, out, err };
}
