import type { Archive } from '../cli/archive.ts';
import { embeddedFolders } from './embedded.ts';
import { remote } from './rpc.ts';
import type { SearchWorker, SearchWorkerData } from './search-worker.ts';
import { startThread } from './thread.ts';

/** An index to be asked, beside the one that is filled. */
export interface Searching {
  readonly index: Archive['index'];
  close(): Promise<void>;
}

/** The index as a service asks it: an embedded one in a thread that only reads, a server as it is. */
export function searchingOf({ settings, index }: Archive): Searching {
  if (settings.mode !== 'embedded') return { index, close: async () => {} };
  const { index: folder } = embeddedFolders(settings.data);
  const thread = startThread(new URL('./search-worker.ts', import.meta.url), {
    folder,
  } satisfies SearchWorkerData);
  const { close, ...reading } = remote<SearchWorker>(thread.caller, [
    'positions',
    'search',
    'count',
    'conversations',
    'addresses',
    'get',
    'changes',
    'buckets',
    'close',
  ]);
  return {
    index: { ...index, ...reading },
    async close() {
      await close();
      await thread.end();
    },
  };
}
