import type { Kafka, Producer } from 'kafkajs';
import { HoldfastError } from '../../core/errors.ts';
import type { Place } from './kafka-topics.ts';
import type { Patience } from './patience.ts';

/** One request for one partition: what kafkajs sends as one record batch. */
const REQUEST_LIMITS = { messages: 2_000, bytes: 2 * 1024 * 1024 } as const;

/** Part of one `append` that fits into a request. */
interface Part {
  readonly values: readonly Buffer[];
  readonly bytes: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Appends of one partition, sent in order, one request at a time. */
interface Lane {
  readonly place: Place;
  readonly waiting: Part[];
  sending: Promise<void> | undefined;
}

/**
 * Appends with an idempotent producer and acks from all in-sync replicas. Two rules keep kafkajs's producer from losing
 * entries. A partition has one request in flight: kafkajs takes the sequence number of a failed request back, and
 * another request that got the same number and count would be taken by the broker for its repetition and dropped. For
 * the same reason a producer that failed for good is never used again. What a new producer sends again may stand twice
 * in the stream; the archiver seals it once.
 */
export class KafkaAppender {
  readonly #kafka: Kafka;
  readonly #patience: Patience;
  readonly #lanes = new Map<string, Lane>();
  #producer: Promise<Producer> | undefined;
  #closed = false;

  constructor(kafka: Kafka, patience: Patience) {
    this.#kafka = kafka;
    this.#patience = patience;
  }

  /** Resolves when all of them are on every in-sync replica. */
  async append(place: Place, messages: readonly string[]): Promise<void> {
    if (this.#closed) throw closed();
    const lane = this.#lane(place);
    const parts = split(messages).map(
      ({ values, bytes }) =>
        new Promise<void>((done, failed) => lane.waiting.push({ values, bytes, done, failed })),
    );
    lane.sending ??= this.#send(lane);
    const outcomes = await Promise.allSettled(parts);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Waits for the requests in flight, whose number `Patience.close` has made finite. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { sending } of this.#lanes.values()) await sending;
    await this.#producer?.then((producer) => producer.disconnect()).catch(() => {});
  }

  #lane(place: Place): Lane {
    const name = `${place.topic}/${place.partition}`;
    const lane = this.#lanes.get(name) ?? { place, waiting: [], sending: undefined };
    this.#lanes.set(name, lane);
    return lane;
  }

  async #send(lane: Lane): Promise<void> {
    // The next turn of the loop: appends that are made together travel together.
    await Promise.resolve();
    while (lane.waiting.length > 0) {
      const parts = together(lane.waiting);
      const messages = parts.flatMap(({ values }) =>
        values.map((value) => ({ value, partition: lane.place.partition })),
      );
      try {
        await this.#patience.until(`Appending to ${lane.place.topic}`, () =>
          this.#attempt(lane.place.topic, messages),
        );
        for (const part of parts) part.done();
      } catch (error) {
        for (const part of parts) part.failed(error);
      }
    }
    lane.sending = undefined;
  }

  async #attempt(topic: string, messages: { value: Buffer; partition: number }[]): Promise<void> {
    const used = this.#connected();
    try {
      const producer = await used;
      await producer.send({ topic, messages, acks: -1 });
    } catch (error) {
      if (this.#producer === used) this.#producer = undefined;
      // Others may still wait for their answers through it; they end by themselves.
      used.then((producer) => producer.disconnect()).catch(() => {});
      throw error;
    }
  }

  #connected(): Promise<Producer> {
    this.#producer ??= this.#connect();
    return this.#producer;
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition ?? 0,
    });
    await producer.connect();
    return producer;
  }
}

function split(messages: readonly string[]): { values: Buffer[]; bytes: number }[] {
  const parts: { values: Buffer[]; bytes: number }[] = [];
  let part: { values: Buffer[]; bytes: number } | undefined;
  for (const message of messages) {
    const value = Buffer.from(message);
    const full =
      part &&
      (part.values.length >= REQUEST_LIMITS.messages || part.bytes + value.length > REQUEST_LIMITS.bytes);
    if (!part || full) {
      part = { values: [], bytes: 0 };
      parts.push(part);
    }
    part.values.push(value);
    part.bytes += value.length;
  }
  return parts;
}

/** Takes from the front what fits into one request, at least one part. */
function together(waiting: Part[]): Part[] {
  let count = 0;
  let messages = 0;
  let bytes = 0;
  for (const part of waiting) {
    messages += part.values.length;
    bytes += part.bytes;
    if (count > 0 && (messages > REQUEST_LIMITS.messages || bytes > REQUEST_LIMITS.bytes)) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function closed(): HoldfastError {
  return new HoldfastError('stream-away', 'The stream was closed.');
}
