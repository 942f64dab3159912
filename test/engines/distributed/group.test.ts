import { setTimeout as sleep } from 'node:timers/promises';
import type { Archiver } from '../../../src/archive/seal/archiver.ts';
import type { StreamConsumer } from '../../../src/core/ports/stream.ts';
import { KafkaStream } from '../../../src/engines/distributed/kafka-stream.ts';
import { eventually } from '../../eventually.ts';
import { describeWith } from '../index.ts';
import { ingestMessages, startLoad } from './ingest-load.ts';
import { closeSite, foundSite, type RunningArchiver, type Site, startArchiver } from './site.ts';
import { allSealed, expectSealedOnce, expectVerified, headsOf, sealedIds } from './site-checks.ts';

const kinds = ({ events }: RunningArchiver, kind: string): string[] =>
  events.filter((event) => event.kind === kind).map(({ log }) => log);

await describeWith(['kafka'], 'several archivers on one archive', ({ kafka }) => {
  const partitions = 4;
  let site: Site;
  let producer: KafkaStream;
  beforeEach(async () => {
    site = await foundSite(kafka.brokers, { partitions, sessionTimeoutMs: kafka.shortestSessionMs });
    producer = await KafkaStream.open(site.kafka);
  });
  afterEach(async () => {
    await producer.close();
    await closeSite(site);
  });

  test('in one group they share the logs; a rebalance in the middle of a batch loses and repeats nothing', async () => {
    const overlaps: string[] = [];
    const load = startLoad(site, producer, { pauseMs: 15 });
    const first = await startArchiver(site, { wrap: (archiver) => slowed(archiver, overlaps) });
    await eventually(() => kinds(first, 'committed').length > 3);
    const second = await startArchiver(site, { wrap: (archiver) => slowed(archiver, overlaps) });
    await eventually(() => kinds(second, 'committed').length > 3);
    const third = await startArchiver(site, { wrap: (archiver) => slowed(archiver, overlaps) });
    await eventually(() => kinds(third, 'committed').length > 1);
    const seen = await headsOf(site);
    await first.stop();
    await sleep(500);
    await second.stop();
    await load.stop();
    await allSealed(site, load.sent);
    await third.stop();
    for (const archiver of [first, second, third]) expect(kinds(archiver, 'incident')).toEqual([]);
    expect(overlaps).toEqual([]);
    await expectSealedOnce(site, load.sent);
    await expectVerified(site, seen);
  });

  test('in two groups they meet on every log: one is fenced and says so, and no log forks', async () => {
    const load = startLoad(site, producer, { pauseMs: 15 });
    const one = await startArchiver(site);
    const other = await startArchiver(site, { kafka: { group: `${site.kafka.prefix}.others` } });
    await eventually(
      () => kinds(one, 'fenced').length + kinds(other, 'fenced').length > 5,
      () => [one.events, other.events].map((events) => events.slice(-20)),
    );
    const seen = await headsOf(site);
    await load.stop();
    await allSealed(site, load.sent);
    await one.stop();
    await other.stop();
    for (const archiver of [one, other]) expect(kinds(archiver, 'incident')).toEqual([]);
    await expectSealedOnce(site, load.sent);
    await expectVerified(site, seen);
  });

  test('one that was overtaken, and finds its next messages sealed and trimmed by the other, goes on after them', async () => {
    const sent = new Set(await ingestMessages(site, producer, 0, 40));
    const { wrap, busy, goOn } = heldAfterFirst('m0');
    const one = await startArchiver(site, { wrap });
    await busy;
    const left = (await producer.bounds('m0')).high;
    for (const id of await ingestMessages(site, producer, 40, 120)) sent.add(id);
    const other = await startArchiver(site, { kafka: { group: `${site.kafka.prefix}.others` } });
    await eventually(async () => (await producer.bounds('m0')).low > left);
    await other.stop();
    goOn();
    for (const id of await ingestMessages(site, producer, 120, 160)) sent.add(id);
    await eventually(
      async () => (await sealedIds(site)).length >= sent.size,
      () => one.events,
    );
    await one.stop();
    expect(kinds(one, 'incident')).toEqual([]);
    await expectSealedOnce(site, sent);
    await expectVerified(site, []);
  });
});

/** Holds an archiver after its first commit of one log, as a slow disk would, until it may go on. */
function heldAfterFirst(held: string): {
  wrap: (archiver: Archiver) => StreamConsumer;
  busy: Promise<void>;
  goOn: () => void;
} {
  const busy = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  return {
    busy: busy.promise,
    goOn: free.resolve,
    wrap: (archiver) => ({
      assigned: (log) => archiver.assigned(log),
      released: (log) => archiver.released(log),
      incident: (log, error) => archiver.incident(log, error),
      async batch(log, batch) {
        const next = await archiver.batch(log, batch);
        if (log === held) {
          busy.resolve();
          await free.promise;
        }
        return next;
      },
    }),
  };
}

/** Seals slowly, so that a rebalance meets a batch in work; notes calls for one log that overlap. */
function slowed(archiver: Archiver, overlaps: string[]): StreamConsumer {
  const busy = new Map<string, string>();
  const alone = async <T>(log: string, what: string, work: () => Promise<T>): Promise<T> => {
    const other = busy.get(log);
    if (other !== undefined) overlaps.push(`${log}: ${what} during ${other}`);
    busy.set(log, what);
    try {
      return await work();
    } finally {
      busy.delete(log);
    }
  };
  return {
    assigned: (log) => alone(log, 'assigned', () => archiver.assigned(log)),
    batch: (log, batch) =>
      alone(log, 'batch', async () => {
        await sleep(150);
        return archiver.batch(log, batch);
      }),
    idle: (log) => alone(log, 'idle', () => archiver.idle(log)),
    released: (log) => alone(log, 'released', () => archiver.released(log)),
    incident: (log, error) => archiver.incident(log, error),
  };
}
