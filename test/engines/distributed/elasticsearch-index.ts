import { ElasticsearchIndex } from '../../../src/engines/distributed/elasticsearch-index.ts';
import { systemClock } from '../../archive/workshop.ts';
import type { IndexUnderTest } from '../../contract/index.ts';
import { uniqueName } from '../index.ts';

/** An index for one test on a server that others use; its shards cost memory and go with it. */
export async function openElasticsearchIndex(
  node: string,
  name: string,
): Promise<IndexUnderTest & { readonly archive: string }> {
  const archive = uniqueName(name);
  const settings = { node, archive, patienceMs: 60_000, clock: systemClock };
  const index = await ElasticsearchIndex.open(settings);
  return {
    index,
    archive,
    open: () => ElasticsearchIndex.open(settings),
    async dispose() {
      const found = await fetch(new URL(`made-*${archive}*`, node));
      const names = Object.keys((await found.json()) as object);
      if (names.length > 0) await fetch(new URL(names.join(','), node), { method: 'DELETE' });
      await index.close();
    },
  };
}
