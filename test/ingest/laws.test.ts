/**
 * The laws that every format obeys. A new format gets them by its line in the registry and its folder of fixtures.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../src/ingest/format.ts';
import { FORMATS } from '../../src/ingest/formats/index.ts';
import type { PlacedOutcome } from '../../src/ingest/parse.ts';
import fc from '../property.ts';
import { fileOf, readFiles } from './bytes.ts';
import { fixturesOf, type Read, readPath, temporaryVault } from './fixtures.ts';
import { judgeCase } from './fuzzing.ts';
import { judge } from './judge.ts';

let workshop: Awaited<ReturnType<typeof temporaryVault>>;
beforeAll(async () => {
  workshop = await temporaryVault();
});
afterAll(() => workshop.dispose());

const outcomesOf = (reads: readonly Read[]): PlacedOutcome[] =>
  reads.flatMap(({ outcomes }) => [...outcomes]);

/** Files below a folder. */
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const sizesBelow = (path: string): Map<string, number> =>
  new Map((statSync(path).isFile() ? [path] : filesBelow(path)).map((file) => [file, statSync(file).size]));

const keyOf = ({ outcome, position, path }: PlacedOutcome): string =>
  outcome.type === 'event'
    ? JSON.stringify(outcome.event)
    : JSON.stringify([path, position, outcome satisfies Exclude<Outcome, { type: 'event' }>]);

describe.each(FORMATS.map((format) => [format.name, format] as const))('%s', (name, format) => {
  const fixtures = fixturesOf(name);

  test('has fixtures, a title, networks and says what it cannot do', () => {
    expect(fixtures.length).toBeGreaterThan(0);
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(format.title).not.toBe('');
    expect(format.networks.length).toBeGreaterThan(0);
    expect(format.limits.every((limit) => limit.endsWith('.'))).toBe(true);
  });

  test('is recognised by content, with the reason in words', async () => {
    for (const fixture of fixtures)
      for (const { recognised } of await readPath(workshop.vault, fixture.input)) {
        if (recognised.parts.length === 0 && recognised.excluded.length > 0) continue;
        expect([fixture.name, recognised.name]).toEqual([fixture.name, name]);
        expect(recognised.reason.split(' ').length).toBeGreaterThan(3);
      }
  });

  test('gives the same outcomes on a second run, ids included, and every event is sound', async () => {
    for (const fixture of fixtures) {
      const first = outcomesOf(await readPath(workshop.vault, fixture.input));
      const second = outcomesOf(await readPath(workshop.vault, fixture.input));
      expect(second.map(keyOf)).toEqual(first.map(keyOf));
      expect(first.length).toBeGreaterThan(0);
      expect(first.flatMap((placed) => judge(placed, sizesBelow(fixture.input)))).toEqual([]);
    }
  });

  test('gives no two units of a receipt the same place, so that no reject hides another', async () => {
    for (const fixture of fixtures)
      for (const { outcomes } of await readPath(workshop.vault, fixture.input)) {
        const places = outcomes
          .filter(({ outcome }) => outcome.type === 'reject')
          .map(({ path, position }) => JSON.stringify([path, position]));
        expect(new Set(places).size).toBe(places.length);
      }
  });

  test('gives the same outcomes however the bytes are cut into chunks', async () => {
    for (const fixture of fixtures) {
      const paths = statSync(fixture.input).isFile() ? [fixture.input] : filesBelow(fixture.input);
      const contents = paths.map((path) => [path, readFileSync(path)] as const);
      const files = (chunks?: readonly number[]) =>
        contents.map(([path, bytes]) => fileOf(path, bytes, chunks));
      const expected = (await readFiles(name, files())).map(keyOf);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
          async (chunks) => {
            expect((await readFiles(name, files(chunks))).map(keyOf)).toEqual(expected);
          },
        ),
        { numRuns: 15 },
      );
    }
  });

  test('takes a quarter of a megabyte of any one thing, over and over, in its stride', async () => {
    const [fixture] = fixtures;
    const first =
      fixture === undefined
        ? undefined
        : statSync(fixture.input).isFile()
          ? fixture.input
          : filesBelow(fixture.input).at(-1);
    if (first === undefined) throw new Error('there is no fixture');
    const start = readFileSync(first).subarray(0, 700);
    for (const token of REPEATED) {
      const filler = Buffer.from(token.repeat(Math.ceil(250_000 / token.length)), 'utf8');
      for (const bytes of [filler, Buffer.concat([start, filler])]) {
        const outcomes = await readFiles(name, [fileOf(first, bytes)]);
        expect(outcomes.flatMap((placed) => judge(placed, new Map([[first, bytes.length]])))).toEqual([]);
      }
    }
  });

  test('takes damage anywhere as rejects with code and position, and goes on', async () => {
    for (let n = 0; n < DAMAGED; n++) expect(await judgeCase(format, fixtures, n)).toEqual([]);
  });
});

/** Damaged fixtures a format; `npm run fuzz` tries 10,000. */
const DAMAGED = 200;

/** What makes careless readers go back and forth for ever, or far too deep. */
const REPEATED = [
  ' ',
  '\t',
  '<',
  '>',
  '<b>',
  '<!--',
  '-->',
  '</',
  '<br>',
  '&',
  '&#55357;',
  '&amp;',
  '[',
  ']',
  '{',
  '}',
  '[{',
  '"',
  '\\',
  ',',
  '{"a":',
  '[[],',
  'a ',
  ' on ',
  ' at ',
  'Conversation with a at ',
  '(12:00:00) ',
  '(12:00:00) a: b ',
  '(12:00:00) a:\n',
  '<font size="2">(12:00:00)</font> ',
  ' has signed on',
  ' left the room (',
  ' [',
  '<Message>',
  '<Message ',
  '</Message',
  '<![CDATA[',
  '<!DOCTYPE [',
  ']>',
  '<FileDump>',
  '<Conversation Perspective="',
  '<Message><LoginName>',
  '<@',
  '<a|',
  '😀',
  '\ud83d',
  '\0',
  '</body></html>',
];
