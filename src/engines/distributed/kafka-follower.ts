import { HoldfastError } from '../../core/errors.ts';
import { sha256Hex } from '../../core/hash.ts';
import { BATCH_LIMITS, type StreamConsumer } from '../../core/ports/stream.ts';
import type { LogName } from '../../core/record.ts';
import { gap, hole, mismatch } from './kafka-incidents.ts';

/** A message as it was fetched. */
export interface Fetched {
  readonly offset: number;
  readonly body: Buffer;
}

/** Messages of one fetch, ascending, and the partition's high watermark at that moment. */
export interface FetchedBatch {
  readonly messages: readonly Fetched[];
  readonly high: number;
}

export interface FollowerSettings {
  readonly log: LogName;
  readonly consumer: StreamConsumer;
  /** The partition's watermarks, asked anew. */
  readonly bounds: () => Promise<{ low: number; high: number }>;
}

/** Fetches that may miss the expected offset, though it should be there, before that is an incident. */
const MOST_MISSES = 3;

/**
 * One log's position in its partition. kafkajs's own positions are never trusted: it jumps to the earliest entry, and
 * says nothing, when it finds its offset out of range. Every fetched batch must begin at the offset that was asked for;
 * otherwise the watermarks, and the last sealed message, decide between an incident and another fetch. Calls must not
 * overlap.
 */
export class Follower {
  readonly #settings: FollowerSettings;
  #next: number;
  /** Digest of the message at `#next - 1`; null where it is not known. */
  #last: string | null;
  #compare = false;
  #misses = 0;

  private constructor(settings: FollowerSettings, next: number, last: string | null) {
    this.#settings = settings;
    this.#next = next;
    this.#last = last;
  }

  /** Asks the consumer where its commits end. */
  static async start(settings: FollowerSettings): Promise<Follower> {
    const { next, last } = await settings.consumer.assigned(settings.log);
    return new Follower(settings, next, last);
  }

  get log(): LogName {
    return this.#settings.log;
  }

  /**
   * Holds the position against the watermarks. Returns the offset to fetch from: the last sealed message, where it is
   * still held, so that it is compared. Throws the incident, but only at a position that is the newest: another archiver
   * (of another group, or one that has just lost the log to us) may have sealed more, and trimmed what it sealed.
   */
  async check(): Promise<number> {
    const { consumer, log } = this.#settings;
    let { low, high } = await this.#settings.bounds();
    while (low > this.#next || high < this.#next) {
      const fault =
        low > this.#next ? gap(log, this.#next, low) : mismatch(log, this.#next - 1, `it ends at ${high}`);
      if (!(await this.#moved())) throw fault;
      ({ low, high } = await this.#settings.bounds());
    }
    this.#compare = this.#last !== null && low < this.#next;
    if (high === this.#next && !this.#compare) await consumer.idle?.(log);
    return this.#compare ? this.#next - 1 : this.#next;
  }

  /** True when the watermarks contradict the position: then {@link check} says how. */
  async isContradicted(): Promise<boolean> {
    const { low, high } = await this.#settings.bounds();
    return low > this.#next || high < this.#next;
  }

  /**
   * The offset to fetch from after a time in which no fetch was waiting at the brokers: the topic may have been replaced
   * and filled past the position in it, so the last message is compared again. Undefined where nothing is to compare.
   */
  compareAgain(): number | undefined {
    if (this.#last === null) return undefined;
    this.#compare = true;
    return this.#next - 1;
  }

  /**
   * Hands on what `batch` holds from the expected offset on, in parts that keep the limits, until `leave` is true.
   * Returns the offset to fetch from. Throws the incident, or what the consumer threw.
   */
  async take(batch: FetchedBatch, leave: () => boolean): Promise<number> {
    const { consumer, log } = this.#settings;
    const from = this.#compare ? this.#next - 1 : this.#next;
    let at = 0;
    if (batch.messages[at]?.offset !== from || batch.high < this.#next) return this.#missed();
    if (this.#compare) {
      const body = batch.messages[at]?.body ?? Buffer.alloc(0);
      if (sha256Hex(body) !== this.#last) throw mismatch(log, from, 'it holds another one');
      this.#compare = false;
      at += 1;
    }
    this.#misses = 0;
    while (at < batch.messages.length && !leave()) {
      const part = this.#part(batch.messages, at);
      const last = part.at(-1);
      if (last === undefined) return this.#missed();
      const end = this.#next + part.length;
      const next = await consumer.batch(log, {
        from: this.#next,
        messages: part.map(({ body }) => body.toString('utf8')),
      });
      if (!Number.isSafeInteger(next) || next < 0)
        throw new HoldfastError('internal', `The archiver of ${log} named no offset to go on from.`);
      this.#next = next;
      // Behind another archiver's commit the last message is not known here; the next assignment compares it again.
      this.#last = next === end ? sha256Hex(last.body) : null;
      if (next !== end) return next;
      at += part.length;
    }
    if (this.#next >= batch.high) await consumer.idle?.(log);
    return this.#next;
  }

  /** Messages from `at` on that follow each other and keep the limits; one that is larger travels alone. */
  #part(messages: readonly Fetched[], at: number): Fetched[] {
    const part: Fetched[] = [];
    let bytes = 0;
    for (let i = at; i < messages.length && part.length < BATCH_LIMITS.entries; i++) {
      const message = messages[i];
      if (message === undefined || message.offset !== this.#next + part.length) break;
      if (part.length > 0 && bytes + message.body.length > BATCH_LIMITS.bytes) break;
      bytes += message.body.length;
      part.push(message);
    }
    return part;
  }

  /** Asks the consumer anew where its commits end; true when that is not where they ended. */
  async #moved(): Promise<boolean> {
    const { consumer, log } = this.#settings;
    await consumer.released(log);
    const { next, last } = await consumer.assigned(log);
    if (next === this.#next) return false;
    this.#next = next;
    this.#last = last;
    this.#misses = 0;
    return true;
  }

  async #missed(): Promise<number> {
    this.#misses += 1;
    const from = await this.check();
    if (this.#misses > MOST_MISSES) throw hole(this.#settings.log, this.#next);
    return from;
  }
}
