/** Where in a text a query's words were found. */
import { fits, nearPlaces, phraseStarts } from './fits.ts';
import type { Phrase } from './plan.ts';
import type { Query, TextQuery } from './query.ts';
import { type Token, tokenize } from './tokenizer.ts';
import { symbolWord } from './words.ts';

/** [start, end) in UTF-16 units of the text, ascending, not overlapping. What is excluded (NOT) is not shown. */
export type Highlight = readonly [start: number, end: number];

const MOST = 1_000;

export function highlights(query: Query, text: string): Highlight[] {
  const tokens = tokenize(text);
  const found: [number, number][] = [];
  collect(
    query,
    text,
    tokens,
    tokens.map(({ term }) => term),
    found,
  );
  return merged(found).slice(0, MOST);
}

function collect(
  query: Query,
  text: string,
  tokens: readonly Token[],
  terms: readonly string[],
  found: [number, number][],
): void {
  switch (query.type) {
    case 'and':
    case 'or':
      for (const part of query.parts) collect(part, text, tokens, terms, found);
      return;
    case 'text':
      if (query.phrase.length > 0)
        for (const start of phraseStarts(terms, query.phrase)) add(found, tokens, start, query.phrase);
      if (query.words.length > 0) collectWords(query, text, found);
      return;
    case 'near':
      for (const place of nearPlaces(terms, query.left.phrase, query.right.phrase, query.distance)) {
        add(found, tokens, place.left, query.left.phrase);
        add(found, tokens, place.right, query.right.phrase);
      }
      return;
    default:
  }
}

function add(found: [number, number][], tokens: readonly Token[], start: number, phrase: Phrase): void {
  const first = tokens[start];
  const last = tokens[start + phrase.length - 1];
  if (first && last) found.push([first.start, last.end]);
}

function collectWords(query: TextQuery, text: string, found: [number, number][]): void {
  for (const match of text.matchAll(/[^\p{Z}\p{Cc}\p{Cs}]+/gu)) {
    const word = symbolWord(match[0]);
    if (word !== undefined && query.words.some((pattern) => fits(word, pattern)))
      found.push([match.index, match.index + match[0].length]);
  }
}

function merged(found: [number, number][]): Highlight[] {
  const all: [number, number][] = [];
  for (const [start, end] of found.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = all.at(-1);
    if (last && start < last[1]) last[1] = Math.max(last[1], end);
    else all.push([start, end]);
  }
  return all;
}
