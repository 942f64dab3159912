import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdfast } from './command-line.ts';

const COMMAND = join(import.meta.dirname, '../../bin/holdfast');
const KILLS = Number(process.env.HOLDFAST_TEST_KILLS ?? 20);
const FILES = 24;
const PER_FILE = 250;

const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-'));
const data = join(folder, 'archive');
const input = join(folder, 'input');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files of messages in ten conversations, every twentieth message in the next file again. */
function writeInput(): void {
  mkdirSync(input);
  for (let file = 0; file < FILES; file++) {
    const lines: string[] = [];
    for (let n = 0; n < PER_FILE; n++) {
      const number = file * PER_FILE + n - (n === 0 && file > 0 ? 1 : 0);
      const at = new Date(Date.UTC(2016, 3, 5) + number * 1_000).toISOString();
      lines.push(
        JSON.stringify({
          id: `m${number}`,
          network: 'slack',
          conversation: `room-${number % 10}`,
          from: `trader${number % 7}@desk.example`,
          at,
          text: `message number ${number} about cedar`,
        }),
      );
    }
    writeFileSync(join(input, `part-${file}.ndjson`), lines.join('\n'));
  }
}
const DISTINCT = FILES * PER_FILE - (FILES - 1);

/** Runs `ingest`, and kills it after `after` ms where that is given and it has not ended by then. */
async function ingestAndKill(archive: string, after?: number): Promise<{ killed: boolean; ms: number }> {
  const began = performance.now();
  const child = spawn(COMMAND, ['ingest', input, '--data', archive], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const timer = after === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), after);
  const [, signal] = await ended;
  clearTimeout(timer);
  return { killed: signal === 'SIGKILL', ms: performance.now() - began };
}

test(`nothing is lost and nothing sealed twice when ingest is killed ${KILLS} times`, async () => {
  writeInput();
  const scratch = join(folder, 'scratch');
  expect((await holdfast(['init', '--data', scratch])).code).toBe(0);
  const whole = await ingestAndKill(scratch);
  expect((await holdfast(['init', '--data', data])).code).toBe(0);
  const seen = new Set<string>();
  let killed = 0;
  for (let i = 0; i < KILLS; i++) {
    // From before the archive is open to after the last commit, however fast this machine is.
    const share = 0.2 + (0.8 * ((i * 7) % KILLS)) / KILLS;
    const ended = await ingestAndKill(data, whole.ms * share);
    if (ended.killed) killed++;
    const checkpoint = join(data, 'vault/ledger/m0/checkpoint');
    if (existsSync(checkpoint)) seen.add(readFileSync(checkpoint, 'utf8'));
  }
  expect(killed).toBeGreaterThan(0);

  const last = await holdfast(['ingest', input, '--data', data, '--json']);
  expect(last.err.join('\n') + last.code).toMatch(/0$/);
  const count = await holdfast(['search', 'cedar', '--count', '--data', data, '--json']);
  expect(JSON.parse(count.out.join(''))).toMatchObject({ total: DISTINCT });

  const checkpoints = join(folder, 'checkpoints');
  mkdirSync(checkpoints);
  for (const [i, note] of [...seen].entries()) writeFileSync(join(checkpoints, `m0-${i}`), note);
  const verified = await holdfast(['verify', '--data', data, '--against', checkpoints, '--json']);
  expect(JSON.parse(verified.out.join(''))).toMatchObject({
    ok: true,
    faults: [],
    checked: { events: DISTINCT, pendingReceipts: 0, outsideHeads: seen.size },
  });
});
