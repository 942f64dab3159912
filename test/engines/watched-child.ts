import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/**
 * Runs `"$@"` in a process group of its own and kills the whole group when its own stdin ends: that happens when we
 * ask for it, and also when this process dies in any way, Ctrl-C and kill -9 included. Nothing is left behind.
 */
const WATCH = `exec 3<&0
"$@" </dev/null >>"$WATCH_LOG" 2>&1 3<&- &
child=$!
echo "$child"
{ cat <&3 >/dev/null; kill -s KILL "$child"; } &
wait "$child"
kill -s KILL -- "-$$"`;

export interface WatchedChild {
  /** Process id of the command itself. */
  readonly pid: number;
  /** True once the command has ended, by itself or by {@link kill}. */
  ended(): boolean;
  /** kill -9 to the command and all its children; resolves when it is gone. */
  kill(): Promise<void>;
  /** The last lines that it printed, for an error message. */
  lastWords(): Promise<string>;
}

export interface WatchedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Whole environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** File that gets what it prints. */
  readonly log: string;
  /** User and group to run as. */
  readonly user?: number;
}

export async function startWatched(what: WatchedCommand): Promise<WatchedChild> {
  const shell = spawn('/bin/sh', ['-c', WATCH, 'watch', what.command, ...what.args], {
    cwd: what.cwd,
    env: { ...what.env, WATCH_LOG: what.log },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    ...(what.user === undefined ? {} : { uid: what.user, gid: what.user }),
  });
  const gone = new Promise<void>((resolve) => shell.once('exit', () => resolve()));
  await once(shell, 'spawn');
  const { stdin, stdout } = pipes(shell);
  stdin.on('error', () => {});
  const [line] = (await once(createInterface(stdout), 'line')) as [string];
  // A server nobody stopped must not keep the process that started it alive: it ends with it.
  for (const handle of [shell, stdin, stdout] as { unref?: () => void }[]) handle.unref?.();
  let ended = false;
  shell.once('exit', () => {
    ended = true;
    stdin.destroy();
  });
  return {
    pid: Number(line),
    ended: () => ended,
    async kill() {
      shell.ref();
      stdin.destroy();
      await gone;
    },
    async lastWords() {
      const text = await readFile(what.log, 'utf8').catch(() => '');
      return text.trimEnd().split('\n').slice(-8).join('\n');
    },
  };
}

function pipes(child: ChildProcess): { stdin: Writable; stdout: Readable } {
  if (!child.stdin || !child.stdout) throw new Error('the child has no pipes');
  return { stdin: child.stdin, stdout: child.stdout };
}
