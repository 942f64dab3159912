import { EMPTY_DIRECTORY } from '../../src/core/directory/fold.ts';
import { DIRECTORY_CHANGE } from '../../src/core/directory/form.ts';
import { importActs, planImport } from '../../src/directory/import.ts';
import { readDirectoryCsv } from '../../src/directory/read-csv.ts';
import fc from '../property.ts';

const HEAD =
  'id,name,entity,desk,supervisor,counsel,employed_from,employed_to,groups,network,address,address_from,address_to,shared';
const read = (...rows: string[]) => readDirectoryCsv(Buffer.from([HEAD, ...rows].join('\r\n')));

test('a row for each address makes one person of them', () => {
  const { custodians, refused } = read(
    'e1,Ada Brandt | A. Brandt,Example Ltd,rates,e9,no,2001-02-03,,swaps | fx,aim,Trader Joe,2001-02-03,2004-12-31,no',
    'e1,,,,,,,,,*,ada@desk.example,,,',
    '"e2","Okoye, ""Bram""",,,,yes,,,,,,,,',
  );
  expect(refused).toEqual([]);
  expect(custodians).toEqual([
    {
      id: 'e1',
      names: ['Ada Brandt', 'A. Brandt'],
      entity: 'Example Ltd',
      desk: 'rates',
      supervisor: 'e9',
      counsel: false,
      employedFrom: '2001-02-03',
      employedTo: null,
      groups: ['swaps', 'fx'],
      addresses: [
        { network: 'aim', address: 'Trader Joe', from: '2001-02-03', to: '2004-12-31', shared: false },
        { network: null, address: 'ada@desk.example', from: null, to: null, shared: false },
      ],
    },
    {
      id: 'e2',
      names: ['Okoye, "Bram"'],
      entity: null,
      desk: null,
      supervisor: null,
      counsel: true,
      employedFrom: null,
      employedTo: null,
      groups: [],
      addresses: [],
    },
  ]);
});

test('every row that cannot be taken is named by its line, without what it says', () => {
  const { refused } = read(
    ',No Id,,,,,,,,,,,,',
    'e1,Ada,,,,maybe,,,,,,,,',
    'e2,Bram,,,,,2020-13-01,,,,,,,',
    'e3,Chidi,,,,,,,,aim,,,,',
    'e4,Dora,rates,,,,,,,,,,,',
    'e4,Other,,,,,,,,,,,,',
    'e5,,,,,,,,,aim,x,,,',
    'e6,Eve,,,,,01/02/2020,,,,,,,',
    'e7,Fay,,,,,,,,AIM!,x,,,',
  );
  expect(refused).toEqual([
    { line: 2, why: 'id is empty' },
    { line: 3, why: 'counsel is neither yes nor no' },
    { line: 4, why: 'not of the form that the directory takes: employedFrom' },
    { line: 5, why: 'address is empty' },
    { line: 7, why: 'name contradicts an earlier row of this person' },
    { line: 8, why: 'not of the form that the directory takes: names' },
    { line: 9, why: 'employed_from is no day like 2020-12-31' },
    { line: 10, why: 'not of the form that the directory takes: addresses 0 network' },
  ]);
});

test.each([
  ['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`)],
  ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['Windows-1252', (text: string) => Buffer.from(text, 'latin1')],
])('%s is read', (_, encode) => {
  const { custodians } = readDirectoryCsv(encode(`${HEAD}\ne1,Zoë Müller,,,,,,,,,,,,\n`));
  expect(custodians[0]?.names).toEqual(['Zoë Müller']);
});

test.each([
  ['a column that is not known', 'id,name,salary\ne1,a,b\n'],
  ['a quote that is never closed', `${HEAD}\ne1,"Ada\n`],
  ['rows of other lengths', `${HEAD}\ne1,Ada\n`],
  ['a cell of a megabyte', `${HEAD}\ne1,${'x'.repeat(1_000_000)},,,,,,,,,,,,\n`],
])('%s is no directory', (_, text) => {
  expect(() => readDirectoryCsv(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'bad-usage' }));
});

test('whatever the bytes are, they are taken, refused by line, or no CSV', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 200 }), (bytes, text) => {
      for (const input of [bytes, Buffer.from(`${HEAD}\n${text}`)])
        try {
          const { custodians } = readDirectoryCsv(input);
          for (const change of planImport(EMPTY_DIRECTORY, custodians).changes)
            expect(
              DIRECTORY_CHANGE.safeParse({
                expects: 0,
                import: '0'.repeat(32),
                part: 1,
                parts: 1,
                changes: [change],
              }).success,
            ).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-usage' });
        }
    }),
  );
});

test('a file of ten thousand people goes into acts of at most a megabyte, in order', () => {
  const rows = Array.from(
    { length: 10_000 },
    (_, i) => `e${i},Person ${i},Example,desk,,no,2001-01-01,,,aim,user${i},,,`,
  );
  const { custodians } = read(...rows);
  const plan = planImport(EMPTY_DIRECTORY, custodians);
  expect(plan).toMatchObject({ added: 10_000, changed: 0, unchanged: 0 });
  const acts = importActs('0'.repeat(32), 0, plan.changes, {});
  expect(acts.length).toBeGreaterThan(1);
  for (const [i, act] of acts.entries()) {
    expect(Buffer.byteLength(JSON.stringify(act))).toBeLessThan(1_100_000);
    expect(act).toMatchObject({ part: i + 1, parts: acts.length });
    expect(DIRECTORY_CHANGE.safeParse(act).success).toBe(true);
  }
});
