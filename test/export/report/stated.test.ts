import { statedLines } from '../../../src/export/report/completeness.ts';

const statement = (what: string, stated: number, found: number) => ({ what, stated, found });

test('a report says which counts of a source differ from what was found, and how many agree', () => {
  expect(statedLines([statement('messages in #desk', 1200, 1199), statement('people', 3, 3)])).toEqual([
    'states 1,200 messages in #desk; 1,199 were found',
    '1 count of its own agrees',
  ]);
});

test('many differences are counted, not all printed, and no count is no line', () => {
  expect(statedLines(Array.from({ length: 8 }, (_, i) => statement(`room ${i}`, 1, 0))).at(-1)).toBe(
    'and 3 more differences',
  );
  expect(statedLines([])).toEqual([]);
  expect(statedLines()).toEqual([]);
});
