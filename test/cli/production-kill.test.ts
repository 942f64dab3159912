/** Productions whose process is killed at any moment and started again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unsignedBundle } from '../export/unsigned.ts';
import { type Answer, holdfast } from './command-line.ts';

const COMMAND = join(import.meta.dirname, '../../bin/holdfast');
const KILLS = Number(process.env.HOLDFAST_TEST_KILLS ?? 6);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-production-kill-'));
const data = join(folder, 'archive');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]): Promise<Answer> => holdfast([...argv, '--data', data]);

async function done(...argv: string[]): Promise<Record<string, unknown>[]> {
  const answer = await run(...argv, '--json');
  expect([argv, answer.code, answer.err.filter((line) => line.includes('['))]).toEqual([argv, 0, []]);
  return answer.out.map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Runs a command in a process of its own, and kills it after `after` ms where that is given and it has not ended by then. */
async function killed(argv: readonly string[], after?: number): Promise<{ killed: boolean; ms: number }> {
  const began = performance.now();
  const child = spawn(COMMAND, [...argv, '--data', data], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const timer = after === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), after);
  const [, signal] = await ended;
  clearTimeout(timer);
  return { killed: signal === 'SIGKILL', ms: performance.now() - began };
}

/** From before the archive is open to after the last write, however fast this machine is. */
const moments = (whole: number): number[] =>
  Array.from({ length: KILLS }, (_, i) => whole * (0.3 + (0.75 * ((i * 5) % KILLS)) / KILLS));

const create = (name: string): string[] => [
  'production',
  'create',
  name,
  '--matter=coffee',
  '--query=cedar',
  '--volume=VOL001',
  '--prefix=BR',
  `--attempt=attempt-${name}`,
];

beforeAll(async () => {
  expect((await run('init')).code).toBe(0);
  const lines = Array.from({ length: 400 }, (_, n) =>
    JSON.stringify({
      id: `m${n}`,
      network: 'slack',
      conversation: `room-${n % 5}`,
      from: `trader${n % 7}@desk.example`,
      at: new Date(Date.UTC(2016, 3, 5) + n * 60_000).toISOString(),
      text: `message number ${n} about cedar`,
    }),
  );
  writeFileSync(join(folder, 'chat.ndjson'), lines.join('\n'));
  await done('ingest', join(folder, 'chat.ndjson'), '--format=ndjson');
  await done('matter', 'open', 'coffee', '--reference=HO-1', '--zone=UTC');
});

test('one that is made again after its making was killed is there once, and no number is used twice', async () => {
  const whole = await killed(create('whole'));
  let kills = 0;
  for (const [i, after] of moments(whole.ms).entries()) {
    if ((await killed(create(`p${i}`), after)).killed) kills++;
    const [made] = await done(...create(`p${i}`));
    expect(made).toMatchObject({ production: `p${i}`, records: { total: 400 } });
  }
  expect(kills).toBeGreaterThan(0);
  const all = (await done('production', 'list')) as unknown as {
    first: string;
    last: string;
    pages: number;
  }[];
  expect(all).toHaveLength(KILLS + 1);
  const numberOf = (bates: string): number => Number(bates.slice(2));
  let next = 1;
  for (const { first, last, pages } of all.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    // Each goes on where the one before ends: what was killed has taken no number with it.
    expect([numberOf(first), numberOf(last)]).toEqual([next, next + pages - 1]);
    next += pages;
  }
});

test('one whose rendering is killed leaves nothing under its name, and comes out the same in the end', async () => {
  const out = join(folder, 'killed');
  const render = ['production', 'render', 'whole', '--out', out];
  const whole = await killed(['production', 'render', 'whole', '--out', join(folder, 'undisturbed')]);
  let kills = 0;
  for (const after of moments(whole.ms)) {
    if ((await killed(render, after)).killed) kills++;
    // Under the right name there is all of it, or nothing.
    if (!existsSync(out)) continue;
    expect((await run('verify', out)).code).toBe(0);
    expect(unsignedBundle(out)).toEqual(unsignedBundle(join(folder, 'undisturbed')));
    rmSync(out, { recursive: true });
  }
  expect(kills).toBeGreaterThan(0);
  await done(...render);
  expect((await run('verify', out)).code).toBe(0);
  expect(unsignedBundle(out)).toEqual(unsignedBundle(join(folder, 'undisturbed')));
  expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  expect((await run('verify')).code).toBe(0);
});
