/** What a query needs to know of the archive before it can be asked: looked up in the index, under the same heads. */
import type { Directory } from '../core/directory/fold.ts';
import { firmOf, tenuresOfCustodian } from '../core/directory/tenures.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Cursor, Heads, Index } from '../core/ports/index.ts';
import type { IndexDocument } from '../core/search/document.ts';
import { PresenceTracker } from '../core/search/membership.ts';
import type { Interval, KeyPattern, Plan } from '../core/search/plan.ts';
import type { Lookups } from '../core/search/resolve.ts';

/** Conversations that a name may stand for; an engine takes no longer list. */
export const MOST_CONVERSATIONS = 65_536;
/** Addresses that are looked at one by one to tell whose they are. */
const MOST_ADDRESSES = 262_144;
/** Events that are read to find out when somebody was present. */
const MOST_EVENTS = 1_000_000;
const PAGE = 2_000;

export type AskedIndex = Pick<Index, 'search' | 'conversations' | 'addresses'>;

/** `directory`: as it is, or as the version that the answer names stated it (`directoryAt`). */
export function indexLookups(index: AskedIndex, heads: Heads, zone: string, directory: Directory): Lookups {
  const conversations = (pattern: KeyPattern): Promise<string[]> =>
    index.conversations({ op: 'party', role: 'involved', pattern }, heads, MOST_CONVERSATIONS);
  return {
    zone,
    conversations,
    custodian: async (name) => tenuresOfCustodian(directory, name),
    firm: async () => firmOf(directory, await index.addresses(MOST_ADDRESSES)),
    async intervals(pattern): Promise<readonly Interval[]> {
      const keys = await conversations(pattern);
      if (keys.length === 0) return [];
      const tracker = new PresenceTracker(pattern);
      const plan: Plan = {
        op: 'or',
        parts: [
          { op: 'party', role: 'involved', pattern },
          {
            op: 'and',
            parts: [
              { op: 'conversations', keys },
              { op: 'kind', kinds: ['roster'] },
            ],
          },
        ],
      };
      let seen = 0;
      for await (const document of allOf(index, plan, heads)) {
        if (++seen > MOST_EVENTS)
          throw new HoldfastError(
            'query-too-wide',
            `member: would have to read more than ${MOST_EVENTS} events.`,
            {
              hint: 'Use participant: with dates.',
            },
          );
        tracker.see(document);
      }
      return tracker.intervals();
    },
  };
}

/** All documents that fit, in order, page by page. */
export async function* allOf(
  index: Pick<Index, 'search'>,
  plan: Plan,
  heads: Heads,
  from?: Cursor,
): AsyncIterable<IndexDocument> {
  let after = from;
  for (;;) {
    const page = await index.search(plan, { limit: PAGE, heads, ...(after && { after }) });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = placeOf(last);
  }
}

export const placeOf = ({ at, log, leaf }: IndexDocument): Cursor => ({
  at: Date.parse(at.instant),
  log,
  leaf,
});
