import { readSettingsFile } from '../config/load.ts';
import type { DistributedSettings } from '../config/settings.ts';
import type { ElasticsearchIndexSettings } from '../engines/distributed/elasticsearch-settings.ts';
import type { KafkaStreamSettings } from '../engines/distributed/kafka-settings.ts';
import type { ServerTls } from '../engines/distributed/server-tls.ts';

/** How this node speaks to Kafka and signs in there. */
export function kafkaAccess({
  kafka: { tls, sasl },
}: DistributedSettings): Pick<KafkaStreamSettings, 'tls' | 'sasl'> {
  return {
    ...(tls && { tls: read(tls, 'kafka.tls') }),
    ...(sasl && { sasl: { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password } }),
  };
}

/** How this node speaks to Elasticsearch and signs in there. */
export function elasticsearchAccess({
  elasticsearch: { tls, apiKey, username, password },
}: DistributedSettings): Pick<ElasticsearchIndexSettings, 'tls' | 'auth'> {
  return {
    ...(tls && { tls: read(tls, 'elasticsearch.tls') }),
    ...(apiKey !== undefined && { auth: { apiKey } }),
    ...(username !== undefined && password !== undefined && { auth: { username, password } }),
  };
}

function read(
  { ca, certificate, key }: NonNullable<DistributedSettings['kafka']['tls']>,
  setting: string,
): ServerTls {
  return {
    ...(ca !== undefined && { ca: readSettingsFile(ca, `${setting}.ca`) }),
    ...(certificate !== undefined && { cert: readSettingsFile(certificate, `${setting}.certificate`) }),
    ...(key !== undefined && { key: readSettingsFile(key, `${setting}.key`) }),
  };
}
