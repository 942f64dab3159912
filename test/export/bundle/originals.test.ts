import type { Provenance } from '../../../src/core/event.ts';
import { Originals } from '../../../src/export/bundle/originals.ts';

const from = (capture: string, receipt = 'r1'): Provenance => ({
  capture,
  receipt,
  path: 'chat.txt',
  position: { offset: 0, length: 1 },
});

/** An archive with two records of the capture `a`, both handed in by `r1`, and what else `more` says. */
function leaving(select: (originals: Originals) => void, more: (originals: Originals) => void = () => {}) {
  const originals = new Originals();
  select(originals);
  originals.event(from('a'));
  originals.event(from('a'));
  originals.account('r1', 2);
  more(originals);
  return [...originals.leaving()];
}
const both = (originals: Originals): void => {
  originals.select(from('a'), 'whole');
  originals.select(from('a'), 'whole');
};

test('a capture whose every record is shown leaves', () => {
  expect(leaving(both)).toEqual(['a']);
});

test('a capture stays where one of its records is not selected, withheld or redacted', () => {
  expect(leaving((originals) => originals.select(from('a'), 'whole'))).toEqual([]);
  for (const is of ['withheld', 'redacted'] as const)
    expect(
      leaving((originals) => {
        originals.select(from('a'), 'whole');
        originals.select(from('a'), is);
      }),
    ).toEqual([]);
});

test('a capture stays where a part of it could not be read', () => {
  expect(leaving(both, (originals) => originals.reject('a'))).toEqual([]);
  expect(leaving(both, (originals) => originals.reject('b'))).toEqual(['a']);
});

test('a capture stays where its receipt handed in more than was sealed: the rest may be in it too', () => {
  expect(leaving(both, (originals) => originals.account('r1', 3))).toEqual([]);
});

test('copies of records that are shown may leave with a capture, of others not', () => {
  const observed = (is?: 'whole' | 'redacted') => (originals: Originals) => {
    originals.observation(from('a'), is);
    originals.account('r1', 3);
  };
  expect(leaving(both, observed('whole'))).toEqual(['a']);
  expect(leaving(both, observed('redacted'))).toEqual([]);
  expect(leaving(both, observed())).toEqual([]);
});

test('a receipt whose entry was not seen accounts for nothing', () => {
  const originals = new Originals();
  originals.select(from('a'), 'whole');
  originals.event(from('a'));
  expect([...originals.leaving()]).toEqual([]);
});
