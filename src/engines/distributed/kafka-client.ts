import { Kafka, type logCreator, logLevel, type SASLOptions } from 'kafkajs';
import type { KafkaStreamSettings } from './kafka-settings.ts';

type LevelName = Parameters<NonNullable<KafkaStreamSettings['log']>>[0];

/**
 * The client for one stream. Its own retries are short: waiting for brokers that are away is done, and told, by
 * {@link import('./patience.ts').Patience}.
 */
export function kafkaClient(settings: KafkaStreamSettings): Kafka {
  return new Kafka({
    clientId: 'holdfast',
    brokers: [...settings.brokers],
    ...(settings.tls && { ssl: { ...settings.tls } }),
    ...(settings.sasl && { sasl: saslOf(settings.sasl) }),
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 2 },
    logLevel: settings.log ? logLevel.INFO : logLevel.NOTHING,
    logCreator: () => forward(settings.log),
  });
}

/** kafkajs tells mechanisms apart by type. */
function saslOf({ mechanism, username, password }: NonNullable<KafkaStreamSettings['sasl']>): SASLOptions {
  if (mechanism === 'plain') return { mechanism, username, password };
  return mechanism === 'scram-sha-256'
    ? { mechanism, username, password }
    : { mechanism, username, password };
}

const LEVELS: { readonly [level: number]: LevelName } = {
  [logLevel.ERROR]: 'error',
  [logLevel.WARN]: 'warn',
  [logLevel.INFO]: 'info',
  [logLevel.DEBUG]: 'debug',
};

function forward(log: KafkaStreamSettings['log']): ReturnType<logCreator> {
  return ({ namespace, level, log: line }) => {
    log?.(LEVELS[level] ?? 'debug', `kafka ${namespace}: ${line.message}`);
  };
}
