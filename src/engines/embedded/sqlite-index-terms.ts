/**
 * How a document becomes one row of FTS5: its tokens, followed by terms for everything else that is looked up. Tokens
 * begin with a letter, a digit or a pictograph; the other terms begin with ASCII punctuation, so that they never meet,
 * and a phrase of tokens never runs into them.
 */
import type { EventId } from '../../core/event.ts';
import type { IndexDocument } from '../../core/search/document.ts';
import type { SearchFields } from '../../core/search/fields.ts';

/** First characters of the terms that are no tokens. */
export const MARK = {
  word: '/',
  from: '!f',
  to: '!t',
  /** Involved, but neither sender nor recipient. */
  listed: '!i',
  network: '!n',
  conversation: '!c',
  conversationName: '!o',
  file: '!a',
  kind: '!k',
  has: '!h',
  family: '!y',
} as const;

/** Kinds of the terms that are not patterned. */
const OTHERS: ReadonlySet<string> = new Set([MARK.conversation, MARK.kind, MARK.has, MARK.family]);

/** The tokenizer is FTS5's `ascii`, told that all ASCII punctuation belongs to terms: it then cuts at spaces alone. */
export const CREATE_FTS = `CREATE VIRTUAL TABLE fts USING fts5(t, content='', columnsize=0, tokenize="ascii tokenchars '${'!""#$%&\'\'()*+,-./:;<=>?@[\\]^_`{|}~'}'")`;

/** What FTS5 is given for a row: it finds the very terms in it, as none holds a separator or a capital of ASCII. */
export const rowText = ({ patterned, others }: RowTerms): string =>
  `${patterned.join(' ')} ${others.join(' ')}`;

/** Terms that wildcards and fuzzy words are looked up among. */
export const isPatterned = (term: string): boolean => !OTHERS.has(term.slice(0, 2));

/** Keys hold spaces, terms cannot. */
const mark = (kind: string, value: string): string =>
  kind + (value.includes(' ') ? value.replaceAll(' ', '\u00a0') : value);

export const markTerm = mark;

/** 128 bits of the family's id. */
export const familyTerm = (family: EventId): string => mark(MARK.family, family.slice(0, 32));

export interface RowTerms {
  /** Those that wildcards and fuzzy words are looked up among. */
  readonly patterned: readonly string[];
  readonly others: readonly string[];
}

/** Terms in order. */
export function termsOf(document: IndexDocument, fields: SearchFields): RowTerms {
  const patterned = [...fields.tokens];
  for (const word of fields.words) patterned.push(mark(MARK.word, word));
  for (const key of fields.from) patterned.push(mark(MARK.from, key));
  for (const key of fields.to) patterned.push(mark(MARK.to, key));
  for (const key of fields.involved)
    if (!fields.from.includes(key) && !fields.to.includes(key)) patterned.push(mark(MARK.listed, key));
  patterned.push(mark(MARK.network, fields.network));
  for (const key of fields.conversationNames) patterned.push(mark(MARK.conversationName, key));
  for (const key of fields.files) patterned.push(mark(MARK.file, key));
  const others = [
    mark(MARK.conversation, fields.conversation),
    mark(MARK.kind, document.kind),
    familyTerm(document.family),
  ];
  for (const feature of fields.has) others.push(mark(MARK.has, feature));
  return { patterned, others };
}

/** A term as FTS5's query language quotes it. */
export const quoted = (term: string): string => `"${term.replaceAll('"', '""')}"`;
