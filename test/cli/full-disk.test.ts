import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMMAND = join(dirname(fileURLToPath(import.meta.url)), '../../bin/holdfast');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-full-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=10m', 'holdfast-test', folder]).status === 0;
const testOnDisk = mounted ? test : test.skip;
const data = join(folder, 'archive');
const input = join(mkdtempSync(join(tmpdir(), 'holdfast-lines-')), 'lines.ndjson');
afterAll(() => {
  if (mounted) spawnSync('umount', [folder]);
  for (const path of [folder, dirname(input)]) rmSync(path, { recursive: true, force: true });
});

/** Each in a process of its own: what is asked is that it ends. */
const run = (...argv: string[]) => spawnSync(COMMAND, [...argv, '--data', data], { encoding: 'utf8' });

testOnDisk(
  mounted
    ? 'on a full disk every command ends with what to do, and once there is room all goes on'
    : 'on a full disk every command ends with what to do (skipped: this process may not mount one)',
  () => {
    const lines = Array.from({ length: 30_000 }, (_, i) =>
      JSON.stringify({
        id: `k${i}`,
        network: 'slack',
        conversation: { id: `C${i % 7}`, kind: 'room' },
        from: `u${i % 50}@desk.example`,
        at: new Date(1_700_000_000_000 + i * 1000).toISOString(),
        text: `hello ${i}`,
      }),
    );
    writeFileSync(input, `${lines.join('\n')}\n`);
    expect(run('init').status).toBe(0);
    for (const argv of [['ingest', input], ['status'], ['search', 'hello']]) {
      const { status, stderr } = run(...argv);
      expect([argv[0], status, stderr]).toEqual([argv[0], 1, expect.stringContaining('[storage-full]')]);
      expect(stderr).not.toContain('    at ');
    }
    expect(spawnSync('mount', ['-o', 'remount,size=200m', folder]).status).toBe(0);
    expect(run('ingest', input).status).toBe(0);
    expect(run('search', 'hello', '--count', '--json').stdout).toContain('"total":30000');
    expect(run('verify').status).toBe(0);
  },
);
