import type { Admin } from 'kafkajs';
import { HoldfastError } from '../../core/errors.ts';
import { AUDIT, baseOf, CONTROL } from '../../core/logs.ts';
import type { LogName } from '../../core/record.ts';
import type { KafkaStreamSettings } from './kafka-settings.ts';

/** One log's place. Every generation of a log lives in the same partition: a commit says where its own part begins. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** The protocol's number for a topic; Node sees no such name among the exports of kafkajs, a CommonJS module. */
const TOPIC_RESOURCE = 2;

/** Events reach 4 MiB of JSON and travel in batches of that size; twice as much leaves room for both. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

export function placeOf(settings: KafkaStreamSettings, log: LogName): Place {
  const base = baseOf(log);
  if (base === CONTROL || base === AUDIT) return { topic: `${settings.prefix}.${base}`, partition: 0 };
  const partition = Number(base.slice(1));
  if (!(partition < settings.partitions))
    throw new HoldfastError('internal', `${log} is no log of this stream.`);
  return { topic: `${settings.prefix}.m`, partition };
}

/** The log that lives in a partition; undefined for a stranger's. */
export function logAt(settings: KafkaStreamSettings, { topic, partition }: Place): LogName | undefined {
  const name = topic.slice(settings.prefix.length + 1);
  if (topic !== `${settings.prefix}.${name}`) return undefined;
  if (name === CONTROL || name === AUDIT) return partition === 0 ? name : undefined;
  return name === 'm' && partition < settings.partitions ? `m${partition}` : undefined;
}

export function topicNames({ prefix }: KafkaStreamSettings): string[] {
  return [`${prefix}.m`, `${prefix}.${CONTROL}`, `${prefix}.${AUDIT}`];
}

/**
 * Makes the topics that are missing and checks all: entries must stay until they are sealed, however long that takes,
 * so a topic that expires or compacts entries is refused with `bad-settings`.
 */
export async function ensureTopics(admin: Admin, settings: KafkaStreamSettings): Promise<void> {
  const wanted = topicNames(settings).map((topic, i) => ({
    topic,
    numPartitions: i === 0 ? settings.partitions : 1,
  }));
  const existing = new Set(await admin.listTopics());
  const missing = wanted.filter(({ topic }) => !existing.has(topic));
  if (missing.length > 0) {
    // False where another node made them in this moment: they are checked below like all others.
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({
        ...topic,
        replicationFactor: settings.production ? 3 : -1,
        configEntries: Object.entries(topicConfig(settings)).map(([name, value]) => ({ name, value })),
      })),
    });
  }
  const { topics } = await admin.fetchTopicMetadata({ topics: topicNames(settings) });
  for (const { topic, numPartitions } of wanted) {
    const partitions = topics.find(({ name }) => name === topic)?.partitions ?? [];
    if (partitions.length !== numPartitions)
      throw wrong(topic, `has ${partitions.length} partitions and not ${numPartitions}`);
    const copies = Math.min(...partitions.map(({ replicas }) => replicas.length));
    if (settings.production && copies < 3) throw wrong(topic, `has ${copies} replicas and not 3`);
  }
  await checkConfig(admin, settings);
}

/** What the topics are created with. */
export function topicConfig({ production }: KafkaStreamSettings): { [name: string]: string } {
  return {
    'retention.ms': '-1',
    'retention.bytes': '-1',
    'cleanup.policy': 'delete',
    'max.message.bytes': String(MAX_MESSAGE_BYTES),
    ...(production ? { 'min.insync.replicas': '2', 'unclean.leader.election.enable': 'false' } : {}),
  };
}

async function checkConfig(admin: Admin, settings: KafkaStreamSettings): Promise<void> {
  const names = Object.keys(topicConfig(settings));
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topicNames(settings).map((name) => ({
      type: TOPIC_RESOURCE,
      name,
      configNames: names,
    })),
  });
  for (const { resourceName, configEntries } of resources)
    for (const { configName, configValue } of configEntries) {
      const needed = topicConfig(settings)[configName];
      const fault = needed === undefined ? undefined : configFault(configName, configValue, needed);
      if (fault) throw wrong(resourceName, fault);
    }
}

/** These may be more than what the topics are created with. */
const AT_LEAST = ['max.message.bytes', 'min.insync.replicas'];

function configFault(name: string, value: string, needed: string): string | undefined {
  if (!AT_LEAST.includes(name))
    return value === needed ? undefined : `has ${name}=${value} and not ${needed}`;
  return Number(value) >= Number(needed)
    ? undefined
    : `has ${name}=${value}, and at least ${needed} is needed`;
}

function wrong(topic: string, fault: string): HoldfastError {
  return new HoldfastError('bad-settings', `The topic ${topic} ${fault}.`, {
    hint: `Change it with kafka-configs.sh or kafka-topics.sh --topic ${topic} as docs/deploy.md lists, or use another prefix.`,
  });
}
