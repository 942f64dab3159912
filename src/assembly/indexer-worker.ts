import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from '../archive/read/open-reader.ts';
import { FolderVault } from '../engines/embedded/folder-vault.ts';
import { Indexer } from '../search/indexer.ts';
import { IN_FLIGHT, openIndex } from './distributed-engines.ts';
import { News } from './news.ts';
import type { RoleWorker, RoleWorkerData } from './role-threads.ts';
import { serve } from './rpc.ts';

/** The role `indexer`: brings what is sealed to Elasticsearch, in a thread of its own because making documents is computing. */
if (parentPort !== null) {
  const { settings } = workerData as RoleWorkerData;
  const news = new News();
  const working = begin();
  working.catch(() => {});
  serve(parentPort, {
    started: async () => void (await working),
    news: () => news.next(),
    async close() {
      const { indexer, index } = await working;
      await indexer.stop();
      await index.close();
      news.end();
    },
  } satisfies RoleWorker);

  async function begin() {
    const reader = await openReader(new FolderVault(settings.vault), undefined, { scanChecks: 'segments' });
    const index = await openIndex(settings, reader.identity, (line) => news.tell(line));
    const indexer = new Indexer({
      reader,
      index,
      inFlight: IN_FLIGHT,
      report(event) {
        if (event.kind === 'failed')
          news.tell(`indexing ${event.log} failed and is tried again: ${event.error.message}`);
      },
    });
    indexer.start();
    return { indexer, index };
  }
}
