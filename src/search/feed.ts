/**
 * The indexer's work: what logs have sealed becomes documents, in order, and the position is recorded once all of them
 * are found. It reads the vault only, so that an index is what the commits say and nothing else; a crash anywhere leaves
 * a position that is true, and documents past it that are added again under the same names.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchiveReader } from '../archive/reader.ts';
import { HoldfastError } from '../core/errors.ts';
import { AUDIT, baseOf, CONTROL } from '../core/logs.ts';
import type { Index } from '../core/ports/index.ts';
import type { LogName } from '../core/record.ts';
import { type IndexDocument, indexDocument } from '../core/search/document.ts';

/** Documents, and characters of text, in one batch. */
const BATCH = 2_000;
const BATCH_TEXT = 4 * 1024 * 1024;
/** Leaves after which the position is recorded though the log goes on. */
const ADVANCE_EVERY = 20_000;
/** Between two looks for new commits, and after something failed; ms. */
const PAUSE = 50;
const PAUSE_AFTER_FAILURE = 2_000;

/** What the indexer says of itself. */
export type FeedEvent =
  | { readonly kind: 'indexed'; readonly log: LogName; readonly size: number }
  /** The log stays where it is and is tried again; the others go on. */
  | { readonly kind: 'failed'; readonly log: LogName; readonly error: Error };

export interface FeedSettings {
  readonly reader: Pick<ArchiveReader, 'logs' | 'head' | 'scan'>;
  readonly index: Pick<Index, 'add' | 'advance' | 'positions'>;
  /** Batches that are under way at a time (default 1): more where the index is another machine. */
  readonly inFlight?: number;
  readonly report?: (event: FeedEvent) => void;
}

/** Follows all logs until the signal; resolves then. Failures are reported and tried again. */
export async function feed(settings: FeedSettings, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let moved = false;
    let failed = false;
    try {
      const { behind } = await backlog(settings);
      for (const { log, from, size, rejects } of behind) {
        if (signal.aborted) return;
        try {
          await feedLog(settings, log, { from, size, rejects }, signal);
          moved = true;
        } catch (error) {
          if (signal.aborted) return;
          failed = true;
          settings.report?.({ kind: 'failed', log, error: asError(error) });
        }
      }
    } catch (error) {
      failed = true;
      settings.report?.({ kind: 'failed', log: '', error: asError(error) });
    }
    if (!moved || failed) await pause(failed ? PAUSE_AFTER_FAILURE : PAUSE, signal);
  }
}

/** Indexes everything that was sealed at the call, or throws. */
export async function catchUp(settings: FeedSettings, signal?: AbortSignal): Promise<void> {
  for (const { log, from, size, rejects } of (await backlog(settings)).behind)
    await feedLog(settings, log, { from, size, rejects }, signal);
}

interface Stretch {
  /** Leaves [from, size) are to be indexed. */
  readonly from: number;
  readonly size: number;
  /** Rejects below `from`. */
  readonly rejects: number;
}

async function backlog({
  reader,
  index,
}: FeedSettings): Promise<{ behind: readonly (Stretch & { readonly log: LogName })[] }> {
  const positions = await index.positions();
  const behind: (Stretch & { log: LogName })[] = [];
  for (const log of await reader.logs()) {
    const { size } = await reader.head(log);
    const position = positions.get(log) ?? { size: 0, rejects: 0 };
    if (position.size < size) behind.push({ log, from: position.size, size, rejects: position.rejects });
  }
  return { behind };
}

async function feedLog(
  { reader, index, inFlight = 1, report }: FeedSettings,
  log: LogName,
  stretch: Stretch,
  signal: AbortSignal | undefined,
): Promise<void> {
  let { rejects } = stretch;
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const settled = async (most: number): Promise<void> => {
    while (underWay.size > most) await Promise.race(underWay);
    if (failure !== undefined) throw failure.error;
  };
  const advance = async (size: number): Promise<void> => {
    await settled(0);
    await index.advance(log, { size, rejects });
    report?.({ kind: 'indexed', log, size });
  };
  // Acts are not searched: there is nothing to read.
  if ([CONTROL, AUDIT].includes(baseOf(log))) return await advance(stretch.size);

  let batch: IndexDocument[] = [];
  let text = 0;
  let recorded = stretch.from;
  const send = async (): Promise<void> => {
    if (batch.length === 0) return;
    await settled(inFlight - 1);
    // A failure is kept until somebody waits: no position may pass a batch that was not added.
    const adding: Promise<void> = index.add(batch).then(
      () => void underWay.delete(adding),
      (error: unknown) => {
        underWay.delete(adding);
        failure ??= { error };
      },
    );
    underWay.add(adding);
    batch = [];
    text = 0;
  };
  for await (const sealed of reader.scan(log, stretch.from, stretch.size)) {
    if (signal?.aborted === true) throw interrupted();
    if (sealed.type === 'reject') rejects += 1;
    const document = indexDocument(log, sealed);
    if (document !== undefined) {
      batch.push(document);
      text += document.text?.length ?? 0;
    }
    if (batch.length >= BATCH || text >= BATCH_TEXT) await send();
    const size = sealed.leaf + 1;
    if (size - recorded >= ADVANCE_EVERY && size < stretch.size) {
      await send();
      await advance(size);
      recorded = size;
    }
  }
  await send();
  await advance(stretch.size);
}

const interrupted = (): HoldfastError =>
  new HoldfastError('interrupted', 'Indexing was stopped.', {
    hint: 'It goes on from the recorded position when it is started again.',
  });

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => {});

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
