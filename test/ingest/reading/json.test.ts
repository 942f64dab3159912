import type { Repair } from '../../../src/core/event.ts';
import { arrayElements, asExtra, parseJson, tooMuch } from '../../../src/ingest/reading/json.ts';
import { openText } from '../../../src/ingest/reading/text.ts';
import fc from '../../property.ts';
import { fileOf } from '../bytes.ts';

async function elementsOf(text: string, chunks: readonly number[]) {
  const stream = await openText(fileOf('/in/a.json', Buffer.from(text, 'utf8'), chunks));
  return (await Array.fromAsync(arrayElements(stream))).flat();
}

test('the elements of any JSON array are found whole, with their places, however they are cut and spaced', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue(), { maxLength: 6 }),
      fc.constantFrom(undefined, 1, 4),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      async (values, indent, chunks) => {
        const text = JSON.stringify(values, null, indent);
        const found = await elementsOf(text, chunks);
        const bytes = Buffer.from(text, 'utf8');
        expect(found.map((element) => JSON.parse((element.bytes ?? '').toString()) as unknown)).toEqual(
          JSON.parse(text),
        );
        for (const { offset, length, bytes: own } of found)
          expect(bytes.subarray(offset, offset + length).toString()).toBe(own?.toString());
      },
    ),
  );
});

test('numbers that are no safe integer keep the text of the source', () => {
  const text = '{"a":1.50,"b":12345678901234567890,"c":7,"d":[-0,1e3],"e":{"f":0.1}}';
  const repairs: Repair[] = [];
  expect(asExtra(parseJson(text, []) as { a: number }, text, repairs)).toEqual({
    a: '1.50',
    b: '12345678901234567890',
    c: 7,
    d: ['-0', 1000],
    e: { f: '0.1' },
  });
  expect(repairs).toEqual([{ code: 'number-as-text' }]);
});

test('beside numbers as text stands what was kept, as it was mended', () => {
  const text = '{"content":{"url":"a\\ud800","info":{"ratio":1.5}},"sent":2}';
  expect(asExtra({ content: { info: { ratio: 1.5 } } }, text, [])).toEqual({
    content: { info: { ratio: '1.5' } },
  });
  const repairs: Repair[] = [];
  const mended = parseJson(text, repairs) as { content: object };
  expect(asExtra({ content: mended.content }, text, repairs)).toEqual({
    content: { url: 'a\ufffd', info: { ratio: '1.5' } },
  });
  expect(repairs.map(({ code }) => code)).toEqual(['lone-surrogate', 'number-as-text']);
});

test('lone surrogates become U+FFFD in keys and values, pairs stay', () => {
  const repairs: Repair[] = [];
  expect(parseJson('{"\\ud83d":"a\\ude00","ok":"\\ud83d\\ude00"}', repairs)).toEqual({
    '\ufffd': 'a\ufffd',
    ok: '😀',
  });
  expect(repairs).toEqual([{ code: 'lone-surrogate' }]);
});

test('depth and number of values are counted outside of strings', () => {
  expect(tooMuch('['.repeat(64) + ']'.repeat(64))).toBeUndefined();
  expect(tooMuch('['.repeat(65) + ']'.repeat(65))).toBe('too-deep');
  expect(tooMuch(`[${'{},'.repeat(200_001)}0]`)).toBe('too-many-values');
  expect(tooMuch(JSON.stringify('[{'.repeat(300_000)))).toBeUndefined();
});
