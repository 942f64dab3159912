import { type Directory, EMPTY_DIRECTORY } from '../core/directory/fold.ts';
import { custodiansNamed } from '../core/directory/people.ts';
import { directoryAt } from '../core/directory/versions.ts';
import { HoldfastError } from '../core/errors.ts';
import type { HeldRecords } from '../core/holds/held.ts';
import type { Cursor, Heads, Index, IndexPosition } from '../core/ports/index.ts';
import type { LogName, RecordName } from '../core/record.ts';
import type { IndexDocument } from '../core/search/document.ts';
import { type ExplainedPart, explainQuery } from '../core/search/explain.ts';
import { conversationKey } from '../core/search/fields.ts';
import { asksForTime, type MatchContext, matches } from '../core/search/matches.ts';
import { parseQuery } from '../core/search/parse.ts';
import type { Plan } from '../core/search/plan.ts';
import { asksForHolds, partsOf, type Query } from '../core/search/query.ts';
import { resolve } from '../core/search/resolve.ts';
import { type Bound, planOfBounds } from './bound.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { type SearchLine, searchLine, stateOf } from './line.ts';
import { type AskedIndex, indexLookups, placeOf } from './lookups.ts';
import { RememberedLookups } from './remembered-lookups.ts';
import { type Selected, selectedBy } from './selected.ts';
import { SharedLook } from './shared-look.ts';

export interface SearcherParts {
  readonly index: Pick<
    Index,
    'search' | 'count' | 'conversations' | 'addresses' | 'get' | 'changes' | 'positions' | 'buckets'
  >;
  /** Zone of dates that name none: the archive's. */
  readonly zone: string;
  /** The directory as it is now, for `custodian:` and `direction:`; default: it knows nobody. */
  directory?(): Promise<Directory>;
  /**
   * What holds cover, for whoever may know of holds: the newest judgement, or the one of a key where it is still there.
   * Absent: `hold:` and `matter:` are no fields, and nothing is said of holds.
   */
  holds?(key?: string): Promise<HeldRecords>;
  /**
   * Bounds beyond all of which nothing is shown or counted, such as an auditor's grants; default: everything is shown.
   * What lies beyond them is answered as if it did not exist.
   */
  readonly within?: readonly Bound[];
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
  /** Version of the directory by which `custodian:` and `direction:` were read. */
  readonly directory: number;
  /** Presence events that fit and are left out; null where the query asks for them. */
  readonly presenceLeftOut: number | null;
  readonly unsearched: Unsearched;
  /** Names after `custodian:` that the directory knows nobody of; absent where there is none, or not to be told. */
  readonly unknownPeople?: readonly string[];
  /** For whoever may know of holds: what was judged of each log. Later records are in no hold yet. */
  readonly judged?: Heads;
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

/** A query with the heads and the version of the directory that it is asked under: what a production fixes. */
export interface Selection {
  readonly heads: Heads;
  readonly directory: number;
  readonly total: number;
  /**
   * Every hit, in order (at, log, leaf), then the rest of their families and, where a `zone` is given, of their slices
   * (conversation × day in it); read page by page.
   */
  records(zone?: string): AsyncIterable<Selected>;
}

interface Asked {
  readonly query: Query;
  readonly plan: Plan;
  readonly leftOut: Plan | undefined;
  readonly heads: Heads;
  /** The directory that the query is read by. */
  readonly directory: Directory;
  readonly context: MatchContext;
  readonly held: HeldRecords | undefined;
  readonly unknownPeople: readonly string[];
  /** The bound within the plan. */
  readonly bound: Plan | undefined;
}

/** What an answer is given under: now, or what an earlier one named. */
interface Under {
  readonly heads?: Heads;
  readonly directory?: number;
  readonly held?: string | null;
}

const MOST_LINES = 10_000;

/** Answers queries from the index. Throws `bad-query`, `unknown-field`, `query-too-wide`. */
export class Searcher {
  readonly #index: SearcherParts['index'];
  readonly #zone: string;
  readonly #directory: () => Promise<Directory>;
  readonly #holds: ((key?: string) => Promise<HeldRecords>) | undefined;
  readonly #within: readonly Bound[] | undefined;
  readonly #positions: SharedLook<ReadonlyMap<LogName, IndexPosition>>;
  #unsearched: { readonly key: string; readonly value: Promise<Unsearched> } | undefined;
  #addresses: { readonly key: string; readonly value: Promise<string[]> } | undefined;

  constructor({ index, zone, directory, holds, within }: SearcherParts) {
    this.#index = index;
    this.#positions = new SharedLook(() => index.positions());
    this.#zone = zone;
    this.#directory = directory ?? (async () => EMPTY_DIRECTORY);
    this.#holds = holds;
    this.#within = within;
  }

  /** `limit` 1 to 10,000; `after`: the cursor of the page before. */
  async search(text: string, options: { limit: number; after?: string }): Promise<SearchAnswer> {
    const limit = Math.min(Math.max(Math.floor(options.limit), 1), MOST_LINES);
    const from = options.after === undefined ? undefined : readCursor(options.after);
    const asked = await this.#ask(text, from, true);
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
      ...(last && {
        cursor: cursorAfter(last, asked),
      }),
    };
  }

  async count(text: string): Promise<CountAnswer> {
    return this.#counts(await this.#ask(text));
  }

  /** How each part was read, and what the answer would cover. */
  async explain(text: string): Promise<Explanation> {
    const asked = await this.#ask(text);
    // Whoever sees a part of the archive only is not told whom the directory has.
    const people = this.#within === undefined ? asked.directory : undefined;
    const parts = explainQuery(asked.query, text, this.#zone, people && namesIn(people));
    return { query: text, zone: this.#zone, parts, ...(await this.#counts(asked)) };
  }

  /** All that fits now, or under earlier heads and an earlier version of the directory. */
  async select(text: string, heads?: Heads, directory?: number): Promise<Selection> {
    const asked = await this.#ask(text, {
      ...(heads && { heads }),
      ...(directory !== undefined && { directory }),
    });
    const index = this.#index;
    return {
      heads: asked.heads,
      directory: asked.directory.version,
      total: await index.count(asked.plan, asked.heads),
      records: (zone) => selectedBy(index, asked.plan, asked.heads, { zone, bound: asked.bound }),
    };
  }

  /** The conversation around a record: up to `before` and `after` events, without presence and read marks. */
  async context(
    name: RecordName,
    { before, after }: { before: number; after: number },
  ): Promise<{ readonly heads: Heads; readonly lines: readonly SearchLine[] }> {
    const heads = await this.#heads();
    const bound = await this.#bound(heads, await this.#directory());
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
    return {
      heads,
      lines: await this.#lines([...earlier.reverse(), record, ...later], undefined, await this.#holds?.()),
    };
  }

  /** Whether a record may be shown: it is an event that is indexed and lies within. */
  async shows(name: RecordName): Promise<boolean> {
    const heads = await this.#heads();
    const record = (await this.#index.get([name])).get(name);
    if (record === undefined) return false;
    return await this.#fits(record, await this.#bound(heads, await this.#directory()), heads);
  }

  /** Always by the directory as it is now: what somebody may see is no matter of a page's version. */
  async #bound(heads: Heads, directory: Directory): Promise<Plan | undefined> {
    if (this.#within === undefined) return undefined;
    return await planOfBounds(this.#within, this.#asked(heads), heads, this.#zone, directory);
  }

  /** The index, with what many questions under the same heads share asked once. */
  #asked(heads: Heads): AskedIndex {
    const index = this.#index;
    return {
      search: (plan, page) => index.search(plan, page),
      conversations: (plan, covered, limit) => index.conversations(plan, covered, limit),
      addresses: (limit) => {
        const key = JSON.stringify(heads);
        if (this.#addresses?.key === key) return this.#addresses.value;
        const value = index.addresses(limit);
        this.#addresses = { key, value };
        value.catch(() => {
          this.#addresses = undefined;
        });
        return value;
      },
    };
  }

  /** Asked as a page of one, from the place right before the record. */
  async #fits(record: IndexDocument, bound: Plan | undefined, heads: Heads): Promise<boolean> {
    if (bound === undefined) return true;
    const place = placeOf(record);
    const after = { ...place, leaf: place.leaf - 1 };
    const [found] = await this.#index.search(bound, { limit: 1, heads, after });
    return found !== undefined && found.log === record.log && found.leaf === record.leaf;
  }

  /** `flags`: the answer says of each record which holds cover it. */
  async #ask(text: string, under: Under = {}, flags = false): Promise<Asked> {
    const query = parseQuery(text, { holds: this.#holds !== undefined });
    const asksHolds = asksForHolds(query);
    const held = asksHolds || flags ? await this.#holds?.(under.held ?? undefined) : undefined;
    if (asksHolds && typeof under.held === 'string' && held?.key !== under.held) throw judgedAnew();
    const all = under.heads ?? (await this.#heads());
    // What was not judged yet is not covered by an answer that asks for holds.
    const heads = asksHolds && held !== undefined ? lowest(all, held.heads) : all;
    const current = await this.#directory();
    const directory = under.directory === undefined ? current : directoryAt(current, under.directory);
    if (directory === undefined) throw notRead(under.directory);
    const lookups = indexLookups(this.#asked(heads), heads, this.#zone, directory);
    const known = new RememberedLookups(lookups, directory, asksHolds ? held : undefined);
    const { plan, leftOut } = await resolve(query, known);
    const bound = await this.#bound(heads, current);
    const unknownPeople = bound === undefined ? unknownIn(query, directory) : [];
    const asked = { query, heads, directory, held, unknownPeople, context: known.context() };
    if (bound === undefined) return { ...asked, plan, leftOut, bound };
    const bounded = (part: Plan): Plan => ({ op: 'and', parts: [part, bound] });
    return { ...asked, plan: bounded(plan), leftOut: leftOut && bounded(leftOut), bound };
  }

  async #heads(): Promise<Heads> {
    const positions = await this.#positions.look();
    return Object.fromEntries([...positions].map(([log, { size }]) => [log, size]));
  }

  async #counts({ plan, leftOut, heads, directory, held, unknownPeople }: Asked): Promise<CountAnswer> {
    const [total, presence, unsearched] = await Promise.all([
      this.#index.count(plan, heads),
      leftOut === undefined ? null : this.#index.count(leftOut, heads),
      this.#unsearchedUnder(heads),
    ]);
    return {
      total,
      heads,
      directory: directory.version,
      presenceLeftOut: presence,
      unsearched,
      ...(unknownPeople.length > 0 && { unknownPeople }),
      ...(held && { judged: held.heads }),
    };
  }

  /** The same for every query under the same heads: asked once. */
  async #unsearchedUnder(heads: Heads): Promise<Unsearched> {
    const directory = await this.#directory();
    const key = JSON.stringify([heads, this.#within === undefined ? null : directory.version]);
    if (this.#unsearched?.key !== key) {
      const value = this.#askUnsearched(heads, directory);
      const asked = { key, value };
      this.#unsearched = asked;
      value.catch(() => {
        if (this.#unsearched === asked) this.#unsearched = undefined;
      });
    }
    return await this.#unsearched.value;
  }

  async #askUnsearched(heads: Heads, directory: Directory): Promise<Unsearched> {
    const bound = await this.#bound(heads, directory);
    const files: Plan = { op: 'has', feature: 'attachment' };
    const [attachments, positions, buckets] = await Promise.all([
      this.#index.count(bound === undefined ? files : { op: 'and', parts: [files, bound] }, heads),
      this.#positions.look(),
      this.#index.buckets(),
    ]);
    let rejects = 0;
    for (const position of positions.values()) rejects += position.rejects;
    const bare = buckets.reduce((sum, bucket) => sum + bucket.bare, 0);
    return { rejects, attachments, bare };
  }

  async #lines(
    documents: readonly IndexDocument[],
    asked?: Asked,
    held?: HeldRecords,
  ): Promise<SearchLine[]> {
    const messages = documents.filter(({ kind }) => kind === 'message').map(({ family }) => family);
    const changes = await this.#index.changes(messages);
    const timed = asked !== undefined && asksForTime(asked.query);
    return documents.map((document) => {
      const uncertain = timed && matches(asked.query, document, asked.context) === 'maybe';
      return searchLine(
        document,
        asked?.query,
        uncertain,
        stateOf(document, changes.get(document.family) ?? []),
        asked === undefined ? held : asked.held,
      );
    });
  }
}

/** HR ids and first names of those whom a name stands for. */
const namesIn =
  (directory: Directory) =>
  (name: string): readonly string[] =>
    custodiansNamed(directory, name).map(({ id, names }) => `${id} (${names[0] ?? id})`);

function unknownIn(query: Query, directory: Directory): string[] {
  const names = [...partsOf(query)].flatMap((part) =>
    part.type === 'field' && part.field === 'custodian' ? [part.custodian] : [],
  );
  return [...new Set(names)].filter((name) => custodiansNamed(directory, name).length === 0);
}

/** Only an answer names a version: another node has read more of control than this one, or it is made up. */
const notRead = (version: number | undefined): HoldfastError =>
  new HoldfastError('register-stale', `Version ${version} of the directory has not been read here.`, {
    hint: 'Try again, or begin the search again without a cursor.',
  });

const lowest = (one: Heads, other: Heads): Heads =>
  Object.fromEntries(Object.entries(one).map(([log, size]) => [log, Math.min(size, other[log] ?? 0)]));

/** The judgement is part of a cursor only where the answer rests on it. */
function cursorAfter(last: IndexDocument, { heads, directory, held, query }: Asked): string {
  return writeCursor({
    heads,
    directory: directory.version,
    held: asksForHolds(query) ? (held?.key ?? null) : null,
    after: placeOf(last),
  });
}

const judgedAnew = (): HoldfastError =>
  new HoldfastError('bad-usage', 'What holds cover was judged anew since the page before.', {
    hint: 'Begin the search again without the cursor.',
  });
