import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claim, ownerOf } from '../../src/assembly/claim.ts';
import { hold, runThroughHolder } from '../../src/assembly/holder.ts';
import type { Io } from '../../src/cli/io.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'holdfast-claim-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

function recorder(): Io & { lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    out: (line) => lines.push(`out ${line}`),
    err: (line) => lines.push(`err ${line}`),
    transient: () => {},
    drained: async () => {},
  };
}

describe('the claim on a folder', () => {
  test('is refused while another has it, and free after', () => {
    const first = claim(data);
    expect(first).toBeDefined();
    expect(claim(data)).toBeUndefined();
    first?.announce(4711);
    expect(ownerOf(data)?.port).toBe(4711);
    first?.release();
    expect(ownerOf(data)).toBeUndefined();
    const second = claim(data);
    expect(second).toBeDefined();
    second?.release();
  });

  test('is freed by the system when its process is killed', async () => {
    const script = `
      const { claim } = await import(${JSON.stringify(new URL('../../src/assembly/claim.ts', import.meta.url).href)});
      claim(${JSON.stringify(data)}); console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(claim(data)).toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const mine = claim(data);
    expect(mine).toBeDefined();
    mine?.release();
  });
});

describe('the holder', () => {
  const token = 'a'.repeat(64);
  const command = { argv: ['search', 'x'], cwd: '/', actor: 'os:a@b' };

  test('runs a command for another process and relays what it prints and its exit code', async () => {
    const holder = await hold(token, async (given, io) => {
      io.out(given.argv.join(' '));
      io.err('prose');
      return 3;
    });
    const io = recorder();
    const owner = { pid: 1, port: holder.port, token };
    await expect(runThroughHolder(owner, command, io, new AbortController().signal)).resolves.toBe(3);
    expect(io.lines).toEqual(['out search x', 'err prose']);
    await holder.close();
  });

  test('refuses a caller without the token', async () => {
    const holder = await hold(token, async () => 0);
    const owner = { pid: 1, port: holder.port, token: 'b'.repeat(64) };
    await expect(
      runThroughHolder(owner, command, recorder(), new AbortController().signal),
    ).resolves.toBeUndefined();
    await holder.close();
  });

  test('answers undefined when nobody listens', async () => {
    const holder = await hold(token, async () => 0);
    await holder.close();
    const owner = { pid: 1, port: holder.port, token };
    await expect(
      runThroughHolder(owner, command, recorder(), new AbortController().signal),
    ).resolves.toBeUndefined();
  });

  test('ends the commands in work before it closes', async () => {
    let ended = false;
    const holder = await hold(token, async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      ended = true;
      return 0;
    });
    const owner = { pid: 1, port: holder.port, token };
    const answer = runThroughHolder(owner, command, recorder(), new AbortController().signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await holder.close();
    expect(ended).toBe(true);
    await expect(answer).resolves.toBe(0);
  });
});
