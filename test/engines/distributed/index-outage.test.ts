import { KafkaStream } from '../../../src/engines/distributed/kafka-stream.ts';
import { eventually } from '../../eventually.ts';
import { describeWith } from '../index.ts';
import { startLoad } from './ingest-load.ts';
import { closeSite, foundSite, startArchiver, startIndexer } from './site.ts';
import { allIndexed, allSealed, expectSealedOnce, expectVerified, headsOf } from './site-checks.ts';

await describeWith(['kafka', 'ownElasticsearch'], 'Elasticsearch in the middle of ingest', (engines) => {
  const { kafka, ownElasticsearch } = engines;

  test('killed and started again: sealing goes on, the indexer waits, says so, and catches up', async () => {
    const server = await ownElasticsearch();
    const site = await foundSite(kafka.brokers, {
      partitions: 2,
      sessionTimeoutMs: kafka.shortestSessionMs,
      elasticsearch: `http://${server.address}`,
    });
    const said: string[] = [];
    const producer = await KafkaStream.open(site.kafka);
    const archiver = await startArchiver(site);
    const indexer = await startIndexer(site, (line) => said.push(line));
    const load = startLoad(site, producer, { pauseMs: 150 });
    await eventually(async () =>
      [...(await indexer.index.positions()).values()].some(({ size }) => size > 0),
    );
    await server.kill();
    await eventually(() => said.length > 0);
    expect(said[0]).toContain('waiting for Elasticsearch');
    const seen = await headsOf(site);
    const sizes = (): number =>
      archiver.events.filter(({ kind, log }) => kind === 'committed' && log !== 'control').length;
    const commits = sizes();
    await eventually(() => sizes() > commits + 2);
    await server.start();
    await load.stop();
    await allSealed(site, load.sent);
    await allIndexed(site, indexer.index);
    await archiver.stop();
    await producer.close();
    await expectSealedOnce(site, load.sent);
    await expectVerified(site, seen, indexer.index);
    await indexer.stop();
    await server.close();
    await closeSite(site);
  });
});
