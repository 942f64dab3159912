/**
 * The reference: whether a query fits a record, judged on the query as read. Slow and obvious on purpose, and written
 * apart from the way through plans that engines take; property tests hold the two together.
 *
 * Times are not always sure, so the answer has three values. `maybe` counts as found, and is marked.
 */
import type { AskedHolds } from '../holds/held.ts';
import type { IndexDocument } from './document.ts';
import { key, type SearchFields, searchFields } from './fields.ts';
import { fits, keyFits, nearFits, phraseStarts } from './fits.ts';
import { PresenceTracker } from './membership.ts';
import type { Interval, KeyPattern } from './plan.ts';
import { type Direction, partsOf, type Query } from './query.ts';
import { periodOf } from './read-date.ts';

export type Verdict = 'yes' | 'maybe' | 'no';

/** What a query needs to know beside the record. */
export interface MatchContext {
  /** Zone of dates that name none. */
  readonly zone: string;
  /** Keys of the conversations in which somebody was ever named. */
  conversations(pattern: KeyPattern): ReadonlySet<string>;
  /** Whether a record names a custodian, by HR id or name. */
  names(custodian: string, document: IndexDocument): Verdict;
  /** Where a record went, as seen from the firm; absent where nobody may ask. */
  goes?(direction: Direction, document: IndexDocument): Verdict;
  /** Whether a hold covers a record; absent where nobody may know of holds. */
  isHeld?(asked: AskedHolds, document: IndexDocument): boolean;
  /** When somebody was present. */
  intervals(pattern: KeyPattern): readonly Interval[];
}

/** True where the query asks for presence events by name; otherwise they are left out. */
export function asksForPresence(query: Query): boolean {
  for (const part of partsOf(query))
    if (part.type === 'field' && part.field === 'kind' && part.kinds.includes('presence')) return true;
  return false;
}

/** True where the answer depends on when a record was, also on whose an address was then: there alone is a `maybe`. */
export function asksForTime(query: Query): boolean {
  for (const part of partsOf(query)) if (part.type === 'field' && TIMES.has(part.field)) return true;
  return false;
}

const TIMES: ReadonlySet<string> = new Set([
  'since',
  'until',
  'after',
  'before',
  'on',
  'custodian',
  'direction',
]);

/** Judges one document; presence events are left out unless asked for. */
export function matches(
  query: Query,
  document: IndexDocument,
  context: MatchContext,
  fields: SearchFields = searchFields(document),
): Verdict {
  if (document.kind === 'presence' && !asksForPresence(query)) return 'no';
  return judge(query, document, fields, context);
}

/** As {@link matches}, and presence events are judged like all others: what must not be lost is not left out. */
export function judge(
  query: Query,
  document: IndexDocument,
  fields: SearchFields,
  context: MatchContext,
): Verdict {
  switch (query.type) {
    case 'everything':
      return 'yes';
    case 'and':
      return weakest(query.parts.map((part) => judge(part, document, fields, context)));
    case 'or':
      return strongest(query.parts.map((part) => judge(part, document, fields, context)));
    case 'not':
      return opposite(judge(query.part, document, fields, context));
    case 'text':
      return when(
        (query.phrase.length === 0 || phraseStarts(fields.tokens, query.phrase).length > 0) &&
          query.words.every((pattern) => fields.words.some((word) => fits(word, pattern))),
      );
    case 'near':
      return when(nearFits(fields.tokens, query.left.phrase, query.right.phrase, query.distance));
    case 'field':
      return judgeField(query, document, fields, context);
  }
}

function judgeField(
  query: Query & { type: 'field' },
  document: IndexDocument,
  fields: SearchFields,
  context: MatchContext,
): Verdict {
  switch (query.field) {
    case 'from':
      return when(keyFits(fields.from, query.pattern));
    case 'to':
      return when(keyFits(fields.to, query.pattern));
    case 'participant':
      return when(context.conversations(query.pattern).has(fields.conversation));
    case 'member':
      return when(
        keyFits(fields.from, query.pattern) ||
          keyFits(fields.to, query.pattern) ||
          context
            .intervals(query.pattern)
            .some(
              ({ conversation, from, to }) =>
                conversation === fields.conversation &&
                fields.at >= (from ?? Number.NEGATIVE_INFINITY) &&
                fields.at <= (to ?? Number.POSITIVE_INFINITY),
            ),
      );
    case 'conversation':
      return when(keyFits(fields.conversationNames, query.pattern));
    case 'file':
      return when(keyFits(fields.files, query.pattern));
    case 'network':
      return when(keyFits([fields.network], query.pattern));
    case 'kind':
      return when(query.kinds.includes(document.kind));
    case 'has':
      return when(fields.has.includes(query.feature));
    case 'class':
      return when(key(document.class) === query.class);
    case 'custodian':
      return context.names(query.custodian, document);
    case 'hold':
    case 'matter':
      if (context.isHeld === undefined) throw new TypeError('nobody here may know of holds');
      return when(context.isHeld({ by: query.field, name: query.name }, document));
    case 'direction':
      if (context.goes === undefined) throw new TypeError('nobody here knows what is of the firm');
      return context.goes(query.direction, document);
    default:
      return judgeTime(query, fields, context.zone);
  }
}

function judgeTime(
  query: Query & { type: 'field'; field: 'since' | 'until' | 'after' | 'before' | 'on' },
  { earliest, latest }: SearchFields,
  zone: string,
): Verdict {
  const { from, to } = periodOf(query.date, zone);
  switch (query.field) {
    case 'since':
      return sure(earliest >= from, latest >= from);
    case 'until':
      return sure(latest < to, earliest < to);
    case 'after':
      return sure(earliest >= to, latest >= to);
    case 'before':
      return sure(latest < from, earliest < from);
    case 'on':
      return sure(earliest >= from && latest < to, latest >= from && earliest < to);
  }
}

export const when = (is: boolean): Verdict => (is ? 'yes' : 'no');
const sure = (certain: boolean, possible: boolean): Verdict => (certain ? 'yes' : possible ? 'maybe' : 'no');
export const opposite = (verdict: Verdict): Verdict =>
  verdict === 'maybe' ? 'maybe' : when(verdict === 'no');
export const weakest = (all: readonly Verdict[]): Verdict =>
  all.includes('no') ? 'no' : all.includes('maybe') ? 'maybe' : 'yes';
export const strongest = (all: readonly Verdict[]): Verdict =>
  all.includes('yes') ? 'yes' : all.includes('maybe') ? 'maybe' : 'no';

/** A context from all documents there are, in order (at, log, leaf), and what the directory says of them. */
export function contextOf(
  documents: readonly IndexDocument[],
  zone: string,
  people: Pick<MatchContext, 'names' | 'goes' | 'isHeld'>,
): MatchContext {
  const all = documents.map((document) => ({ document, fields: searchFields(document) }));
  return {
    zone,
    ...people,
    conversations: (pattern) =>
      new Set(
        all
          .filter(({ fields }) => keyFits(fields.involved, pattern))
          .map(({ fields }) => fields.conversation),
      ),
    intervals(pattern) {
      const tracker = new PresenceTracker(pattern);
      for (const { document, fields } of all) tracker.see(document, fields);
      return tracker.intervals();
    },
  };
}
