import type { Client } from '@elastic/elasticsearch';
import { HoldfastError } from '../../core/errors.ts';
import type { IndexPosition } from '../../core/ports/index.ts';
import type { LogName } from '../../core/record.ts';
import { NotYet } from './elasticsearch-failures.ts';
import type { IndexSet } from './elasticsearch-set.ts';
import type { Patience } from './patience.ts';
import { PositionRecorder } from './position-recorder.ts';

/**
 * Writes how far logs are, after a refresh that makes everything before findable. A position counts only in the index
 * of positions that was there when its log's documents were added: a rebuilt one may take its place at any time.
 */
export class ElasticsearchPositions {
  readonly #client: Client;
  readonly #patience: Patience;
  readonly #set: IndexSet;
  readonly #recorder = new PositionRecorder((positions) => this.#record(positions));
  /** Of each log: the index of the positions when the documents since its last position were added. */
  readonly #generations = new Map<LogName, string | undefined>();

  constructor(client: Client, patience: Patience, set: IndexSet) {
    this.#client = client;
    this.#patience = patience;
    this.#set = set;
  }

  /** Before documents of these logs are added. */
  async prepare(logs: Iterable<LogName>): Promise<void> {
    const unknown = [...logs].filter((log) => !this.#generations.has(log));
    if (unknown.length === 0) return;
    await this.#set.ensurePositions();
    const generation = await this.#generation();
    for (const log of unknown) this.#generations.set(log, generation);
  }

  /** What was added of these logs (default: all) may not be there. */
  forget(logs: Iterable<LogName> = [...this.#generations.keys()]): void {
    for (const log of logs) this.#generations.delete(log);
  }

  /** See `Index.advance`; logs that come together share a refresh. */
  async record(log: LogName, position: IndexPosition): Promise<void> {
    if (!(await this.#recorder.record(log, position))) throw replaced(log);
  }

  async #generation(): Promise<string | undefined> {
    return (await this.#set.members()).get(this.#set.positions)?.index;
  }

  /** Names the logs whose documents were added to an index that is not there any more. */
  async #record(positions: ReadonlyMap<LogName, IndexPosition>): Promise<ReadonlySet<LogName>> {
    await this.#patience.until('making documents findable', async () => {
      const { _shards: shards } = await this.#client.indices.refresh({ index: this.#set.everything });
      if ((shards?.failed ?? 0) > 0) throw new NotYet('a shard was not refreshed');
    });
    // Another node may have put a rebuilt index in place: what was added to the old one is not in the new.
    const generation = await this.#generation();
    const lost = new Set([...positions.keys()].filter((log) => this.#generations.get(log) !== generation));
    this.forget(lost);
    const held = [...positions].filter(([log]) => !lost.has(log));
    if (held.length > 0) await this.#write(held);
    return lost;
  }

  async #write(positions: readonly [LogName, IndexPosition][]): Promise<void> {
    await this.#patience.until('recording the position of the index', async () => {
      const { items } = await this.#client.bulk(
        {
          index: this.#set.positions,
          require_alias: true,
          refresh: true,
          operations: positions.flatMap(([log, { size, rejects }]) => [
            // A lower size is a lower version, and is refused.
            { index: { _id: log, version: size + 1, version_type: 'external' as const } },
            { log, size, rejects },
          ]),
        },
        { maxRetries: 0 },
      );
      for (const { index: item } of items) {
        const status = item?.status ?? 0;
        if ((status >= 200 && status < 300) || status === 409) continue;
        if (status === 0 || status === 429 || status >= 500) throw new NotYet('a position was not recorded');
        throw refused(item?.error?.type ?? 'unknown');
      }
    });
  }
}

/** Whoever goes on past this would leave out what only the old index has. */
const replaced = (log: LogName): HoldfastError =>
  new HoldfastError('conflict', `Another node put a new index in place while ${log} was being indexed.`, {
    hint: 'It is indexed again from where the new index is.',
  });

/** The index of the positions was taken away, or is not ours to write. */
const refused = (type: string): HoldfastError =>
  new HoldfastError('storage-failed', `Elasticsearch refuses the position of the index (${type}).`, {
    hint: 'See the log of Elasticsearch; run holdfast rebuild-index where an index was removed.',
  });
