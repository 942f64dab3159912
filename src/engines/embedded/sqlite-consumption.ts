import { HoldfastError } from '../../core/errors.ts';
import { sha256Hex } from '../../core/hash.ts';
import {
  BATCH_LIMITS,
  type StreamBatch,
  type StreamConsumer,
  type StreamStart,
} from '../../core/ports/stream.ts';
import type { LogName } from '../../core/record.ts';

/** What a batch still has room for. `evenIfLarger`: take one message though it passes `bytes`. */
export interface Room {
  readonly entries: number;
  readonly bytes: number;
  readonly evenIfLarger: boolean;
}

/** Messages read, their bytes, and whether the next one was left because there was no room for it. */
export interface Chunk {
  readonly messages: readonly string[];
  readonly bytes: number;
  readonly full: boolean;
}

/** One log of an embedded stream, as the consuming loop sees it. */
export interface LogSource {
  readonly log: LogName;
  readonly lingerMs: number;
  bounds(): Promise<{ low: number; high: number }>;
  read(from: number, room: Room): Chunk;
  /** Calls `wake` after each append of this process; returns how to end that. */
  onAppend(wake: () => void): () => void;
}

/** Appends of other processes are seen by looking again; ms. */
const LOOK_AGAIN_MS = 250;

/**
 * Follows one log until `signal` aborts: assigned, batches, released. A failure becomes the consumer's incident and ends
 * this log only.
 */
export async function consumeLog(
  source: LogSource,
  consumer: StreamConsumer,
  signal: AbortSignal,
): Promise<void> {
  const { log } = source;
  try {
    const start = await consumer.assigned(log);
    try {
      await checkStart(source, start);
      await follow(source, consumer, start.next, signal);
    } finally {
      await consumer.released(log);
    }
  } catch (error) {
    consumer.incident(log, error instanceof Error ? error : new Error(String(error)));
  }
}

async function follow(
  source: LogSource,
  consumer: StreamConsumer,
  start: number,
  signal: AbortSignal,
): Promise<void> {
  let next = start;
  let busy = true;
  while (!signal.aborted) {
    const { low, high } = await source.bounds();
    if (low > next) throw gap(source.log, next, low);
    if (high < next) throw mismatch(source.log, next - 1, 'it ends before that');
    if (high === next) {
      if (busy) await consumer.idle?.(source.log);
      busy = false;
      await appended(source, LOOK_AGAIN_MS, signal);
      continue;
    }
    busy = true;
    const batch = await collect(source, next, signal);
    if (signal.aborted) return;
    // The table says that there is an entry: a file that was damaged or put together from two.
    if (batch.messages.length === 0)
      throw mismatch(source.log, next, 'it holds nothing that can be read there');
    next = await consumer.batch(source.log, batch);
  }
}

/** Reads from `next` on until the batch is full, or `lingerMs` have passed since its first message was seen. */
async function collect(source: LogSource, next: number, signal: AbortSignal): Promise<StreamBatch> {
  const deadline = performance.now() + source.lingerMs;
  const messages: string[] = [];
  let size = 0;
  while (!signal.aborted) {
    const from = next + messages.length;
    const more = source.read(from, {
      entries: BATCH_LIMITS.entries - messages.length,
      bytes: BATCH_LIMITS.bytes - size,
      evenIfLarger: messages.length === 0,
    });
    for (const message of more.messages) messages.push(message);
    size += more.bytes;
    const left = deadline - performance.now();
    if (messages.length >= BATCH_LIMITS.entries || more.full || left <= 0) break;
    await appended(source, left, signal);
  }
  return { from: next, messages };
}

async function checkStart(source: LogSource, { next, last }: StreamStart): Promise<void> {
  const { low, high } = await source.bounds();
  if (low > next) throw gap(source.log, next, low);
  if (high < next) throw mismatch(source.log, next - 1, 'it ends before that');
  if (last === null || low >= next) return;
  const [message] = source.read(next - 1, { entries: 1, bytes: 0, evenIfLarger: true }).messages;
  if (message === undefined || sha256Hex(message) !== last) {
    throw mismatch(source.log, next - 1, 'it holds another one');
  }
}

function gap(log: LogName, next: number, low: number): HoldfastError {
  return new HoldfastError(
    'incident-gap',
    `The stream of ${log} begins at ${low}, but only what lies below ${next} is sealed.`,
    {
      hint: 'Entries were deleted before they were sealed. Find out why, then move stream.db away: the logs go on in their next generation, and what is missing is carried again from the vault.',
    },
  );
}

function mismatch(log: LogName, offset: number, how: string): HoldfastError {
  return new HoldfastError(
    'incident-mismatch',
    `The stream of ${log} does not hold the message sealed at ${offset}: ${how}.`,
    {
      hint: 'The stream was replaced, set back or damaged. Find out why, then move stream.db away: the logs go on in their next generation, and what is missing is carried again from the vault.',
    },
  );
}

/** Resolves on an append, after `ms`, or when `signal` aborts. */
function appended(source: LogSource, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      forget();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const forget = source.onAppend(done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
