import type { ArchiveIdentity } from '../archive/reader.ts';
import type { DistributedSettings } from '../config/settings.ts';
import { ElasticsearchIndex } from '../engines/distributed/elasticsearch-index.ts';
import { KafkaStream } from '../engines/distributed/kafka-stream.ts';
import { elasticsearchAccess, kafkaAccess } from './server-access.ts';
import { systemClock } from './system.ts';

/** Bulk requests under way at a time: the server works while the next one is made ready. */
export const IN_FLIGHT = 3;

/** `tell` gets a line when the brokers are waited for. */
export function openStream(
  settings: DistributedSettings,
  partitions: number,
  tell: (line: string) => void,
): Promise<KafkaStream> {
  return KafkaStream.open({
    brokers: settings.kafka.brokers,
    ...kafkaAccess(settings),
    prefix: settings.kafka.prefix,
    partitions,
    production: settings.kafka.production,
    sessionTimeoutMs: settings.kafka.sessionTimeout,
    patienceMs: settings.patience * 1_000,
    clock: systemClock,
    waiting: (reason) => tell(`waiting: ${reason}`),
  });
}

/** `tell` gets a line when the server is waited for. */
export function openIndex(
  settings: DistributedSettings,
  identity: ArchiveIdentity,
  tell: (line: string) => void,
): Promise<ElasticsearchIndex> {
  const { node, shards, replicas } = settings.elasticsearch;
  return ElasticsearchIndex.open({
    node,
    ...elasticsearchAccess(settings),
    archive: identity.id,
    shards,
    replicas,
    patienceMs: settings.patience * 1_000,
    clock: systemClock,
    waiting: (line) => tell(`waiting: ${line}`),
  });
}
