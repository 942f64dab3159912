/**
 * The grammar (docs/search.md):
 *
 *     or    = and { "OR" and }
 *     and   = not { [ "AND" ] not }
 *     not   = { "NOT" | "-" } near
 *     near  = one { "NEAR/n" one }
 *     one   = "(" or ")" | field ":" value | quoted | word
 */
import { HoldfastError } from '../errors.ts';
import { type Lexeme, lex } from './lex.ts';
import type { Query, TextQuery } from './query.ts';
import { badQuery } from './query-error.ts';
import { readField, type Spoken } from './read-field.ts';
import { readPhrase, readWord } from './read-word.ts';

/** Brackets and negations within each other. */
const DEEPEST = 50;
/** Words, phrases, fields and operators. */
const MOST_PARTS = 2_000;

/** Reads a query. Throws `bad-query` or `unknown-field` with the place, `query-too-wide` for too many parts. */
export function parseQuery(text: string, spoken: Spoken = {}): Query {
  const lexemes = lex(text);
  if (lexemes.length > MOST_PARTS)
    throw new HoldfastError(
      'query-too-wide',
      `The query has ${lexemes.length} parts; the most is ${MOST_PARTS}.`,
      {
        hint: 'Ask in several queries.',
      },
    );
  if (lexemes.length === 0) throw badQuery(0, 'the query is empty', 'Write * to find everything.');
  const cursor = new Cursor(lexemes, text.length, spoken);
  const query = readOr(cursor, 0);
  const left = cursor.peek();
  if (left) throw badQuery(left.start, 'this cannot stand here');
  return query;
}

class Cursor {
  readonly #lexemes: readonly Lexeme[];
  readonly end: number;
  readonly spoken: Spoken;
  #at = 0;

  constructor(lexemes: readonly Lexeme[], end: number, spoken: Spoken) {
    this.#lexemes = lexemes;
    this.end = end;
    this.spoken = spoken;
  }

  peek(): Lexeme | undefined {
    return this.#lexemes[this.#at];
  }

  take(is?: Lexeme['is']): Lexeme | undefined {
    const lexeme = this.peek();
    if (lexeme === undefined || (is !== undefined && lexeme.is !== is)) return undefined;
    this.#at++;
    return lexeme;
  }
}

function readOr(cursor: Cursor, depth: number): Query {
  const parts = [readAnd(cursor, depth)];
  while (cursor.take('OR')) parts.push(readAnd(cursor, depth));
  return joined('or', parts);
}

function readAnd(cursor: Cursor, depth: number): Query {
  const parts = [readNot(cursor, depth)];
  for (;;) {
    const explicit = cursor.take('AND');
    const next = cursor.peek();
    if (!explicit && (next === undefined || next.is === 'OR' || next.is === ')')) return joined('and', parts);
    parts.push(readNot(cursor, depth));
  }
}

function readNot(cursor: Cursor, depth: number): Query {
  const not = cursor.take('NOT');
  if (!not) return readNear(cursor, depth);
  if (depth >= DEEPEST) throw tooDeep(not.start);
  const part = readNot(cursor, depth + 1);
  return { type: 'not', part, start: not.start, end: part.end };
}

function readNear(cursor: Cursor, depth: number): Query {
  let left = readOne(cursor, depth);
  const pairs: Query[] = [];
  for (;;) {
    const near = cursor.take('NEAR');
    if (near?.is !== 'NEAR') return pairs.length === 0 ? left : joined('and', pairs);
    const right = readOne(cursor, depth);
    const operands = [left, right].map((side) => operand(side));
    const [a, b] = operands;
    if (a === undefined || b === undefined)
      throw badQuery(near.start, 'NEAR stands between two words or phrases of letters and digits');
    pairs.push({ type: 'near', left: a, right: b, distance: near.distance, start: a.start, end: b.end });
    left = right;
  }
}

const operand = (query: Query): TextQuery | undefined =>
  query.type === 'text' && query.words.length === 0 && query.phrase.length > 0 ? query : undefined;

function readOne(cursor: Cursor, depth: number): Query {
  const lexeme = cursor.take();
  if (lexeme === undefined) throw badQuery(cursor.end, 'something is missing at the end');
  switch (lexeme.is) {
    case '(': {
      if (depth >= DEEPEST) throw tooDeep(lexeme.start);
      if (cursor.peek()?.is === ')') throw badQuery(lexeme.start, 'there is nothing between these brackets');
      const inner = readOr(cursor, depth + 1);
      if (!cursor.take(')')) throw badQuery(cursor.peek()?.start ?? lexeme.start, 'a bracket is not closed');
      return inner;
    }
    case 'quoted':
      return readPhrase(lexeme.text, { start: lexeme.start, end: lexeme.end });
    case 'word':
      return readWord(lexeme.text, { start: lexeme.start, end: lexeme.end });
    case 'field': {
      const span = { start: lexeme.start, end: lexeme.end };
      return readField(lexeme.field, lexeme.text, lexeme.quoted, span, cursor.spoken);
    }
    default:
      throw badQuery(lexeme.start, `${lexeme.is} cannot stand here`);
  }
}

function joined(type: 'and' | 'or', parts: readonly Query[]): Query {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? { type: 'everything', start: 0, end: 0 };
  return { type, parts, start: first.start, end: parts.at(-1)?.end ?? first.end };
}

const tooDeep = (at: number): HoldfastError =>
  badQuery(at, `brackets and negations go ${DEEPEST} deep at most`, 'Write the query flatter.');
