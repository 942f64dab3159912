/** An index that has lost documents, as a hand on the disk leaves it: holds are judged on the vault and cover them all the same. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Answer, holdfast } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-lost-'));
const data = join(folder, 'archive');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]): Promise<Answer> => holdfast([...argv, '--data', data]);

async function done(...argv: string[]): Promise<Record<string, unknown>[]> {
  const answer = await run(...argv, '--json');
  expect([argv, answer.code, answer.err.filter((line) => line.includes('['))]).toEqual([argv, 0, []]);
  return answer.out.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const message = (id: string, at: string, from: string, text: string, more: object = {}): string =>
  JSON.stringify({ id, network: 'slack', conversation: 'desk', from, at: `2025-11-0${at}Z`, text, ...more });

const TEXTS = [
  message('k1', '1T10:00:00', 'carol', 'good morning'),
  message('k2', '2T10:00:00', 'bob', 'the merger closes'),
  message('k3', '2T11:00:00', 'carol', 'lunch on the same day'),
  message('k4', '4T10:00:00', 'bob', 'nothing of it'),
];

/** What the archive says of a hold before anything is lost, and of one that is placed afterwards. */
const preview = async () => (await done('hold', 'preview', '--scope=merger'))[0];
let whole: Record<string, unknown> | undefined;
let lost = '';

beforeAll(async () => {
  expect((await run('init')).code).toBe(0);
  writeFileSync(join(folder, 'chat.ndjson'), `${TEXTS.join('\n')}\n`);
  await done('ingest', join(folder, 'chat.ndjson'), '--format=ndjson');
  await done('matter', 'open', 'coffee', '--reference=HO-1', '--zone=UTC');
  whole = await preview();
  const [line] = await done('search', 'merger');
  lost = `${line?.log}/${line?.leaf}`;
  const index = join(data, 'index');
  const file = readdirSync(index).find((name) => /Q\d\.db$/u.test(name)) ?? '';
  const db = new DatabaseSync(join(index, file));
  db.exec(`DELETE FROM documents WHERE id IN (SELECT id FROM records WHERE leaf = ${line?.leaf})`);
  db.exec(`DELETE FROM records WHERE leaf = ${line?.leaf}`);
  db.close();
});

test('searches do not find what the index has lost, and verification names it', async () => {
  expect(await done('search', 'merger')).toEqual([]);
  const answer = await run('verify', '--json');
  expect(answer.code).toBe(3);
  const { faults } = JSON.parse(answer.out.join('')) as { faults: { code: string; where: string }[] };
  expect(faults).toContainEqual(expect.objectContaining({ code: 'index-missing', where: `index/${lost}` }));
});

test('a preview counts it, and the slice around it', async () => {
  expect(whole).toMatchObject({ records: 2, families: 2, namesNobody: [] });
  expect(await preview()).toEqual(whole);
});

test('a hold that is placed covers it, and every answer about the record says so', async () => {
  const placing = ['--matter=coffee', '--scope=merger', '--authority=SEC', '--reason=letter'];
  await done('hold', 'place', 'h1', ...placing);
  expect(await done('hold', 'coverage', 'h1')).toMatchObject([{ records: 2, families: 2 }]);
  expect(await done('show', lost)).toMatchObject([{ holds: ['h1'] }]);
  // What is found of its slice is marked by a word that only the lost record has.
  expect(await done('search', 'hold:h1')).toMatchObject([{ text: 'lunch on the same day', holds: ['h1'] }]);
  const [{ buckets } = {}] = await done('retention', 'forecast');
  expect(buckets).toMatchObject([{ held: 2 }]);
});

test('a hold that is widened onto it covers it too', async () => {
  const placing = ['--matter=coffee', '--scope=from:dave', '--authority=SEC', '--reason=letter'];
  await done('hold', 'place', 'h2', ...placing);
  expect(await done('hold', 'coverage', 'h2')).toMatchObject([{ records: 0 }]);
  await done('hold', 'amend', 'h2', '--scope=from:bob until:2025-11-02', '--reason=more');
  expect(await done('hold', 'coverage', 'h2')).toMatchObject([{ records: 1 }]);
  expect(await done('show', lost)).toMatchObject([{ holds: ['h1', 'h2'] }]);
});

test('nothing leaves the house that such an index selects, until it is made anew', async () => {
  const producing = ['--matter=coffee', '--query=network:slack', '--volume=VOL001', '--prefix=BR'];
  const out = join(folder, 'out');
  for (const argv of [
    ['export', '--query=network:slack', '--out', out],
    ['production', 'create', 'p1', ...producing],
  ]) {
    const { code, err } = await run(...argv);
    expect([code, err.find((line) => line.startsWith('holdfast: '))]).toEqual([
      1,
      expect.stringMatching(/^holdfast: The index has lost 1 document, .*\[index-incomplete\]$/u),
    ]);
  }
  expect(existsSync(out)).toBe(false);
  await done('rebuild-index');
  expect(await done('production', 'create', 'p1', ...producing)).toMatchObject([{ records: { total: 4 } }]);
  await done('production', 'render', 'p1', '--out', out);
  expect(await done('search', 'merger')).toHaveLength(1);
});
