import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openWorkplace } from '../../src/export/bundle/workplace.ts';

const PROGRAM = fileURLToPath(new URL('./workplace-process.ts', import.meta.url));
const [FIRST, SECOND, THIRD] = ['000000000001', '000000000002', '000000000003'] as const;

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-workplace-'));
  out = join(folder, 'bundle');
});
afterEach(() => rm(folder, { recursive: true }));

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Another process that is exporting to `out`. */
async function exporting(nonce: string): Promise<{ kill(): Promise<void> }> {
  const child = spawn(process.execPath, [PROGRAM, out, nonce], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return {
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('what a killed export left is removed by the next one to the same place', async () => {
  await (await exporting(FIRST)).kill();
  expect((await readdir(folder)).sort()).toEqual([
    `.bundle.${FIRST}.partial`,
    `.bundle.${FIRST}.partial.lock`,
  ]);
  const next = await openWorkplace(out, SECOND);
  expect((await readdir(folder)).sort()).toEqual([
    `.bundle.${SECOND}.partial`,
    `.bundle.${SECOND}.partial.lock`,
  ]);
  await next.release();
  expect(await readdir(folder)).toEqual([]);
});

test('what another process is writing is left to it, and so is what is only named alike', async () => {
  const other = await exporting(FIRST);
  const ours = await openWorkplace(out, SECOND);
  await mkdir(join(folder, '.bundle.mine.partial'));
  await writeFile(join(folder, '.bundle.mine.partial.lock'), '');
  await mkdir(join(folder, `.bundle.${'a'.repeat(12)}.partial`));
  await (await openWorkplace(out, THIRD)).release();
  await (await openWorkplace(join(folder, 'other'), THIRD)).release();
  const left = await readdir(folder);
  expect(left.filter((name) => name.endsWith('.partial')).sort()).toEqual([
    `.bundle.${FIRST}.partial`,
    `.bundle.${SECOND}.partial`,
    `.bundle.${'a'.repeat(12)}.partial`,
    '.bundle.mine.partial',
  ]);
  await ours.release();
  await other.kill();
});
