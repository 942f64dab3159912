import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import type { ErrorCode } from '../../src/core/errors.ts';
import { expectAnswer, HUGE } from './answers.ts';
import { type Answer, holdfast } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-bad-use-'));
const data = join(folder, 'archive');
const at = (name: string): string => join(folder, name);

/** What people and programs put where it does not belong. */
const HOSTILE: readonly string[] = [
  '',
  ' ',
  '-',
  '--',
  '\u0000',
  '\u001b[31mred\u001b[2J',
  '../../../../etc/passwd',
  '\ud800',
  '‮gnp.exe',
  '$(touch here)',
  'm0/99999999999999999999',
  '__proto__',
  '%n%s',
  HUGE,
];

beforeAll(async () => {
  writeFileSync(at('text'), 'this is no archive, no bundle and no proof\n');
  writeFileSync(at('broken.json'), '{"mode": ');
  writeFileSync(at('list.json'), '[]');
  writeFileSync(at('strange.json'), JSON.stringify({ mode: 'embedded', data: at('archive'), colour: 'red' }));
  writeFileSync(at('deep.json'), '['.repeat(200_000));
  mkdirSync(at('empty'));
  mkdirSync(at('full'));
  mkdirSync(at('beheaded/vault/ledger/m0'), { recursive: true });
  writeFileSync(at('beheaded/vault/ledger/m0/checkpoint'), 'of an archive that lost its identity');
  writeFileSync(at('full/file'), 'already here');
  writeFileSync(
    at('one.ndjson'),
    `${JSON.stringify({ network: 'slack', conversation: 'c', from: 'a@b.example', at: '2016-04-05T12:30:00Z', text: 'hello' })}\n`,
  );
  expect((await holdfast(['init', '--data', data])).code).toBe(0);
  expect((await holdfast(['ingest', at('one.ndjson'), '--data', data])).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const onArchive = (argv: readonly string[]): Promise<Answer> => holdfast([...argv, '--data', data]);

describe('wrong use of the command line as such', () => {
  test.each<[string, readonly string[]]>([
    ['no command', []],
    ['an unknown command', ['destroy']],
    ['a command with a slip', ['serach', 'x']],
    ['an option before the command', ['--data', 'x']],
    ...HOSTILE.map((text): [string, readonly string[]] => [`the command ${name(text)}`, [text]]),
  ])('%s', async (_, argv) => {
    expectAnswer(await holdfast(argv), 'bad-usage');
  });
});

describe.each(COMMANDS.map((command) => [command.name, command.name.split(' ')] as const))(
  '%s',
  (name, words) => {
    test('does not take an option that nobody knows', async () => {
      expectAnswer(await onArchive([...words, '--no-such-option']), 'bad-usage');
    });

    test('does not take ten arguments more than it has', async () => {
      if (name === 'ingest') return;
      expectAnswer(await onArchive([...words, ...Array.from({ length: 10 }, () => 'm0/0')]), 'bad-usage');
    });

    test('does not take an option without its value', async () => {
      expectAnswer(await holdfast([...words, 'x', '--data']), 'bad-usage');
      expectAnswer(await holdfast([...words, 'x', '--config']), 'bad-usage');
    });
  },
);

const OPENING: readonly (readonly string[])[] = [
  ['search', 'x'],
  ['show', 'm0/0'],
  ['proof', 'm0/0', '--out', at('never')],
  ['export', '--query', 'x', '--out', at('never')],
  ['ingest', at('one.ndjson')],
  ['status'],
  ['verify'],
  ['rebuild-index'],
  ['backup', '--out', at('never')],
  ['audit', 'list'],
];

describe.each(OPENING.map((argv) => [argv[0] ?? '', argv] as const))('%s, on no archive', (_, argv) => {
  test.each<[string, readonly string[], ErrorCode]>([
    ['a folder that does not exist', ['--data', at('nowhere')], 'no-archive'],
    ['an empty folder', ['--data', at('empty')], 'no-archive'],
    ['a file', ['--data', at('text')], 'no-archive'],
    ['an archive whose identity is gone', ['--data', at('beheaded')], 'damaged-archive'],
    ['a configuration that does not exist', ['--config', at('nowhere.json')], 'bad-settings'],
    ['a configuration that is no JSON', ['--config', at('broken.json')], 'bad-settings'],
    ['a configuration that is no object', ['--config', at('list.json')], 'bad-settings'],
    ['a configuration nested without end', ['--config', at('deep.json')], 'bad-settings'],
    ['a setting that does not exist', ['--config', at('strange.json')], 'bad-settings'],
    ['a folder as configuration', ['--config', at('empty')], 'bad-settings'],
    ['both', ['--data', data, '--config', at('list.json')], 'bad-settings'],
  ])('%s', async (_name, where, code) => {
    expectAnswer(await holdfast([...argv, ...where]), code);
  });
});

describe('arguments that are not of their form', () => {
  test.each<[string, readonly string[], ErrorCode | undefined]>([
    ['search nothing', ['search'], 'bad-usage'],
    ['search an open quote', ['search', '"around 50'], 'bad-query'],
    ['search an open bracket', ['search', '(a OR b'], 'bad-query'],
    ['search brackets without end', ['search', '('.repeat(100_000)], 'bad-query'],
    ['search a million letters', ['search', HUGE.replaceAll('x', 'a b ')], undefined],
    ['search an unknown field', ['search', 'colour:red'], 'unknown-field'],
    ['search a field of later', ['search', 'tag:urgent'], 'unknown-field'],
    ['search a day that is none', ['search', 'since:2016-02-31'], 'bad-query'],
    ['search with a negative limit', ['search', 'x', '--limit', '-1'], 'bad-usage'],
    ['search with a limit in words', ['search', 'x', '--limit', 'ten'], 'bad-usage'],
    ['search with a limit past all', ['search', 'x', '--limit', '99999999999999999999'], 'bad-usage'],
    ['show no name', ['show'], 'bad-usage'],
    ['show what is no name', ['show', 'm0'], 'bad-usage'],
    ['show a negative leaf', ['show', 'm0/-1'], 'bad-usage'],
    ['show a leaf past the end', ['show', 'm0/123456789'], 'not-found'],
    ['show a log that does not exist', ['show', 'm77/0'], 'not-found'],
    ['prove to nowhere', ['proof', 'm0/0'], 'bad-usage'],
    ['prove over a file', ['proof', 'm0/0', '--out', at('text')], 'bad-usage'],
    ['prove into a folder that is not there', ['proof', 'm0/0', '--out', at('no/such/file')], 'bad-usage'],
    ['prove a leaf past the end', ['proof', 'm0/123456789', '--out', at('never')], 'not-found'],
    ['export without a query', ['export', '--out', at('never')], 'bad-usage'],
    ['export to nowhere', ['export', '--query', 'x'], 'bad-usage'],
    ['export over something', ['export', '--query', 'hello', '--out', at('full')], undefined],
    ['export a broken query', ['export', '--query', '(', '--out', at('never')], 'bad-query'],
    ['ingest nothing', ['ingest'], 'bad-usage'],
    ['ingest what does not exist', ['ingest', at('nowhere')], 'not-found'],
    ['ingest a format that does not exist', ['ingest', at('text'), '--format', 'nope'], undefined],
    ['ingest in a zone that does not exist', ['ingest', at('text'), '--zone', 'Mars/Base'], undefined],
    ['ingest from a network that is no name', ['ingest', at('text'), '--network', 'UP PER'], undefined],
    ['verify what does not exist', ['verify', at('nowhere')], undefined],
    ['verify an empty folder', ['verify', at('empty')], undefined],
    ['verify a text', ['verify', at('text')], undefined],
    ['verify against what does not exist', ['verify', '--against', at('nowhere')], undefined],
    ['back up to nowhere', ['backup'], 'bad-usage'],
    ['back up over a file', ['backup', '--out', at('text')], undefined],
    ['restore nothing', ['restore'], 'bad-usage'],
    ['audit without a word', ['audit'], 'bad-usage'],
    ['audit with another word', ['audit', 'drop'], 'bad-usage'],
    ['audit since a day that is none', ['audit', 'list', '--since', 'yesterday'], 'bad-usage'],
    ['init twice', ['init'], 'archive-exists'],
    ['start in a role that does not exist', ['start', '--roles', 'king'], 'bad-usage'],
  ])('%s', async (_, argv, code) => {
    expectAnswer(await onArchive(argv), code);
  });

  test.each([
    ['what does not exist', at('nowhere')],
    ['an empty folder', at('empty')],
    ['a text', at('text')],
  ])('restore %s', async (_, backup) => {
    expectAnswer(await holdfast(['restore', backup, '--data', at('restored')]));
  });

  test('verifying against a text is a fault of what was held outside', async () => {
    const { code, out } = await onArchive(['verify', '--against', at('text'), '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ ok: false, faults: [{ code: 'outside-unreadable' }] });
  });

  test('init over a ledger that lost its identity', async () => {
    expectAnswer(await holdfast(['init', '--data', at('beheaded')]), 'archive-exists');
  });

  test('init below a file', async () => {
    expectAnswer(await holdfast(['init', '--data', at('text/below')]));
  });
});

test('an error is one JSON document with --json', async () => {
  const { out, code } = await onArchive(['show', 'm0/123456789', '--json']);
  expect(code).toBe(1);
  expect(out).toHaveLength(1);
  expect(JSON.parse(out[0] ?? '')).toEqual({
    error: { code: 'not-found', message: expect.any(String), hint: expect.any(String) },
  });
});

/** A name for a test that holds no control characters. */
function name(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 10)}… of ${text.length}` : text);
}
