/**
 * How a document becomes one row of FTS5: its tokens, followed by terms for everything else that is looked up. Tokens
 * begin with a letter, a digit or a pictograph; the other terms begin with ASCII punctuation, so that they never meet,
 * and a phrase of tokens never runs into them.
 */
import type { EventId } from '../../core/event.ts';
import type { IndexDocument } from '../../core/search/document.ts';
import type { SearchFields } from '../../core/search/fields.ts';
import type { AddressRole, PartyRole } from '../../core/search/plan.ts';

/** First characters of the terms that are no tokens. */
export const MARK = {
  word: '/',
  /** Addresses of the sender, of recipients, and of others who are involved. */
  senderAddress: '!s',
  toAddress: '!r',
  otherAddress: '!l',
  /** The other keys of each: names, what was written, and the actor's address beside the others'. */
  from: '!f',
  to: '!t',
  listed: '!i',
  network: '!n',
  conversation: '!c',
  conversationName: '!o',
  file: '!a',
  kind: '!k',
  has: '!h',
  family: '!y',
} as const;

/** What a role's keys are marked with: each key stands once, as an address where it is one. */
export const MARKS: { readonly [role in PartyRole]: readonly string[] } = {
  from: [MARK.senderAddress, MARK.from],
  to: [MARK.toAddress, MARK.to],
  involved: [MARK.senderAddress, MARK.from, MARK.toAddress, MARK.to, MARK.otherAddress, MARK.listed],
};
export const ADDRESS_MARKS: { readonly [role in AddressRole]: readonly string[] } = {
  sender: [MARK.senderAddress],
  to: [MARK.toAddress],
  involved: [MARK.senderAddress, MARK.toAddress, MARK.otherAddress],
};

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

/** The key that stands behind the mark of a term. */
export const keyOfTerm = (rest: string): string => rest.replaceAll('\u00a0', ' ');

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
  for (const [kind, keys] of partyKeys(fields)) for (const key of keys) patterned.push(mark(kind, key));
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

function partyKeys(fields: SearchFields): readonly (readonly [string, readonly string[]])[] {
  const { senderAddress, toAddresses, addresses, from, to, involved } = fields;
  const without = (keys: readonly string[], ...others: readonly (readonly string[])[]): readonly string[] =>
    keys.filter((key) => !others.some((some) => some.includes(key)));
  return [
    [MARK.senderAddress, senderAddress],
    [MARK.toAddress, toAddresses],
    [MARK.otherAddress, without(addresses, senderAddress, toAddresses)],
    [MARK.from, without(from, senderAddress)],
    [MARK.to, without(to, toAddresses)],
    [MARK.listed, without(involved, from, to, addresses)],
  ];
}

/** A term as FTS5's query language quotes it. */
export const quoted = (term: string): string => `"${term.replaceAll('"', '""')}"`;
