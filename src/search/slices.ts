import type { Heads, Index } from '../core/ports/index.ts';
import type { RecordName } from '../core/record.ts';
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

/**
 * Hits, in order, then the rest of their slices: a slice is a conversation's calendar day in `zone`. Presence and read
 * marks are no context. Memory grows with hits and slices, by some 100 bytes each.
 */
export async function* slicesOf(
  index: Pick<Index, 'search'>,
  plan: Plan,
  heads: Heads,
  zone: string,
): AsyncIterable<Selected> {
  const hits = new Set<RecordName>();
  const slices = new Map<string, { readonly conversation: string; readonly day: number }>();
  for await (const document of allOf(index, plan, heads)) {
    const name = nameOf(document);
    hits.add(name);
    yield { name, context: false };
    const slice = sliceOf(document, zone);
    slices.set(`${slice.conversation} ${slice.day}`, slice);
  }
  for (const { conversation, day } of slices.values())
    for await (const document of allOf(index, slicePlan(conversation, day, zone), heads)) {
      const at = Date.parse(document.at.instant);
      const name = nameOf(document);
      // The plan takes in records whose time is not sure; a slice goes by the time as written.
      if (!hits.has(name) && wallDay(at, zone) === day) yield { name, context: true };
    }
}

function sliceOf(document: IndexDocument, zone: string): { conversation: string; day: number } {
  const conversation = conversationKey(document.network, document.conversation.id);
  return { conversation, day: wallDay(Date.parse(document.at.instant), zone) };
}

/** Days since 1970 of the wall clock in a zone. */
const wallDay = (at: number, zone: string): number => Math.floor((at + (offsetAt(zone, at) ?? 0)) / DAY);

function slicePlan(conversation: string, day: number, zone: string): Plan {
  return {
    op: 'and',
    parts: [
      { op: 'conversations', keys: [conversation] },
      { op: 'not', part: { op: 'kind', kinds: ['presence', 'read'] } },
      {
        op: 'time',
        from: instantOf(day * DAY, zone),
        to: instantOf((day + 1) * DAY, zone),
        certain: false,
      },
    ],
  };
}
