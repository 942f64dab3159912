import { csvFields, csvRecords, separatorOf } from '../../../src/ingest/reading/csv.ts';
import { openText } from '../../../src/ingest/reading/text.ts';
import fc from '../../property.ts';
import { fileOf } from '../bytes.ts';

async function recordsOf(text: string, chunks?: readonly number[]): Promise<(readonly string[] | string)[]> {
  const found: (readonly string[] | string)[] = [];
  for await (const batch of csvRecords(await openText(fileOf('a.csv', Buffer.from(text), chunks))))
    for (const { bytes, problem } of batch)
      found.push(bytes === undefined ? (problem ?? '') : csvFields(bytes.toString('utf8'), ','));
  return found;
}

describe('CSV', () => {
  test('reads back any fields that were quoted, wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
        async (rows, chunks) => {
          const text = rows
            .map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(','))
            .join('\r\n');
          expect(await recordsOf(text, chunks)).toEqual(rows);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('passes over empty lines, and says that a quote is never closed', async () => {
    expect(await recordsOf('a,b\n\n1,2 "x" y\n"3,4')).toEqual([['a', 'b'], ['1', '2 "x" y'], 'truncated']);
  });

  test('finds the separator in the line of names', () => {
    expect(separatorOf('a;b;c,d\n1,2,3,4,5')).toBe(';');
    expect(separatorOf('a\tb')).toBe('\t');
  });
});
