import { describe as described } from '../../src/cli/exporting.ts';
import { explainQuery } from '../../src/core/search/explain.ts';
import { parseQuery } from '../../src/core/search/parse.ts';

function criteria(query: string): readonly string[] {
  const parts = explainQuery(parseQuery(query), query, 'UTC');
  const unsearched = { rejects: 0, attachments: 0, bare: 0 };
  const explained = { query, zone: 'UTC', parts, unsearched, total: 0, heads: {}, presenceLeftOut: 0 };
  return described({ ...explained, directory: 0 }, true, false).criteria;
}

const numbers = (query: string): string[] => criteria(query).map((line) => line.split('  ', 1)[0] ?? '');

test('what a report says of a selection is numbered as its parts lie in one another', () => {
  expect(numbers('x')).toEqual(['1']);
  expect(numbers('x "y z" w')).toEqual(['1', '2', '3']);
  expect(numbers('(from:a OR from:b) (x OR "y z") until:2017')).toEqual([
    '1',
    '1.1',
    '1.2',
    '2',
    '2.1',
    '2.2',
    '3',
  ]);
  expect(numbers('-(since:2016 OR x) y')).toEqual(['1', '1.1', '1.1.1', '1.1.2', '2']);
  expect(criteria('(x OR y) z').at(-1)).toBe('2  The word "z".');
});
