import { contentKey, eventId } from '../../../src/core/ids.ts';
import { Ordinals } from '../../../src/ingest/reading/ordinals.ts';
import { instantOf, numberOf } from '../../../src/ingest/reading/time.ts';
import fc from '../../property.ts';

test('counts how often the same came before, whatever else came between', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.constantFrom('a', 'ab', ''),
          fc.constantFrom('b', '', 'bb'),
          fc.constantFrom('x', '\u0000', 'é'),
        ),
      ),
      (messages) => {
        const ordinals = new Ordinals();
        const seen = new Map<string, number>();
        for (const [conversation, sender, text] of messages) {
          const key = JSON.stringify([conversation, sender, text]);
          const before = seen.get(key) ?? 0;
          seen.set(key, before + 1);
          expect(ordinals.next(conversation, sender, '2026', text)).toBe(before);
        }
      },
    ),
  );
});

test('an id is that of the content key with its ordinal, whatever the texts hold', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom('\ud800', '"', '\\', '\u007f', '€'),
  );
  const part = fc.oneof(fc.constantFrom('', 'a', 'é'), text);
  fc.assert(
    fc.property(fc.array(fc.tuple(part, part, part, part, text)), (events) => {
      const one = new Ordinals();
      const other = new Ordinals();
      for (const [network, conversation, sender, instant, said] of events.flatMap((each) => [each, each])) {
        const ordinal = other.next(`${network}\n${conversation}`, sender, instant, said);
        expect(one.id(network, conversation, sender, instant, said)).toBe(
          eventId(network, conversation, contentKey(sender, instant, said, ordinal)),
        );
      }
    }),
  );
});

test('a text longer than most has its id, and so has what comes after it', () => {
  const ordinals = new Ordinals();
  const long = '\u20ac"x'.repeat(30_000);
  for (const said of ['short', long, 'short', long])
    expect(ordinals.id('aim', 'a b', 'a', '2026', said)).not.toBe('');
  for (const said of ['short', long])
    expect(ordinals.id('aim', 'a b', 'a', '2026', said)).toBe(
      eventId('aim', 'a b', contentKey('a', '2026', said, 2)),
    );
});

test('tells a hundred thousand messages apart', () => {
  const ordinals = new Ordinals();
  for (let i = 0; i < 100_000; i++) expect(ordinals.next('#desk', 'bob', '2026', `message ${i}`)).toBe(0);
  expect(ordinals.next('#desk', 'bob', '2026', 'message 77777')).toBe(1);
});

test('an instant is written as the platform writes it, from year 1 to 9999', () => {
  fc.assert(
    fc.property(fc.double({ min: -62_135_596_800_000, max: 253_402_300_799_999, noNaN: true }), (ms) => {
      expect(instantOf(ms)).toBe(new Date(ms).toISOString());
    }),
    { numRuns: 2000 },
  );
  expect(instantOf(0)).toBe('1970-01-01T00:00:00.000Z');
  expect(instantOf(-1)).toBe('1969-12-31T23:59:59.999Z');
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 253_402_300_800_000, -62_135_596_800_001])
    expect(instantOf(bad)).toBeUndefined();
});

test('digits are the number that the platform makes of them, and so is anything else', () => {
  const text = fc.oneof(
    fc.stringMatching(/^[0-9]{0,24}$/),
    fc.string(),
    fc.constantFrom('06', '-1', ' 7', '1e3'),
  );
  fc.assert(
    fc.property(fc.option(text, { nil: undefined }), (each) => {
      expect(numberOf(each)).toBe(Number(each));
    }),
  );
});
