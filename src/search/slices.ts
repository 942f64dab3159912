import type { Heads, Index } from '../core/ports/index.ts';
import type { LogName, RecordName } from '../core/record.ts';
import type { IndexDocument } from '../core/search/document.ts';
import { conversationKey } from '../core/search/fields.ts';
import type { Plan } from '../core/search/plan.ts';
import { instantOf, offsetAt } from '../core/search/zones.ts';
import { nameOf } from './line.ts';
import { allOf } from './lookups.ts';

/** A record of a selection; `context`: not a hit, but of the same conversation and day as one. */
export interface Selected {
  readonly name: RecordName;
  readonly context: boolean;
}

const DAY = 86_400_000;

/** Days without a hit that are read along rather than begin another search. */
const GAP = 7;

/**
 * Hits, in order, then the rest of their slices: a slice is a conversation's calendar day in `zone`. Presence and read
 * marks are no context, nor is what lies beyond a bound. Memory grows with hits and slices, by some 20 bytes each.
 */
export async function* slicesOf(
  index: Pick<Index, 'search'>,
  plan: Plan,
  heads: Heads,
  zone: string,
  bound?: Plan,
): AsyncIterable<Selected> {
  const hits = new Map<LogName, Set<number>>();
  const slices = new Map<string, Set<number>>();
  for await (const document of allOf(index, plan, heads)) {
    yield { name: nameOf(document), context: false };
    into(hits, document.log, document.leaf);
    into(slices, conversationKey(document.network, document.conversation.id), wallDayOf(document, zone));
  }
  for (const [conversation, days] of slices)
    for (const { from, to } of stretchesOf(days))
      for await (const document of allOf(
        index,
        within(stretchPlan(conversation, from, to, zone), bound),
        heads,
      )) {
        // The plan takes in records whose time is not sure, and the days between; a slice goes by the time as written.
        if (days.has(wallDayOf(document, zone)) && hits.get(document.log)?.has(document.leaf) !== true)
          yield { name: nameOf(document), context: true };
      }
}

const within = (plan: Plan, bound: Plan | undefined): Plan =>
  bound === undefined ? plan : { op: 'and', parts: [plan, bound] };

function into<K>(sets: Map<K, Set<number>>, key: K, value: number): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}

/** Days with few others between them, from the first to the last. */
function stretchesOf(days: ReadonlySet<number>): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  for (const day of [...days].sort((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last !== undefined && day - last.to <= GAP) last.to = day;
    else stretches.push({ from: day, to: day });
  }
  return stretches;
}

const wallDayOf = ({ at }: IndexDocument, zone: string): number => wallDay(Date.parse(at.instant), zone);

/** Days since 1970 of the wall clock in a zone. */
const wallDay = (at: number, zone: string): number => Math.floor((at + (offsetAt(zone, at) ?? 0)) / DAY);

function stretchPlan(conversation: string, from: number, to: number, zone: string): Plan {
  return {
    op: 'and',
    parts: [
      { op: 'conversations', keys: [conversation] },
      { op: 'not', part: { op: 'kind', kinds: ['presence', 'read'] } },
      {
        op: 'time',
        from: instantOf(from * DAY, zone),
        to: instantOf((to + 1) * DAY, zone),
        certain: false,
      },
    ],
  };
}
