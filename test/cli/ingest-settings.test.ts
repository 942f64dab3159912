import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from '../ingest/reading/encode.ts';
import { holdfast } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-ingest-settings-'));
const data = join(folder, 'archive');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, bytes: string | Uint8Array): string => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, bytes);
  return path;
};

const message = (text: string): string =>
  `${JSON.stringify({ network: 'irc', conversation: '#desk', from: 'bob', at: '2026-07-05T09:46:00', text })}\n`;
const rules = file(
  'rules.json',
  JSON.stringify({
    rules: [
      { path: 'nyc/**', zone: 'America/New_York' },
      { path: 'moscow/*', zone: 'Europe/Moscow', encoding: 'windows-1251' },
    ],
  }),
);
beforeAll(() => {
  file('in/nyc/a.ndjson', message('hi'));
  file('in/moscow/a.ndjson', encode(message('да'), 'windows-1251'));
});

test('a dry run needs no archive and makes none', async () => {
  const answer = await holdfast([
    'ingest',
    join(folder, 'in'),
    '--dry-run',
    '--settings',
    rules,
    '--data',
    data,
    '--json',
  ]);
  expect([answer.code, answer.err]).toEqual([0, []]);
  const lines = answer.out.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ type }) => type)).toEqual(['file', 'file', 'total']);
  expect(lines[0]).toMatchObject({
    settings: { zone: 'Europe/Moscow', encoding: 'windows-1251' },
    zones: { 'Europe/Moscow (setting)': 1 },
    repairs: { 'encoding-stated (windows-1251)': 1 },
  });
  expect(lines[2]).toMatchObject({ files: 2, units: 2, events: 2, rejects: 0, differences: [] });
  expect(readdirSync(folder)).not.toContain('archive');
  const prose = await holdfast(['ingest', join(folder, 'in'), '--dry-run', '--data', data]);
  expect(prose.out.at(-1)).toBe('Nothing was stored.');
  expect(prose.out.join('\n')).toContain('assumed: zone +00:00 for 1 event');
});

test('what the rules state is sealed with the records, and differences are none', async () => {
  await holdfast(['init', '--data', data]);
  const answer = await holdfast([
    'ingest',
    join(folder, 'in'),
    '--settings',
    rules,
    '--data',
    data,
    '--json',
  ]);
  expect(JSON.parse(answer.out[0] ?? '')).toMatchObject({ events: 2, rejects: 0, differences: [] });
  const found = await holdfast(['search', 'да', '--data', data, '--json']);
  expect(JSON.parse(found.out[0] ?? '')).toMatchObject({
    at: '2026-07-05T06:46:00.000Z',
    zone: 'Europe/Moscow',
    zoneSource: 'setting',
  });
});

test('counts that a source states of itself are compared, and a difference is told', async () => {
  const text = JSON.stringify([{ type: 'message', user: 'U1', ts: '1736150400.000100', text: 'x' }]);
  file('slack/general/2025-01-06.json', text);
  file('slack/users.json', '[]');
  file('slack/channels.json', '[]');
  await holdfast(['ingest', join(folder, 'slack'), '--data', data]);
  const status = await holdfast(['status', '--accounts', '--data', data, '--json']);
  expect(JSON.parse(status.out[0] ?? '')).toMatchObject({
    accounts: { receipts: 3, unread: 0, rejects: 0, differing: 0, differences: [] },
  });
  const prose = await holdfast(['status', '--accounts', '--data', data]);
  expect(prose.out.join('\n')).toMatch(/3 receipts: \d+ units = \d+ events \+ 0 rejects/u);
});

test.each([
  [['--settings', '/no/such/file'], 'bad-usage'],
  [['--settings', rules.replace('rules.json', 'in/nyc/a.ndjson')], 'bad-settings'],
  [['--date-order', 'ydm'], 'bad-usage'],
  [['--encoding', 'klingon'], 'bad-settings'],
])('%j is refused', async (options, code) => {
  const answer = await holdfast(['ingest', join(folder, 'in'), '--dry-run', '--data', data, ...options]);
  expect(answer.err.join('\n')).toContain(`[${code}]`);
});
