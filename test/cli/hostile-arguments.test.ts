import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { deployment } from '../../src/assembly/deployment.ts';
import { type OpenArchive, openEmbedded } from '../../src/assembly/embedded.ts';
import { systemClock, systemRandom } from '../../src/assembly/system.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { run } from '../../src/cli/run.ts';
import { embeddedSchema } from '../../src/config/settings.ts';
import { DRIVING, expectAnswer, HUGE } from './answers.ts';
import { type Answer, holdfast } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-hostile-'));
const data = join(folder, 'archive');
const cwd = join(folder, 'here');

/** What people and programs put where it does not belong. */
const HOSTILE: readonly string[] = [
  '',
  '\u0000\u001b[31mred\u001b[2J\u009b\u2028\ud800\u202egnp.exe',
  '../../../../__proto__',
  HUGE,
];

/** What stands elsewhere while one argument is hostile: as right as it can be, so that the hostile one is read. */
const RIGHT: { readonly [name: string]: string } = {
  paths: join(folder, 'one.ndjson'),
  file: join(folder, 'people.csv'),
  query: 'hello',
  scope: 'hello',
  record: 'm0/0',
  out: join(folder, 'never'),
  backup: join(folder, 'empty'),
  logs: 'm77',
  account: 'nina',
  member: 'nina',
  role: 'auditor',
  matter: 'coffee',
  hold: 'beans',
  id: 'E1',
  clock: 'sent',
  years: '3',
  accessible: '2',
  passwordFile: join(folder, 'nowhere'),
  newPasswordFile: join(folder, 'nowhere'),
};
/** Proof of who acts, which many commands take alike: tried with one of them. */
const ACTING = ['as', 'passwordFile', 'code'];
const TRIED_WITH = 'account list';

interface Place {
  readonly name: string;
  readonly required: boolean;
  argv(value: string): readonly string[];
}

/** Everything of a command that takes a value. */
function placesOf(command: (typeof COMMANDS)[number]): Place[] {
  const declared = new Command();
  command.configure(declared);
  const positions = declared.registeredArguments.map((one) => ({
    name: one.name(),
    required: one.required,
    argv: (value: string) => [value],
  }));
  const options = declared.options
    .filter((one) => one.required && (!ACTING.includes(one.attributeName()) || command.name === TRIED_WITH))
    .map((one) => ({
      name: one.attributeName(),
      required: one.mandatory,
      argv: (value: string) => [`${one.long}=${value}`],
    }));
  return [...positions, ...options];
}

/** The command line with `value` in one place, and what must be there elsewhere. */
function argvWith(command: (typeof COMMANDS)[number], hostile: Place, value: string): string[] {
  const parts = placesOf(command)
    .filter((place) => place.required || place.name === hostile.name)
    .flatMap((place) => place.argv(place.name === hostile.name ? value : (RIGHT[place.name] ?? 'x')));
  const options = parts.filter((part) => part.startsWith('--'));
  return [...command.name.split(' '), ...options, '--', ...parts.filter((part) => !part.startsWith('--'))];
}

let open: OpenArchive;
const world = { environment: {}, clock: systemClock, random: systemRandom };
const silent = { out: () => {}, err: () => {}, transient: () => {}, drained: async () => {} };

/** A command in the process that holds the archive: opening it each time would take longer than all the rest. */
async function held(argv: readonly string[]): Promise<Answer> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    ...silent,
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
  };
  const caller = { io, cwd, actor: 'os:test@localhost', signal: new AbortController().signal };
  const code = await run(argv, caller, { ...world, deployment: deployment(world) }, open.archive);
  return { code, out, err };
}

beforeAll(async () => {
  mkdirSync(cwd);
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'people.csv'), 'id,name,network,address\nE1,Nina,slack,a@b.example\n');
  writeFileSync(
    join(folder, 'one.ndjson'),
    `${JSON.stringify({ network: 'slack', conversation: 'c', from: 'a@b.example', at: '2016-04-05T12:30:00Z', text: 'hello' })}\n`,
  );
  expect((await holdfast(['init', '--data', data])).code).toBe(0);
  const settings = embeddedSchema.parse({ mode: 'embedded', data });
  open = await openEmbedded(settings, undefined, { io: silent, actor: 'os:test@localhost' });
  for (const argv of [
    ['ingest', join(folder, 'one.ndjson')],
    ['custodian', 'import', join(folder, 'people.csv')],
    ['account', 'create', 'nina', '--name', 'Nina'],
    ['matter', 'open', 'coffee', '--reference', 'HO-1'],
    [
      'hold',
      'place',
      'beans',
      '--matter',
      'coffee',
      '--scope',
      'hello',
      '--authority',
      'a letter',
      '--reason',
      'asked',
    ],
  ])
    expect([argv, (await held(argv)).err.filter((line) => line.includes('['))]).toEqual([argv, []]);
});
afterAll(async () => {
  await open.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A service would stay: it is given no archive to serve. */
const NOWHERE = ['start', 'open-generation'];

const CASES = COMMANDS.flatMap((command) =>
  placesOf(command).map((place) => [`${command.name}: ${place.name}`, command, place] as const),
);

test.each(CASES)('%s, hostile, is answered in form', async (_, command, place) => {
  const where = ['--data', NOWHERE.includes(command.name) ? join(folder, 'nowhere') : data];
  for (const text of HOSTILE) {
    const argv = argvWith(command, place, text);
    argv.splice(command.name.split(' ').length, 0, ...where);
    const answer = NOWHERE.includes(command.name) ? await holdfast(argv) : await held(argv);
    // Text may be a word to search for, or a reason; then what is printed of it drives no terminal.
    if (answer.code !== 0 && answer.code !== 3) expectAnswer(answer);
    expect([...answer.out, ...answer.err].join('\n')).not.toMatch(DRIVING);
  }
});

const MISSING = CASES.filter(([, , place]) => place.required);

test.each(MISSING)('%s, missing, is bad usage', async (_, command, place) => {
  const argv = argvWith(command, place, '').filter((part) => part !== '' && !part.endsWith('='));
  expectAnswer(await holdfast(argv), 'bad-usage');
});
