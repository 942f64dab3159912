/**
 * Versions of the query language: grammar, tokenizer, and what is searched of a record. What somebody fixed in a query
 * (a hold, a grant) says by which version he read it, and is read by that version for ever; so a version is never
 * changed once it was released, and stays here.
 */
import type { IndexDocument } from './document.ts';
import { type SearchFields, searchFields } from './fields.ts';
import { judge, type MatchContext, type Verdict } from './matches.ts';
import { parseQuery } from './parse.ts';
import type { Query } from './query.ts';

export interface Language {
  /** Reads a scope. Throws `bad-query`, `unknown-field` or `query-too-wide`. */
  parse(text: string): Query;
  fieldsOf(document: IndexDocument): SearchFields;
  judge(query: Query, document: IndexDocument, fields: SearchFields, context: MatchContext): Verdict;
}

/** Every version that was ever released, and the one that is spoken now. */
export interface Languages {
  readonly current: number;
  readonly versions: ReadonlyMap<number, Language>;
}

export const LANGUAGES: Languages = {
  current: 1,
  versions: new Map([[1, { parse: (text) => parseQuery(text), fieldsOf: searchFields, judge }]]),
};
