import { ERRORS, HoldfastError, isHoldfastError } from '../../../src/core/errors.ts';
import { parseQuery } from '../../../src/core/search/parse.ts';
import type { Query } from '../../../src/core/search/query.ts';
import fc from '../../property.ts';
import { query } from './corpus.ts';

/** The tree in a line. */
function shape(part: Query): string {
  switch (part.type) {
    case 'everything':
      return '*';
    case 'and':
    case 'or':
      return `${part.type}(${part.parts.map(shape).join(' ')})`;
    case 'not':
      return `not(${shape(part.part)})`;
    case 'near':
      return `near${part.distance}(${shape(part.left)} ${shape(part.right)})`;
    case 'text':
      return [...part.phrase, ...part.words.map((word) => ({ ...word, isWord: true }))]
        .map((pattern) => {
          const sign = 'isWord' in pattern ? '=' : '';
          if (pattern.is === 'term') return sign + pattern.term;
          if (pattern.is === 'prefix') return `${sign}${pattern.prefix}*`;
          return pattern.is === 'wildcard' ? `${sign}${pattern.pattern}` : `${pattern.term}~${pattern.edits}`;
        })
        .join('_');
    case 'field':
      return `${part.field}:${JSON.stringify(Object.values(part)[2])}`;
  }
}

test.each([
  ['trade price', 'and(trade price)'],
  ['trade AND price OR offer', 'or(and(trade price) offer)'],
  ['trade (price OR offer) -draft', 'and(trade or(price offer) not(draft))'],
  ['NOT NOT a', 'not(not(a))'],
  ['"Buy the $TSLA now"', 'buy_the_tsla_now_=$tsla'],
  ['“curly quotes”', 'curly_quotes'],
  ['trade NEAR/3 "best price"', 'near3(trade best_price)'],
  ['a NEAR/1 b NEAR/2 c', 'and(near1(a b) near2(b c))'],
  ['Tra* *ade t?de trade~ trade~2', 'and(tra* *ade t?de trade~1 trade~2)'],
  ["don't foo-bar x@example.com", 'and(don_t foo_bar x_example_com)'],
  ['foo-ba* 价格*', 'and(foo_ba* 价_格)'],
  ['$TS* C++ @bob :-)', 'and(=$ts* =c++ =@bob =:-))'],
  ['how are you?', 'and(how are you)'],
  ['https://example.com/a', 'https_example_com_a'],
  ['10:30', '10_30'],
  ['-> --', 'and(=-> =--)'],
  ['-$5 -"no way"', 'and(not(=$5) not(no_way))'],
  ['*', '*'],
  ['FROM:Ann -kind:join,leave', 'and(from:{"is":"keys","keys":["ann"]} not(kind:["join","leave"]))'],
  ['from:*@example.com', 'from:{"is":"wildcard","pattern":"*@example.com"}'],
  ['from:"a*b"', 'from:{"is":"keys","keys":["a*b"]}'],
  ['to:ann@example.com/desk', 'to:{"is":"keys","keys":["ann@example.com/desk","ann@example.com"]}'],
  [
    'on:"2026-01-05 10:30 Europe/Berlin"',
    'on:{"year":2026,"month":1,"day":5,"hour":10,"minute":30,"zone":"Europe/Berlin"}',
  ],
  ['since:2026-01+02:00', 'since:{"year":2026,"month":1,"zone":"+02:00"}'],
])('%s is read as %s', (text, expected) => {
  expect(shape(parseQuery(text))).toBe(expected);
});

test.each([
  ['', 1, 'bad-query'],
  ['   ', 1, 'bad-query'],
  ['trade "open', 7, 'bad-query'],
  ['(trade', 1, 'bad-query'],
  ['trade)', 6, 'bad-query'],
  ['()', 1, 'bad-query'],
  ['trade OR', 9, 'bad-query'],
  ['AND trade', 1, 'bad-query'],
  ['trade NEAR price', 7, 'bad-query'],
  ['trade NEAR/9999 price', 7, 'bad-query'],
  ['trade NEAR/2 from:ann', 7, 'bad-query'],
  ['trade~3', 1, 'bad-query'],
  ['价*格', 1, 'bad-query'],
  ['?*', 1, 'bad-query'],
  ['"   "', 1, 'bad-query'],
  ['from:', 1, 'bad-query'],
  ['since:yesterday', 1, 'bad-query'],
  ['since:2026-02-30', 1, 'bad-query'],
  ['since:2026-01-05T25:00', 1, 'bad-query'],
  ['since:2026-01-05@Nowhere/Land', 1, 'bad-query'],
  ['kind:mail', 1, 'bad-query'],
  ['has:everything', 1, 'bad-query'],
  ['custodian:', 1, 'bad-query'],
  ['custodian:a*', 1, 'bad-query'],
  ['x direction:up', 3, 'bad-query'],
  ['hold:a', 1, 'unknown-field'],
  ['subject:a', 1, 'unknown-field'],
] as const)('%s is refused at character %d with %s', (text, at, code) => {
  let refused: unknown;
  try {
    parseQuery(text);
  } catch (error) {
    refused = error;
  }
  expect(isHoldfastError(refused, code)).toBe(true);
  expect((refused as HoldfastError).message).toMatch(new RegExp(`^At character ${at}:`));
  expect((refused as HoldfastError).hint).toMatch(/\S/);
});

test.each([
  ['a megabyte of words', 'word '.repeat(200_000)],
  ['a megabyte without a space', 'x'.repeat(1_000_000)],
  ['brackets', `${'('.repeat(30_000)}a${')'.repeat(30_000)}`],
  ['negations', `${'NOT '.repeat(1_500)}a`],
  ['minus signs', `${'-'.repeat(60_000)}a`],
  ['stars', `${'a*'.repeat(30_000)}`],
  ['quotes', '"'.repeat(60_001)],
  ['many parts', 'a '.repeat(5_000)],
  ['alternatives', `a${' OR a'.repeat(5_000)}`],
])('hostile: %s are answered with a sentence', (_, text) => {
  try {
    parseQuery(text);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    expect(['bad-query', 'query-too-wide']).toContain(error.code);
    expect(error.message.length).toBeLessThan(200);
  }
});

test('whatever is asked is read, or refused with a code, a sentence and a hint', () => {
  const pieces = fc.constantFrom(
    ...'()"*?~:-/\\ \n"“',
    'NEAR/2',
    'OR',
    'AND',
    'NOT',
    'from:',
    'since:',
    'on:2026',
    'ab',
    '价',
    '👍',
    '$',
    '\u0000',
    '\ud800',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces).map((parts) => parts.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        try {
          parseQuery(text);
        } catch (error) {
          if (!(error instanceof HoldfastError)) throw error;
          expect(Object.keys(ERRORS)).toContain(error.code);
          expect(error.hint).toBeDefined();
        }
      },
    ),
    { numRuns: 3_000 },
  );
});

test('every part of a query knows its place', () => {
  fc.assert(
    fc.property(query, (text) => {
      const walk = (part: Query): void => {
        expect(part.start).toBeLessThan(part.end);
        expect(part.end).toBeLessThanOrEqual(text.length);
        if (part.type === 'and' || part.type === 'or') part.parts.forEach(walk);
        if (part.type === 'not') walk(part.part);
      };
      walk(parseQuery(text, { holds: true }));
    }),
  );
});
