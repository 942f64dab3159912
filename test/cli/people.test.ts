import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, holdfast } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-people-'));
const data = join(folder, 'archive');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]): Promise<Answer> => holdfast([...argv, '--data', data]);

/** The answer of a command that must succeed, as `--json` gives it: one value, or all lines of a list. */
async function done(...argv: string[]): Promise<Record<string, unknown>[]> {
  const answer = await run(...argv, '--json');
  expect([answer.code, answer.err.filter((line) => line.includes('['))]).toEqual([0, []]);
  return answer.out.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The error of a command that must fail. */
async function failed(...argv: string[]): Promise<{ code: string; message: string; hint: string }> {
  const answer = await run(...argv, '--json');
  expect(answer.code).not.toBe(0);
  return (JSON.parse(answer.out[0] ?? '{}') as { error: { code: string; message: string; hint: string } })
    .error;
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const password = (account: string): string => join(folder, `${account}.txt`);
const as = (account: string): string[] => ['--as', account, '--password-file', password(account)];

/** Gives an account a password of its own, by way of a one-time password. */
async function enrol(account: string, ...by: string[]): Promise<void> {
  const [given] = await done('account', 'give-password', account, ...by);
  const once = file('once.txt', String(given?.password));
  file(`${account}.txt`, `seventeen grey herons ${Buffer.from(account).toString('hex')}`);
  await done(
    'account',
    'password',
    account,
    '--password-file',
    once,
    '--new-password-file',
    password(account),
  );
}

const message = (n: number, from: string, text: string): string =>
  JSON.stringify({
    id: `k${n}`,
    network: 'slack',
    conversation: { id: 'C1', kind: 'room', name: 'rates' },
    from,
    at: `2025-11-0${n}T10:00:00.000Z`,
    text,
  });

beforeAll(async () => {
  expect((await run('init')).code).toBe(0);
  for (const [account, role] of [
    ['ada', 'administrator'],
    ['carl', 'compliance'],
  ] as const) {
    await done('account', 'create', account, '--name', account, '--role', role);
    await enrol(account);
  }
  for (const account of ['lena', 'lars']) {
    await done('account', 'create', account, '--name', account, ...as('ada'));
    await done('account', 'request-role', account, 'legal', '--reason', 'joined', ...as('ada'));
    await done('account', 'approve-role', account, 'legal', ...as('carl'));
    await enrol(account, ...as('carl'));
  }
  const lines = [message(1, 'bob', 'the merger'), message(2, 'carol', 'lunch'), message(3, 'bob', 'nothing')];
  await done('ingest', file('chat.ndjson', `${lines.join('\n')}\n`), '--format', 'ndjson');
  await done('matter', 'open', 'coffee', '--reference', 'HO-1', '--member', 'lars', ...as('lena'));
}, 120_000);

describe('accounts at the command line', () => {
  test('act under their own password, and not under another', async () => {
    const wrong = file('wrong.txt', 'a password of somebody else');
    expect(await failed('hold', 'list', '--as', 'lena', '--password-file', wrong)).toMatchObject({
      code: 'sign-in-failed',
    });
    expect(await failed('hold', 'list', '--as', 'lena')).toMatchObject({ code: 'bad-usage' });
    expect(await failed('hold', 'list', '--as', 'nobody', '--password-file', wrong)).toMatchObject({
      code: 'sign-in-failed',
    });
  });

  test('see what their role may, and no more', async () => {
    expect(await failed('hold', 'list', ...as('ada'))).toMatchObject({ code: 'not-permitted' });
    expect(await failed('hold', 'list', ...as('carl'))).toMatchObject({ code: 'not-permitted' });
    expect(await done('hold', 'list', ...as('lena'))).toEqual([]);
    expect((await done('account', 'list', ...as('carl'))).map(({ account }) => account)).toEqual([
      'ada',
      'carl',
      'lena',
      'lars',
    ]);
  });

  test('approve whom a supervisor supervises, where it is another account', async () => {
    const people = (supervisor: string): string =>
      file(
        'people.csv',
        `id,name,supervisor,network,address\nsid,Sid,,slack,sid\nbea,Bea,${supervisor},slack,bea\n`,
      );
    await done('custodian', 'import', people(''), ...as('ada'));
    await done('account', 'create', 'sid', '--name', 'sid', '--person', 'sid', ...as('ada'));
    await done('account', 'request-role', 'sid', 'supervisor', '--reason', 'joined', ...as('ada'));
    await done('account', 'approve-role', 'sid', 'supervisor', ...as('carl'));
    const [imported] = await done('custodian', 'import', people('sid'), ...as('ada'));
    const sid = async () =>
      (await done('account', 'list', ...as('carl'))).find(({ account }) => account === 'sid');
    expect((await sid())?.supervises).toMatchObject({ assigned: ['bea'], waiting: ['bea'] });
    const approve = ['account', 'approve-people', 'sid', '--directory', String(imported?.version)];
    expect(await failed(...approve, ...as('ada'))).toMatchObject({ code: 'not-permitted' });
    expect(await failed(...approve)).toMatchObject({ code: 'not-permitted' });
    await done(...approve, ...as('carl'));
    expect((await sid())?.supervises).toMatchObject({ assigned: ['bea'], waiting: [] });
  });

  test('are refused what takes another person, and the attempt is sealed', async () => {
    const error = await failed('account', 'request-role', 'ada', 'legal', '--reason', 'mine', ...as('ada'));
    expect(error).toMatchObject({ code: 'refused', message: expect.stringContaining('nobody grants') });
    const position = /control\/\d+/u.exec(error.hint)?.[0];
    const acts = await done('audit', 'list', '--log', 'control', '--action', 'account.request-role');
    expect(acts.map(({ record }) => record)).toContain(position);
    expect(await failed('account', 'request-role', 'lena', 'deo', '--reason', 'x')).toMatchObject({
      code: 'not-permitted',
      hint: expect.stringContaining('--as'),
    });
  });
});

describe('a hold at the command line', () => {
  const scope = ['--scope', 'from:bob'];

  test('is previewed, placed, widened, and released by two', async () => {
    expect(await done('hold', 'preview', '--matter', 'coffee', ...scope)).toMatchObject([
      { records: 2, families: 2, unresolved: [{ name: 'bob', families: 2 }], reads: [{ text: 'from:bob' }] },
    ]);
    const placing = ['--matter', 'coffee', ...scope, '--authority', 'SEC', '--reason', 'letter'];
    await done('hold', 'place', 'h1', ...placing, ...as('lena'));
    await done('hold', 'amend', 'h1', '--scope', 'lunch', '--reason', 'more', ...as('lars'));
    expect(await done('hold', 'coverage', 'h1', ...as('lena'))).toMatchObject([{ records: 3 }]);
    await done('hold', 'request-release', 'h1', '--reason', 'settled', ...as('lena'));
    expect(await failed('hold', 'approve-release', 'h1', '--confirm', ...as('lena'))).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('second person'),
    });
    expect(await failed('hold', 'approve-release', 'h1', '--confirm')).toMatchObject({
      code: 'not-permitted',
      hint: expect.stringContaining('--as'),
    });
    expect(await done('hold', 'effect', 'h1', ...as('lars'))).toMatchObject([
      { effect: { what: 'release', released: 3, atOnce: 0, stillHeld: 0 } },
    ]);
    expect(await done('hold', 'approve-release', 'h1', '--confirm', ...as('lars'))).toMatchObject([
      { hold: { released: { actor: 'lars' } } },
    ]);
    const history = await done('hold', 'history', 'h1', ...as('lena'));
    expect(history.map(({ action }) => action)).toEqual([
      'hold.place',
      'hold.widen',
      'hold.request-release',
      'hold.approve-release',
    ]);
  });

  test('is judged on the vault, whatever became of the index', async () => {
    rmSync(join(data, 'index'), { recursive: true, force: true });
    expect(await done('hold', 'preview', ...scope)).toMatchObject([{ records: 2 }]);
  });

  test.each(['hold:h1', '(', 'matter:coffee'])('is not placed on the scope %s', async (text) => {
    const error = await failed(
      'hold',
      'place',
      'h9',
      '--matter',
      'coffee',
      '--scope',
      text,
      '--authority',
      'a',
      '--reason',
      'r',
    );
    expect(['bad-query', 'unknown-field']).toContain(error.code);
  });

  test('shows in the list of acts to legal alone', async () => {
    const acts = (...by: string[]) => done('audit', 'list', '--log', 'control', '--matter', 'coffee', ...by);
    const seen = (await acts(...as('lena'))).map(({ action }) => action);
    expect(seen).toContain('hold.approve-release');
    expect(seen).toContain('matter.open');
    expect((await acts(...as('carl'))).map(({ action }) => action)).toEqual(['matter.open']);
  });

  test('a list without a log holds what was read and what was changed, in the order in which it was done', async () => {
    await done('search', 'merger');
    const both = await done('audit', 'list', '--limit', '1000', ...as('lena'));
    expect(both.map(({ action }) => action)).toEqual(expect.arrayContaining(['searched', 'hold.place']));
    const times = both.map(({ at }) => String(at));
    expect(times).toEqual([...times].sort());
  });

  test('what an administrator lists has no texts of queries', async () => {
    await done('search', 'merger');
    const find = async (...by: string[]) =>
      (await done('audit', 'list', '--action', 'searched', ...by)).map(({ details }) => details);
    expect(JSON.stringify(await find(...as('carl')))).toContain('merger');
    expect(JSON.stringify(await find(...as('ada')))).not.toContain('merger');
  });
});

describe('retention at the command line', () => {
  test('is proposed by one, approved by another, and stamps what comes', async () => {
    const proposing = ['--rule', 'slack', '--class', 'firm-6', '--network', 'slack', '--reason', 'policy'];
    await done('retention', 'propose-rule', 'p1', ...proposing, ...as('ada'));
    expect(await failed('retention', 'approve', 'p1', ...as('ada'))).toMatchObject({
      code: 'not-permitted',
    });
    await done('retention', 'approve', 'p1', ...as('carl'));
    await done('ingest', file('more.ndjson', `${message(4, 'dave', 'hello')}\n`), '--format', 'ndjson');
    const [forecast = {}] = await done('retention', 'forecast');
    const classes = (forecast.buckets as { class: string }[]).map((bucket) => bucket.class);
    expect(new Set(classes)).toEqual(new Set(['firm-6', 'sec-17a-4-b-4']));
    expect((await done('retention', 'presets')).length).toBeGreaterThan(5);
  });
});

describe('a grant at the command line', () => {
  test('is given, listed and ended', async () => {
    const adding = ['--account', 'lars', '--scope', 'from:bob', '--to', '2027-01-01', '--reason', 'exam'];
    await done('grant', 'add', 'g1', ...adding, ...as('carl'));
    expect(await done('grant', 'list')).toMatchObject([{ grant: 'g1', to: '2027-01-01T00:00:00.000Z' }]);
    await done('grant', 'revoke', 'g1', '--reason', 'over', ...as('carl'));
    expect(await done('grant', 'list', '--account', 'lars')).toMatchObject([{ revoked: { actor: 'carl' } }]);
    expect(await failed('grant', 'revoke', 'none', '--reason', 'x')).toMatchObject({ code: 'not-found' });
  });
});

test('the archive verifies, acts that had no effect included', async () => {
  expect((await run('verify')).code).toBe(0);
});
