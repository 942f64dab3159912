import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdfast } from './command-line.ts';
import { writeMessages } from './messages.ts';

const COMMAND = join(import.meta.dirname, '../../bin/holdfast');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-holder-'));
const data = join(folder, 'archive');
let service: ChildProcess | undefined;

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const child = spawn(COMMAND, ['start', '--port', '0', '--data', data], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  service = child;
  child.stderr.setEncoding('utf8');
  for await (const text of child.stderr) if (String(text).includes('ready')) return;
  throw new Error('the service ended before it was ready');
}

async function stop(): Promise<number | null> {
  const child = service;
  if (child === undefined) return null;
  service = undefined;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await ended;
  return code as number | null;
}

const messages = (file: string, count: number): string => writeMessages(folder, file, 'walnut', count);

test('a service that holds the archive runs the commands of other processes, all at once', async () => {
  expect((await holdfast(['init', '--data', data])).code).toBe(0);
  await start();
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      holdfast(['ingest', messages(`part-${i}.ndjson`, 50), '--data', data, '--json']),
    ),
  );
  for (const { code, out } of answers) {
    expect(code).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject({ units: 50, events: 50, sealed: 50 });
  }
  const count = await holdfast(['search', 'walnut', '--count', '--data', data, '--json']);
  expect(JSON.parse(count.out.join(''))).toMatchObject({ total: 300 });
  const verified = await holdfast(['verify', '--data', data, '--json']);
  expect(JSON.parse(verified.out.join(''))).toMatchObject({ ok: true });
  expect(await stop()).toBe(0);
});

test('commands that start at the same moment without a service take turns or share one holder', async () => {
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => holdfast(['search', 'walnut', '--count', '--data', data, '--json'])),
  );
  for (const { out } of answers) expect(JSON.parse(out.join(''))).toMatchObject({ total: 300 });
});

test('a second service is refused with the process that has the archive', async () => {
  await start();
  const second = await holdfast(['start', '--port', '0', '--data', data]);
  expect(second.code).toBe(1);
  expect(second.err.join('\n')).toContain('[archive-held]');
  await stop();
});
