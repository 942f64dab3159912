import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdfast } from './command-line.ts';
import { writeMessages } from './messages.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-generations-'));
const data = join(folder, 'archive');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const messages = (file: string, count: number): string => writeMessages(folder, file, 'hazel', count);

async function json(argv: readonly string[]): Promise<unknown> {
  const answer = await holdfast([...argv, '--json']);
  expect(answer.err.filter((line) => line.includes('['))).toEqual([]);
  expect(answer.code).toBe(0);
  return JSON.parse(answer.out.join(''));
}

beforeAll(async () => {
  await json(['init', '--data', data]);
  await json(['ingest', messages('one.ndjson', 30), '--data', data]);
});

test('a person opens the next generation of a log, and what was sealed is not sealed again', async () => {
  expect(await json(['open-generation', 'm0', '--data', data])).toEqual({ opened: ['m0.2'] });
  expect(await json(['ingest', messages('one.ndjson', 31), '--data', data])).toMatchObject({
    sealed: 1,
    duplicates: 30,
  });
  expect(await json(['search', 'hazel', '--count', '--data', data])).toMatchObject({ total: 31 });
  expect(await json(['verify', '--data', data])).toMatchObject({ ok: true });
});

test('a stream that was wiped opens the next generation of every log by itself', async () => {
  for (const end of ['', '-wal', '-shm']) rmSync(join(data, `stream.db${end}`), { force: true });
  expect(await json(['ingest', messages('two.ndjson', 10), '--data', data])).toMatchObject({ sealed: 10 });
  const status = (await json(['status', '--data', data])) as { logs: { log: string }[] };
  expect(status.logs.map(({ log }) => log)).toEqual(expect.arrayContaining(['m0.3', 'control.2', 'audit.2']));
  expect(await json(['verify', '--data', data])).toMatchObject({ ok: true });
});

test('a backup is restored into the next generation, and goes on from there', async () => {
  const backup = join(folder, 'backup');
  const restored = join(folder, 'restored');
  expect((await holdfast(['backup', '--out', backup, '--with-keys', '--data', data])).code).toBe(0);
  expect(await json(['restore', backup, '--data', restored])).toMatchObject({
    restored: true,
    readOnly: false,
  });
  expect(await json(['ingest', messages('two.ndjson', 12), '--data', restored])).toMatchObject({
    sealed: 2,
    duplicates: 10,
  });
  expect(await json(['search', 'hazel', '--count', '--data', restored])).toMatchObject({ total: 43 });
  expect(
    await json(['verify', restored, '--against', join(backup, 'vault/ledger/m0/checkpoint')]),
  ).toMatchObject({ ok: true });
});

test('a backup without keys is restored for reading only', async () => {
  const backup = join(folder, 'backup-without-keys');
  const restored = join(folder, 'restored-without-keys');
  await json(['backup', '--out', backup, '--data', data]);
  expect(await json(['restore', backup, '--data', restored])).toMatchObject({ readOnly: true, logs: [] });
  expect(await json(['verify', restored])).toMatchObject({ ok: true });
});

describe('an archive whose index was lost', () => {
  const lose = (): void => rmSync(join(data, 'index'), { recursive: true });

  test('is never searched in part without saying so', async () => {
    lose();
    const answer = await holdfast(['search', 'hazel', '--count', '--json', '--data', data]);
    const { total, notIndexed } = JSON.parse(answer.out.join('')) as { total: number; notIndexed: number };
    expect(total === 41 || notIndexed > 0).toBe(true);
    expect(answer.err.some((line) => line.includes('not indexed yet'))).toBe(notIndexed > 0);
  });

  test('has all generations indexed again before the command ends', async () => {
    lose();
    await json(['status', '--data', data]);
    expect(await json(['search', 'hazel', '--count', '--data', data])).toMatchObject({
      total: 41,
      notIndexed: 0,
    });
  });

  test('is exported whole', async () => {
    lose();
    const out = join(folder, 'report');
    expect(await json(['export', '--query', 'hazel', '--out', out, '--data', data])).toMatchObject({
      records: 41,
    });
  });
});
