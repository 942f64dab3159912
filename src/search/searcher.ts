import { HoldfastError } from '../core/errors.ts';
import type { Cursor, Heads, Index } from '../core/ports/index.ts';
import type { RecordName } from '../core/record.ts';
import type { IndexDocument } from '../core/search/document.ts';
import { type ExplainedPart, explainQuery } from '../core/search/explain.ts';
import { conversationKey } from '../core/search/fields.ts';
import { type MatchContext, matches } from '../core/search/matches.ts';
import { parseQuery } from '../core/search/parse.ts';
import type { Interval, KeyPattern, Plan } from '../core/search/plan.ts';
import type { Query } from '../core/search/query.ts';
import { type Lookups, resolve, resolveBound } from '../core/search/resolve.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { type SearchLine, searchLine, stateOf } from './line.ts';
import { allOf, indexLookups, placeOf } from './lookups.ts';
import { type Selected, slicesOf } from './slices.ts';

export interface SearcherParts {
  readonly index: Pick<
    Index,
    'search' | 'count' | 'conversations' | 'get' | 'families' | 'positions' | 'buckets'
  >;
  /** Zone of dates that name none: the archive's. */
  readonly zone: string;
  /**
   * A query beyond which nothing is shown or counted, such as an auditor's grant; default: everything is shown. What lies
   * beyond it is answered as if it did not exist.
   */
  readonly within?: string;
}

/** What could not be looked into. */
export interface Unsearched {
  /** Parts of captures that could not be read. */
  readonly rejects: number;
  /** Events with attachments: only the names of attachments are searched. */
  readonly attachments: number;
  /** Documents that the engine took only without their text: no words find them. */
  readonly bare: number;
}

export interface CountAnswer {
  /** Records that fit: exact. */
  readonly total: number;
  /** Tree size by log: what the answer covers. */
  readonly heads: Heads;
  /** Presence events that fit and are left out; null where the query asks for them. */
  readonly presenceLeftOut: number | null;
  readonly unsearched: Unsearched;
}

export interface SearchAnswer extends CountAnswer {
  /** In order (at, log, leaf). */
  readonly lines: readonly SearchLine[];
  /** Present where more follow: pass it as `after`. */
  readonly cursor?: string;
}

export interface Explanation extends CountAnswer {
  readonly query: string;
  readonly zone: string;
  readonly parts: readonly ExplainedPart[];
}

/** A query with the heads that it is asked under: what an export or a production fixes. */
export interface Selection {
  readonly heads: Heads;
  readonly total: number;
  /** Every hit, in order (at, log, leaf); read page by page. */
  hits(): AsyncIterable<IndexDocument>;
  /** Hits with the rest of their slices (conversation × day in `zone`), marked. */
  slices(zone: string): AsyncIterable<Selected>;
}

interface Asked {
  readonly query: Query;
  readonly plan: Plan;
  readonly leftOut: Plan | undefined;
  readonly heads: Heads;
  readonly context: MatchContext;
}

const MOST_LINES = 10_000;

/** Answers queries from the index. Throws `bad-query`, `unknown-field`, `query-too-wide`. */
export class Searcher {
  readonly #index: SearcherParts['index'];
  readonly #zone: string;
  readonly #within: Query | undefined;
  #unsearched: { readonly key: string; readonly value: Unsearched } | undefined;

  constructor({ index, zone, within }: SearcherParts) {
    this.#index = index;
    this.#zone = zone;
    this.#within = within === undefined ? undefined : parseQuery(within);
  }

  /** `limit` 1 to 10,000; `after`: the cursor of the page before. */
  async search(text: string, options: { limit: number; after?: string }): Promise<SearchAnswer> {
    const limit = Math.min(Math.max(Math.floor(options.limit), 1), MOST_LINES);
    const from = options.after === undefined ? undefined : readCursor(options.after);
    const asked = await this.#ask(text, from?.heads);
    const [found, counts] = await Promise.all([
      this.#index.search(asked.plan, {
        limit: limit + 1,
        heads: asked.heads,
        ...(from && { after: from.after }),
      }),
      this.#counts(asked),
    ]);
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      ...counts,
      lines: await this.#lines(page, asked),
      ...(last && { cursor: writeCursor({ heads: asked.heads, after: placeOf(last) }) }),
    };
  }

  async count(text: string): Promise<CountAnswer> {
    return this.#counts(await this.#ask(text));
  }

  /** How each part was read, and what the answer would cover. */
  async explain(text: string): Promise<Explanation> {
    const asked = await this.#ask(text);
    const parts = explainQuery(asked.query, text, this.#zone);
    return { query: text, zone: this.#zone, parts, ...(await this.#counts(asked)) };
  }

  /** All that fits now, or under earlier heads. */
  async select(text: string, heads?: Heads): Promise<Selection> {
    const asked = await this.#ask(text, heads);
    const index = this.#index;
    return {
      heads: asked.heads,
      total: await index.count(asked.plan, asked.heads),
      hits: () => allOf(index, asked.plan, asked.heads),
      slices: (zone) => slicesOf(index, asked.plan, asked.heads, zone),
    };
  }

  /** The conversation around a record: up to `before` and `after` events, without presence and read marks. */
  async context(
    name: RecordName,
    { before, after }: { before: number; after: number },
  ): Promise<{ readonly heads: Heads; readonly lines: readonly SearchLine[] }> {
    const heads = await this.#heads();
    const bound = await this.#bound(this.#lookups(heads));
    const record = (await this.#index.get([name])).get(name);
    if (record === undefined || !(await this.#fits(record, bound, heads)))
      throw new HoldfastError('not-found', `The index has no event ${name.slice(0, 100)}.`, {
        hint: 'Only events have a conversation; holdfast status says how far the index is.',
      });
    const plan: Plan = {
      op: 'and',
      parts: [
        ...(bound === undefined ? [] : [bound]),
        { op: 'conversations', keys: [conversationKey(record.network, record.conversation.id)] },
        { op: 'not', part: { op: 'kind', kinds: ['presence', 'read'] } },
      ],
    };
    const place = placeOf(record);
    const around = (limit: number, backwards: boolean, after: Cursor): Promise<IndexDocument[]> =>
      limit < 1
        ? Promise.resolve([])
        : this.#index.search(plan, { limit: Math.min(limit, MOST_LINES), heads, after, backwards });
    const earlier = await around(before, true, place);
    const later = await around(after, false, place);
    return { heads, lines: await this.#lines([...earlier.reverse(), record, ...later]) };
  }

  /** Whether a record may be shown: it is an event that is indexed and lies within. */
  async shows(name: RecordName): Promise<boolean> {
    const heads = await this.#heads();
    const record = (await this.#index.get([name])).get(name);
    return record !== undefined && (await this.#fits(record, await this.#bound(this.#lookups(heads)), heads));
  }

  #lookups(heads: Heads): RememberedLookups {
    return new RememberedLookups(indexLookups(this.#index, heads, this.#zone));
  }

  async #bound(lookups: Lookups): Promise<Plan | undefined> {
    return this.#within === undefined ? undefined : await resolveBound(this.#within, lookups);
  }

  /** Asked as a page of one, from the place right before the record. */
  async #fits(record: IndexDocument, bound: Plan | undefined, heads: Heads): Promise<boolean> {
    if (bound === undefined) return true;
    const place = placeOf(record);
    const after = { ...place, leaf: place.leaf - 1 };
    const [found] = await this.#index.search(bound, { limit: 1, heads, after });
    return found !== undefined && found.log === record.log && found.leaf === record.leaf;
  }

  async #ask(text: string, heads?: Heads): Promise<Asked> {
    const query = parseQuery(text);
    const covered = heads ?? (await this.#heads());
    const known = this.#lookups(covered);
    const { plan, leftOut } = await resolve(query, known);
    const context = known.context();
    const bound = await this.#bound(known);
    if (bound === undefined) return { query, plan, leftOut, heads: covered, context };
    const bounded = (part: Plan): Plan => ({ op: 'and', parts: [part, bound] });
    return {
      query,
      plan: bounded(plan),
      leftOut: leftOut === undefined ? undefined : bounded(leftOut),
      heads: covered,
      context,
    };
  }

  async #heads(): Promise<Heads> {
    const positions = await this.#index.positions();
    return Object.fromEntries([...positions].map(([log, { size }]) => [log, size]));
  }

  async #counts({ plan, leftOut, heads }: Asked): Promise<CountAnswer> {
    const [total, presence, unsearched] = await Promise.all([
      this.#index.count(plan, heads),
      leftOut === undefined ? null : this.#index.count(leftOut, heads),
      this.#unsearchedUnder(heads),
    ]);
    return { total, heads, presenceLeftOut: presence, unsearched };
  }

  /** The same for every query under the same heads: asked once. */
  async #unsearchedUnder(heads: Heads): Promise<Unsearched> {
    const key = JSON.stringify(heads);
    if (this.#unsearched?.key === key) return this.#unsearched.value;
    const bound = await this.#bound(this.#lookups(heads));
    const files: Plan = { op: 'has', feature: 'attachment' };
    const [attachments, positions, buckets] = await Promise.all([
      this.#index.count(bound === undefined ? files : { op: 'and', parts: [files, bound] }, heads),
      this.#index.positions(),
      this.#index.buckets(),
    ]);
    let rejects = 0;
    for (const position of positions.values()) rejects += position.rejects;
    const bare = buckets.reduce((sum, bucket) => sum + bucket.bare, 0);
    const value = { rejects, attachments, bare };
    this.#unsearched = { key, value };
    return value;
  }

  async #lines(documents: readonly IndexDocument[], asked?: Asked): Promise<SearchLine[]> {
    const messages = documents.filter(({ kind }) => kind === 'message').map(({ family }) => family);
    const families = await this.#index.families(messages);
    return documents.map((document) => {
      const uncertain = asked !== undefined && matches(asked.query, document, asked.context) === 'maybe';
      return searchLine(
        document,
        asked?.query,
        uncertain,
        stateOf(document, families.get(document.family) ?? []),
      );
    });
  }
}

/** The reference judges single records with what was looked up for the plan. */
class RememberedLookups implements Lookups {
  readonly zone: string;
  readonly #lookups: Lookups;
  readonly #conversations = new Map<string, ReadonlySet<string>>();
  readonly #intervals = new Map<string, readonly Interval[]>();

  constructor(lookups: Lookups) {
    this.#lookups = lookups;
    this.zone = lookups.zone;
  }

  async conversations(pattern: KeyPattern): Promise<readonly string[]> {
    const found = await this.#lookups.conversations(pattern);
    this.#conversations.set(JSON.stringify(pattern), new Set(found));
    return found;
  }

  async intervals(pattern: KeyPattern): Promise<readonly Interval[]> {
    const found = await this.#lookups.intervals(pattern);
    this.#intervals.set(JSON.stringify(pattern), found);
    return found;
  }

  context(): MatchContext {
    return {
      zone: this.zone,
      conversations: (pattern) => this.#conversations.get(JSON.stringify(pattern)) ?? new Set(),
      intervals: (pattern) => this.#intervals.get(JSON.stringify(pattern)) ?? [],
    };
  }
}
