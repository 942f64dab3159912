import { gather } from '../../../src/ingest/reading/gather.ts';

test('names of a hostile source are names, whatever objects have of their own', () => {
  const found = gather([
    ['constructor', '1'],
    ['__proto__', '2'],
    ['a', '3'],
    ['a', '4'],
  ]);
  expect(JSON.stringify(found)).toBe('{"constructor":"1","__proto__":"2","a":["3","4"]}');
  expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
});
