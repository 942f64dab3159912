import { setTimeout as sleep } from 'node:timers/promises';
import type { WaitOptions } from '../archive/sealing.ts';
import { HoldfastError } from '../core/errors.ts';
import { baseLogs, baseOf } from '../core/logs.ts';
import type { LogName } from '../core/record.ts';
import type { Archive } from './archive.ts';
import { type Context, check } from './context.ts';
import type { Progress } from './progress.ts';

const LOOK_EVERY = 25;
const SILENCE = 10_000;

/** What a waiting caller is told. */
export interface Watcher {
  /** Called at each look, with the logs that are behind and how far they are. */
  readonly look?: (behind: readonly LogName[], line: string) => void;
  /** Called when nothing has moved for ten seconds, and again after each such time. */
  readonly late?: (behind: readonly LogName[]) => void;
}

/** Resolves when the index has everything that was sealed at the call. */
export async function awaitIndexed(archive: Archive, watcher: Watcher = {}): Promise<void> {
  const wanted = await sealedSizes(archive);
  await until(archive, watcher, async () => {
    const positions = await archive.index.positions();
    const behind = [...wanted].filter(([log, size]) => (positions.get(log)?.size ?? 0) < size);
    return behind.map(([log, size]) => ({ log, line: `${log} ${positions.get(log)?.size ?? 0} of ${size}` }));
  });
}

/** Resolves when all that the stream held at the call is sealed. */
export async function awaitStreamSealed(archive: Archive, watcher: Watcher = {}): Promise<void> {
  const held = await heldByStream(archive);
  await until(archive, watcher, () => notSealed(archive, held));
}

/** A log that is behind, and how far it is: a line that changes whenever it moves. */
export interface Behind {
  readonly log: LogName;
  readonly line: string;
}

/** The offset of each log, by base name, below which the stream was filled at the call. */
export async function heldByStream(archive: Archive): Promise<ReadonlyMap<LogName, number>> {
  const held = new Map<LogName, number>();
  for (const base of baseLogs(archive.identity.partitions))
    held.set(base, (await archive.stream.bounds(base)).high);
  return held;
}

/** Logs that have not sealed everything below these offsets. */
export async function notSealed(archive: Archive, held: ReadonlyMap<LogName, number>): Promise<Behind[]> {
  const behind: Behind[] = [];
  for (const [base, high] of held) {
    const log = (await archive.reader.openLogs()).find((name) => baseOf(name) === base);
    const to = log === undefined ? 0 : await sealedTo(archive, log);
    if (to < high) behind.push({ log: base, line: `${base} ${to} of ${high}` });
  }
  return behind;
}

async function until(
  archive: Archive,
  watcher: Watcher,
  look: () => Promise<readonly Behind[]>,
): Promise<void> {
  let last = '';
  let since = archive.clock.now();
  for (;;) {
    const behind = await look();
    if (behind.length === 0) return;
    stopOnIncident(archive);
    const logs = behind.map(({ log }) => log);
    const line = behind.map((entry) => entry.line).join(', ');
    watcher.look?.(logs, line);
    const now = archive.clock.now();
    if (line !== last) since = now;
    else if (now - since >= SILENCE) {
      since = now;
      watcher.late?.(logs);
    }
    last = line;
    await sleep(LOOK_EVERY);
  }
}

/** How a command waits for the index: with progress, saying which indexer is missing. */
export function indexWatcher(context: Context, progress: Progress): Watcher {
  return {
    look(_logs, line) {
      progress.show(`indexing: ${line}`);
      check(context.signal);
    },
    late: (logs) =>
      context.io.err(`waiting: no indexer is working on ${logs.join(', ')}; start one with 'holdfast start'`),
  };
}

/** How a command waits for commits: it says which archiver is missing, and stops when a log has stopped. */
export function lateness(context: Context, archive: Archive): WaitOptions {
  return {
    signal: context.signal,
    late(logs) {
      stopOnIncident(archive);
      context.io.err(
        `waiting: no archiver has sealed ${logs.join(', ')} for 10 s; start one with 'holdfast start'`,
      );
    },
  };
}

/** Fails with the incident where a log has stopped for cause: waiting for it would never end. */
export function stopOnIncident(archive: Archive): void {
  const incident = archive.incidents()[0];
  if (incident === undefined) return;
  throw new HoldfastError(incident.code, `Log ${incident.log} has stopped: ${incident.message}`, {
    hint: "Nothing is lost: captures and receipts are in the vault. 'docs/errors.md' says what this code asks of you.",
  });
}

/** Newest sizes of every log. Closed generations count: an index that was lost must read them again. */
async function sealedSizes(archive: Archive): Promise<Map<LogName, number>> {
  const sizes = new Map<LogName, number>();
  for (const log of await archive.reader.logs()) sizes.set(log, (await archive.reader.head(log)).size);
  return sizes;
}

/** Stream offset below which the log has sealed everything. */
export async function sealedTo(archive: Archive, log: LogName): Promise<number> {
  const { commit } = await archive.reader.head(log);
  for await (const { to } of archive.reader.commits(log, commit)) return to;
  return 0;
}
