import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { peekCheckpoint } from '../../../src/core/ledger/checkpoint.ts';
import { leafValues } from '../../../src/core/ledger/commit.ts';
import { sameBytes } from '../../../src/core/ledger/read.ts';
import { EMPTY_EDGE, edgeRoot, growTree } from '../../../src/core/ledger/tiles.ts';
import { commitsOf, recordsOf } from '../records.ts';
import { messageEvent, openWorkshop, type Workshop } from '../workshop.ts';

/** More by the environment, for a long soak. */
const KILLS = Number(process.env.HOLDFAST_TEST_KILLS ?? 20);
const SCRIPT = new URL('../sealing-process.ts', import.meta.url).pathname;

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop.dispose());

function startProcess(
  from: number,
  until: number | null,
): { child: ChildProcess; carried: () => number; said: () => string } {
  const task = {
    folder: workshop.folder,
    identity: workshop.identity,
    keys: workshop.keys,
    from,
    until,
    step: randomInt(1, 400),
  };
  const child = spawn(process.execPath, [SCRIPT], {
    env: { ...process.env, HOLDFAST_TEST_SEALING: JSON.stringify(task) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let said = '';
  child.stdout?.on('data', (chunk) => {
    out += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    said += String(chunk);
  });
  return { child, carried: () => Number(out.split('\n').at(-2) ?? from), said: () => said };
}

test(`after ${KILLS} kills at random moments every event carried is sealed once, and every checkpoint seen was true`, async () => {
  await workshop.found();
  let carried = 0;
  const seen: string[] = [];
  for (let kills = 0; kills < KILLS; kills++) {
    const run = startProcess(carried, null);
    // From before it has opened anything to the middle of its work.
    const before = carried;
    if (kills % 4 !== 0) while (run.carried() === before && run.child.exitCode === null) await sleep(5);
    await sleep(randomInt(0, 250));
    run.child.kill('SIGKILL');
    await once(run.child, 'close');
    expect(run.said()).toBe('');
    carried = run.carried();
    const checkpoint = await workshop.vault.get('ledger/m0/checkpoint');
    if (checkpoint !== undefined) seen.push(Buffer.from(checkpoint).toString());
  }
  const last = startProcess(carried, carried + 100);
  const [code] = await once(last.child, 'close');
  expect([code, last.said()]).toEqual([0, '']);

  const ids = (await recordsOf(workshop.vault, 'm0')).map(({ record }) => ('id' in record ? record.id : ''));
  expect(new Set(ids).size).toBe(ids.length);
  // What was appended and not acknowledged may be there too: then as a run of what came next.
  const expected = Array.from({ length: carried + 100 }, (_, i) => messageEvent(i).id);
  const sealed = new Set(ids);
  expect(expected.filter((id) => !sealed.has(id))).toEqual([]);

  const commits = await commitsOf(workshop.vault, 'm0');
  let edge = EMPTY_EDGE;
  const roots = new Map<number, Uint8Array>();
  for (const commit of commits) {
    edge = growTree(edge, leafValues(commit)).edge;
    roots.set(edge.size, edgeRoot(edge));
  }
  for (const note of [...seen, ...commits.map(({ checkpoint }) => checkpoint)]) {
    const checkpoint = peekCheckpoint(note);
    if (!checkpoint.ok) throw new Error('a checkpoint cannot be read');
    const { size, root } = checkpoint.value;
    expect(sameBytes(roots.get(size) ?? new Uint8Array(), root)).toBe(true);
  }
  expect(commits.at(-1)?.sizeAfter).toBe(ids.length);
  await workshop.expectVerified();
});
