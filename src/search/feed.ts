/**
 * The indexer's work: what logs have sealed becomes documents, in order, and the position is recorded once all of them
 * are found. It reads the vault only, so that an index is what the commits say and nothing else.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchiveReader } from '../archive/reader.ts';
import type { Index, IndexPosition } from '../core/ports/index.ts';
import type { LogName } from '../core/record.ts';
import { type Indexed, LogFeed, type LogFeedSettings } from './log-feed.ts';
import { Slots } from './slots.ts';

/** Between two looks for new commits, and after something failed; ms. */
const PAUSE = 50;
/** Looks after which the index is asked how far it is: another node may have made it anew. */
const ASK_EVERY = 20;
const PAUSE_AFTER_FAILURE = 2_000;
const BEGINNING: IndexPosition = { size: 0, rejects: 0 };

/** What the indexer says of itself. */
export type FeedEvent =
  | Indexed
  /** The log stays where it is and is tried again; the others go on. */
  | { readonly kind: 'failed'; readonly log: LogName; readonly error: Error };

export interface FeedSettings extends Omit<LogFeedSettings, 'report'> {
  readonly reader: Pick<ArchiveReader, 'logs' | 'head' | 'scan'>;
  readonly index: Pick<Index, 'add' | 'advance' | 'positions'>;
  /** Batches that are under way at a time, of all logs (default 1): more where the index is another machine. */
  readonly inFlight?: number;
  readonly report?: (event: FeedEvent) => void;
}

/** Follows all logs until the signal; resolves then. Failures are reported and tried again. Logs do not wait for each other. */
export async function feed(settings: FeedSettings, signal: AbortSignal): Promise<void> {
  const slots = new Slots(settings.inFlight ?? 1);
  const feeds = new Map<LogName, LogFeed>();
  const resting = new Map<LogName, Promise<void>>();
  for (let look = 0; !signal.aborted; look++) {
    try {
      for (const [log, one] of feeds) {
        if (one.failure !== undefined) {
          feeds.delete(log);
          resting.set(
            log,
            rested(settings, one, signal).finally(() => resting.delete(log)),
          );
        } else if (one.isIdle && look % ASK_EVERY === 0) feeds.delete(log);
      }
      const sizes = await sealedSizes(settings, (log) => resting.has(log));
      await open(settings, feeds, sizes.keys(), (log, at) => new LogFeed(settings, log, at, slots, signal));
      for (const [log, size] of sizes) {
        const one = feeds.get(log);
        if (one !== undefined && one.reading === undefined && one.added.size < size) one.read(size);
      }
    } catch (error) {
      settings.report?.({ kind: 'failed', log: '', error: asError(error) });
      await pause(PAUSE_AFTER_FAILURE, signal);
    }
    await rest(signal, feeds.values());
  }
  await Promise.all([...feeds.values()].map((one) => one.settled()));
  await Promise.all(resting.values());
}

/** Indexes everything that was sealed at the call, or throws when nothing of it is under way any more. */
export async function catchUp(settings: FeedSettings, signal?: AbortSignal): Promise<void> {
  const slots = new Slots(settings.inFlight ?? 1);
  const feeds = new Map<LogName, LogFeed>();
  const sizes = await sealedSizes(settings);
  await open(settings, feeds, sizes.keys(), (log, at) => new LogFeed(settings, log, at, slots, signal));
  const behind = [...feeds.values()].filter(({ log, added }) => added.size < (sizes.get(log) ?? 0));
  await Promise.all(
    behind.map(async (one) => {
      one.read(sizes.get(one.log) ?? 0);
      await one.settled();
    }),
  );
  for (const { failure } of behind) if (failure !== undefined) throw failure.error;
}

/** A feed for each log that has none, from where the index says it is. */
async function open(
  { index }: FeedSettings,
  feeds: Map<LogName, LogFeed>,
  logs: Iterable<LogName>,
  make: (log: LogName, from: IndexPosition) => LogFeed,
): Promise<void> {
  const missing = [...logs].filter((log) => !feeds.has(log));
  if (missing.length === 0) return;
  const positions = await index.positions();
  for (const log of missing) feeds.set(log, make(log, positions.get(log) ?? BEGINNING));
}

/** What every log has sealed, but for some. */
async function sealedSizes(
  { reader }: FeedSettings,
  without?: (log: LogName) => boolean,
): Promise<Map<LogName, number>> {
  const sizes = new Map<LogName, number>();
  for (const log of await reader.logs())
    if (without?.(log) !== true) sizes.set(log, (await reader.head(log)).size);
  return sizes;
}

/** A log that failed says so, and rests a while once nothing of it is under way. */
async function rested({ report }: FeedSettings, one: LogFeed, signal: AbortSignal): Promise<void> {
  await one.settled();
  if (signal.aborted) return;
  report?.({ kind: 'failed', log: one.log, error: asError(one.failure?.error) });
  await pause(PAUSE_AFTER_FAILURE, signal);
}

/** Until one of these logs has been read and may have more, and not for long. */
async function rest(signal: AbortSignal, feeds: Iterable<LogFeed>): Promise<void> {
  const reading = [...feeds].flatMap((one) => one.reading ?? []);
  const over = new AbortController();
  await Promise.race([pause(PAUSE, AbortSignal.any([signal, over.signal])), ...reading]);
  over.abort();
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {});

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
