import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A run of the command line, with what it took. */
export interface Run {
  readonly stdout: string;
  readonly ms: number;
  /** Highest resident memory, MiB; 0 where the system does not say. */
  readonly peakMiB: number;
}

export interface RunOptions {
  /** Flags for Node: `--cpu-prof` and the like. */
  readonly node?: readonly string[];
}

/** Runs the product's command line to its end. Throws where it fails. */
export async function holdfast(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const from = performance.now();
  const child = start(args, options);
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  const watched = watchMemory(child);
  const code = await ended(child);
  const ms = performance.now() - from;
  if (code !== 0) throw new Error(`holdfast ${args.join(' ')} ended with ${code}`);
  return { stdout, ms, peakMiB: watched() };
}

/** Starts the product's command line, as a person would; the caller ends it. */
export function start(args: readonly string[], { node = [] }: RunOptions = {}): ChildProcess {
  return spawn(`${ROOT}bin/holdfast`, args, {
    cwd: ROOT,
    env: { ...process.env, HOLDFAST_PASSPHRASE: 'for the benchmark only', NODE_OPTIONS: node.join(' ') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Exit code of a child; its stderr is passed on when it fails. */
export function ended(child: ChildProcess): Promise<number> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4_000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0) console.error(said);
      resolve(code ?? 1);
    });
  });
}

/** Follows the high-water mark of a process that runs; the answer ends it and gives MiB. */
export function watchMemory(child: ChildProcess): () => number {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, residentPeak(child.pid));
  };
  const timer = setInterval(look, 50);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

/**
 * Highest resident memory of a process that runs, MiB; 0 where the system does not say. Not `maxRSS` of its resource
 * usage: Linux begins that with the peak of the process which started it.
 */
export function residentPeak(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/VmHWM:\s*(\d+) kB/u.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

/** Processor time that a process has taken so far, all its threads; ms, 0 where the system does not say. */
export function processorTime(pid: number | undefined): number {
  try {
    // Fields are counted after the name, which may hold spaces: user and system time, in hundredths of a second.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /su, '')
      .split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return 0;
  }
}

/** Resolves when the service says that it is ready. */
export async function untilReady(service: ChildProcess): Promise<void> {
  let said = '';
  while (!said.includes('ready')) {
    const [chunk] = await once(service.stderr ?? service, 'data');
    said += String(chunk);
  }
}
