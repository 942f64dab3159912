import {
  type JsonPart,
  type JsonPath,
  jsonParts,
  type Walk,
} from '../../../src/ingest/reading/json-parts.ts';
import { openText } from '../../../src/ingest/reading/text.ts';
import fc from '../../property.ts';
import { fileOf } from '../bytes.ts';

const messages = (path: JsonPath): Walk => {
  const text = path.join('/');
  return text === 'chats/*/messages' || text === 'messages'
    ? 'units'
    : text === '' || text === 'chats' || text === 'chats/*'
      ? 'inside'
      : 'whole';
};

async function partsOf(
  text: string | Buffer,
  chunks?: readonly number[],
  walk: (path: JsonPath) => Walk = messages,
): Promise<JsonPart[]> {
  const parts: JsonPart[] = [];
  const stream = await openText(fileOf('a.json', Buffer.from(text), chunks));
  for await (const batch of jsonParts(stream, walk)) parts.push(...batch);
  return parts;
}

const shown = (parts: readonly JsonPart[]): string[] =>
  parts.map((part) =>
    part.type === 'damage'
      ? `damage ${part.problem} ${part.offset}+${part.length}`
      : 'bytes' in part
        ? `${part.type} ${part.path.join('/')} ${part.bytes?.toString() ?? ''}${part.problem ?? ''}`
        : `${part.type} ${part.path.join('/')}`,
  );

test('lists inside objects inside lists come element by element, all else as facts', async () => {
  const text =
    '{"about": "x,]", "chats": [{"name": "A", "messages": [{"a": "]}"}, 7 , "s"], "n": {"b": [1]}}, 5]}';
  expect(shown(await partsOf(text))).toEqual([
    'enter ',
    'fact about "x,]"',
    'enter chats',
    'enter chats/*',
    'fact chats/*/name "A"',
    'enter chats/*/messages',
    'unit chats/*/messages/* {"a": "]}"}',
    'unit chats/*/messages/* 7 ',
    'unit chats/*/messages/* "s"',
    'leave chats/*/messages',
    'fact chats/*/n {"b": [1]}',
    'leave chats/*',
    'fact chats/* 5',
    'leave chats',
    'leave ',
  ]);
});

test('each part stands where it says, however the bytes are cut, in UTF-16 too', async () => {
  const text = '{"messages": [{"t": "ünï 😀"}, {"t": "b"}], "k\\u0041": null}';
  const parts = await partsOf(text);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
      async (chunks) => {
        expect(await partsOf(text, chunks)).toEqual(parts);
      },
    ),
    { numRuns: 40 },
  );
  const bytes = Buffer.from(text);
  for (const part of parts)
    if ('bytes' in part) expect(bytes.subarray(part.offset, part.offset + part.length)).toEqual(part.bytes);
  const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
  for (const part of await partsOf(wide))
    if ('bytes' in part)
      expect(wide.subarray(part.offset, part.offset + part.length).toString('utf16le')).toBe(
        part.bytes?.toString(),
      );
  expect(shown(parts)).toContain('fact kA null');
});

test('damage keeps what came before and says where the rest begins', async () => {
  expect(shown(await partsOf('{"messages": [{"a":1}, {"b":'))).toEqual([
    'enter ',
    'enter messages',
    'unit messages/* {"a":1}',
    'unit messages/* {"b":truncated',
    'damage truncated 28+0',
  ]);
  expect(shown(await partsOf('{"messages": [{"a":1}] : 5}'))).toEqual([
    'enter ',
    'enter messages',
    'unit messages/* {"a":1}',
    'leave messages',
    'damage json-malformed 23+4',
  ]);
  expect(shown(await partsOf('[}', undefined, () => 'inside'))).toEqual([
    'enter ',
    'fact * ',
    'damage json-malformed 1+1',
  ]);
  expect(shown(await partsOf('"alone"'))).toEqual(['fact  "alone"']);
  expect((await partsOf('['.repeat(100), undefined, () => 'inside')).at(-1)).toMatchObject({
    problem: 'too-deep',
  });
});

test('for any JSON the facts and units of a full walk hold all its values', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), async (text) => {
      const parts = await partsOf(text, [3, 1, 7], () => 'inside');
      expect(parts.filter(({ type }) => type === 'damage')).toEqual([]);
      const values = parts.flatMap((part) =>
        'bytes' in part ? [JSON.parse(part.bytes?.toString() ?? '')] : [],
      );
      const leaves: unknown[] = [];
      JSON.parse(text, (_key, value: unknown) => {
        if (typeof value !== 'object' || value === null) leaves.push(value);
        return value;
      });
      expect(values).toEqual(leaves);
    }),
  );
});
