import { compareOrder } from '../../../src/core/bundle/order.ts';
import fc from '../../property.ts';

async function* stream(names: readonly string[]): AsyncGenerator<string> {
  yield* names;
}
const compare = (expected: readonly string[], found: readonly string[]) =>
  compareOrder(
    () => stream(expected),
    () => stream(found),
  );

const names = fc.uniqueArray(
  fc.nat(500).map((n) => `m0/${n}`),
  { minLength: 3, maxLength: 40 },
);

test('equal orders differ in nothing', () =>
  fc.assert(
    fc.asyncProperty(names, async (all) => {
      expect(await compare(all, all)).toEqual({ dropped: [], added: [], moved: [] });
    }),
  ));

test('what was dropped or added is named, and nothing else', () =>
  fc.assert(
    fc.asyncProperty(names, fc.nat(), async (all, n) => {
      const index = n % all.length;
      const without = all.filter((_, i) => i !== index);
      expect(await compare(all, without)).toEqual({ dropped: [all[index]], added: [], moved: [] });
      expect(await compare(without, all)).toEqual({ dropped: [], added: [all[index]], moved: [] });
    }),
  ));

test('of two that were swapped, both places are named', () =>
  fc.assert(
    fc.asyncProperty(names, fc.nat(), fc.nat(), async (all, m, n) => {
      const [a, b] = [m % all.length, n % all.length].sort((x, y) => x - y) as [number, number];
      fc.pre(a !== b);
      const swapped = [...all];
      [swapped[a], swapped[b]] = [all[b] ?? '', all[a] ?? ''];
      expect(await compare(all, swapped)).toEqual({
        dropped: [],
        added: [],
        moved: [
          { line: a + 1, expected: all[a], found: all[b] },
          { line: b + 1, expected: all[b], found: all[a] },
        ],
      });
    }),
  ));

test('a record that stands twice is an addition', async () => {
  expect(await compare(['a', 'b'], ['a', 'b', 'a'])).toEqual({ dropped: [], added: ['a'], moved: [] });
});
