/**
 * The laws that every format obeys. A new format gets them by its line in the registry and its folder of fixtures.
 */
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { EVENT_KINDS, type Event } from '../../src/core/event.ts';
import { normaliseAddress } from '../../src/core/ids.ts';
import { canonical } from '../../src/core/json.ts';
import { EXCLUSIONS, REJECTS, REPAIRS } from '../../src/core/rejects.ts';
import type { Outcome } from '../../src/ingest/format.ts';
import { FORMATS } from '../../src/ingest/formats/index.ts';
import type { PlacedOutcome } from '../../src/ingest/parse.ts';
import { fileOf, readFiles } from './bytes.ts';
import { fixturesOf, type Read, readPath, temporaryVault } from './fixtures.ts';

let workshop: Awaited<ReturnType<typeof temporaryVault>>;
beforeAll(async () => {
  workshop = await temporaryVault();
});
afterAll(() => workshop.dispose());

const HEX = /^[0-9a-f]{64}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** What is wrong with an event, in words; nothing for a sound one. */
function flaws(event: Event): string[] {
  const wrong: string[] = [];
  const say = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(`${what} (${event.kind} ${event.id})`);
  };
  say(HEX.test(event.id), 'id');
  say((EVENT_KINDS as readonly string[]).includes(event.kind), 'kind');
  say(/^[a-z0-9][a-z0-9._-]*$/.test(event.network), 'network');
  say(event.conversation.id !== '', 'conversation');
  say(INSTANT.test(event.at.instant), 'instant');
  JSON.parse(JSON.stringify(event), (key: string, value: unknown) => {
    say(key.isWellFormed() && (typeof value !== 'string' || value.isWellFormed()), 'well-formed text');
    return value;
  });
  for (const party of [event.sender, event.actor, ...(event.recipients ?? [])])
    if (party !== undefined) say(normaliseAddress(event.network, party.address) === party.address, 'address');
  if ('target' in event) say(HEX.test(event.target), 'target');
  for (const { code } of event.provenance.repairs ?? []) say(code in REPAIRS, `repair ${code}`);
  try {
    canonical(event);
  } catch {
    say(false, 'canonical JSON');
  }
  return wrong;
}

const outcomesOf = (reads: readonly Read[]): PlacedOutcome[] =>
  reads.flatMap(({ outcomes }) => [...outcomes]);

/** Everything that must hold of an outcome, whatever the input was. */
function judge(placed: PlacedOutcome, sizes: ReadonlyMap<string, number>): string[] {
  const { outcome, position, path } = placed;
  const size = sizes.get(path);
  const inside =
    position.member !== undefined ||
    size === undefined ||
    (position.offset >= 0 && position.offset + position.length <= size);
  const place = inside ? [] : [`position ${position.offset}+${position.length} of ${size} in ${path}`];
  if (outcome.type === 'event') return [...place, ...flaws(outcome.event)];
  if (outcome.type === 'excluded')
    return outcome.reason in EXCLUSIONS ? place : [...place, `reason ${outcome.reason}`];
  return outcome.code in REJECTS && outcome.code !== 'format-fault'
    ? place
    : [...place, `code ${outcome.code}`];
}

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
    for (const [index, fixture] of fixtures.entries()) {
      const copy = join(workshop.folder, `${name}-${index}`);
      cpSync(fixture.folder, copy, { recursive: true });
      const input = fixture.input.replace(fixture.folder, copy);
      const files = statSync(input).isFile() ? [input] : filesBelow(input);
      const victim = files.reduce((a, b) => (statSync(a).size >= statSync(b).size ? a : b));
      const bytes = readFileSync(victim);
      await fc.assert(
        fc.asyncProperty(damage(bytes.length), async (hurt) => {
          writeFileSync(victim, hurt(bytes));
          const reads = await readPath(workshop.vault, input, { format: name });
          expect(outcomesOf(reads).flatMap((placed) => judge(placed, sizesBelow(input)))).toEqual([]);
        }),
        { numRuns: 60 },
      );
      writeFileSync(victim, bytes);
    }
  });
});

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

/** Ways to damage a file: cut, flip bytes, repeat, insert, recode. */
function damage(length: number): fc.Arbitrary<(bytes: Buffer) => Buffer> {
  const at = fc.nat({ max: Math.max(0, length - 1) });
  const junk = fc.constantFrom(
    '<',
    '>',
    '"',
    '{',
    ']',
    '\0',
    '\n',
    '&#xD800;',
    '</Conversation>',
    '<Message>',
    '\\ud800',
    '(12:00:00) x: y\n',
    '\xff\xfe',
  );
  return fc.oneof(
    at.map((end) => (bytes: Buffer) => bytes.subarray(0, end)),
    fc.tuple(at, fc.nat({ max: 255 })).map(([i, byte]) => (bytes: Buffer) => {
      const copy = Buffer.from(bytes);
      copy[i] = byte;
      return copy;
    }),
    fc.tuple(at, junk).map(
      ([i, text]) =>
        (bytes: Buffer) =>
          Buffer.concat([bytes.subarray(0, i), Buffer.from(text, 'latin1'), bytes.subarray(i)]),
    ),
    fc.tuple(at, at).map(
      ([a, b]) =>
        (bytes: Buffer) =>
          Buffer.concat([bytes.subarray(0, Math.max(a, b)), bytes.subarray(Math.min(a, b))]),
    ),
    fc.constant((bytes: Buffer) =>
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(bytes.toString('utf8'), 'utf16le')]),
    ),
    fc.constant((bytes: Buffer) => Buffer.from(bytes.toString('utf8'), 'latin1')),
  );
}
