import type { EventId } from '../core/event.ts';
import type { Cursor, Heads, Index } from '../core/ports/index.ts';
import type { LogName, RecordName } from '../core/record.ts';
import type { IndexDocument } from '../core/search/document.ts';
import { conversationKey } from '../core/search/fields.ts';
import type { Plan } from '../core/search/plan.ts';
import { instantOf, offsetAt } from '../core/search/zones.ts';
import { nameOf } from './line.ts';
import { allOf, placeOf } from './lookups.ts';

/** A record of a selection; `context`: not a hit, but of the family of one, or of the same conversation and day. */
export interface Selected {
  readonly name: RecordName;
  readonly context: boolean;
}

const DAY = 86_400_000;

/** Records of a conversation that are read at a time. */
const PAGE = 500;
/** Families that are asked for at a time. */
const FAMILIES = 200;

/**
 * Hits, in order; then the rest of their families, whenever they were edited, deleted, reacted to or read; then, where
 * a `zone` is given, the rest of their slices: a slice is a conversation's calendar day in it. Presence and read marks
 * are no part of a slice, and what lies beyond a bound is no part of anything. Memory grows with hits and slices, by
 * some 60 bytes each.
 */
export async function* selectedBy(
  index: Pick<Index, 'search'>,
  plan: Plan,
  heads: Heads,
  { zone, bound }: { readonly zone?: string | undefined; readonly bound?: Plan | undefined },
): AsyncIterable<Selected> {
  const taken = new Map<LogName, Set<number>>();
  const families = new Families();
  const slices = new Map<string, Set<number>>();
  for await (const document of allOf(index, plan, heads)) {
    yield { name: nameOf(document), context: false };
    into(taken, document.log, document.leaf);
    families.add(document.family);
    if (zone !== undefined) into(slices, conversationOf(document), wallDayOf(document, zone));
  }
  const isNew = ({ log, leaf }: IndexDocument): boolean => taken.get(log)?.has(leaf) !== true;
  for (const ids of families.inGroupsOf(FAMILIES))
    for await (const document of allOf(index, within({ op: 'families', ids: [...ids] }, bound), heads)) {
      // An index may know families by the first part of their id.
      if (!ids.has(document.family) || !isNew(document)) continue;
      yield { name: nameOf(document), context: true };
      into(taken, document.log, document.leaf);
    }
  if (zone === undefined) return;
  for (const [conversation, days] of slices)
    for await (const document of onDays(index, conversation, days, heads, zone, bound))
      if (isNew(document)) yield { name: nameOf(document), context: true };
}

/** What was said in a conversation on some days, in order. A page that ends before the next of them jumps to it. */
async function* onDays(
  index: Pick<Index, 'search'>,
  conversation: string,
  days: ReadonlySet<number>,
  heads: Heads,
  zone: string,
  bound: Plan | undefined,
): AsyncIterable<IndexDocument> {
  const wanted = [...days].sort((a, b) => a - b);
  const plan = within(conversationPlan(conversation, wanted, zone), bound);
  for (let after: Cursor | undefined, next = 0; ; ) {
    const page = await index.search(plan, { limit: PAGE, heads, ...(after && { after }) });
    // The plan takes in records whose time is not sure, and the days between; a slice goes by the time as written.
    for (const document of page) if (days.has(wallDayOf(document, zone))) yield document;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    const reached = wallDayOf(last, zone);
    while ((wanted[next] ?? reached) < reached) next++;
    const day = wanted[next];
    if (day === undefined) return;
    after = day === reached ? placeOf(last) : { at: instantOf(day * DAY, zone) - 1, log: '', leaf: 0 };
  }
}

/** Ids of families, 32 bytes each. */
class Families {
  readonly #chunks: Buffer[] = [];
  #count = 0;
  #last = '';

  add(id: EventId): void {
    // A message and its reactions mostly follow each other; who comes twice is asked for twice.
    if (id === this.#last) return;
    this.#last = id;
    const at = this.#count % CHUNK;
    if (at === 0) this.#chunks.push(Buffer.alloc(CHUNK * ID_BYTES));
    this.#chunks.at(-1)?.write(id, at * ID_BYTES, 'hex');
    this.#count++;
  }

  *inGroupsOf(size: number): Generator<ReadonlySet<EventId>> {
    let group = new Set<EventId>();
    for (let n = 0; n < this.#count; n++) {
      const at = (n % CHUNK) * ID_BYTES;
      group.add(this.#chunks[Math.floor(n / CHUNK)]?.toString('hex', at, at + ID_BYTES) ?? '');
      if (group.size < size) continue;
      yield group;
      group = new Set();
    }
    if (group.size > 0) yield group;
  }
}

const ID_BYTES = 32;
const CHUNK = 4_096;

const conversationOf = ({ network, conversation }: IndexDocument): string =>
  conversationKey(network, conversation.id);

const within = (plan: Plan, bound: Plan | undefined): Plan =>
  bound === undefined ? plan : { op: 'and', parts: [plan, bound] };

function into<K>(sets: Map<K, Set<number>>, key: K, value: number): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}

const wallDayOf = ({ at }: IndexDocument, zone: string): number => wallDay(Date.parse(at.instant), zone);

/** Days since 1970 of the wall clock in a zone. */
const wallDay = (at: number, zone: string): number => Math.floor((at + (offsetAt(zone, at) ?? 0)) / DAY);

/** A conversation from the first of some days to the last. */
function conversationPlan(conversation: string, days: readonly number[], zone: string): Plan {
  return {
    op: 'and',
    parts: [
      { op: 'conversations', keys: [conversation] },
      { op: 'not', part: { op: 'kind', kinds: ['presence', 'read'] } },
      {
        op: 'time',
        from: instantOf((days[0] ?? 0) * DAY, zone),
        to: instantOf(((days.at(-1) ?? 0) + 1) * DAY, zone),
        certain: false,
      },
    ],
  };
}
