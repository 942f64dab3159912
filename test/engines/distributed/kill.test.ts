import { setTimeout as sleep } from 'node:timers/promises';
import type { Head } from '../../../src/archive/reader.ts';
import { KafkaStream } from '../../../src/engines/distributed/kafka-stream.ts';
import { describeWith } from '../index.ts';
import { startArchiverProcess } from './archiver-process.ts';
import { startLoad } from './ingest-load.ts';
import { closeSite, foundSite, startArchiver, startIndexer } from './site.ts';
import { allIndexed, allSealed, expectSealedOnce, expectVerified, headsOf } from './site-checks.ts';

/** More by `HOLDFAST_TEST_KILLS`. */
const KILLS = Number(process.env.HOLDFAST_TEST_KILLS ?? 10);

await describeWith(['kafka', 'elasticsearch'], 'archiver and indexer killed during ingest', (engines) => {
  const { kafka, elasticsearch } = engines;
  test(`after ${KILLS} kills every event is sealed once, the index equals the vault, the ledger holds`, async () => {
    const partitions = 2;
    const site = await foundSite(kafka.brokers, {
      partitions,
      sessionTimeoutMs: kafka.shortestSessionMs,
      elasticsearch: elasticsearch.node,
    });
    const producer = await KafkaStream.open(site.kafka);
    const load = startLoad(site, producer);
    const seen: Head[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const child = startArchiverProcess(site);
      // Some die while they start or join, most while they seal.
      if (kill % 4 !== 3) await child.hasCommitted();
      await sleep(Math.random() * 400);
      await child.kill();
      expect(child.events.filter(({ kind }) => kind === 'incident')).toEqual([]);
      if (kill % 4 !== 3) seen.push(...(await headsOf(site)));
    }
    await load.stop();
    const last = await startArchiver(site);
    const indexer = await startIndexer(site);
    await allSealed(site, load.sent);
    await allIndexed(site, indexer.index);
    await last.stop();
    await producer.close();
    expect(last.events.filter(({ kind }) => kind === 'incident')).toEqual([]);
    await expectSealedOnce(site, load.sent);
    await expectVerified(site, seen, indexer.index);
    await indexer.stop();
    await closeSite(site);
  });
});
