import type { Repair } from '../../../src/core/event.ts';
import { detectCodePage } from '../../../src/ingest/reading/code-page.ts';
import { lines } from '../../../src/ingest/reading/lines.ts';
import { decode, decodeHead, openText } from '../../../src/ingest/reading/text.ts';
import fc from '../../property.ts';
import { fileOf } from '../bytes.ts';
import { encode } from './encode.ts';

/** All lines of a file as text, and the repairs of each. */
async function read(
  bytes: Buffer,
  options: { encoding?: string; chunks?: readonly number[]; declared?: string } = {},
): Promise<{ texts: string[]; repairs: Repair[][] }> {
  const { encoding } = options;
  const file = {
    ...fileOf('/in/a.txt', bytes, options.chunks),
    settings: { format: 'auto', ...(encoding !== undefined && { encoding }) },
  };
  const stream = await openText(file);
  const texts: string[] = [];
  const repairs: Repair[][] = [];
  for await (const batch of lines(stream))
    for (const line of batch) {
      const made: Repair[] = options.declared === undefined ? [...line.repairs] : [];
      const stored = bytes.subarray(line.offset, line.offset + line.length);
      texts.push(
        options.declared === undefined ? (line.text ?? '') : decode(stream, stored, made, options.declared),
      );
      repairs.push(made);
    }
  return { texts, repairs };
}

const TEXTS: readonly (readonly [string, readonly string[]])[] = [
  [
    'windows-1252',
    [
      'café, please',
      'don’t do “that” – it costs €5',
      'Grüße aus München, schöne Straße',
      '¿Qué tal? Mañana te llamo',
      'Il a été là à Noël, garçon',
      '£100m at 5½',
      'não é possível amanhã',
      'smørrebrød på fredag',
    ],
  ],
  [
    'macintosh',
    [
      'café, please',
      'isn’t it?',
      'wait… what',
      'Grüße aus München, schöne Straße',
      'Il a été là à Noël, garçon',
      '¿Qué tal? Mañana te llamo',
    ],
  ],
  [
    'windows-1251',
    [
      'Привет, как дела?',
      'Хорошо. Куплю 200 по 5,10',
      'ПРОДАЮ СРОЧНО',
      'я и ты в Москве',
      'Доброго дня, як справи? Їжа',
      'ага ок',
    ],
  ],
  ['koi8-r', ['Привет, как дела? Завтра увидимся', 'хорошо']],
  ['ibm866', ['Привет, как дела? Завтра увидимся', 'ага ок']],
  [
    'shift_jis',
    [
      'こんにちは',
      '明日の会議は何時ですか？',
      '東京本社の田中です。よろしくお願いします',
      'トヨタ 200株 買い',
    ],
  ],
  ['gbk', ['你好', '明天上午开会，请准时参加。', '好的，谢谢', '卖出两百手']],
];

describe.each(TEXTS)('%s', (page, texts) => {
  test.each(texts)('“%s” is recognised: alone, in a log, in markup', (text) => {
    for (const whole of [text, `(12:00:00) alice: ${text}\r\n(12:00:05) bob: ok\r\n`, `<b>${text}</b>`])
      expect(detectCodePage(encode(whole, page))).toBe(page);
  });

  test('is read line by line, and each line that needed it says so', async () => {
    const log = [...texts.map((text) => `(12:00:00) alice: ${text}`), '(12:00:05) bob: ok'];
    const { texts: found, repairs } = await read(encode(log.join('\n'), page));
    expect(found).toEqual(log);
    const repair =
      page === 'windows-1252' ? { code: 'encoding-cp1252' } : { code: 'encoding-detected', what: page };
    expect(repairs).toEqual([...texts.map(() => [repair]), []]);
  });

  test('is read as stated without looking', async () => {
    for (const text of texts) {
      const { texts: found, repairs } = await read(encode(text, page), { encoding: page });
      expect(found).toEqual([text]);
      expect(repairs).toEqual([[{ code: 'encoding-stated', what: page }]]);
    }
  });
});

test('the page is the same however the bytes are cut, and wherever the first of them stands', async () => {
  const ascii = 'bob: ok\n'.repeat(100);
  const log = `${ascii}alice: ${'Привет, как дела? '.repeat(4)}\n${ascii}bob: да, спасибо\n`;
  const bytes = encode(log, 'windows-1251');
  const expected = await read(bytes);
  expect(expected.texts.join('\n')).toBe(log.trimEnd());
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }), async (chunks) => {
      expect(await read(bytes, { chunks })).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test('a page that shows late, after megabytes of ASCII and UTF-8, is found all the same', async () => {
  const head = Buffer.from('bob: ok, déjà vu 😀\n'.repeat(120_000));
  const { texts, repairs } = await read(Buffer.concat([head, encode('明日の会議は何時ですか', 'shift_jis')]));
  expect(texts.at(-1)).toBe('明日の会議は何時ですか');
  expect(texts.at(-2)).toBe('bob: ok, déjà vu 😀');
  expect(repairs.at(-1)).toEqual([{ code: 'encoding-detected', what: 'shift_jis' }]);
});

test('UTF-8 with a cut or wrong byte stays UTF-8', async () => {
  for (const bytes of [
    Buffer.from('Привет, как дела?').subarray(0, -1),
    Buffer.from('Привет, как').subarray(0, -1),
    Buffer.concat([Buffer.from('你好你好你好你好'), Buffer.of(0xff)]),
  ]) {
    const { texts, repairs } = await read(bytes);
    expect(texts).toEqual([bytes.toString('utf8')]);
    if (!texts[0]?.includes('\ufffd')) continue;
    expect(repairs).toEqual([[{ code: 'encoding-invalid', what: 'utf-8' }]]);
  }
});

test('lines of UTF-8 among lines of a code page are read as UTF-8', async () => {
  const bytes = Buffer.concat([
    encode('Привет, как дела?\n', 'windows-1251'),
    Buffer.from('Привет, как дела?\n'),
  ]);
  const { texts, repairs } = await read(bytes);
  expect(texts).toEqual(['Привет, как дела?', 'Привет, как дела?']);
  expect(repairs.map((made) => made.length)).toEqual([1, 0]);
});

test('what is stated wins over what looks otherwise, and over what a file declares', async () => {
  const bytes = encode('да', 'windows-1251');
  expect((await read(bytes)).repairs).toEqual([[{ code: 'encoding-cp1252' }]]);
  expect((await read(bytes, { encoding: 'windows-1251', declared: 'iso-8859-1' })).texts).toEqual(['да']);
  expect((await read(bytes, { declared: 'windows-1251' })).texts).toEqual(['да']);
});

test('characters of a stated page that by chance are UTF-8 are read in that page', async () => {
  // C4 A3 is 模 in GBK and ģ in UTF-8.
  expect(await read(Buffer.of(0xc4, 0xa3), { encoding: 'gbk' })).toEqual({
    texts: ['模'],
    repairs: [[{ code: 'encoding-stated', what: 'gbk' }]],
  });
});

test('a stated page replaces what it does not have, and says so', async () => {
  const { texts, repairs } = await read(Buffer.of(0x41, 0x81, 0xff), { encoding: 'shift_jis' });
  expect(texts[0]).toContain('\ufffd');
  expect(repairs[0]?.map(({ code }) => code)).toEqual(['encoding-stated', 'encoding-invalid']);
});

test('stated UTF-16 is read without a mark', async () => {
  const bytes = Buffer.from('привет\nда', 'utf16le');
  expect((await read(bytes, { encoding: 'utf-16le' })).texts).toEqual(['привет', 'да']);
});

test('detection of formats sees the text, too', () => {
  expect(decodeHead(encode('消息记录：你好吗，我们明天见', 'gbk'))).toContain('消息记录');
  expect(decodeHead(encode('да', 'windows-1251'), 'windows-1251')).toBe('да');
});
