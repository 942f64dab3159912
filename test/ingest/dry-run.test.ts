import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DryRunOptions, dryRun, type Forecast } from '../../src/ingest/dry-run.ts';
import { FORMATS } from '../../src/ingest/formats/index.ts';
import { fixturesOf, readPath, temporaryVault } from './fixtures.ts';
import { encode } from './reading/encode.ts';

const COMMAND = join(import.meta.dirname, '../../bin/holdfast');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-dry-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, bytes: string | Uint8Array): void => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), bytes);
};

async function forecasts(
  paths: readonly string[],
  settings: DryRunOptions['settings'] = {},
): Promise<{ files: Forecast[]; skipped: string[] }> {
  const files: Forecast[] = [];
  const skipped: string[] = [];
  await dryRun({
    paths,
    settings,
    file: (forecast) => files.push(forecast),
    skipped: ({ path }) => skipped.push(path),
    stated: () => undefined,
  });
  return { files, skipped };
}

test('says of each file what it is, whose, when, and what is assumed', async () => {
  file(
    'share/logs/aim/alice/bob/2006-05-04.233000+0100BST.txt',
    encode(
      'Conversation with bob at 2006-05-04 23:30:00 on alice (aim)\n(23:30:01) alice: Привет, как дела?\n(00:10:00) bob: ok\n',
      'windows-1251',
    ),
  );
  file('share/report.pdf', '%PDF-1.7 not a transcript');
  file(
    'share/more.gz',
    gzipSync(
      '{"network":"irc","conversation":"c","from":"a","at":"2026-07-05T09:46:00","text":"x"}\nnonsense\n',
    ),
  );
  symlinkSync('/etc/passwd', join(folder, 'share/link'));
  const { files, skipped } = await forecasts([join(folder, 'share')]);
  const named = Object.fromEntries(files.map((each) => [each.name.slice(folder.length + 7), each]));
  expect(Object.keys(named)).toEqual([
    'logs/aim/alice/bob/2006-05-04.233000+0100BST.txt',
    'more.gz!/more',
    'report.pdf',
  ]);
  expect(named['logs/aim/alice/bob/2006-05-04.233000+0100BST.txt']).toMatchObject({
    format: 'pidgin',
    events: 2,
    networks: ['aim'],
    accounts: { total: 1, first: ['alice'] },
    people: { total: 2, more: false, first: ['alice', 'bob'] },
    period: { from: '2006-05-04T22:30:01.000Z', to: '2006-05-04T23:10:00.000Z' },
    zones: { '+01:00 (path)': 2 },
    repairs: { 'date-inferred': expect.any(Number), 'encoding-detected (windows-1251)': 1 },
  });
  expect(named['more.gz!/more']).toMatchObject({
    format: 'ndjson',
    units: 2,
    events: 1,
    rejects: { 'json-malformed': 1 },
    zones: { '+00:00 (assumed)': 1 },
  });
  expect(named['report.pdf']).toMatchObject({ format: null, events: 0, rejects: { 'format-unknown': 1 } });
  expect(skipped).toEqual([join(folder, 'share/link')]);
});

test('uses what the settings state, and repeats it', async () => {
  const { files } = await forecasts([join(folder, 'share/more.gz')], {
    rules: [{ path: '**!/more', zone: 'America/New_York' }],
  });
  expect(files[0]).toMatchObject({
    settings: { zone: 'America/New_York' },
    zones: { 'America/New_York (setting)': 1 },
    period: { from: '2026-07-05T13:46:00.000Z' },
  });
});

test('counts what ingest counts, for every fixture of every format', async () => {
  const { vault, dispose } = await temporaryVault();
  try {
    for (const fixture of FORMATS.flatMap(({ name }) => fixturesOf(name))) {
      const outcomes = (await readPath(vault, fixture.input)).flatMap((read) => read.outcomes);
      const { files } = await forecasts([fixture.input]);
      expect([fixture.format, fixture.name, files.reduce((sum, each) => sum + each.units, 0)]).toEqual([
        fixture.format,
        fixture.name,
        outcomes.length,
      ]);
      expect(files.reduce((sum, each) => sum + each.events, 0)).toBe(
        outcomes.filter(({ outcome }) => outcome.type === 'event').length,
      );
    }
  } finally {
    await dispose();
  }
});

test('names the format for what lies inside a file that a format opened itself', async () => {
  const mail = fixturesOf('rsmf').find(({ name }) => name === 'mail');
  const { files } = await forecasts([mail?.input ?? '']);
  expect(files.map(({ format }) => format)).toEqual(['rsmf', 'rsmf', 'rsmf']);
});

test('leaves nothing behind', () => {
  // In a process with a temporary folder of its own: other suites have files in the common one.
  const own = join(folder, 'tmp');
  mkdirSync(own);
  const share = join(folder, 'share');
  const { status } = spawnSync(COMMAND, ['ingest', '--dry-run', share, '--data', join(folder, 'none')], {
    env: { ...process.env, TMPDIR: own },
    stdio: 'ignore',
  });
  expect(status).toBe(0);
  expect(readdirSync(own)).toEqual([]);
});

test('refuses what ingest refuses', async () => {
  await expect(forecasts([join(folder, 'no-such')])).rejects.toMatchObject({ code: 'not-found' });
  await expect(forecasts([folder], { format: 'telepathy' })).rejects.toMatchObject({
    code: 'unknown-format',
  });
});
