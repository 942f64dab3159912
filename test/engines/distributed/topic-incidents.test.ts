import { type Admin, Kafka, logLevel } from 'kafkajs';
import type { Head } from '../../../src/archive/reader.ts';
import { KafkaStream } from '../../../src/engines/distributed/kafka-stream.ts';
import { commitsOf } from '../../archive/records.ts';
import { eventually } from '../../eventually.ts';
import { describeWith } from '../index.ts';
import { ingestMessages, sweepAll } from './ingest-load.ts';
import {
  closeSite,
  decideNextGeneration,
  foundSite,
  type RunningArchiver,
  type Site,
  startArchiver,
} from './site.ts';
import { allSealed, expectSealedOnce, expectVerified, headsOf, sealedIds } from './site-checks.ts';

await describeWith(['kafka'], 'a topic that somebody changed', ({ kafka }) => {
  let admin: Admin;
  let site: Site;
  let producer: KafkaStream;
  beforeEach(async () => {
    admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    site = await foundSite(kafka.brokers, { sessionTimeoutMs: kafka.shortestSessionMs });
    producer = await KafkaStream.open(site.kafka);
    sent = [];
  });
  afterEach(async () => {
    await producer.close();
    await admin.disconnect();
    await closeSite(site);
  });

  /** Ids of what was ingested, as far as its append resolved, in order. */
  let sent: string[];
  const ingest = async (from: number, to: number): Promise<void> => {
    sent.push(...(await ingestMessages(site, producer, from, to)));
  };
  const sealed = (count: number): Promise<void> =>
    eventually(async () => (await sealedIds(site)).length >= count);
  const incidentsOf = ({ events: reported }: RunningArchiver): string[] =>
    reported.flatMap((event) =>
      event.kind === 'incident'
        ? [`${event.log} ${'code' in event.error ? String(event.error.code) : event.error.message}`]
        : [],
    );
  /** Deletes from the topic all but the last `kept` entries. */
  const trimTo = async (kept: number): Promise<void> => {
    const { high } = await producer.bounds('m0');
    await producer.trim('m0', high - kept);
  };
  const recreate = async (): Promise<void> => {
    const topic = `${site.kafka.prefix}.m`;
    await admin.deleteTopics({ topics: [topic] });
    await eventually(async () => !(await admin.listTopics()).includes(topic));
    // The next that opens the stream makes it anew.
    await producer.close();
    producer = await KafkaStream.open(site.kafka);
  };
  /** What a person does: close the generation. Then the sweeper carries again what is not sealed. */
  const goOn = async (seen: readonly Head[] = []): Promise<void> => {
    expect(await decideNextGeneration(site, 'm0')).toBe('m0.2');
    const archiver = await startArchiver(site);
    await sweepAll(site, producer);
    await ingest(50, 60);
    await allSealed(site, new Set(sent));
    // The act that names the generation goes its own way, through control.
    const { high } = await producer.bounds('control');
    await eventually(async () => (await commitsOf(site.vault, 'control')).at(-1)?.to === high);
    await archiver.stop();
    expect(incidentsOf(archiver)).toEqual([]);
    await expectSealedOnce(site, new Set(sent));
    await expectVerified(site, seen);
  };

  test('recreated while no archiver was there, it is an incident; the next generation goes on', async () => {
    await ingest(0, 20);
    const first = await startArchiver(site);
    await sealed(20);
    await first.stop();
    const seen = await headsOf(site);
    await recreate();
    await ingest(20, 50);
    const second = await startArchiver(site);
    await eventually(() => incidentsOf(second).length > 0);
    await second.stop();
    expect(incidentsOf(second)).toEqual(['m0 incident-mismatch']);
    await expectSealedOnce(site, new Set(sent.slice(0, 20)));
    await goOn(seen);
  });

  test('recreated under an archiver at work and still empty, it is an incident', async () => {
    await ingest(0, 20);
    const archiver = await startArchiver(site);
    await sealed(20);
    await recreate();
    await eventually(() => incidentsOf(archiver).length > 0);
    await archiver.stop();
    expect(incidentsOf(archiver)).toEqual(['m0 incident-mismatch']);
    await goOn();
  });

  test('recreated under an archiver at work and filled past its position, it is an incident', async () => {
    await ingest(0, 20);
    const archiver = await startArchiver(site);
    await sealed(20);
    await recreate();
    await ingest(20, 50);
    await eventually(() => incidentsOf(archiver).length > 0);
    await archiver.stop();
    expect(incidentsOf(archiver)).toEqual(['m0 incident-mismatch']);
    await expectSealedOnce(site, new Set(sent.slice(0, 20)));
    await goOn();
  });

  test('emptied past what is sealed, it is an incident and never a skip', async () => {
    await ingest(0, 20);
    const first = await startArchiver(site);
    await sealed(20);
    await first.stop();
    await ingest(20, 50);
    await trimTo(5);
    const second = await startArchiver(site);
    await eventually(() => incidentsOf(second).length > 0);
    await second.stop();
    expect(incidentsOf(second)).toEqual(['m0 incident-gap']);
    await expectSealedOnce(site, new Set(sent.slice(0, 20)));
    await goOn();
  });

  /** An archiver that stops after its first commit of m0 until it is told to go on. */
  const startBusy = async (): Promise<{
    archiver: RunningArchiver;
    busy: Promise<void>;
    goOn: () => void;
  }> => {
    const busy = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const archiver = await startArchiver(site, {
      wrap: (inner) => ({
        assigned: (log) => inner.assigned(log),
        released: (log) => inner.released(log),
        incident: (log, error) => inner.incident(log, error),
        async batch(log, batch) {
          const next = await inner.batch(log, batch);
          if (log === 'm0') {
            busy.resolve();
            await held.promise;
          }
          return next;
        },
      }),
    });
    return { archiver, busy: busy.promise, goOn: held.resolve };
  };

  test('emptied under an archiver that was busy, it is an incident and never a skip', async () => {
    const { archiver, busy, goOn: resume } = await startBusy();
    await ingest(0, 20);
    await busy;
    await ingest(20, 50);
    await trimTo(5);
    resume();
    await eventually(() => incidentsOf(archiver).length > 0);
    await archiver.stop();
    expect(incidentsOf(archiver)).toEqual(['m0 incident-gap']);
    await goOn();
  });

  test('recreated and filled under an archiver that was busy, it is an incident and never a skip', async () => {
    const { archiver, busy, goOn: resume } = await startBusy();
    await ingest(0, 20);
    await busy;
    await recreate();
    await ingest(20, 50);
    resume();
    await eventually(() => incidentsOf(archiver).length > 0);
    await archiver.stop();
    expect(incidentsOf(archiver)).toEqual(['m0 incident-mismatch']);
    await expectSealedOnce(site, new Set(sent.slice(0, 20)));
    await goOn();
  });

  test('the control log goes on while a transcript log has stopped', async () => {
    await ingest(0, 20);
    const archiver = await startArchiver(site);
    await sealed(20);
    await recreate();
    await ingest(20, 50);
    await eventually(() => incidentsOf(archiver).length > 0);
    await producer.append('control', ['{"not":"an entry"}']);
    const controlCommits = (): number =>
      archiver.events.filter(({ kind, log }) => kind === 'committed' && log === 'control').length;
    const before = controlCommits();
    await eventually(() => controlCommits() > before || before > 1);
    await archiver.stop();
    expect(incidentsOf(archiver)).toEqual(['m0 incident-mismatch']);
  });
});
