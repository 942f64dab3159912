import { ElasticsearchIndex } from '../../../src/engines/distributed/elasticsearch-index.ts';
import { systemClock } from '../../archive/workshop.ts';
import { indexContract } from '../../contract/index.ts';
import { describeWith, uniqueName } from '../index.ts';

await describeWith(['elasticsearch'], 'The Elasticsearch index', ({ elasticsearch }) => {
  indexContract('The Elasticsearch index', async () => {
    const settings = {
      node: elasticsearch.node,
      archive: uniqueName('contract'),
      patienceMs: 60_000,
      clock: systemClock,
    };
    const index = await ElasticsearchIndex.open(settings);
    return {
      index,
      open: () => ElasticsearchIndex.open(settings),
      async dispose() {
        // Shards cost memory: what a test made goes with it.
        const indices = await fetch(new URL(`*holdfast-${settings.archive}-*`, settings.node));
        const names = Object.keys((await indices.json()) as object);
        if (names.length > 0) await fetch(new URL(names.join(','), settings.node), { method: 'DELETE' });
        await index.close();
      },
    };
  });
});
