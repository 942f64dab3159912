import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from '../property.ts';
import { fixturesOf, readPath, temporaryVault } from './fixtures.ts';
import { type Member, zipOf } from './zip-writer.ts';

const line = (n: number): Buffer =>
  Buffer.from(
    `${JSON.stringify({ network: 'irc', conversation: '#desk', from: 'bob', at: '2026-01-05T09:46:00Z', text: `message ${n}` })}\n`,
  );
const good = (name: string, n = 1): Member => ({ name, bytes: line(n), deflate: true });

let workshop: Awaited<ReturnType<typeof temporaryVault>>;
let count = 0;
beforeAll(async () => {
  workshop = await temporaryVault();
});
afterAll(() => workshop.dispose());

/** What reading an archive comes to: texts of its messages, and codes of its rejects by member. */
async function readZip(bytes: Uint8Array): Promise<{
  texts: string[];
  rejects: [string | undefined, string][];
  excluded: string[];
  members: Set<string | undefined>;
}> {
  const path = join(workshop.folder, `${count++}.zip`);
  writeFileSync(path, bytes);
  const outcomes = (await readPath(workshop.vault, path)).flatMap((read) => read.outcomes);
  rmSync(path);
  const texts: string[] = [];
  const rejects: [string | undefined, string][] = [];
  const excluded: string[] = [];
  for (const { outcome, position } of outcomes) {
    if (outcome.type === 'event') texts.push(outcome.event.text ?? '');
    else if (outcome.type === 'reject') rejects.push([position.member, outcome.code]);
    else excluded.push(outcome.reason);
  }
  return { texts, rejects, excluded, members: new Set(outcomes.map(({ position }) => position.member)) };
}

test('a zip is read as the transcripts that it holds', async () => {
  const { texts, rejects, excluded } = await readZip(
    zipOf([
      good('b/two.ndjson', 2),
      good('a/one.ndjson', 1),
      { name: 'a/empty.txt', bytes: Buffer.alloc(0) },
      { name: '__MACOSX/a', bytes: line(3) },
    ]),
  );
  expect(texts).toEqual(['message 1', 'message 2']);
  expect(rejects).toEqual([]);
  expect(excluded.sort()).toEqual(['empty-file', 'system-file']);
});

test('archives inside archives are read, with the whole way in as the member', async () => {
  const inner = zipOf([good('x.ndjson', 7)]);
  const path = join(workshop.folder, 'nested.zip');
  writeFileSync(path, zipOf([{ name: 'deep/inner.zip', bytes: inner, deflate: true }, good('y.ndjson', 8)]));
  const outcomes = (await readPath(workshop.vault, path)).flatMap((read) => read.outcomes);
  expect(outcomes.map(({ position }) => position.member).sort()).toEqual([
    'deep/inner.zip!/x.ndjson',
    'y.ndjson',
  ]);
});

test('archives too deep inside archives are rejects, the rest is kept', async () => {
  let zip = zipOf([good('x.ndjson', 1)]);
  for (let depth = 0; depth < 6; depth++)
    zip = zipOf([{ name: 'inner.zip', bytes: zip }, good(`at-${depth}.ndjson`, depth)]);
  const { texts, rejects } = await readZip(zip);
  expect(rejects).toEqual([['inner.zip!/inner.zip!/inner.zip!/inner.zip', 'zip-too-deep']]);
  expect(texts).toHaveLength(4);
});

test('a member that would unpack to far more than its archive may hold is not unpacked', async () => {
  const bomb: Member = { name: 'bomb.ndjson', bytes: Buffer.alloc(40 * 1024 * 1024, 32), deflate: true };
  const { texts, rejects } = await readZip(zipOf([bomb, good('good.ndjson', 1)]));
  expect(rejects).toEqual([['bomb.ndjson', 'zip-bomb']]);
  expect(texts).toEqual(['message 1']);
});

test('many members that each stay below the limit are stopped by their sum', async () => {
  const bytes = Buffer.alloc(15 * 1024 * 1024, 32);
  const members = Array.from({ length: 8 }, (_, i): Member => ({ name: `${i}.txt`, bytes, deflate: true }));
  const { rejects } = await readZip(zipOf([...members, good('z.ndjson', 1)]));
  expect(rejects.filter(([, code]) => code === 'zip-bomb').length).toBeGreaterThan(0);
});

test('a member that states a smaller size than it has is cut there and says so', async () => {
  const { rejects } = await readZip(
    zipOf([{ ...good('a.ndjson', 1), claimedSize: 10 }, good('b.ndjson', 2)]),
  );
  expect(rejects.map(([member]) => member)).toContain('a.ndjson');
});

test('a wrong checksum, encryption, an unknown method and a broken stream are rejects with their member', async () => {
  const broken = zipOf([good('broken.ndjson', 1), good('good.ndjson', 9)]);
  broken.fill(0xff, 45, 60);
  const { texts, rejects } = await readZip(
    zipOf([
      { ...good('crc.ndjson', 1), crc: 12345 },
      { ...good('locked.ndjson', 2), encrypted: true },
      { name: 'odd.ndjson', bytes: line(3), method: 99 },
      { name: 'inner.zip', bytes: broken },
      good('good.ndjson', 4),
    ]),
  );
  expect(Object.fromEntries(rejects)).toMatchObject({
    'crc.ndjson': 'zip-damaged',
    'locked.ndjson': 'zip-encrypted',
    'odd.ndjson': 'zip-method',
    'inner.zip!/broken.ndjson': 'zip-damaged',
  });
  expect(texts).toEqual(expect.arrayContaining(['message 1', 'message 4', 'message 9']));
});

test('of an archive that is cut off everything before is read, and the rest is rejects', async () => {
  const zip = zipOf([good('a.ndjson', 1), good('b.ndjson', 2)]);
  const { texts, rejects } = await readZip(zip.subarray(0, zip.indexOf('b.ndjson') + 30));
  expect(texts).toEqual(['message 1']);
  expect(rejects).toContainEqual([undefined, 'zip-damaged']);
  expect(rejects).toContainEqual(['b.ndjson', 'zip-damaged']);
});

test('two members of one name are both read', async () => {
  const { texts } = await readZip(zipOf([good('a.ndjson', 1), good('a.ndjson', 2)]));
  expect(texts).toEqual(['message 1', 'message 2']);
});

test('whatever the names in an archive: unsafe ones are rejects, every member is accounted for', async () => {
  const part = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '',
      'a',
      'C:',
      'logs',
      '\0',
      '!',
      'x!',
      'é',
      '__MACOSX',
      '.DS_Store',
      'users.json',
      '2020-01-01.json',
    ),
    fc.string({ maxLength: 8 }),
  );
  const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(name, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (names, backslash) => {
        const members = names.map((each, i) => good(backslash ? each.replaceAll('/', '\\') : each, i));
        const files = members.filter(({ name: each }) => !String(each).replaceAll('\\', '/').endsWith('/'));
        const { rejects, members: accounted } = await readZip(zipOf(members));
        expect(accounted.size).toBe(files.length);
        for (const [member, code] of rejects)
          if (code === 'unsafe-path') expect(member ?? '').not.toContain('\0');
        // What else is a reject is so by its content: the names can make it a Slack export, which these are none of.
        expect(rejects.filter(([, code]) => /^(?:zip-|archive-|too-many|format-fault)/u.test(code))).toEqual(
          [],
        );
      },
    ),
    { numRuns: 150 },
  );
});

test('the same Slack export gives the same ids from a zip and from a folder', async () => {
  const fixture = fixturesOf('slack').find(({ name }) => name === 'desk');
  if (fixture === undefined) throw new Error('the fixture is gone');
  const fromFolder = (await readPath(workshop.vault, fixture.input)).flatMap((read) => read.outcomes);
  const paths = [...new Set(fromFolder.map(({ path }) => path))];
  const { readFileSync } = await import('node:fs');
  const members = paths.map((path) => ({
    name: `export/${path.slice(fixture.input.length + 1)}`,
    bytes: readFileSync(path),
    deflate: true,
  }));
  const zip = join(workshop.folder, 'slack.zip');
  mkdirSync(workshop.folder, { recursive: true });
  writeFileSync(zip, zipOf(members));
  const fromZip = (await readPath(workshop.vault, zip)).flatMap((read) => read.outcomes);
  const ids = (outcomes: typeof fromZip): string[] =>
    outcomes.flatMap(({ outcome }) => (outcome.type === 'event' ? [outcome.event.id] : [])).sort();
  expect(ids(fromZip)).toEqual(ids(fromFolder));
});
