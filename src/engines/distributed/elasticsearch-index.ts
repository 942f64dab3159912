import { Client, type estypes } from '@elastic/elasticsearch';
import { HoldfastError } from '../../core/errors.ts';
import type { EventId } from '../../core/event.ts';
import type {
  BucketStatus,
  Heads,
  Index,
  IndexAudit,
  IndexFlaw,
  IndexPosition,
  IndexRebuild,
  PageRequest,
} from '../../core/ports/index.ts';
import type { Bucket, LogName, RecordName } from '../../core/record.ts';
import type { IndexDocument } from '../../core/search/document.ts';
import type { Plan } from '../../core/search/plan.ts';
import { bulkCreate } from './elasticsearch-bulk.ts';
import { tooWide } from './elasticsearch-errors.ts';
import { elasticsearchFailures, NotYet } from './elasticsearch-failures.ts';
import { ElasticsearchPositions } from './elasticsearch-positions.ts';
import { queriesOf } from './elasticsearch-queries.ts';
import type { Query } from './elasticsearch-query.ts';
import { IndexSet } from './elasticsearch-set.ts';
import type { ElasticsearchIndexSettings } from './elasticsearch-settings.ts';
import { auditDigest, INDEX_VERSION, type Source } from './elasticsearch-source.ts';
import type { Window } from './elasticsearch-windows.ts';
import { Patience } from './patience.ts';

/** `index.max_result_window` of a server that nobody changed. */
const PAGE = 10_000;
const NAMES = 1_000;
const REQUEST_TIMEOUT_MS = 120_000;

/**
 * The index in Elasticsearch: one index per bucket behind an alias, positions in another. Uses only what every
 * distribution of the server has. It waits while the server is away, says so, and gives up as its settings say.
 */
export class ElasticsearchIndex implements Index {
  readonly #client: Client;
  readonly #settings: ElasticsearchIndexSettings;
  readonly #patience: Patience;
  readonly #set: IndexSet;
  /** Made by another version: nothing in it counts. */
  #isOld = false;
  #removing: Promise<void> | undefined;
  readonly #positions: ElasticsearchPositions;

  private constructor(settings: ElasticsearchIndexSettings, side: 'live' | 'next') {
    this.#settings = settings;
    this.#client = new Client({
      node: settings.node,
      ...(settings.tls && { tls: { ...settings.tls } }),
      ...(settings.auth && { auth: { ...settings.auth } }),
      maxRetries: 0,
      requestTimeout: REQUEST_TIMEOUT_MS,
    });
    this.#patience = new Patience(settings, elasticsearchFailures);
    this.#set = new IndexSet(this.#client, this.#patience, settings, side);
    this.#positions = new ElasticsearchPositions(this.#client, this.#patience, this.#set);
  }

  /** The index of an archive; resolves when the server answers. */
  static async open(settings: ElasticsearchIndexSettings): Promise<ElasticsearchIndex> {
    const index = new ElasticsearchIndex(settings, 'live');
    await index.#look();
    return index;
  }

  async add(documents: readonly IndexDocument[]): Promise<void> {
    await this.#prepare(new Set(documents.map(({ log }) => log)));
    for (const batch of Map.groupBy(documents, (one) => `${one.class} ${one.quarter}`).values()) {
      const [first] = batch;
      if (first === undefined) continue;
      const alias = await this.#set.ensureBucket({ class: first.class, quarter: first.quarter });
      try {
        await bulkCreate(this.#client, this.#patience, alias, batch);
      } catch (error) {
        // A rebuilt index may have taken the place of this one: whoever tries again sees what there is.
        this.#set.forget();
        this.#positions.forget(batch.map(({ log }) => log));
        throw error;
      }
    }
  }

  async advance(log: LogName, position: IndexPosition): Promise<void> {
    await this.#prepare([log]);
    await this.#positions.record(log, position);
  }

  async positions(): Promise<ReadonlyMap<LogName, IndexPosition>> {
    if (this.#isOld) return new Map();
    const { hits } = await this.#ask<IndexPosition & { log: LogName }>('reading positions', {
      index: `${this.#set.positions}*`,
      size: PAGE,
    });
    return new Map(
      hits.flatMap(({ _source: source }) =>
        source === undefined ? [] : [[source.log, { size: source.size, rejects: source.rejects }]],
      ),
    );
  }

  async search(plan: Plan, page: PageRequest): Promise<IndexDocument[]> {
    const order = page.backwards === true ? 'desc' : 'asc';
    const found: IndexDocument[] = [];
    for await (const query of this.#queries(plan, page)) {
      const { hits } = await this.#ask<Pick<Source, 'document'>>('searching', {
        index: this.#set.everything,
        query,
        size: page.limit - found.length,
        sort: [{ at: order }, { log: order }, { leaf: order }],
        ...(page.after && { search_after: [page.after.at, page.after.log, page.after.leaf] }),
        _source: ['document'],
      });
      for (const { _source: source } of hits) if (source !== undefined) found.push(source.document);
      if (found.length >= page.limit) break;
    }
    return found;
  }

  async count(plan: Plan, heads: Heads): Promise<number> {
    let total = 0;
    for await (const query of this.#queries(plan, { heads })) total += await this.#count(query);
    return total;
  }

  async conversations(plan: Plan, heads: Heads, limit: number): Promise<string[]> {
    const keys = new Set<string>();
    for await (const query of this.#queries(plan, { heads }))
      for await (const key of this.#values('conversation', query)) {
        keys.add(key);
        if (keys.size > limit) throw tooWide(`More than ${limit} conversations fit.`);
      }
    return [...keys].sort();
  }

  async addresses(limit: number): Promise<string[]> {
    const keys = new Set<string>();
    for (const field of ['senderAddress', 'toAddresses'])
      for await (const key of this.#values(field, { match_all: {} })) {
        keys.add(key);
        if (keys.size > limit)
          throw tooWide(`The archive has messages of more than ${limit.toLocaleString('en')} addresses.`);
      }
    return [...keys].sort();
  }

  async get(names: readonly RecordName[]): Promise<ReadonlyMap<RecordName, IndexDocument>> {
    const found = new Map<RecordName, IndexDocument>();
    for (let i = 0; i < names.length; i += NAMES) {
      const values = names.slice(i, i + NAMES);
      const { hits } = await this.#ask<Pick<Source, 'document'>>('reading documents', {
        index: this.#set.everything,
        query: { ids: { values } },
        size: PAGE,
        _source: ['document'],
      });
      for (const { _id: id, _source: source } of hits)
        if (id !== undefined && source !== undefined) found.set(id, source.document);
    }
    return found;
  }

  async changes(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, readonly IndexDocument[]>> {
    const changes = new Map<EventId, IndexDocument[]>();
    const wanted = [...new Set(ids)];
    for (let i = 0; i < wanted.length; i += NAMES) {
      // Of a document that the engine took bare it knows no kind.
      const ofKind = [{ terms: { kind: ['edit', 'deletion'] } }, { term: { bare: true } }];
      const filter = [{ terms: { family: wanted.slice(i, i + NAMES) } }, { bool: { should: ofKind } }];
      for await (const { document } of this.#all({ bool: { filter } }, ['at', 'log', 'leaf'], ['document'])) {
        if (document.kind !== 'edit' && document.kind !== 'deletion') continue;
        const family = changes.get(document.family);
        if (family === undefined) changes.set(document.family, [document]);
        else family.push(document);
      }
    }
    return changes;
  }

  async *scan(log: LogName, from: number): AsyncIterable<IndexAudit> {
    const query = { bool: { filter: [{ term: { log } }, { range: { leaf: { gte: from } } }] } };
    for await (const source of this.#all(query, ['leaf', 'at', 'quarter'], undefined, 1_000))
      yield { leaf: source.leaf, digest: auditDigest(log, source) };
  }

  /** None: `scan` compares every field with what the document gives, and Lucene checks its own files. */
  async *flaws(): AsyncIterable<IndexFlaw> {}

  async logs(): Promise<LogName[]> {
    const names = new Set((await this.positions()).keys());
    const { aggregations } = await this.#ask<never>('reading the logs', {
      index: this.#set.everything,
      size: 0,
      aggregations: { logs: { terms: { field: 'log', size: PAGE } } },
    });
    const found = aggregations?.logs as estypes.AggregationsStringTermsAggregate | undefined;
    for (const { key } of Array.isArray(found?.buckets) ? found.buckets : []) names.add(String(key));
    return [...names].sort();
  }

  async buckets(): Promise<BucketStatus[]> {
    const [members, stats, counts] = await Promise.all([
      this.#set.buckets(),
      this.#patience.until('reading the size of an index', () =>
        this.#client.indices.stats({ index: this.#set.everything, metric: ['store'] }),
      ),
      this.#ask<never>('counting', {
        index: this.#set.everything,
        size: 0,
        aggregations: {
          all: { terms: { field: '_index', size: PAGE } },
          bare: {
            filter: { term: { bare: true } },
            aggs: { all: { terms: { field: '_index', size: PAGE } } },
          },
        },
      }),
    ]);
    const bare = counts.aggregations?.bare as estypes.AggregationsFilterAggregate | undefined;
    const documents = countsByIndex(counts.aggregations?.all);
    const without = countsByIndex(bare?.all as estypes.AggregationsAggregate | undefined);
    return members.flatMap(({ index, bucket }) =>
      bucket === undefined
        ? []
        : {
            class: bucket.class,
            quarter: bucket.quarter,
            documents: documents.get(index) ?? 0,
            bytes: stats.indices?.[index]?.primaries?.store?.size_in_bytes ?? 0,
            bare: without.get(index) ?? 0,
          },
    );
  }

  async drop(bucket: Bucket): Promise<void> {
    throw new HoldfastError(
      'removal-refused',
      `The bucket ${bucket.class} ${bucket.quarter} may not be dropped.`,
      { hint: 'A bucket goes only after its disposal was sealed, which this version cannot do.' },
    );
  }

  async rebuild(): Promise<IndexRebuild> {
    const index = new ElasticsearchIndex(this.#settings, 'next');
    await index.#set.remove();
    return {
      index,
      adopt: async () => {
        await index.#set.replace(this.#set);
        await index.close();
        this.#positions.forget();
        this.#isOld = false;
      },
      abandon: async () => {
        await index.#set.remove();
        await index.close();
      },
    };
  }

  async close(): Promise<void> {
    this.#patience.close();
    await this.#client.close();
  }

  /** Reads what there is; resolves when the server answers. */
  async #look(): Promise<void> {
    const members = [...(await this.#set.members()).values()];
    this.#isOld = members.some(({ version }) => version !== INDEX_VERSION);
  }

  /** What another version made is removed, and filled again from the vault. */
  async #prepare(logs: Iterable<LogName>): Promise<void> {
    await this.#removeOld();
    await this.#positions.prepare(logs);
  }

  /** Once, whoever comes first: what is made anew meanwhile must not go with it. */
  async #removeOld(): Promise<void> {
    if (!this.#isOld) return;
    this.#removing ??= this.#set.remove().finally(() => {
      this.#removing = undefined;
    });
    await this.#removing;
    this.#isOld = false;
  }

  #queries(plan: Plan, page: Pick<PageRequest, 'heads' | 'after' | 'backwards'>): AsyncIterable<Query> {
    return queriesOf(plan, page, (query) => this.#span(query));
  }

  /** Between which instants the hits of a query lie; undefined where there are none. */
  async #span(query: Query): Promise<Window | undefined> {
    const { aggregations } = await this.#ask<never>('searching', {
      index: this.#set.everything,
      query,
      size: 0,
      aggregations: { first: { min: { field: 'at' } }, last: { max: { field: 'at' } } },
    });
    const { value: first } = (aggregations?.first ?? {}) as Partial<estypes.AggregationsMinAggregate>;
    const { value: last } = (aggregations?.last ?? {}) as Partial<estypes.AggregationsMaxAggregate>;
    return typeof first === 'number' && typeof last === 'number' ? { from: first, to: last + 1 } : undefined;
  }

  async #count(query: Query): Promise<number> {
    return await this.#patience.until('counting', async () => {
      const { count, _shards: shards } = await this.#client.count({
        index: this.#set.everything,
        query,
      });
      if (shards.failed > 0) throw new NotYet('a shard did not answer');
      return count;
    });
  }

  /** One search whose answer is whole: a shard that is away is waited for. */
  async #ask<T>(
    what: string,
    request: estypes.SearchRequest,
  ): Promise<{
    hits: estypes.SearchHit<T>[];
    aggregations: { readonly [name: string]: estypes.AggregationsAggregate } | undefined;
  }> {
    return await this.#patience.until(what, async () => {
      const answer = await this.#client.search<T>({
        ...request,
        allow_partial_search_results: false,
        track_total_hits: false,
      });
      if (answer._shards.failed > 0 || answer.timed_out) throw new NotYet('a shard did not answer');
      return { hits: answer.hits.hits, aggregations: answer.aggregations };
    });
  }

  /** Every value that a field has in the hits of a query, each once. */
  async *#values(field: string, query: Query): AsyncGenerator<string> {
    for (let after: estypes.AggregationsCompositeAggregateKey | undefined; ; ) {
      const { aggregations } = await this.#ask<never>('searching', {
        index: this.#set.everything,
        query,
        size: 0,
        aggregations: {
          found: {
            composite: {
              size: PAGE,
              sources: [{ key: { terms: { field } } }],
              ...(after && { after }),
            },
          },
        },
      });
      const found = aggregations?.found as estypes.AggregationsCompositeAggregate | undefined;
      const buckets = Array.isArray(found?.buckets) ? found.buckets : [];
      for (const bucket of buckets) yield String(bucket.key.key);
      after = found?.after_key;
      if (after === undefined || buckets.length === 0) return;
    }
  }

  /** Every hit of a query, ascending. */
  async *#all(
    query: Query,
    order: readonly string[],
    fields: string[] | undefined,
    size = PAGE,
  ): AsyncGenerator<Source> {
    let after: estypes.SortResults | undefined;
    for (;;) {
      const { hits } = await this.#ask<Source>('reading documents', {
        index: this.#set.everything,
        query,
        size,
        sort: order.map((field) => ({ [field]: 'asc' as const })),
        ...(after && { search_after: after }),
        ...(fields && { _source: fields }),
      });
      for (const { _source: source } of hits) if (source !== undefined) yield source;
      after = hits.at(-1)?.sort;
      if (after === undefined || hits.length < size) return;
    }
  }
}

function countsByIndex(aggregate: estypes.AggregationsAggregate | undefined): Map<string, number> {
  const { buckets } = (aggregate ?? {}) as estypes.AggregationsStringTermsAggregate;
  return new Map((Array.isArray(buckets) ? buckets : []).map((one) => [String(one.key), one.doc_count]));
}
