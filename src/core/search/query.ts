/** The query as it was read: one tree, with the place of every part in the text that the user wrote. */
import type { EventKind } from '../event.ts';
import type { Feature } from './document.ts';
import type { KeyPattern, Pattern, Phrase } from './plan.ts';

/** [start, end) in UTF-16 units of the query. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A word or phrase: tokens in a row, and words with symbols; all of it must be there. */
export interface TextQuery extends Span {
  readonly type: 'text';
  readonly phrase: Phrase;
  readonly words: readonly Pattern[];
}

/** A period as written: how fine it is follows from the parts that are there. `month` is 1 to 12. */
export interface WrittenDate {
  readonly year: number;
  readonly month?: number;
  readonly day?: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  readonly zone?: string;
}

/** Where a message went, as seen from the firm; `docs/search.md` says what each means. */
export const DIRECTIONS = ['inbound', 'outbound', 'internal', 'external', 'unknown'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export type PartyField = 'from' | 'to' | 'participant' | 'member';
export type NameField = 'conversation' | 'file' | 'network';
export type HoldField = 'hold' | 'matter';
export type DateField = 'since' | 'until' | 'after' | 'before' | 'on';

export type Query =
  | (Span & { readonly type: 'everything' })
  | (Span & { readonly type: 'and' | 'or'; readonly parts: readonly Query[] })
  | (Span & { readonly type: 'not'; readonly part: Query })
  | TextQuery
  | (Span & {
      readonly type: 'near';
      readonly left: TextQuery;
      readonly right: TextQuery;
      readonly distance: number;
    })
  | (Span & { readonly type: 'field'; readonly field: PartyField | NameField; readonly pattern: KeyPattern })
  | (Span & { readonly type: 'field'; readonly field: 'kind'; readonly kinds: readonly EventKind[] })
  | (Span & { readonly type: 'field'; readonly field: 'has'; readonly feature: Feature })
  | (Span & { readonly type: 'field'; readonly field: 'class'; readonly class: string })
  /** A person of the directory, by HR id or name. */
  | (Span & { readonly type: 'field'; readonly field: 'custodian'; readonly custodian: string })
  | (Span & { readonly type: 'field'; readonly field: 'direction'; readonly direction: Direction })
  /** Holds in force; null: any. Spoken with those alone who may know of holds. */
  | (Span & { readonly type: 'field'; readonly field: HoldField; readonly name: string | null })
  | (Span & { readonly type: 'field'; readonly field: DateField; readonly date: WrittenDate });

/** Every part of a query, parents before their parts. */
export function* partsOf(query: Query): Iterable<Query> {
  yield query;
  if (query.type === 'and' || query.type === 'or') for (const part of query.parts) yield* partsOf(part);
  else if (query.type === 'not') yield* partsOf(query.part);
  else if (query.type === 'near') yield* [query.left, query.right];
}

/** True where the answer depends on what holds cover. */
export function asksForHolds(query: Query): boolean {
  for (const part of partsOf(query))
    if (part.type === 'field' && (part.field === 'hold' || part.field === 'matter')) return true;
  return false;
}
