import { hostname, userInfo } from 'node:os';
import { deployment } from './assembly/deployment.ts';
import { systemClock, systemRandom } from './assembly/system.ts';
import { processIo } from './assembly/terminal.ts';
import { run } from './cli/run.ts';
import { environment } from './config/environment.ts';

/** The command line: the one place where the process and its signals come in. */
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort();
  });
}

const io = processIo();
const caller = {
  io,
  cwd: process.cwd(),
  actor: `os:${userInfo().username}@${hostname()}`,
  signal: interrupted.signal,
};
const world = { environment, clock: systemClock, random: systemRandom };
process.exitCode = await run(process.argv.slice(2), caller, { ...world, deployment: deployment(world) });
await io.drained();
