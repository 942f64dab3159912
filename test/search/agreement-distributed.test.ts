import { openElasticsearchIndex } from '../engines/distributed/elasticsearch-index.ts';
import { describeWith } from '../engines/index.ts';
import { agree } from './agreement.ts';

await describeWith(['elasticsearch'], 'Elasticsearch', ({ elasticsearch }) => {
  test('agrees with the reference on the same 1,000 pairs of corpus and query', () =>
    agree(() => openElasticsearchIndex(elasticsearch.node, 'agreement')));
});
