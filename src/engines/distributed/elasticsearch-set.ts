import { type Client, errors, type estypes } from '@elastic/elasticsearch';
import type { Bucket } from '../../core/record.ts';
import type { ElasticsearchIndexSettings } from './elasticsearch-settings.ts';
import { type BucketMeta, bucketMappings, INDEX_VERSION, POSITION_MAPPINGS } from './elasticsearch-source.ts';
import type { Patience } from './patience.ts';

/** Segments of a size that stand side by side before they are merged. */
const MERGED_AT_ONCE = 25;

/** An alias, and the index behind it. */
export interface Member {
  readonly alias: string;
  readonly index: string;
  /** Undefined: the positions. */
  readonly bucket: Bucket | undefined;
  /** What it was made with; see `INDEX_VERSION`. */
  readonly version: string | undefined;
}

/**
 * The indices of an archive, one per bucket and one for positions, each behind an alias: writing goes through aliases
 * only, so that nothing late recreates what is gone. A rebuild fills a second set under names of its own (`side`
 * `next`), and takes the aliases over in one step.
 */
export class IndexSet {
  readonly #client: Client;
  readonly #patience: Patience;
  readonly #settings: ElasticsearchIndexSettings;
  readonly #side: 'live' | 'next';
  #members: Map<string, Member> | undefined;

  constructor(
    client: Client,
    patience: Patience,
    settings: ElasticsearchIndexSettings,
    side: 'live' | 'next',
  ) {
    this.#client = client;
    this.#patience = patience;
    this.#settings = settings;
    this.#side = side;
  }

  /** Prefix of every alias of this set. */
  get prefix(): string {
    return `${this.#side === 'live' ? '' : 'next-'}holdfast-${this.#settings.archive.toLowerCase()}`;
  }

  get positions(): string {
    return `positions-${this.prefix}`;
  }

  /** All buckets that there are at the moment of asking; nothing else has such a name. */
  get everything(): string {
    return `${this.prefix}-*`;
  }

  aliasOf(bucket: Bucket): string {
    return `${this.prefix}-${bucket.class.toLowerCase()}-${bucket.quarter.toLowerCase()}`;
  }

  /** Aliases of all buckets there are: other nodes add some at any time. */
  async buckets(): Promise<Member[]> {
    return [...(await this.members()).values()].filter(({ bucket }) => bucket !== undefined);
  }

  /** Every alias of this set with its index, read from the server. */
  async members(): Promise<Map<string, Member>> {
    const found = await this.#patience.until('looking for the index', async () =>
      this.#client.indices.get({
        index: [this.everything, `${this.positions}*`],
        allow_no_indices: true,
        features: ['aliases', 'mappings'],
        filter_path: '*.aliases,*.mappings._meta',
      }),
    );
    const members = new Map<string, Member>();
    for (const [index, state] of Object.entries(found)) {
      const meta = state.mappings?._meta as Partial<BucketMeta> | undefined;
      if (meta?.archive !== this.#settings.archive) continue;
      for (const alias of Object.keys(state.aliases ?? {})) {
        const bucket =
          meta.class === undefined || meta.quarter === undefined
            ? undefined
            : { class: meta.class, quarter: meta.quarter };
        if (alias === (bucket === undefined ? this.positions : this.aliasOf(bucket)))
          members.set(alias, { alias, index, bucket, version: meta.version });
      }
    }
    this.#members = members;
    return members;
  }

  /** Makes the index of a bucket where there is none. */
  async ensureBucket(bucket: Bucket): Promise<string> {
    const alias = this.aliasOf(bucket);
    if (this.#members?.has(alias) !== true && !(await this.members()).has(alias))
      await this.#create(
        alias,
        bucketMappings({ archive: this.#settings.archive, version: INDEX_VERSION, ...bucket }),
      );
    return alias;
  }

  /** Makes the index of the positions where there is none. */
  async ensurePositions(): Promise<void> {
    if ((await this.members()).has(this.positions)) return;
    await this.#create(this.positions, {
      ...POSITION_MAPPINGS,
      _meta: { archive: this.#settings.archive, version: INDEX_VERSION },
    });
  }

  /** Removes every index of this set. */
  async remove(): Promise<void> {
    const members = [...(await this.members()).values()];
    if (members.length > 0)
      await this.#patience.until('removing an index', () =>
        this.#client.indices.delete({ index: members.map(({ index }) => index), ignore_unavailable: true }),
      );
    this.#members = undefined;
  }

  /** This set takes the place of `live`, whose indices go, in one step of the server. */
  async replace(live: IndexSet): Promise<void> {
    const old = [...(await live.members()).values()];
    const actions: estypes.IndicesUpdateAliasesAction[] = old.map(({ index }) => ({
      remove_index: { index },
    }));
    for (const { alias, index, bucket } of (await this.members()).values()) {
      actions.push({ remove: { index, alias } });
      actions.push({ add: { index, alias: bucket === undefined ? live.positions : live.aliasOf(bucket) } });
    }
    if (actions.length > 0)
      await this.#patience.until('putting the new index in place', () =>
        this.#client.indices.updateAliases({ actions }),
      );
    live.forget();
    this.forget();
  }

  /** What was known of the server is asked again. */
  forget(): void {
    this.#members = undefined;
  }

  async #create(alias: string, mappings: estypes.MappingTypeMapping): Promise<void> {
    const { shards = 1, replicas = 0, clock } = this.#settings;
    // Nodes that make a bucket at the same time must mean the same index; a rebuilt one must be another.
    const suffix = this.#side === 'live' ? '1' : clock.now().toString(36);
    // Only aliases begin with a set's prefix, so that a pattern never takes in what grows beside.
    const index = `made-${alias.replace('next-', '')}-${suffix}`;
    await this.#patience.until('making an index', async () => {
      try {
        await this.#client.indices.create({
          index,
          aliases: { [alias]: {} },
          mappings,
          settings: {
            number_of_shards: shards,
            number_of_replicas: replicas,
            // What is added is found when the position is recorded, which asks for it.
            refresh_interval: '-1',
            // Many small refreshes make many small segments: merged ten at a time, a document is written twice as often.
            'merge.policy.segments_per_tier': MERGED_AT_ONCE,
            'merge.policy.max_merge_at_once': MERGED_AT_ONCE,
          },
        });
      } catch (error) {
        // Another node was first, or the answer of an earlier attempt was lost.
        if (!(error instanceof errors.ResponseError) || !isTaken(error)) throw error;
      }
    });
    await this.members();
  }
}

function isTaken(error: errors.ResponseError): boolean {
  return error.body?.error?.type === 'resource_already_exists_exception';
}
