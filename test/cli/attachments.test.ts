import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '../../src/core/hash.ts';
import { FIXTURES } from '../ingest/fixtures.ts';
import { holdfast } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-attachments-'));
const data = join(folder, 'archive');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function json(argv: readonly string[], code = 0): Promise<Record<string, unknown>> {
  const answer = await holdfast([...argv, '--json']);
  expect([answer.code, answer.code === code ? [] : answer.err]).toEqual([code, []]);
  return JSON.parse(answer.out[0] ?? '{}') as Record<string, unknown>;
}

/** Files below a folder, by path. */
const filesBelow = (root: string): string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const export_ = join(FIXTURES, 'discord/server-channel/input');
const [file = ''] = filesBelow(export_).filter((path) => path.endsWith('.xlsx'));
const digest = sha256Hex(readFileSync(file));
const codes = async (argv: readonly string[]): Promise<unknown> =>
  ((await json(argv, 3)).faults as { code: string }[]).map(({ code }) => code);

beforeAll(async () => {
  // The same export twice, as two people may keep it.
  for (const copy of ['one', 'two']) cpSync(export_, join(folder, 'in', copy), { recursive: true });
  await json(['init', '--data', data]);
  await json(['ingest', join(folder, 'in'), '--data', data]);
});

const held = (): string[] => filesBelow(join(data, 'vault/attachments'));

test('a file that a message names is held once, by its hash, under class and quarter', () => {
  expect(held().map((path) => path.slice(join(data, 'vault').length))).toEqual([
    expect.stringMatching(new RegExp(`^/attachments/[a-z0-9.-]+/\\d{4}Q[1-4]/${digest}$`, 'u')),
  ]);
  expect(readFileSync(held()[0] ?? '')).toEqual(readFileSync(file));
});

test('its message says so, and is found by it', async () => {
  const answer = await holdfast(['search', 'has:attachment', '--data', data, '--json']);
  const [hit] = answer.out.map((line) => JSON.parse(line) as { log: string; leaf: number });
  const shown = await json(['show', `${hit?.log}/${hit?.leaf}`, '--data', data]);
  const size = readFileSync(file).length;
  expect(JSON.stringify(shown)).toContain(`"sha256":"${digest}","size":${size},"state":"held"`);
});

test('a backup and an export carry it, and both verify', async () => {
  const backup = join(folder, 'backup');
  await json(['backup', '--out', backup, '--data', data]);
  expect(filesBelow(backup).filter((path) => path.includes('/attachments/'))).toHaveLength(1);
  const out = join(folder, 'export');
  await json(['export', '--query', 'has:attachment', '--out', out, '--data', data]);
  expect(readFileSync(join(out, 'attachments', digest))).toEqual(readFileSync(file));
  expect(await json(['verify', out])).toMatchObject({ ok: true, checked: { attachments: 1 } });

  const place = join(out, 'attachments', digest);
  chmodSync(place, 0o644);
  writeFileSync(place, 'other bytes');
  expect(await codes(['verify', out])).toEqual(['file-changed']);
  rmSync(place);
  expect(await codes(['verify', out])).toEqual(
    expect.arrayContaining(['file-missing', 'attachment-missing']),
  );
});

test('bytes that were changed or taken away are found by verify', async () => {
  const copy = join(folder, 'copy');
  cpSync(data, copy, { recursive: true });
  const [place = ''] = filesBelow(join(copy, 'vault/attachments'));
  chmodSync(place, 0o644);
  writeFileSync(place, 'other bytes');
  expect(await codes(['verify', '--data', copy])).toEqual(['attachment-damaged']);
  rmSync(place);
  expect(await codes(['verify', '--data', copy])).toEqual(['attachment-missing']);
  expect(await json(['verify', '--data', data])).toMatchObject({ ok: true });
});

test('an export whose held file has gone says so and leaves nothing behind', async () => {
  const copy = join(folder, 'gone');
  cpSync(data, copy, { recursive: true });
  for (const path of filesBelow(join(copy, 'vault/attachments'))) rmSync(path);
  const out = join(folder, 'export-gone');
  const answer = await holdfast([
    'export',
    '--query',
    'has:attachment',
    '--out',
    out,
    '--data',
    copy,
    '--json',
  ]);
  expect(answer.code).not.toBe(0);
  expect(readdirSync(folder).filter((name) => name.includes('export-gone'))).toEqual([]);
});

test('nothing is read from beyond the export: a name that leads out names nothing', async () => {
  const out = join(folder, 'lead-out');
  mkdirSync(out);
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  const text = readFileSync(join(export_, 'march.json'), 'utf8').replaceAll(
    'strip-8F2A.xlsx',
    '../../secret.txt',
  );
  writeFileSync(join(out, 'march.json'), text);
  const other = join(folder, 'other');
  await json(['init', '--data', other]);
  await json(['ingest', out, '--data', other]);
  expect(() => readdirSync(join(other, 'vault/attachments'))).toThrow('ENOENT');
});
