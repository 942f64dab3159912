/**
 * The indexer's work: what logs have sealed becomes documents, in order, and the position is recorded once all of them
 * are found. It reads the vault only, so that an index is what the commits say and nothing else; a crash anywhere leaves
 * a position that is true, and documents past it that are added again under the same names.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchiveReader } from '../archive/reader.ts';
import { HoldfastError } from '../core/errors.ts';
import { ACT_LOGS, baseOf } from '../core/logs.ts';
import type { Index } from '../core/ports/index.ts';
import type { LogName } from '../core/record.ts';
import { type IndexDocument, indexDocument } from '../core/search/document.ts';
import { Slots } from './slots.ts';

/** Documents in one batch where the settings do not say, and characters of text in any. */
const BATCH = 2_000;
const BATCH_TEXT = 4 * 1024 * 1024;
/** Leaves after which the position is recorded though the log goes on. */
const ADVANCE_EVERY = 20_000;
/** Between two looks for new commits, and after something failed; ms. */
const PAUSE = 50;
/** Looks after which the index is asked how far it is, though nothing new was sealed: another node may have made it anew. */
const ASK_EVERY = 20;
const PAUSE_AFTER_FAILURE = 2_000;

/** What the indexer says of itself. */
export type FeedEvent =
  | { readonly kind: 'indexed'; readonly log: LogName; readonly size: number }
  /** The log stays where it is and is tried again; the others go on. */
  | { readonly kind: 'failed'; readonly log: LogName; readonly error: Error };

export interface FeedSettings {
  readonly reader: Pick<ArchiveReader, 'logs' | 'head' | 'scan'>;
  readonly index: Pick<Index, 'add' | 'advance' | 'positions'>;
  /** Batches that are under way at a time, of all logs (default 1): more where the index is another machine. */
  readonly inFlight?: number;
  /** Documents in one batch (default 2,000): more where a batch is a transaction. */
  readonly batch?: number;
  readonly report?: (event: FeedEvent) => void;
}

/** Follows all logs until the signal; resolves then. Failures are reported and tried again. Logs do not wait for each other. */
export async function feed(settings: FeedSettings, signal: AbortSignal): Promise<void> {
  const slots = new Slots(settings.inFlight ?? 1);
  const following = new Map<LogName, Promise<void>>();
  const seen: Sizes = new Map();
  for (let look = 0; !signal.aborted; look++) {
    try {
      if (look % ASK_EVERY === 0) seen.clear();
      const sizes = await sealedSizes(settings, following);
      const isNew = [...sizes].some(([log, size]) => seen.get(log) !== size);
      for (const stretch of isNew ? await behind(settings, sizes) : []) {
        if (signal.aborted) break;
        const { log } = stretch;
        const work = follow(settings, stretch, slots, signal).finally(() => following.delete(log));
        following.set(log, work);
      }
      // What is being followed is looked at again when its stretch has ended.
      for (const [log, size] of sizes) {
        if (following.has(log)) seen.delete(log);
        else seen.set(log, size);
      }
      await rest(signal, following.values());
    } catch (error) {
      settings.report?.({ kind: 'failed', log: '', error: asError(error) });
      await pause(PAUSE_AFTER_FAILURE, signal);
    }
  }
  await Promise.all(following.values());
}

/** One stretch of one log; where it fails, the log rests a while. */
async function follow(
  settings: FeedSettings,
  stretch: Stretch,
  slots: Slots,
  signal: AbortSignal,
): Promise<void> {
  try {
    await feedLog(settings, stretch, slots, signal);
  } catch (error) {
    if (signal.aborted) return;
    settings.report?.({ kind: 'failed', log: stretch.log, error: asError(error) });
    await pause(PAUSE_AFTER_FAILURE, signal);
  }
}

/** Indexes everything that was sealed at the call, or throws when nothing of it is under way any more. */
export async function catchUp(settings: FeedSettings, signal?: AbortSignal): Promise<void> {
  const slots = new Slots(settings.inFlight ?? 1);
  const stretches = await behind(settings, await sealedSizes(settings, new Map()));
  const outcomes = await Promise.allSettled(
    stretches.map((stretch) => feedLog(settings, stretch, slots, signal)),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

interface Stretch {
  readonly log: LogName;
  /** Leaves [from, size) are to be indexed. */
  readonly from: number;
  readonly size: number;
  /** Rejects below `from`. */
  readonly rejects: number;
}

type Sizes = Map<LogName, number>;

/** What every log has sealed, but for those that are being followed. */
async function sealedSizes(
  { reader }: FeedSettings,
  following: ReadonlyMap<LogName, unknown>,
): Promise<Sizes> {
  const sizes: Sizes = new Map();
  for (const log of await reader.logs())
    if (!following.has(log)) sizes.set(log, (await reader.head(log)).size);
  return sizes;
}

/** What the index lacks of it. */
async function behind({ index }: FeedSettings, sizes: Sizes): Promise<Stretch[]> {
  const positions = await index.positions();
  const stretches: Stretch[] = [];
  for (const [log, size] of sizes) {
    const position = positions.get(log) ?? { size: 0, rejects: 0 };
    if (position.size < size) stretches.push({ log, from: position.size, size, rejects: position.rejects });
  }
  return stretches;
}

async function feedLog(
  { reader, index, batch: most = BATCH, report }: FeedSettings,
  stretch: Stretch,
  slots: Slots,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { log } = stretch;
  let { rejects } = stretch;
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const advance = async (size: number): Promise<void> => {
    await Promise.all(underWay);
    if (failure !== undefined) throw failure.error;
    await index.advance(log, { size, rejects });
    report?.({ kind: 'indexed', log, size });
  };
  // Acts are not searched: there is nothing to read.
  if (ACT_LOGS.includes(baseOf(log))) return await advance(stretch.size);

  let batch: IndexDocument[] = [];
  let text = 0;
  let recorded = stretch.from;
  const send = async (): Promise<void> => {
    if (batch.length === 0) return;
    await slots.take();
    // A failure is kept until somebody waits: no position may pass a batch that was not added.
    const adding: Promise<void> = index
      .add(batch)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        underWay.delete(adding);
        slots.give();
      });
    underWay.add(adding);
    batch = [];
    text = 0;
  };
  for await (const sealed of reader.scan(log, stretch.from, stretch.size)) {
    if (signal?.aborted === true) failure ??= { error: interrupted() };
    if (failure !== undefined) break;
    if (sealed.type === 'reject') rejects += 1;
    const document = indexDocument(log, sealed);
    if (document !== undefined) {
      batch.push(document);
      text += document.text?.length ?? 0;
    }
    if (batch.length >= most || text >= BATCH_TEXT) await send();
    const size = sealed.leaf + 1;
    if (size - recorded >= ADVANCE_EVERY && size < stretch.size) {
      await send();
      await advance(size);
      recorded = size;
    }
  }
  if (failure === undefined) await send();
  await advance(stretch.size);
}

const interrupted = (): HoldfastError =>
  new HoldfastError('interrupted', 'Indexing was stopped.', {
    hint: 'It goes on from the recorded position when it is started again.',
  });

/** Until one of these logs has ended its stretch and may have another, and not for long. */
async function rest(signal: AbortSignal, following: Iterable<Promise<void>>): Promise<void> {
  const rested = new AbortController();
  await Promise.race([pause(PAUSE, AbortSignal.any([signal, rested.signal])), ...following]);
  rested.abort();
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {});

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
