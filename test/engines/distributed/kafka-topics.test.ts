import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { KafkaStream } from '../../../src/engines/distributed/kafka-stream.ts';
import { logAt, placeOf, topicConfig, topicNames } from '../../../src/engines/distributed/kafka-topics.ts';
import { ROOT } from '../../architecture/sources.ts';
import { ELASTICSEARCH_VERSION, KAFKA_VERSION } from '../artefacts.ts';
import { describeWith, uniqueName } from '../index.ts';
import { makeTopics } from '../make-topics.ts';
import { kafkaSettings } from './kafka-settings.ts';

const settings = kafkaSettings(['nowhere:1'], 'desk', { partitions: 3 });
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

test('every log has one place, in every generation, and every place one log', () => {
  expect(placeOf(settings, 'm2')).toEqual({ topic: 'desk.m', partition: 2 });
  expect(placeOf(settings, 'm2.7')).toEqual({ topic: 'desk.m', partition: 2 });
  expect(placeOf(settings, 'control')).toEqual({ topic: 'desk.control', partition: 0 });
  expect(() => placeOf(settings, 'm3')).toThrow(expect.objectContaining({ code: 'internal' }));
  for (const log of ['m0', 'm1', 'm2', 'control', 'audit'])
    expect(logAt(settings, placeOf(settings, log))).toBe(log);
  expect(logAt(settings, { topic: 'desk.m', partition: 3 })).toBeUndefined();
  expect(logAt(settings, { topic: 'desk.other', partition: 0 })).toBeUndefined();
  expect(logAt(settings, { topic: 'else.m', partition: 0 })).toBeUndefined();
});

test('docs/deploy.md lists every setting of the topics with its value', () => {
  const document = read('docs/deploy.md');
  const all = topicConfig({ ...settings, production: true });
  for (const [name, value] of Object.entries(all)) {
    expect(document).toContain(`| \`${name}\` | \`${value}\``);
    expect(document).toContain(`--config ${name}=${value}`);
  }
});

test('compose.yaml starts the servers that the tests run against', () => {
  const compose = read('compose.yaml');
  expect(compose).toContain(`apache/kafka:${KAFKA_VERSION}`);
  expect(compose).toContain(`elasticsearch/elasticsearch:${ELASTICSEARCH_VERSION}`);
});

await describeWith(['kafka'], 'topics', ({ kafka }) => {
  let admin: Admin;
  let prefix: string;
  beforeEach(async () => {
    prefix = uniqueName('topics');
    admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterEach(() => admin.disconnect());
  const make = (partitions: number, config: { [name: string]: string } = {}): Promise<void> =>
    makeTopics(
      admin,
      topicNames(kafkaSettings(kafka.brokers, prefix)).map((topic, i) => ({
        topic,
        numPartitions: i === 0 ? partitions : 1,
        configEntries: Object.entries({
          ...topicConfig(kafkaSettings(kafka.brokers, prefix)),
          ...config,
        }).map(([name, value]) => ({ name, value })),
      })),
    );
  const open = (other: Parameters<typeof kafkaSettings>[2] = {}): Promise<KafkaStream> =>
    KafkaStream.open(kafkaSettings(kafka.brokers, prefix, other));

  test('made by hand as the document says are taken', async () => {
    await make(2);
    await (await open({ partitions: 2 })).close();
  });

  test('made by several nodes in the same moment are made once', async () => {
    const streams = await Promise.all([open(), open(), open()]);
    await Promise.all(streams.map((stream) => stream.close()));
  });

  test.each([
    ['retention.ms', '86400000'],
    ['retention.bytes', '1000000'],
    ['cleanup.policy', 'compact'],
    ['max.message.bytes', '1048588'],
  ])('with %s=%s are refused, and the setting is named', async (name, value) => {
    await make(1, { [name]: value });
    await expect(open()).rejects.toMatchObject({
      code: 'bad-settings',
      message: expect.stringContaining(`${name}=${value}`),
    });
  });

  test('with another number of partitions are refused', async () => {
    await make(2);
    await expect(open({ partitions: 3 })).rejects.toMatchObject({
      code: 'bad-settings',
      message: expect.stringContaining('2 partitions and not 3'),
    });
  });

  test('on one broker are refused in production', async () => {
    await expect(open({ production: true })).rejects.toMatchObject({ code: 'bad-settings' });
    await make(1, { 'min.insync.replicas': '2' });
    await expect(open({ production: true })).rejects.toMatchObject({
      code: 'bad-settings',
      message: expect.stringContaining('1 replicas and not 3'),
    });
  });
});
