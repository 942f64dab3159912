import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Directory, EMPTY_DIRECTORY } from '../../src/core/directory/fold.ts';
import { isHoldfastError } from '../../src/core/errors.ts';
import type { IndexDocument } from '../../src/core/search/document.ts';
import { SqliteIndex } from '../../src/engines/embedded/sqlite-index.ts';
import { Searcher } from '../../src/search/searcher.ts';
import { id, saidAt } from './said.ts';

let folder: string;
let index: SqliteIndex;
let searcher: Searcher;
let leaf: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-search-'));
  index = new SqliteIndex({ folder });
  searcher = new Searcher({ index, zone: 'Europe/Berlin' });
  leaf = 0;
});
afterEach(async () => {
  await index.close();
  await rm(folder, { recursive: true });
});

const said = (text: string, minute: string, more: object = {}): IndexDocument =>
  saidAt(leaf++, text, minute, more);

async function fill(...documents: IndexDocument[]): Promise<void> {
  await index.add(documents);
  await index.advance('m0', { size: leaf, rejects: 3 });
}

test('an answer counts all, shows some, says what it covers and what it left out', async () => {
  await fill(
    ...Array.from({ length: 12 }, (_, i) => said(`price ${i}`, `10:${10 + i}`)),
    said('', '11:00', { kind: 'presence', text: undefined, payload: { status: 'price away' } }),
    said('see file', '11:01', { attachments: [{ name: 'a.pdf', state: 'missing' }] }),
  );
  const answer = await searcher.search('price', { limit: 5 });
  expect(answer).toMatchObject({
    total: 12,
    heads: { m0: 14 },
    presenceLeftOut: 1,
    unsearched: { rejects: 3, attachments: 1, bare: 0 },
  });
  expect(answer.lines.map(({ text }) => text)).toEqual([
    'price 0',
    'price 1',
    'price 2',
    'price 3',
    'price 4',
  ]);
  expect(answer.lines[0]?.highlights).toEqual([[0, 5]]);
  expect(await searcher.count('price kind:presence')).toMatchObject({ total: 1, presenceLeftOut: null });
});

test('a cursor goes on under the same heads, though more is sealed meanwhile', async () => {
  await fill(...Array.from({ length: 7 }, (_, i) => said(`price ${i}`, `10:1${i}`)));
  const texts: (string | null)[] = [];
  let after: string | undefined;
  do {
    const answer = await searcher.search('price', { limit: 3, ...(after !== undefined && { after }) });
    texts.push(...answer.lines.map(({ text }) => text));
    expect(answer.total).toBe(7);
    after = answer.cursor;
    await fill(said('price late', '10:15'));
  } while (after !== undefined);
  expect(texts).toEqual(['price 0', 'price 1', 'price 2', 'price 3', 'price 4', 'price 5', 'price 6']);
  const refused: unknown = await searcher
    .search('price', { limit: 3, after: 'bm9wZQ' })
    .catch((error: unknown) => error);
  expect(isHoldfastError(refused, 'bad-usage')).toBe(true);
});

test('a message says what became of it', async () => {
  await fill(
    said('kept', '10:00'),
    said('changed', '10:01'),
    said('gone', '10:02'),
    said('with file', '10:03'),
    said('changed again', '10:04', { kind: 'edit', target: id(1), payload: { earlier: 'captured' } }),
    said('', '10:05', { kind: 'edit', target: id(2), payload: { earlier: 'captured' } }),
    said('', '10:06', { kind: 'deletion', target: id(2), payload: { earlier: 'captured' } }),
    said('', '10:07', { kind: 'deletion', target: id(3), payload: { earlier: 'captured', what: 'file' } }),
  );
  const { lines } = await searcher.search('*', { limit: 100 });
  expect(lines.map(({ state }) => state)).toEqual([
    'current',
    'edited',
    'deleted',
    'current',
    null,
    null,
    null,
    null,
  ]);
  expect(lines[4]?.family).toBe(id(1));
});

test('a time that is not sure is found near the boundary, and marked', async () => {
  const assumed = { instant: '2026-03-10T20:00:00.000Z', zoneSource: 'assumed', zone: 'UTC', precision: 's' };
  await fill(said('sure', '10:00'), said('unsure', '20:00', { at: assumed }));
  const marks = async (query: string) =>
    (await searcher.search(query, { limit: 10 })).lines.map(({ text, uncertain }) => [text, uncertain]);
  expect(await marks('on:2026-03-10')).toEqual([
    ['sure', false],
    ['unsure', true],
  ]);
  expect(await marks('on:2026-03-11')).toEqual([['unsure', true]]);
  expect(await marks('NOT on:2026-03-10')).toEqual([['unsure', true]]);
  expect(await marks('since:2026-03')).toEqual([
    ['sure', false],
    ['unsure', false],
  ]);
});

test('participant: finds the whole conversation, member: what was said in his presence', async () => {
  const other = { conversation: { id: 'other', kind: 'group' } };
  const bob = { sender: { address: 'bob' }, text: undefined, payload: { basis: 'stated' } };
  await fill(
    said('before', '10:00'),
    said('', '10:01', { kind: 'join', ...bob }),
    said('during', '10:02'),
    said('', '10:03', { kind: 'leave', ...bob }),
    said('after', '10:04'),
    said('elsewhere', '10:05', other),
  );
  const texts = async (query: string) =>
    (await searcher.search(`${query} kind:message`, { limit: 10 })).lines.map(({ text }) => text);
  expect(await texts('participant:bob')).toEqual(['before', 'during', 'after']);
  expect(await texts('member:bob')).toEqual(['during']);
  expect(await texts('from:bob')).toEqual([]);
  expect(await texts('-participant:bob')).toEqual(['elsewhere']);
});

test('a query explains how each part was read, with both instants of a period', async () => {
  await fill(said('x', '10:00'));
  const { parts, zone } = await searcher.explain('price~ on:2026-03-10 from:Ann');
  expect(zone).toBe('Europe/Berlin');
  expect(parts).toEqual([
    { start: 0, end: 6, text: 'price~', reads: 'the word within 1 change of "price"' },
    {
      start: 7,
      end: 20,
      text: 'on:2026-03-10',
      reads:
        'at or after 2026-03-09T23:00:00.000Z and before 2026-03-10T23:00:00.000Z; a time that is not sure counts when it may lie there',
      period: { from: '2026-03-09T23:00:00.000Z', to: '2026-03-10T23:00:00.000Z', zone: 'Europe/Berlin' },
    },
    { start: 21, end: 29, text: 'from:Ann', reads: 'the sender or actor has the address or name "ann"' },
  ]);
});

test('the conversation around a record is shown, before and after it', async () => {
  await fill(
    ...Array.from({ length: 9 }, (_, i) => said(`line ${i}`, `10:1${i}`)),
    said('other room', '10:14', { conversation: { id: 'other', kind: 'group' } }),
    said('', '10:14', { kind: 'presence', text: undefined, payload: { status: 'away' } }),
  );
  const { lines } = await searcher.context('m0/4', { before: 2, after: 3 });
  expect(lines.map(({ text }) => text)).toEqual(['line 2', 'line 3', 'line 4', 'line 5', 'line 6', 'line 7']);
  const refused: unknown = await searcher
    .context('m0/99', { before: 1, after: 1 })
    .catch((error: unknown) => error);
  expect(isHoldfastError(refused, 'not-found')).toBe(true);
});

const nested = (depth: number, wrap: (inner: string, i: number) => string): string =>
  Array.from({ length: depth }).reduce<string>((inner, _, i) => wrap(inner, i), 'price');

test.each([
  ['990 alternatives', Array.from({ length: 990 }, (_, i) => `w${i}`).join(' OR '), 0],
  ['1,990 words', Array.from({ length: 1_990 }, (_, i) => `w${i}`).join(' '), 0],
  ['900 exclusions', Array.from({ length: 900 }, (_, i) => `-w${i}`).join(' '), 1],
  ['1,900 dates', 'since:2026-03-01 '.repeat(1_900), 1],
  ['45 brackets', nested(45, (inner, i) => (i % 2 ? `(${inner} OR a)` : `(${inner} now)`)), 1],
  [
    'brackets of words and dates',
    nested(24, (inner, i) => (i % 2 ? `(${inner} OR on:2025)` : `(${inner} NOT on:2027)`)),
    1,
  ],
  ['a phrase of 10,000 words', `"${'price '.repeat(10_000)}"`, 0],
  ['900 times NEAR', `${'price NEAR/3 '.repeat(900)}now`, 0],
])('%s are answered whole', async (_, query, total) => {
  await fill(said('the price now', '10:00'));
  expect((await searcher.count(query)).total).toBe(total);
});

describe('by the directory', () => {
  const owned = (address: string, from: string | null, since: number, until: number | null) => ({
    network: null,
    address,
    from,
    to: null,
    shared: false,
    since,
    until,
  });
  const directory = (version: number): Directory => ({
    ...EMPTY_DIRECTORY,
    version,
    custodians: new Map([
      [
        'e1',
        {
          id: 'e1',
          names: ['Ann Example'],
          entity: null,
          desk: null,
          supervisor: null,
          counsel: false,
          employedFrom: null,
          employedTo: null,
          groups: [],
          addresses:
            version === 1
              ? [owned('ann', '2026-03-10', 1, null)]
              : [owned('ann', '2026-03-10', 1, 2), owned('anna', null, 2, null)],
          since: 1,
          removed: null,
          former: [],
        },
      ],
    ]),
  });
  let version = 1;
  const known = () =>
    new Searcher({ index, zone: 'Europe/Berlin', directory: async () => directory(version) });
  const day = { zoneSource: 'assumed', precision: 'day' };
  beforeEach(async () => {
    version = 1;
    await fill(
      said('the day before', '10:00', {
        at: { instant: '2026-03-08T00:00:00.000Z', zoneSource: 'stated', precision: 'day' },
      }),
      said('maybe hers', '10:01', { at: { instant: '2026-03-09T20:00:00.000Z', ...day } }),
      said('hers', '10:02'),
      said('hers, too', '10:03'),
      said('of anna', '10:04', { sender: { address: 'anna' } }),
    );
  });

  test('a record whose day is not sure may be theirs, and is marked', async () => {
    const { lines } = await known().search('custodian:e1', { limit: 50 });
    expect(lines.map(({ text, uncertain }) => [text, uncertain])).toEqual([
      ['maybe hers', true],
      ['hers', false],
      ['hers, too', false],
    ]);
    expect((await known().count('-custodian:e1')).total).toBe(3);
  });

  test('the next page is answered under the version of the first, and a selection under the one that it names', async () => {
    const first = await known().search('custodian:"ann example"', { limit: 1 });
    expect(first).toMatchObject({ total: 3, directory: 1 });
    version = 2;
    const next = await known().search('custodian:"ann example"', { limit: 9, after: String(first.cursor) });
    expect(next).toMatchObject({ total: 3, directory: 1 });
    expect(next.lines.map(({ text }) => text)).toEqual(['hers', 'hers, too']);
    expect(await known().count('custodian:e1')).toMatchObject({ total: 1, directory: 2 });
    expect(await known().select('custodian:e1', undefined, 1)).toMatchObject({ total: 3, directory: 1 });
    await expect(known().select('*', undefined, 3)).rejects.toThrow(
      expect.objectContaining({ code: 'register-stale' }),
    );
  });

  test('whom the directory does not know is named, but not within a bound', async () => {
    const query = 'custodian:annn OR custodian:"Ann Example"';
    expect(await known().count(query)).toMatchObject({ total: 3, unknownPeople: ['annn'] });
    const bounded = new Searcher({ index, zone: 'UTC', within: [{ is: 'query', text: '*' }] });
    expect(await bounded.count(query)).not.toHaveProperty('unknownPeople');
  });

  test('an explanation says who was meant, but not within a bound', async () => {
    const reads = async (searcher: Searcher) =>
      (await searcher.explain('custodian:"Ann Example"')).parts[0]?.reads;
    expect(await reads(known())).toContain('e1 (Ann Example)');
    const bound = [{ is: 'query', text: '*' }] as const;
    const bounded = new Searcher({ index, zone: 'UTC', directory: async () => directory(1), within: bound });
    expect(await reads(bounded)).not.toContain('e1');
  });
});

describe('within a bound', () => {
  const bounded = (within: string) =>
    new Searcher({ index, zone: 'Europe/Berlin', within: [{ is: 'query', text: within }] });
  beforeEach(() =>
    fill(
      said('walnut one', '10:00'),
      said('walnut two', '10:01', { conversation: { id: 'other', kind: 'group' } }),
      said('walnut three', '10:02', { attachments: [{ name: 'a.pdf', state: 'missing' }] }),
      said('cedar', '10:03', {
        conversation: { id: 'other', kind: 'group' },
        attachments: [{ name: 'b.pdf', state: 'missing' }],
      }),
      said('walnut four', '10:04', {
        conversation: { id: 'other', kind: 'group' },
        at: { instant: '2026-03-10T00:00:00.000Z', zoneSource: 'assumed', precision: 'day' },
      }),
    ),
  );

  test('nothing beyond it is found, counted or explained, whatever the query says', async () => {
    const searcher = bounded('conversation:desk');
    for (const query of ['walnut', '*', 'walnut OR *', 'NOT cedar', 'conversation:other OR walnut'])
      expect((await searcher.search(query, { limit: 50 })).lines.map(({ leaf }) => leaf)).toEqual([0, 2]);
    expect(await searcher.count('cedar')).toMatchObject({ total: 0, unsearched: { attachments: 1 } });
    expect(await searcher.explain('cedar')).toMatchObject({ total: 0 });
    expect((await searcher.select('*')).total).toBe(2);
  });

  test('a record beyond it is answered as if it did not exist, and no context reaches beyond', async () => {
    const searcher = bounded('walnut conversation:desk');
    expect(await Promise.all([0, 1, 2, 3].map((n) => searcher.shows(`m0/${n}`)))).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(await searcher.shows('m0/99')).toBe(false);
    await expect(searcher.context('m0/1', { before: 5, after: 5 })).rejects.toThrow(
      expect.objectContaining({ code: 'not-found', message: 'The index has no event m0/1.' }),
    );
    const { lines } = await bounded('walnut').context('m0/1', { before: 5, after: 5 });
    expect(lines.map(({ leaf }) => leaf)).toEqual([4, 1]);
  });

  test('the rest of the slices around hits ends where it ends', async () => {
    const names = async (searcher: Searcher, query: string) => {
      const found: string[] = [];
      for await (const { name } of (await searcher.select(query)).records('UTC')) found.push(name);
      return found.sort();
    };
    const unbounded = new Searcher({ index, zone: 'Europe/Berlin' });
    expect(await names(unbounded, 'two')).toEqual(['m0/1', 'm0/3', 'm0/4']);
    expect(await names(bounded('walnut -kind:read until:2030'), 'two')).toEqual(['m0/1', 'm0/4']);
    // So does a family.
    expect(await names(bounded('walnut'), 'two')).not.toContain('m0/3');
  });

  test('what may lie beyond is beyond: a time that is not sure shows nothing', async () => {
    expect(await bounded('since:2026-03-10T10:00Z').shows('m0/4')).toBe(false);
    expect(await bounded('on:2026-03-10').shows('m0/0')).toBe(true);
  });
});
