/** Whoever is denied something at the command line leaves an entry, and learns nothing of what there is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { deployment } from '../../src/assembly/deployment.ts';
import { type OpenArchive, openEmbedded } from '../../src/assembly/embedded.ts';
import { systemClock, systemRandom } from '../../src/assembly/system.ts';
import type { CommandSpec } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { run } from '../../src/cli/run.ts';
import { awaitIndexed, awaitStreamSealed } from '../../src/cli/wait.ts';
import { embeddedSchema } from '../../src/config/settings.ts';
import { type Answer, holdfast } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-denials-'));
const data = join(folder, 'archive');
const world = { environment: {}, clock: systemClock, random: systemRandom };
const silent = { out: () => {}, err: () => {}, transient: () => {}, drained: async () => {} };
let open: OpenArchive;

/** A command in the process that holds the archive. */
async function held(...argv: string[]): Promise<Answer> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    ...silent,
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
  };
  const caller = { io, cwd: folder, actor: 'os:test@localhost', signal: new AbortController().signal };
  const code = await run(argv, caller, { ...world, deployment: deployment(world) }, open.archive);
  return { code, out, err };
}

async function done(...argv: string[]): Promise<Record<string, unknown>[]> {
  const answer = await held(...argv, '--json');
  expect([argv, answer.code, answer.err.filter((line) => line.includes('['))]).toEqual([argv, 0, []]);
  return answer.out.map((line) => JSON.parse(line) as Record<string, unknown>);
}

interface Entry {
  readonly actor: string;
  readonly details: { readonly [what: string]: unknown };
}

/** Sealed entries of an action, as legal lists them. */
async function entries(action: string): Promise<Entry[]> {
  await awaitStreamSealed(open.archive);
  await awaitIndexed(open.archive);
  return (await done('audit', 'list', '--action', action, '--limit=10000')) as unknown as Entry[];
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const as = (account: string): string[] => [
  '--as',
  account,
  '--password-file',
  join(folder, `${account}.txt`),
];
const via = 'os:test@localhost';

async function enrol(account: string): Promise<void> {
  const [given] = await done('account', 'give-password', account);
  const once = file('once.txt', String(given?.password));
  const chosen = file(`${account}.txt`, `nine slow otters ${Buffer.from(account).toString('hex')}`);
  await done('account', 'password', account, '--password-file', once, '--new-password-file', chosen);
}

beforeAll(async () => {
  expect((await holdfast(['init', '--data', data])).code).toBe(0);
  const settings = embeddedSchema.parse({ mode: 'embedded', data });
  open = await openEmbedded(settings, undefined, { io: silent, actor: via });
  for (const [account, role] of [
    ['ada', 'administrator'],
    ['carl', 'compliance'],
  ] as const)
    await done('account', 'create', account, '--name', account, '--role', role);
  for (const account of ['ada', 'carl']) await enrol(account);
  for (const [account, role] of [
    ['lena', 'legal'],
    ['otto', 'legal'],
    ['audra', 'auditor'],
    ['nobody', null],
  ] as const) {
    await done('account', 'create', account, '--name', account);
    await enrol(account);
    if (role === null) continue;
    await done('account', 'request-role', account, role, '--reason=joined', ...as('ada'));
    await done('account', 'approve-role', account, role, ...as('carl'));
  }
  const line = {
    network: 'slack',
    conversation: 'c',
    from: 'a@b.example',
    at: '2016-04-05T12:30:00Z',
    text: 'hello',
  };
  await done('ingest', file('one.ndjson', `${JSON.stringify(line)}\n`));
  await done(
    'custodian',
    'import',
    file('people.csv', 'id,name,network,address\nE1,Nina,slack,a@b.example\n'),
  );
  await done('matter', 'open', 'coffee', '--reference=HO-1', ...as('lena'));
  const scope = ['--matter=coffee', '--scope=hello', '--authority=a letter', '--reason=asked'];
  await done('hold', 'place', 'beans', ...scope, ...as('lena'));
  await done('grant', 'add', 'review', '--account=audra', '--scope=cedar', '--reason=exam', ...as('lena'));
  await done('production', 'create', 'p1', '--matter=coffee', '--query=hello', ...volume, ...as('lena'));
});
afterAll(async () => {
  await open.close();
  rmSync(folder, { recursive: true, force: true });
});

const volume = ['--volume=VOL001', '--prefix=BRK'];

/** Names of what is there; what has no name here is as right as it can be. */
const THERE: { readonly [name: string]: string } = {
  account: 'lena',
  role: 'auditor',
  matter: 'coffee',
  hold: 'beans',
  grant: 'review',
  production: 'p1',
  id: 'E1',
  file: join(folder, 'people.csv'),
  scope: 'hello',
  query: 'hello',
  out: join(folder, 'never'),
  years: '3',
  accessible: '2',
  directory: '1',
  volume: 'VOL001',
  prefix: 'BRK',
};
const NAMES = ['account', 'matter', 'hold', 'grant', 'production', 'proposal', 'id'];

function declaredOf(spec: CommandSpec): Command {
  const declared = new Command();
  spec.configure(declared);
  return declared;
}

/** The command line with names of what is there, or of nothing. */
function argvOf(spec: CommandSpec, there: boolean): string[] {
  const declared = declaredOf(spec);
  const value = (name: string): string =>
    !there && NAMES.includes(name) ? 'nothing' : (THERE[name] ?? 'some');
  return [
    ...spec.name.split(' '),
    ...declared.options
      .filter(({ mandatory }) => mandatory)
      .map((one) => (one.required ? `${one.long}=${value(one.attributeName())}` : `${one.long}`)),
    ...declared.registeredArguments.filter(({ required }) => required).map((one) => value(one.name())),
  ];
}

const NAMED = COMMANDS.filter((spec) => declaredOf(spec).options.some(({ long }) => long === '--as'));

test('most commands act under an account', () => {
  expect(NAMED.length).toBeGreaterThan(40);
});

test.each(NAMED.map((spec) => [spec.name, spec] as const))(
  '%s is denied to who has no role, and not otherwise where what he names is not there',
  async (_, spec) => {
    const [there, absent] = [
      await held(...argvOf(spec, true), '--json', ...as('nobody')),
      await held(...argvOf(spec, false), '--json', ...as('nobody')),
    ];
    expect(there).toMatchObject({ code: 1, out: [expect.stringContaining('"not-permitted"')] });
    expect(absent).toEqual(there);
  },
);

test('each of these denials is an entry that names the command', async () => {
  const denied = (await entries('denied')).filter(({ actor }) => actor === 'nobody');
  expect(denied.map(({ details }) => details)).toEqual(
    NAMED.flatMap(({ name }) => [
      { operation: name, via },
      { operation: name, via },
    ]),
  );
});

test('the first half of what takes two is denied to the local user without an account, which is an entry', async () => {
  const answer = await held('hold', 'request-release', 'beans', '--reason=over');
  expect(answer).toMatchObject({
    code: 1,
    err: [expect.stringContaining('[not-permitted]'), expect.stringContaining('--as')],
  });
  expect(await entries('denied')).toContainEqual(
    expect.objectContaining({ actor: via, details: { operation: 'hold request-release' } }),
  );
});

test('who approves his own request is refused, and the attempt is sealed in control', async () => {
  await done('hold', 'request-release', 'beans', '--reason=settled', ...as('lena'));
  const answer = await held('hold', 'approve-release', 'beans', '--confirm', ...as('lena'));
  expect(answer).toMatchObject({ code: 1, err: [expect.stringContaining('[refused]'), expect.anything()] });
  expect(await entries('hold.approve-release')).toMatchObject([
    { actor: 'lena', details: { hold: 'beans', via } },
  ]);
});

describe('a production that an account may not know of', () => {
  const asking = (name: string, account: string): readonly (readonly string[])[] => [
    ['production', 'show', name, '--json', ...as(account)],
    ['production', 'render', name, `--out=${join(folder, 'never')}`, '--json', ...as(account)],
  ];

  test.each(['otto', 'carl', 'audra'])('is to %s as one that is not there', async (account) => {
    for (const n of [0, 1]) {
      const hidden = await held(...(asking('p1', account)[n] ?? []));
      const absent = await held(...(asking('p9', account)[n] ?? []));
      expect(hidden).toMatchObject({ code: 1, out: [expect.stringContaining('"not-found"')] });
      expect(hidden).toEqual(absent);
    }
    const told = (await entries('denied')).filter(({ actor }) => actor === account);
    expect(told.map(({ details }) => details)).toEqual(
      ['show', 'render'].flatMap((what) =>
        ['p1', 'p9'].map((production) => ({ operation: `production ${what}`, production, via })),
      ),
    );
  });

  test('stands in no list and in no matter that he sees', async () => {
    expect(await done('production', 'list', ...as('otto'))).toEqual([]);
    expect(await done('matter', 'show', 'coffee', ...as('otto'))).toMatchObject([{ productions: [] }]);
    expect(await done('matter', 'show', 'coffee', ...as('lena'))).toMatchObject([
      { productions: [{ production: 'p1' }] },
    ]);
  });

  test('takes its name in every matter, and that is all that is told', async () => {
    const create = (name: string, matter: string) =>
      held('production', 'create', name, `--matter=${matter}`, '--query=hello', ...volume, ...as('otto'));
    const [hidden, absent] = [await create('p1', 'coffee'), await create('p9', 'coffee')];
    expect(hidden).toMatchObject({
      code: 1,
      err: [expect.stringContaining('[not-permitted]'), expect.anything()],
    });
    expect(hidden).toEqual(absent);
    expect(await entries('denied')).toContainEqual(
      expect.objectContaining({
        actor: 'otto',
        details: { operation: 'production create', matter: 'coffee', via },
      }),
    );
    await done('matter', 'open', 'tea', '--reference=HO-2', ...as('otto'));
    const { err } = await create('p1', 'tea');
    expect(err[0]).toBe('holdfast: The name is taken. [conflict]');
    expect(err.join()).not.toContain('lena');
  });
});

describe('a sign-in that fails', () => {
  const failed = async () =>
    (await entries('sign-in-failed')).map(({ actor, details }) => ({ actor, ...details }));

  test('is an entry that says where, and not of whom there is a password', async () => {
    const wrong = file('wrong.txt', 'a password of somebody else');
    for (const account of ['lena', 'who\u001b[31m'])
      expect(await held('hold', 'list', '--as', account, '--password-file', wrong)).toMatchObject({
        code: 1,
      });
    const chosen = file('chosen.txt', 'eleven shy badgers at noon');
    const choosing = ['--password-file', wrong, '--new-password-file', chosen];
    expect(await held('account', 'password', 'otto', ...choosing)).toMatchObject({ code: 1 });
    expect(await failed()).toEqual(
      ['lena', 'who·[31m', 'otto'].map((account) => ({
        actor: 'anonymous',
        account,
        address: via,
        code: 'sign-in-failed',
      })),
    );
  });

  test('so is the use of a one-time password for anything but choosing another', async () => {
    await done('account', 'create', 'newt', '--name=newt');
    const [given] = await done('account', 'give-password', 'newt');
    file('newt.txt', String(given?.password));
    expect(await held('account', 'list', ...as('newt'))).toMatchObject({
      err: [expect.stringContaining('[password-change-needed]'), expect.anything()],
    });
    expect(await entries('denied')).toContainEqual(
      expect.objectContaining({ actor: 'newt', details: { operation: 'account list', via } }),
    );
  });
});

test('no entry is longer for what somebody names', async () => {
  const answer = await held('production', 'show', 'x'.repeat(1_000_000));
  expect(answer).toMatchObject({ code: 1, err: [expect.stringContaining('[not-found]'), expect.anything()] });
  expect(await entries('denied')).toContainEqual(
    expect.objectContaining({
      actor: via,
      details: { operation: 'production show', production: 'x'.repeat(100) },
    }),
  );
});
