import { openElasticsearchIndex } from '../engines/distributed/elasticsearch-index.ts';
import { describeWith } from '../engines/index.ts';
import { agree } from './agreement.ts';
import { agreeOnWide, wide } from './wide-directory.ts';

await describeWith(['elasticsearch'], 'Elasticsearch', ({ elasticsearch }) => {
  test('agrees with the reference on the same 1,000 pairs of corpus and query', () =>
    agree(() => openElasticsearchIndex(elasticsearch.node, 'agreement')));

  test.each([
    [300, 11],
    [3_000, 12],
    [20_000, 13],
  ])(
    'agrees with the reference on a directory of %d addresses, each from its own day on',
    async (periods, seed) => {
      const { index, dispose } = await openElasticsearchIndex(elasticsearch.node, 'wide');
      try {
        // Queries that find nothing prove little.
        expect(await agreeOnWide(index, wide(periods, 600, seed), 17)).toBeGreaterThan(1_000);
      } finally {
        await dispose();
      }
    },
  );
});
