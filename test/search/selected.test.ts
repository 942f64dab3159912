import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IndexDocument } from '../../src/core/search/document.ts';
import { SqliteIndex } from '../../src/engines/embedded/sqlite-index.ts';
import { Searcher } from '../../src/search/searcher.ts';
import fc from '../property.ts';
import { id, saidAt } from './said.ts';

let folder: string;
let index: SqliteIndex;
let searcher: Searcher;
let leaf: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-selected-'));
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

test('a selection gives every hit once, in order, and its slices with what surrounds the hits', async () => {
  const day = (date: string, time: string) => ({
    at: { instant: `${date}T${time}:00.000Z`, zoneSource: 'stated', precision: 'ms' },
  });
  await fill(
    said('eve', '', day('2026-03-09', '22:59')),
    said('morning', '', day('2026-03-09', '23:00')),
    said('the price', '', day('2026-03-10', '12:00')),
    said('night', '', day('2026-03-10', '22:59')),
    said('next day', '', day('2026-03-10', '23:00')),
    said('other room', '', { ...day('2026-03-10', '12:00'), conversation: { id: 'other', kind: 'group' } }),
  );
  const selection = await searcher.select('price');
  await fill(said('price sealed later', '', day('2026-03-10', '13:00')));
  expect(selection.total).toBe(1);
  expect(await all(selection.records())).toEqual([{ name: 'm0/2', context: false }]);
  expect(await all(selection.records('Europe/Berlin'))).toEqual([
    { name: 'm0/2', context: false },
    { name: 'm0/1', context: true },
    { name: 'm0/3', context: true },
  ]);
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** On days of its own, with what was done to it on later ones, and something else on each. */
const FAMILY = (): IndexDocument[] => {
  const on = (date: string) => ({
    at: { instant: `2026-03-${date}T12:00:00.000Z`, zoneSource: 'stated', precision: 'ms' },
  });
  const change = (kind: string, date: string, more: object = {}) =>
    said('', '', { ...on(date), id: id(900 + leaf), kind, target: id(0), text: undefined, ...more });
  const documents = [
    said('the price is 5', '', on('10')),
    said('beside it', '', on('10')),
    change('edit', '12', { text: 'it is 6', payload: { earlier: 'captured' } }),
    said('on the day of the edit', '', on('12')),
    change('reaction', '13', { payload: { emoji: '👍', change: 'added' } }),
    change('read', '14'),
    change('deletion', '15', { payload: { what: 'message', earlier: 'captured' } }),
    said('of another family', '', on('15')),
  ];
  return documents;
};

test('a hit comes with its family, whenever it was edited, deleted, reacted to or read', async () => {
  await fill(...FAMILY());
  const names = async (query: string, zone?: string): Promise<string[]> =>
    (await all((await searcher.select(query)).records(zone))).map(
      ({ name, context }) => `${name}${context ? ' context' : ''}`,
    );
  const changes = ['m0/2 context', 'm0/4 context', 'm0/5 context', 'm0/6 context'];
  expect(await names('price')).toEqual(['m0/0', ...changes]);
  expect(await names('price', 'UTC')).toEqual(['m0/0', ...changes, 'm0/1 context']);
  // Also where it is the new text that is found, or nothing but the reaction.
  expect(await names('"it is 6"')).toEqual(['m0/2', 'm0/0 context', ...changes.slice(1)]);
  expect(await names('kind:reaction')).toContain('m0/0 context');
  expect(await names('price OR 6 OR kind:deletion')).toEqual([
    'm0/0',
    'm0/2',
    'm0/6',
    'm0/4 context',
    'm0/5 context',
  ]);
});

test('families of many hits come whole, each member once', async () => {
  const change = (n: number): IndexDocument =>
    said('', '11:00', {
      id: id(100_000 + n),
      kind: 'reaction',
      target: id(n),
      text: undefined,
      payload: { emoji: '👍', change: 'added' },
    });
  const messages = Array.from({ length: 450 }, (_, n) => said(`price ${n}`, '10:00'));
  await fill(...messages, ...messages.map((_, n) => change(n)));
  const found = await all((await searcher.select('price')).records());
  expect(found.filter(({ context }) => context)).toHaveLength(450);
  expect(new Set(found.map(({ name }) => name)).size).toBe(900);
});

test('the slices of a long conversation hold each record of their days once, and none of other days', async () => {
  await fc.assert(
    fc.asyncProperty(
      // Records on each of sixty days: some with none, some with more than are read at a time.
      fc.array(
        fc.oneof(
          { weight: 14, arbitrary: fc.integer({ min: 0, max: 30 }) },
          { weight: 1, arbitrary: fc.integer({ min: 400, max: 1_100 }) },
        ),
        { minLength: 60, maxLength: 60 },
      ),
      fc.uniqueArray(fc.nat({ max: 59 }), { minLength: 1, maxLength: 12 }),
      fc.constantFrom('UTC', 'America/New_York', 'Pacific/Auckland'),
      fc.nat(),
      async (counts, days, zone, room) => {
        const from = leaf;
        const conversation = { id: `room ${room} ${from}`, kind: 'room' };
        const documents = counts.flatMap((count, day) =>
          Array.from({ length: count }, (_, i) => {
            const instant = new Date(Date.UTC(2026, 1, 15 + day, 0, 0, Math.floor((i * 86_400) / count)));
            const at = { instant: instant.toISOString(), zoneSource: 'stated', precision: 'ms' };
            const isHit = days.includes(day) && i === count >> 1;
            return said(isHit ? `marker${from}` : 'other', '', { at, conversation });
          }),
        );
        await fill(...documents);
        const calendar = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short' });
        const dayOf = ({ at }: IndexDocument): string => calendar.format(new Date(at.instant));
        const hits = documents.filter(({ text }) => text === `marker${from}`);
        const wanted = new Set(hits.map(dayOf));
        const found = await all((await searcher.select(`marker${from}`)).records(zone));
        expect(found.map(({ name }) => name).sort()).toEqual(
          documents
            .filter((one) => wanted.has(dayOf(one)))
            .map(({ leaf: n }) => `m0/${n}`)
            .sort(),
        );
        expect(found.filter(({ context }) => !context)).toHaveLength(hits.length);
      },
    ),
    { numRuns: 4 },
  );
});
