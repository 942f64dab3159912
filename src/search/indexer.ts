import type { ArchiveReader } from '../archive/reader.ts';
import type { Index } from '../core/ports/index.ts';
import type { LogName } from '../core/record.ts';
import { catchUp, type FeedEvent, type FeedSettings, feed } from './feed.ts';

export interface IndexerSettings {
  readonly reader: ArchiveReader;
  readonly index: Index;
  readonly inFlight?: number;
  readonly batch?: number;
  readonly report?: (event: FeedEvent) => void;
}

/** How far a rebuild is. */
export interface RebuildProgress {
  readonly log: LogName;
  /** Leaves of the log that are in the new index. */
  readonly size: number;
}

/**
 * Makes a new index from the vault beside the one in use, and puts it in its place when it has everything that was
 * sealed at the call. Until then searches are answered from the old one, and whatever fails leaves it in use.
 */
export async function rebuildIndex(
  { reader, index, inFlight, batch }: Omit<IndexerSettings, 'report'>,
  progress?: (progress: RebuildProgress) => void,
  signal?: AbortSignal,
): Promise<{ documents: number }> {
  const rebuild = await index.rebuild();
  const settings: FeedSettings = {
    reader,
    index: rebuild.index,
    ...(inFlight !== undefined && { inFlight }),
    ...(batch !== undefined && { batch }),
    report: (event) => {
      if (event.kind === 'indexed') progress?.({ log: event.log, size: event.size });
    },
  };
  let documents: number;
  try {
    await catchUp(settings, signal);
    documents = (await rebuild.index.buckets()).reduce((sum, bucket) => sum + bucket.documents, 0);
  } catch (error) {
    await rebuild.abandon();
    throw error;
  }
  await rebuild.adopt();
  return { documents };
}

/** The feed of one index as a thing that can be stopped: it rests while the index is rebuilt. */
export class Indexer {
  readonly #settings: IndexerSettings;
  #running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(settings: IndexerSettings) {
    this.#settings = settings;
  }

  /** Begins to follow the logs; at once where it does already. */
  start(): void {
    if (this.#running !== undefined) return;
    const stop = new AbortController();
    this.#running = { stop, ended: feed(this.#settings, stop.signal) };
  }

  /** Resolves when nothing is under way. The position is what was recorded last. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.stop.abort();
    await running?.ended;
  }

  /** See {@link rebuildIndex}; the feed goes on afterwards if it went before. */
  async rebuild(
    progress?: (progress: RebuildProgress) => void,
    signal?: AbortSignal,
  ): Promise<{ documents: number }> {
    const ran = this.#running !== undefined;
    await this.stop();
    try {
      return await rebuildIndex(this.#settings, progress, signal);
    } finally {
      if (ran) this.start();
    }
  }
}
