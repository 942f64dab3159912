/** Cuts a query into its parts. Hostile input: anything may stand here, in any length. */
import type { Span } from './query.ts';
import { badQuery } from './query-error.ts';

/** Longest query, in UTF-16 units. */
export const LONGEST_QUERY = 65_536;

export type Lexeme = Span &
  (
    | { readonly is: '(' | ')' | 'AND' | 'OR' | 'NOT' }
    | { readonly is: 'NEAR'; readonly distance: number }
    | { readonly is: 'word' | 'quoted'; readonly text: string }
    | { readonly is: 'field'; readonly field: string; readonly text: string; readonly quoted: boolean }
  );

const SPACE = /[\p{Z}\p{Cc}]/u;
const QUOTE = /["“”„]/u;
const FIELD = /^([A-Za-z][A-Za-z-]*):(?!\/\/)/u;
const NEAR = /^NEAR(?:\/(\d{1,4}))?$/u;
/** A minus excludes only before something that can be found: `->`, `--` and `-` are words. */
const EXCLUDES = /^-(?=[\p{L}\p{N}\p{Sc}\p{Extended_Pictographic}#@("“„])/u;
const SAYS = /[\p{L}\p{N}]/u;

export function lex(query: string): Lexeme[] {
  if (query.length > LONGEST_QUERY)
    throw badQuery(
      LONGEST_QUERY,
      `a query has at most ${LONGEST_QUERY} characters`,
      'Ask in several queries.',
    );
  const lexemes: Lexeme[] = [];
  let depth = 0;
  let at = 0;
  while (at < query.length) {
    const start = at;
    const character = query.charAt(at);
    if (SPACE.test(character)) {
      at++;
    } else if (character === '(' || character === ')') {
      depth += character === '(' ? 1 : -1;
      if (depth < 0) throw badQuery(at, 'this bracket closes nothing');
      at++;
      lexemes.push({ is: character, start, end: at });
    } else if (QUOTE.test(character)) {
      const text = quotedAt(query, at);
      at += text.length + 2;
      lexemes.push({ is: 'quoted', text, start, end: at });
    } else if (character === '-' && EXCLUDES.test(query.slice(at, at + 3))) {
      at++;
      lexemes.push({ is: 'NOT', start, end: at });
    } else {
      at = wordEnd(query, at, depth);
      const word = query.slice(start, at);
      const field = FIELD.exec(word)?.[1];
      if (field === undefined) {
        lexemes.push(operatorOrWord(word, { start, end: at }));
        continue;
      }
      const value = start + field.length + 1;
      const quoted = value < query.length && QUOTE.test(query.charAt(value));
      const text = quoted ? quotedAt(query, value) : query.slice(value, at);
      if (quoted) at = value + text.length + 2;
      lexemes.push({ is: 'field', field: field.toLowerCase(), text, quoted, start, end: at });
    }
  }
  return lexemes;
}

function operatorOrWord(word: string, span: Span): Lexeme {
  if (word === 'AND' || word === 'OR' || word === 'NOT') return { is: word, ...span };
  const near = NEAR.exec(word);
  if (!near) return { is: 'word', text: word, ...span };
  if (near[1] === undefined || Number(near[1]) > 1000)
    throw badQuery(span.start, 'NEAR needs a distance up to 1000', 'Write one NEAR/5 two.');
  return { is: 'NEAR', distance: Number(near[1]), ...span };
}

function quotedAt(query: string, at: number): string {
  for (let end = at + 1; end < query.length; end++)
    if (QUOTE.test(query.charAt(end))) return query.slice(at + 1, end);
  throw badQuery(at, 'this quote is not closed');
}

/** A word ends at white space, quotes and brackets; outside brackets a smiley keeps its own: `:-)`. */
function wordEnd(query: string, start: number, depth: number): number {
  let end = start;
  for (; end < query.length; end++) {
    const character = query.charAt(end);
    if (SPACE.test(character) || QUOTE.test(character)) break;
    if (character !== '(' && character !== ')') continue;
    const isSmiley = depth === 0 && end > start && end - start < 8 && !SAYS.test(query.slice(start, end));
    if (!isSmiley) break;
  }
  return end;
}
