import { type Line, lines } from '../../../src/ingest/reading/lines.ts';
import { openText } from '../../../src/ingest/reading/text.ts';
import fc from '../../property.ts';
import { fileOf } from '../bytes.ts';

async function read(bytes: Buffer, chunks: readonly number[], splits?: RegExp): Promise<Line[]> {
  const all: Line[] = [];
  const stream = await openText(fileOf('/in/a.txt', bytes, chunks));
  for await (const batch of lines(stream, splits)) all.push(...batch);
  return all;
}

/** Lines as `split` sees them; what stands behind the last line end is none where it is empty. */
const naive = (text: string): string[] => {
  const all = text.split('\n').map((line) => line.replace(/\r$/u, ''));
  return all.at(-1) === '' && !text.endsWith('\r') ? all.slice(0, -1) : all;
};

const line = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.constantFrom('', '\r', 'café', 'Привет', '🙂', '日本語', 'x'.repeat(3000), `y${'é'.repeat(1500)}`),
);
const text = fc
  .array(line, { maxLength: 40 })
  .map((all) => all.join('\n').replaceAll('\ufeff', '').replaceAll('\0', ''));
const chunks = fc.array(fc.integer({ min: 1, max: 2500 }), { minLength: 1, maxLength: 4 });

test('lines, their texts and places are the same however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(text, chunks, async (written, sizes) => {
      const bytes = Buffer.from(written);
      const found = await read(bytes, sizes);
      expect(found.map((each) => each.text)).toEqual(naive(written));
      for (const each of found)
        expect(bytes.toString('utf8', each.offset, each.offset + each.length)).toBe(each.text);
      expect(found.flatMap((each) => each.repairs)).toEqual([]);
    }),
  );
});

test('in UTF-16 too, where a place is one of the stored bytes', async () => {
  await fc.assert(
    fc.asyncProperty(text, chunks, async (written, sizes) => {
      const bytes = Buffer.from(`\ufeff${written}`, 'utf16le');
      const found = await read(bytes, sizes);
      expect(found.map((each) => each.text)).toEqual(naive(written));
      for (const each of found)
        expect(bytes.toString('utf16le', each.offset, each.offset + each.length)).toBe(each.text);
    }),
  );
});

test('a line falls into parts, each in its place', async () => {
  const part = fc.constantFrom('<i/>one', '<i/>', '<i/>deux à', '<i/>три', 'head');
  const rows = fc.array(fc.array(part, { maxLength: 8 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(rows, chunks, async (written, sizes) => {
      const bytes = Buffer.from(written.map((parts) => `${parts.join('')}\n`).join(''));
      const found = await read(bytes, sizes, /(?=<i\/>)/gu);
      expect(found.map((each) => each.text)).toEqual(
        written.flatMap((parts) => parts.join('').split(/(?=<i\/>)/u)),
      );
      for (const each of found)
        expect(bytes.toString('utf8', each.offset, each.offset + each.length)).toBe(each.text);
    }),
  );
});
