import { indexContract } from '../../contract/index.ts';
import { describeWith } from '../index.ts';
import { openElasticsearchIndex } from './elasticsearch-index.ts';

await describeWith(['elasticsearch'], 'Elasticsearch', ({ elasticsearch }) => {
  indexContract('The Elasticsearch index', () => openElasticsearchIndex(elasticsearch.node, 'contract'));
});
