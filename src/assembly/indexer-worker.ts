import { openReader } from '../archive/read/open-reader.ts';
import { FolderVault } from '../engines/embedded/folder-vault.ts';
import { Indexer } from '../search/indexer.ts';
import { IN_FLIGHT, openIndex } from './distributed-engines.ts';
import { serveRole } from './role-worker.ts';

/** The role `indexer`: brings what is sealed to Elasticsearch, in a thread of its own because making documents is computing. */
serveRole(async ({ settings }, news) => {
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
  return async () => {
    await indexer.stop();
    await index.close();
  };
});
