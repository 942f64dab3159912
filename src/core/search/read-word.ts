/** How one word or quoted phrase of a query is read: into tokens in a row, words with symbols, or a pattern. */
import { foldText } from './fold.ts';
import type { Pattern } from './plan.ts';
import type { Query, Span, TextQuery } from './query.ts';
import { badQuery } from './query-error.ts';
import { classOf, LONGEST_TOKEN, tokenize } from './tokenizer.ts';
import { symbolWord, symbolWords } from './words.ts';

const FUZZY = /^(.+)~([0-9]*)$/su;

/** Text between quotes: nothing in it is an operator. */
export function readPhrase(text: string, span: Span): TextQuery {
  const phrase = termsOf(text);
  const words = symbolWords(text).map((term): Pattern => ({ is: 'term', term }));
  if (phrase.length + words.length === 0)
    throw badQuery(span.start, 'there is nothing to find between the quotes');
  return { type: 'text', phrase, words, ...span };
}

/** A bare word. `*` alone is everything. */
export function readWord(text: string, span: Span): Query {
  if (/^\*+$/u.test(text)) return { type: 'everything', ...span };
  const fuzzy = FUZZY.exec(text);
  if (fuzzy) return readFuzzy(fuzzy[1] ?? '', fuzzy[2] ?? '', span);
  // A question mark that ends a word ends a sentence.
  const word = text.replace(/(?<=[^?*])\?+$/u, '');
  if (/[*?]/u.test(word)) return readPattern(word, span);
  return readPlain(word, span);
}

function readPlain(text: string, span: Span): TextQuery {
  const word = symbolWord(text);
  if (word !== undefined) return { type: 'text', phrase: [], words: [{ is: 'term', term: word }], ...span };
  const phrase = termsOf(text);
  if (phrase.length === 0) throw badQuery(span.start, 'there is nothing to find in this word');
  return { type: 'text', phrase, words: [], ...span };
}

function readFuzzy(text: string, edits: string, span: Span): TextQuery {
  if (edits !== '' && edits !== '1' && edits !== '2')
    throw badQuery(span.start, 'a fuzzy word allows 1 or 2 changes', 'Write it as word~1 or word~2.');
  const [token, ...more] = tokenize(text);
  if (token === undefined || more.length > 0 || symbolWord(text) !== undefined || isAlone(token.term))
    throw badQuery(span.start, 'only a single word of letters and digits can be fuzzy');
  return {
    type: 'text',
    phrase: [{ is: 'fuzzy', term: token.term, edits: edits === '2' ? 2 : 1 }],
    words: [],
    ...span,
  };
}

function readPattern(text: string, span: Span): TextQuery {
  const pattern = foldPattern(text);
  const literals = Array.from(pattern.replaceAll(/[*?]/gu, ''));
  if (!literals.some((character) => classOf(character) === 'letter' || classOf(character) === 'alone'))
    throw badQuery(span.start, 'a pattern needs at least one letter or digit');
  if (literals.length > LONGEST_TOKEN)
    throw badQuery(span.start, `a pattern has at most ${LONGEST_TOKEN} characters`);
  const isPrefix = /^[^*?]+\*$/u.test(pattern);
  const edges = [pattern.slice(0, 2), isPrefix ? pattern.slice(0, -1) : pattern].map((part, i) =>
    Array.from(part).at(i === 0 ? 0 : -1),
  );
  if (edges.some((edge) => edge !== undefined && edge !== '*' && edge !== '?' && classOf(edge) === 'break'))
    return {
      type: 'text',
      phrase: [],
      words: [isPrefix ? { is: 'prefix', prefix: pattern.slice(0, -1) } : { is: 'wildcard', pattern }],
      ...span,
    };
  if (isPrefix) return { type: 'text', phrase: prefixPhrase(text.slice(0, -1)), words: [], ...span };
  if (!literals.every((character) => classOf(character) === 'letter' || classOf(character) === 'mark'))
    throw badQuery(
      span.start,
      'a wildcard inside a word works only where the word is one run of letters and digits',
      'Characters of Chinese, Japanese, Korean and Thai, emoji, and parts between punctuation are words of their own.',
    );
  return { type: 'text', phrase: [{ is: 'wildcard', pattern }], words: [], ...span };
}

/** All but the last token whole; the last may go on, unless it is a character that is a token by itself. */
function prefixPhrase(literal: string): Pattern[] {
  const terms = tokenize(literal).map(({ term }) => term);
  return terms.map((term, i) =>
    i === terms.length - 1 && !isAlone(term) ? { is: 'prefix', prefix: term } : { is: 'term', term },
  );
}

/** Folds what stands between `*` and `?`; several `*` in a row are one. */
export function foldPattern(text: string): string {
  return text
    .split(/([*?])/u)
    .map((piece) => (piece === '*' || piece === '?' ? piece : foldAll(piece)))
    .join('')
    .replaceAll(/\*{2,}/gu, '*');
}

const foldAll = (text: string): string => foldText(text).replaceAll(/[*?\s]/gu, '');

const termsOf = (text: string): Pattern[] => tokenize(text).map(({ term }) => ({ is: 'term', term }));

const isAlone = (term: string): boolean => classOf(Array.from(term)[0] ?? '') === 'alone';
