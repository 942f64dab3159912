import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { isHoldfastError } from '../../core/errors.ts';
import { BATCH_LIMITS, type StreamConsumer } from '../../core/ports/stream.ts';
import type { LogName } from '../../core/record.ts';
import { Follower } from './kafka-follower.ts';
import type { KafkaStreamSettings } from './kafka-settings.ts';
import { logAt, placeOf, topicNames } from './kafka-topics.ts';

const MEBIBYTE = 1024 * 1024;
/** How often the watermarks of logs that bring nothing are held against their positions. */
const WATCH_MS = 5_000;
/** A fetch that waits at a broker is answered with an error when its topic goes. For longer than this we do without. */
const BLIND_MS = 100;

export interface MembershipParts {
  readonly kafka: Kafka;
  readonly settings: KafkaStreamSettings;
  readonly consumer: StreamConsumer;
  readonly bounds: (log: LogName, signal: AbortSignal) => Promise<{ low: number; high: number }>;
  /** Node ids of the brokers that lead the logs' partitions at this moment. */
  readonly leaders: (signal: AbortSignal) => Promise<ReadonlyMap<LogName, number>>;
  /** Logs that stopped for cause: they stay stopped, in every later membership too. */
  readonly stopped: Set<LogName>;
}

/** A log that is ours at the moment. Its work never overlaps: each piece waits for the one before. */
interface Held {
  readonly follower: Follower;
  /** Position checked, partition being fetched. */
  ready: boolean;
  work: Promise<void>;
}

/**
 * One membership in the archivers' group, from joining to leaving or crashing. The group only says which partitions
 * are ours; positions come from the consumer's commits, and no offset is ever committed to the group.
 */
export class KafkaMembership {
  readonly #parts: MembershipParts;
  readonly #client: Consumer;
  readonly #held = new Map<LogName, Held>();
  readonly #ended = new AbortController();
  readonly #crashed = Promise.withResolvers<never>();
  #assignments: Promise<void> = Promise.resolve();
  /** When the last fetch from a broker was answered, by node id. */
  readonly #answered = new Map<number, number>();
  #leaders: ReadonlyMap<LogName, number> = new Map();
  #turn = 0;
  #leaving = false;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
    this.#client = parts.kafka.consumer({
      groupId: parts.settings.group ?? `${parts.settings.prefix}.archivers`,
      sessionTimeout: parts.settings.sessionTimeoutMs ?? 30_000,
      heartbeatInterval: heartbeatInterval(parts.settings),
      rebalanceTimeout: Math.max(60_000, parts.settings.sessionTimeoutMs ?? 0),
      // The brokers hold an answer back until there is enough for a commit, or the linger is over.
      minBytes: MEBIBYTE,
      maxWaitTimeInMs: parts.settings.lingerMs ?? BATCH_LIMITS.lingerMs,
      maxBytesPerPartition: 2 * MEBIBYTE,
      maxBytes: 16 * MEBIBYTE,
      allowAutoTopicCreation: false,
      // Restarting is ours, so that waiting is told and positions are asked for anew.
      retry: { retries: 4, restartOnFailure: async () => false },
    });
    this.#crashed.promise.catch(() => {});
  }

  /** Takes part until `leave` (then resolves) or a crash (then rejects); all logs are released before it settles. */
  async run(leave: AbortSignal): Promise<void> {
    const left = new Promise<void>((resolve) => {
      if (leave.aborted) resolve();
      leave.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#client.on('consumer.group_join', ({ payload }) => this.#joined(payload.memberAssignment));
    // Node ids come as text, whatever their type says.
    this.#client.on('consumer.fetch_start', ({ payload }) => this.#fetchStarts(Number(payload.nodeId)));
    this.#client.on('consumer.fetch', ({ payload }) =>
      this.#answered.set(Number(payload.nodeId), this.#parts.settings.clock.now()),
    );
    this.#client.on('consumer.crash', ({ payload }) => this.#crashed.reject(payload.error));
    const watch = setInterval(() => this.#watch(), WATCH_MS);
    try {
      await this.#client.connect();
      await this.#client.subscribe({ topics: topicNames(this.#parts.settings), fromBeginning: true });
      await this.#client.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: this.#parts.settings.partitions + 2,
        eachBatch: (payload) => this.#fetched(payload),
      });
      await Promise.race([left, this.#crashed.promise]);
    } finally {
      clearInterval(watch);
      this.#leaving = true;
      this.#ended.abort();
      await this.#client.disconnect().catch(() => {});
      await this.#assignments;
      for (const [log, held] of [...this.#held]) await this.#release(log, held);
    }
  }

  /** Called by kafkajs in the middle of its join, before it fetches again: nothing may be fetched before it is checked. */
  #joined(assignment: { [topic: string]: number[] }): void {
    const mine: LogName[] = [];
    for (const [topic, partitions] of Object.entries(assignment)) {
      this.#client.pause([{ topic, partitions }]);
      for (const partition of partitions) {
        const log = logAt(this.#parts.settings, { topic, partition });
        if (log !== undefined) mine.push(log);
      }
    }
    for (const held of this.#held.values()) held.ready = false;
    this.#turn += 1;
    const turn = this.#turn;
    this.#assignments = this.#assignments.then(() => this.#assign(mine, turn));
  }

  async #assign(mine: readonly LogName[], turn: number): Promise<void> {
    const lost = [...this.#held].filter(([log]) => !mine.includes(log));
    await Promise.all(lost.map(([log, held]) => this.#release(log, held)));
    if (this.#isOver(turn)) return;
    try {
      this.#leaders = await this.#parts.leaders(this.#ended.signal);
    } catch (error) {
      // Only waiting forbidden by the settings, or the end, comes here: the membership ends too.
      this.#crashed.reject(error);
      return;
    }
    // A later join that takes one of them away again releases it in its own turn.
    await Promise.all(
      mine.filter((log) => !this.#parts.stopped.has(log)).map((log) => this.#begin(log, turn)),
    );
  }

  async #begin(log: LogName, turn: number): Promise<void> {
    if (this.#isOver(turn)) return;
    const { consumer, bounds } = this.#parts;
    let held = this.#held.get(log);
    if (!held) {
      try {
        const follower = await Follower.start({
          log,
          consumer,
          bounds: () => bounds(log, this.#ended.signal),
        });
        held = { follower, ready: false, work: Promise.resolve() };
      } catch (error) {
        this.#parts.stopped.add(log);
        consumer.incident(log, asError(error));
        return;
      }
      this.#held.set(log, held);
    }
    const begun = held;
    await this.#exclusive(begun, async () => {
      const from = await begun.follower.check();
      if (this.#isOver(turn)) return;
      begun.ready = true;
      this.#seek(log, from);
      const { topic, partition } = placeOf(this.#parts.settings, log);
      this.#client.resume([{ topic, partitions: [partition] }]);
    });
  }

  /** Called by kafkajs before it asks a broker, and before it looks where we have told it to seek. */
  #fetchStarts(node: number): void {
    const now = this.#parts.settings.clock.now();
    if (Math.abs(now - (this.#answered.get(node) ?? now)) <= BLIND_MS) return;
    for (const [log, held] of this.#held) {
      if (!held.ready || this.#leaders.get(log) !== node) continue;
      const from = held.follower.compareAgain();
      if (from !== undefined) this.#seek(log, from);
    }
  }

  async #fetched({ batch, heartbeat, isRunning }: EachBatchPayload): Promise<void> {
    const { topic, partition } = batch;
    const log = logAt(this.#parts.settings, { topic, partition });
    const held = log === undefined ? undefined : this.#held.get(log);
    if (log === undefined || !held?.ready) return;
    // A long seal must not look like a dead member. A heartbeat that is refused says that the group is changing: the
    // part in hand is sealed, the rest is left to whoever holds the log then.
    let isChanging = false;
    const beat = setInterval(() => {
      heartbeat().catch(() => {
        isChanging = true;
      });
    }, heartbeatInterval(this.#parts.settings));
    try {
      await this.#exclusive(held, async () => {
        const next = await held.follower.take(
          {
            high: Number(batch.highWatermark),
            messages: batch.messages.map(({ offset, value }) => ({
              offset: Number(offset),
              body: value ?? Buffer.alloc(0),
            })),
          },
          () => isChanging || this.#leaving || !held.ready || !isRunning(),
        );
        this.#seek(log, next);
      });
    } finally {
      clearInterval(beat);
    }
  }

  /** Finds a topic that was emptied or replaced while nothing arrives: then no batch shows it. */
  #watch(): void {
    for (const [log, held] of this.#held) {
      if (!held.ready) continue;
      this.#exclusive(held, async () => {
        if (held.ready && (await held.follower.isContradicted()))
          this.#seek(log, await held.follower.check());
      }).catch(() => {});
    }
  }

  /** Runs `work` after the log's earlier work; a failure stops the log. */
  #exclusive(held: Held, work: () => Promise<void>): Promise<void> {
    held.work = held.work.then(async () => {
      const { log } = held.follower;
      if (this.#held.get(log) !== held) return;
      try {
        await work();
      } catch (error) {
        // The membership ended while the brokers were asked: not the log's fault.
        if (isHoldfastError(error, 'interrupted')) return;
        await this.#stop(log, held, asError(error));
      }
    });
    return held.work;
  }

  async #stop(log: LogName, held: Held, error: Error): Promise<void> {
    const { consumer, stopped, settings } = this.#parts;
    stopped.add(log);
    held.ready = false;
    this.#held.delete(log);
    const { topic, partition } = placeOf(settings, log);
    ignoreAfterCrash(() => this.#client.pause([{ topic, partitions: [partition] }]));
    try {
      await consumer.released(log);
    } finally {
      consumer.incident(log, error);
    }
  }

  async #release(log: LogName, held: Held): Promise<void> {
    held.ready = false;
    await held.work;
    if (this.#held.get(log) !== held) return;
    this.#held.delete(log);
    try {
      await this.#parts.consumer.released(log);
    } catch (error) {
      this.#parts.stopped.add(log);
      this.#parts.consumer.incident(log, asError(error));
    }
  }

  #seek(log: LogName, offset: number): void {
    const { topic, partition } = placeOf(this.#parts.settings, log);
    ignoreAfterCrash(() => this.#client.seek({ topic, partition, offset: String(offset) }));
  }

  #isOver(turn: number): boolean {
    return this.#leaving || this.#ended.signal.aborted || turn !== this.#turn;
  }
}

/** kafkajs refuses these calls once its runner is gone; the next membership checks and seeks anew. */
function ignoreAfterCrash(call: () => void): void {
  try {
    call();
  } catch {
    // Nothing is fetched any more.
  }
}

function heartbeatInterval({ sessionTimeoutMs = 30_000 }: KafkaStreamSettings): number {
  return Math.min(3_000, Math.floor(sessionTimeoutMs / 5));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
