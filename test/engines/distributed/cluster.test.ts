import { type Admin, Kafka, logLevel } from 'kafkajs';
import { KafkaStream } from '../../../src/engines/distributed/kafka-stream.ts';
import { topicConfig, topicNames } from '../../../src/engines/distributed/kafka-topics.ts';
import { eventually } from '../../eventually.ts';
import { describeWith, type Server, uniqueName } from '../index.ts';
import { startLoad } from './ingest-load.ts';
import { kafkaSettings } from './kafka-settings.ts';
import { closeSite, foundSite, type RunningArchiver, type Site, startArchiver } from './site.ts';
import { allSealed, expectSealedOnce, expectVerified, headsOf } from './site-checks.ts';

await describeWith(['ownKafkaCluster'], 'three brokers', ({ ownKafkaCluster }) => {
  let brokers: Server[];
  let addresses: string[];
  let admin: Admin;
  beforeAll(async () => {
    brokers = await ownKafkaCluster(3);
    addresses = brokers.map(({ address }) => address);
    admin = new Kafka({ brokers: addresses, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await eventually(async () => (await admin.describeCluster()).brokers.length === 3);
  });
  afterAll(async () => {
    await admin?.disconnect();
    await Promise.all(brokers.map((broker) => broker.close()));
  });

  describe('at work', () => {
    let site: Site;
    const said: string[] = [];
    beforeEach(async () => {
      site = await foundSite(addresses, { partitions: 3, sessionTimeoutMs: 3_000, production: true });
      said.length = 0;
    });
    afterEach(() => closeSite(site));

    /** The broker that leads the partition of `m0`. */
    const leader = async (): Promise<Server> => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [`${site.kafka.prefix}.m`] });
      const id = topics[0]?.partitions.find(({ partitionId }) => partitionId === 0)?.leader ?? 0;
      const found = brokers[id - 1];
      if (found === undefined) throw new Error(`no broker leads: ${id}`);
      return found;
    };
    const inSync = async (): Promise<number> => {
      const { topics } = await admin.fetchTopicMetadata({ topics: topicNames(site.kafka) });
      return Math.min(...topics.flatMap(({ partitions }) => partitions.map(({ isr }) => isr.length)));
    };

    /** Ingest and sealing at work while brokers come and go; then everything must be there once. */
    async function during(
      happens: (more: (messages: number) => Promise<void>, archiver: RunningArchiver) => Promise<void>,
    ): Promise<void> {
      const producer = await KafkaStream.open({ ...site.kafka, waiting: (reason) => said.push(reason) });
      const archiver = await startArchiver(site);
      const load = startLoad(site, producer);
      const more = async (messages: number): Promise<void> => {
        const before = load.sent.size;
        await eventually(
          () => load.sent.size > before + messages,
          () => ({ sent: load.sent.size, before, said: said.slice(-3) }),
        );
      };
      await more(100);
      const seen = await headsOf(site);
      await happens(more, archiver);
      await more(100);
      await load.stop();
      await allSealed(site, load.sent);
      await archiver.stop();
      await producer.close();
      expect(archiver.events.filter(({ kind }) => kind === 'incident')).toEqual([]);
      await expectSealedOnce(site, load.sent);
      await expectVerified(site, seen);
    }

    test('one that dies is done without, whichever leads: ingest and sealing go on, and nothing is lost', async () => {
      await during(async (more, archiver) => {
        for (let round = 0; round < 2; round++) {
          const dead = await leader();
          await dead.kill();
          const sealed = archiver.events.length;
          await more(400);
          await eventually(() => archiver.events.slice(sealed).some(({ kind }) => kind === 'committed'));
          await dead.start();
          await eventually(async () => (await inSync()) === 3);
        }
      });
    });

    test('with one left nothing is acknowledged; ingest waits, says so, and goes on with the second', async () => {
      await during(async () => {
        const [first, second] = brokers;
        await Promise.all([first?.kill(), second?.kill()]);
        await eventually(() => said.some((line) => line.includes('waiting for Kafka')));
        await first?.start();
        await eventually(async () => (await inSync()) >= 2);
        await second?.start();
      });
    });
  });

  test.each([
    ['unclean.leader.election.enable', 'true'],
    ['min.insync.replicas', '1'],
  ])('topics with %s=%s are refused in production, and the setting is named', async (name, value) => {
    const settings = kafkaSettings(addresses, uniqueName('cluster'), { production: true });
    await admin.createTopics({
      waitForLeaders: true,
      topics: topicNames(settings).map((topic) => ({
        topic,
        numPartitions: 1,
        replicationFactor: 3,
        configEntries: Object.entries({ ...topicConfig(settings), [name]: value }).map(([key, text]) => ({
          name: key,
          value: text,
        })),
      })),
    });
    await expect(KafkaStream.open(settings)).rejects.toMatchObject({
      code: 'bad-settings',
      message: expect.stringContaining(`${name}=${value}`),
    });
  });
});
