import type { KafkaStreamSettings } from '../../../src/engines/distributed/kafka-settings.ts';

/** Settings for tests: a short session, one transcript log. */
export function kafkaSettings(
  brokers: readonly string[],
  prefix: string,
  other: Partial<KafkaStreamSettings> = {},
): KafkaStreamSettings {
  return {
    brokers,
    prefix,
    partitions: 1,
    sessionTimeoutMs: 6_000,
    clock: { now: () => Date.now() },
    ...other,
  };
}
