import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaStream } from '../../../src/engines/distributed/kafka-stream.ts';
import { eventually } from '../../eventually.ts';
import { describeWith, type Server } from '../index.ts';
import { startLoad } from './ingest-load.ts';
import { closeSite, foundSite, type Site, startArchiver } from './site.ts';
import { allSealed, expectSealedOnce, expectVerified, headsOf } from './site-checks.ts';

await describeWith(['ownKafka'], 'Kafka stopped and started in the middle of ingest', ({ ownKafka }) => {
  const partitions = 2;
  let server: Server;
  let site: Site;
  beforeAll(async () => {
    server = await ownKafka();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    site = await foundSite([server.address], { partitions, sessionTimeoutMs: 3_000 });
  });
  afterEach(() => closeSite(site));

  /** Ingest and sealing at work while `outage` happens; then everything must be there once. */
  async function during(
    outage: (said: { ingest: string[]; archiver: string[] }) => Promise<void>,
  ): Promise<void> {
    const said: { ingest: string[]; archiver: string[] } = { ingest: [], archiver: [] };
    const producer = await KafkaStream.open({
      ...site.kafka,
      waiting: (reason) => said.ingest.push(reason),
    });
    const archiver = await startArchiver(site, {
      kafka: { waiting: (reason) => said.archiver.push(reason) },
    });
    const load = startLoad(site, producer);
    await eventually(() =>
      archiver.events.some(({ kind, log }) => kind === 'committed' && log !== 'control'),
    );
    const seen = await headsOf(site);
    const before = load.sent.size;
    await outage(said);
    await eventually(() => load.sent.size > before + 200);
    await load.stop();
    await allSealed(site, load.sent);
    await archiver.stop();
    await producer.close();
    expect(archiver.events.filter(({ kind }) => kind === 'incident')).toEqual([]);
    await expectSealedOnce(site, load.sent);
    await expectVerified(site, seen);
  }

  test('killed and started again: ingest and archiver wait, say so, and go on', async () => {
    await during(async (said) => {
      await server.kill();
      await eventually(() => said.ingest.length > 0 && said.archiver.length > 0);
      await server.start();
      expect(said.ingest[0]).toContain('waiting for Kafka');
    });
  });

  test('frozen for a while, longer than a session lasts: nothing is lost or repeated', async () => {
    await during(async () => {
      server.pause();
      await sleep(4_000);
      server.resume();
    });
  });

  test('a stream says that Kafka is away when its patience ends, or when it is closed while it waits', async () => {
    const impatient = await KafkaStream.open({ ...site.kafka, patienceMs: 500 });
    const waits: string[] = [];
    const patient = await KafkaStream.open({ ...site.kafka, waiting: (reason) => waits.push(reason) });
    await server.kill();
    const append = patient.append('m0', ['x']);
    append.catch(() => {});
    const away = { code: 'stream-away' };
    await expect(impatient.append('m0', ['x'])).rejects.toMatchObject(away);
    await expect(impatient.bounds('m0')).rejects.toMatchObject(away);
    await impatient.close();
    await expect(KafkaStream.open({ ...site.kafka, patienceMs: 500 })).rejects.toMatchObject(away);
    await eventually(() => waits.length > 0);
    await patient.close();
    await expect(append).rejects.toMatchObject(away);
  });
});
