import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWatched, type WatchedChild, type WatchedCommand } from './watched-child.ts';

/** A real server of a test's own: it keeps its ports and its data over `kill` and `start`. */
export interface Server {
  /** `host:port` for clients. */
  readonly address: string;
  /** Resolves when the server answers. */
  start(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGSTOP: the port stays open, nothing answers. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Kills it and removes its folder. */
  close(): Promise<void>;
}

export interface ServerPlan {
  readonly name: string;
  readonly address: string;
  readonly folder: string;
  readonly command: Omit<WatchedCommand, 'log'>;
  /** True when the server answers; false or a rejection while it does not yet. */
  readonly answers: () => Promise<boolean>;
}

/** Long enough for a busy machine; a server that ends is noticed at once. */
const PATIENCE_MS = 240_000;

export function server(plan: ServerPlan): Server {
  let child: WatchedChild | undefined;
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    if (child && !child.ended()) process.kill(child.pid, name);
  };
  const kill = async (): Promise<void> => {
    await child?.kill();
    child = undefined;
  };
  return {
    address: plan.address,
    kill,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async start() {
      if (child && !child.ended()) return;
      child = await startWatched({ ...plan.command, log: join(plan.folder, 'console.log') });
      const deadline = Date.now() + PATIENCE_MS;
      while (!(await plan.answers().catch(() => false))) {
        if (child.ended() || Date.now() > deadline) {
          const words = await child.lastWords();
          await kill();
          throw new Error(`${plan.name} did not start:\n${words}`);
        }
        await sleep(150);
      }
    },
    async close() {
      await kill();
      await rm(plan.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** A folder for one server, named after this process; folders of processes that are gone are removed first. */
export async function serverFolder(name: string, user?: number): Promise<string> {
  await removeOrphans();
  const folder = await mkdtemp(join(tmpdir(), `holdfast-${name}-${process.pid}-`));
  if (user !== undefined) await chown(folder, user, user);
  return folder;
}

async function removeOrphans(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^holdfast-(?:kafka|elasticsearch|postgres|keycloak)-(\d+)-/u.exec(name)?.[1];
    if (pid === undefined || alive(Number(pid))) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Ports of the loopback interface that are free at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = createServer();
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.listen(0, '127.0.0.1', resolve);
      });
      return socket;
    }),
  );
  const ports = held.map((socket) => {
    const address = socket.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  });
  await Promise.all(held.map((socket) => new Promise((resolve) => socket.close(resolve))));
  return ports;
}
