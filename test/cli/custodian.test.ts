import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, holdfast } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-custodian-'));
const data = join(folder, 'archive');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]): Promise<Answer> => holdfast([...argv, '--data', data]);
const json = async (...argv: string[]): Promise<unknown[]> =>
  (await run(...argv, '--json')).out.map((line) => JSON.parse(line) as unknown);

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const HEAD = 'id,name,employed_to,network,address\n';
const message = (n: number, from: string, at: string): string =>
  JSON.stringify({
    id: `k${n}`,
    network: 'slack',
    conversation: { id: 'C1', kind: 'room' },
    from,
    at,
    text: 'hello',
  });

beforeAll(async () => {
  await run('init');
  const lines = [
    message(1, 'ada', '2025-11-01T10:00:00.000Z'),
    message(2, 'bram', '2025-11-02T10:00:00.000Z'),
    message(3, 'bram', '2025-12-02T10:00:00.000Z'),
    message(4, 'stranger@desk.example', '2025-11-03T10:00:00.000Z'),
  ];
  await run('ingest', file('m.ndjson', lines.join('\n')));
});

test('a file is tried, taken, and taken again without a change', async () => {
  const people = file(
    'people.csv',
    `${HEAD}e1,Ada Brandt,,slack,ada\ne2,Bram Okoye,2025-11-30,slack,bram\ne3,Chidi Sato,,slack,chidi\n`,
  );
  expect(await json('custodian', 'import', people, '--dry-run')).toEqual([
    { added: 3, changed: 0, unchanged: 0, version: 0, position: null, dryRun: true },
  ]);
  expect(await json('custodian', 'list')).toEqual([]);
  expect(await json('custodian', 'import', people, '--domain', 'desk.example')).toMatchObject([
    { added: 3, version: 1 },
  ]);
  expect(await json('custodian', 'import', people)).toMatchObject([{ added: 0, unchanged: 3, version: 1 }]);
  expect((await json('custodian', 'list')).map((one) => (one as { id: string }).id)).toEqual([
    'e1',
    'e2',
    'e3',
  ]);
  expect(await json('custodian', 'show', 'ada brandt')).toMatchObject([
    { id: 'e1', addresses: [{ network: 'slack', address: 'ada', since: 1, until: null }] },
  ]);
});

test('a file with a row that cannot be taken changes nothing, and names the row', async () => {
  const answer = await run(
    'custodian',
    'import',
    file('bad.csv', `${HEAD}e9,New,,slack,new\n,Nobody,,slack,x\n`),
  );
  expect(answer.code).toBe(2);
  expect(answer.err.join('\n')).toContain('line 3: id is empty');
  expect((await run('custodian', 'show', 'e9')).code).toBe(1);
});

test('an address that two people would have is refused, and the attempt is sealed', async () => {
  const answer = await run('custodian', 'import', file('twice.csv', `${HEAD}e9,New,,slack,ada\n`));
  expect(answer.code).toBe(1);
  expect(answer.err.join('\n')).toContain('not stated as shared');
  expect(await json('audit', 'list', '--log', 'control', '--action', 'directory.change')).toHaveLength(2);
});

test('tells who is unknown, who is silent, and who sends after he left', async () => {
  expect(await json('custodian', 'unmatched')).toMatchObject([
    {
      unmatched: [{ network: 'slack', address: 'stranger@desk.example', events: 1, ofFirm: true }],
      unmatchedTotal: 1,
      silent: [{ id: 'e3' }],
      leavers: [{ id: 'e2', employedTo: '2025-11-30', events: 1, last: '2025-12-02T10:00:00.000Z' }],
    },
  ]);
  expect((await run('custodian', 'unmatched')).out.join('\n')).toContain('showing 1 of 1 addresses');
});
