import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../eventually.ts';
import type { Site } from './site.ts';

/** An archiver in a process of its own. */
export interface ArchiverProcess {
  /** What it reported, in order. */
  readonly events: readonly { readonly kind: string; readonly log: string; readonly error: string }[];
  /** Resolves after its first commit. */
  hasCommitted(): Promise<void>;
  kill(): Promise<void>;
}

const CHILD = fileURLToPath(new URL('./archiver-child.ts', import.meta.url));

export function startArchiverProcess(site: Site): ArchiverProcess {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning', CHILD, site.folder],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const events: { kind: string; log: string; error: string }[] = [];
  const exited = once(child, 'exit');
  let isOver = false;
  exited.then(
    () => {
      isOver = true;
    },
    () => {},
  );
  if (child.stdout)
    createInterface(child.stdout).on('line', (line) =>
      events.push(JSON.parse(line) as (typeof events)[number]),
    );
  return {
    events,
    async hasCommitted() {
      await eventually(() => isOver || events.some(({ kind }) => kind === 'committed'));
      if (isOver) throw new Error('the archiver ended by itself');
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
