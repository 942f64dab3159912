import { highlights } from '../../../src/core/search/highlight.ts';
import { parseQuery } from '../../../src/core/search/parse.ts';
import fc from '../../property.ts';
import { query } from './corpus.ts';

const marked = (text: string, asked: string): string[] =>
  highlights(parseQuery(asked), text).map(([start, end]) => text.slice(start, end));

test.each([
  ['The price is naïve, the PRICE!', 'price naive', ['price', 'naïve', 'PRICE']],
  ['best price, best offer', '"best offer"', ['best offer']],
  ['buy C++ and $TSLA.', '$tsla C++', ['C++', '$TSLA.']],
  ['今の价格は', '价格', ['价格']],
  ['well 👍🏽 done', '👍', ['👍🏽']],
  ['trade the a b c price', 'trade NEAR/4 price', ['trade', 'price']],
  ['trader trades', 'trad* -trades', ['trader', 'trades']],
  ['nothing here', 'from:ann', []],
  ['not this', 'NOT this', []],
])('in %s, %s marks %j', (text, asked, expected) => {
  expect(marked(text, asked)).toEqual(expected);
});

test('highlights are in order, apart, and inside the text', () => {
  fc.assert(
    fc.property(query, fc.string({ unit: 'binary', maxLength: 100 }), (asked, noise) => {
      const text = `${noise} trade a b 价格 👍🏽 $TSLA ${noise} price`;
      let last = 0;
      for (const [start, end] of highlights(parseQuery(asked, { holds: true }), text)) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        last = end;
      }
    }),
  );
});
