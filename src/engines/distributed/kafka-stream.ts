import type { Admin, Kafka } from 'kafkajs';
import { baseLogs } from '../../core/logs.ts';
import type { Stream, StreamConsumer, StreamConsumption } from '../../core/ports/stream.ts';
import type { LogName } from '../../core/record.ts';
import { KafkaAppender } from './kafka-append.ts';
import { kafkaClient } from './kafka-client.ts';
import { kafkaFailures } from './kafka-failures.ts';
import { KafkaMembership } from './kafka-membership.ts';
import type { KafkaStreamSettings } from './kafka-settings.ts';
import { ensureTopics, logAt, placeOf, topicNames } from './kafka-topics.ts';
import { Patience } from './patience.ts';

/**
 * The stream in Kafka: `<prefix>.m` with a partition for each transcript log, `<prefix>.control` and `<prefix>.audit`
 * with one each. Calls wait while the brokers are away, and say so.
 */
export class KafkaStream implements Stream {
  readonly #settings: KafkaStreamSettings;
  readonly #kafka: Kafka;
  readonly #patience: Patience;
  readonly #appender: KafkaAppender;
  readonly #running = new Set<StreamConsumption>();
  /** Watermark requests in flight by topic: the logs of one topic share an answer. */
  readonly #asking = new Map<string, ReturnType<Admin['fetchTopicOffsets']>>();
  #admin: Promise<Admin> | undefined;

  private constructor(settings: KafkaStreamSettings) {
    this.#settings = settings;
    this.#kafka = kafkaClient(settings);
    this.#patience = new Patience(settings, kafkaFailures);
    this.#appender = new KafkaAppender(this.#kafka, this.#patience);
  }

  /** Makes the topics that are missing and checks the others: `bad-settings` for one that could lose entries. */
  static async open(settings: KafkaStreamSettings): Promise<KafkaStream> {
    const stream = new KafkaStream(settings);
    try {
      await stream.#ensureTopics();
    } catch (error) {
      await stream.close();
      throw error;
    }
    return stream;
  }

  async append(log: LogName, messages: readonly string[]): Promise<void> {
    if (messages.length > 0) await this.#appender.append(placeOf(this.#settings, log), messages);
  }

  bounds(log: LogName, signal?: AbortSignal): Promise<{ low: number; high: number }> {
    return this.#patience.until(`Reading the bounds of ${log}`, () => this.#watermarks(log), signal);
  }

  async consume(consumer: StreamConsumer): Promise<StreamConsumption> {
    const leave = new AbortController();
    const ended = this.#consumeUntil(leave.signal, consumer);
    const consumption: StreamConsumption = {
      stop: async () => {
        leave.abort();
        await ended;
        this.#running.delete(consumption);
      },
    };
    this.#running.add(consumption);
    return consumption;
  }

  /** One attempt: an archiver must not wait for a hint, and its next trim does what this one could not. */
  async trim(log: LogName, below: number): Promise<void> {
    const { topic, partition } = placeOf(this.#settings, log);
    try {
      const { low, high } = await this.#watermarks(log);
      const offset = Math.min(below, high);
      if (offset <= low) return;
      const admin = await this.#connectedAdmin();
      await this.#dropAdminOnError(() =>
        admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] }),
      );
    } catch (error) {
      this.#settings.log?.('warn', `entries of ${log} below ${below} stay for now: ${String(error)}`);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((consumption) => consumption.stop()));
    this.#patience.close();
    await this.#appender.close();
    await this.#admin?.then((admin) => admin.disconnect()).catch(() => {});
  }

  /** Takes part in the group again and again: a membership ends whenever the brokers are away for long. */
  async #consumeUntil(leave: AbortSignal, consumer: StreamConsumer): Promise<void> {
    const stopped = new Set<LogName>();
    try {
      while (!leave.aborted) {
        await this.#patience.until(
          'Consuming',
          async () => {
            await this.#ensureTopics(leave);
            await new KafkaMembership({
              kafka: this.#kafka,
              settings: this.#settings,
              consumer,
              bounds: (log, signal) => this.bounds(log, AbortSignal.any([signal, leave])),
              leaders: (signal) => this.#leaders(AbortSignal.any([signal, leave])),
              stopped,
            }).run(leave);
          },
          leave,
        );
      }
    } catch (error) {
      if (leave.aborted) return;
      // Refused for good: no log of this process goes on.
      const fault = error instanceof Error ? error : new Error(String(error));
      for (const log of baseLogs(this.#settings.partitions))
        if (!stopped.has(log)) consumer.incident(log, fault);
    }
  }

  #ensureTopics(signal?: AbortSignal): Promise<void> {
    return this.#patience.until(
      'Checking the topics',
      async () => {
        const admin = await this.#connectedAdmin();
        await this.#dropAdminOnError(() => ensureTopics(admin, this.#settings));
      },
      signal,
    );
  }

  #leaders(signal: AbortSignal): Promise<Map<LogName, number>> {
    return this.#patience.until(
      'Asking who leads the topics',
      async () => {
        const admin = await this.#connectedAdmin();
        const { topics } = await this.#dropAdminOnError(() =>
          admin.fetchTopicMetadata({ topics: topicNames(this.#settings) }),
        );
        const leaders = new Map<LogName, number>();
        for (const { name: topic, partitions } of topics)
          for (const { partitionId: partition, leader } of partitions) {
            const log = logAt(this.#settings, { topic, partition });
            if (log !== undefined) leaders.set(log, leader);
          }
        return leaders;
      },
      signal,
    );
  }

  async #watermarks(log: LogName): Promise<{ low: number; high: number }> {
    const { topic, partition } = placeOf(this.#settings, log);
    const found = (await this.#topicOffsets(topic)).find((entry) => entry.partition === partition);
    if (!found) throw new Error(`${topic} has no partition ${partition}`);
    return { low: Number(found.low), high: Number(found.high) };
  }

  #topicOffsets(topic: string): ReturnType<Admin['fetchTopicOffsets']> {
    const asking = this.#asking.get(topic);
    if (asking) return asking;
    const asked = this.#connectedAdmin()
      .then((admin) => this.#dropAdminOnError(() => admin.fetchTopicOffsets(topic)))
      .finally(() => this.#asking.delete(topic));
    this.#asking.set(topic, asked);
    return asked;
  }

  #connectedAdmin(): Promise<Admin> {
    this.#admin ??= this.#connectAdmin();
    return this.#admin;
  }

  async #connectAdmin(): Promise<Admin> {
    const admin = this.#kafka.admin();
    try {
      await admin.connect();
      return admin;
    } catch (error) {
      this.#admin = undefined;
      throw error;
    }
  }

  /** A connection that failed once is not used again. */
  async #dropAdminOnError<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const failed = this.#admin;
      this.#admin = undefined;
      failed?.then((admin) => admin.disconnect()).catch(() => {});
      throw error;
    }
  }
}
