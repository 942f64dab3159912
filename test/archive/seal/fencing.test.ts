import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ArchiverEvent } from '../../../src/archive/seal/archiver.ts';
import { commitBytes, commitName } from '../../../src/core/ledger/commit.ts';
import { commitsOf, recordsOf } from '../records.ts';
import { carried, messageEvent, openWorkshop, type Workshop } from '../workshop.ts';
import { wrapVault } from '../wrapped.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop.dispose());

const messages = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => carried(messageEvent(from + i)));

/** Every message sealed once, in commits that follow each other in the stream and name one another. */
async function expectSealedOnce(count: number): Promise<void> {
  const ids = (await recordsOf(workshop.vault, 'm0')).map(({ record }) => ('id' in record ? record.id : ''));
  expect([...ids].sort()).toEqual(Array.from({ length: count }, (_, i) => messageEvent(i).id).sort());
  let to = 0;
  for (const commit of await commitsOf(workshop.vault, 'm0')) {
    expect(commit.from).toBe(to);
    to = commit.to;
  }
  expect(to).toBe(count);
}

test('of two archivers the one that comes second is fenced, says so, and goes on where the other ended', async () => {
  const first = workshop.archiver();
  const second = workshop.archiver();
  expect(await first.archiver.assigned('m0')).toEqual({ next: 0, last: null });
  expect(await second.archiver.assigned('m0')).toEqual({ next: 0, last: null });
  expect(await first.archiver.batch('m0', { from: 0, messages: messages(0, 5) })).toBe(5);
  expect(await second.archiver.batch('m0', { from: 0, messages: messages(0, 8) })).toBe(5);
  expect(second.events.at(-1)).toMatchObject({ kind: 'fenced', log: 'm0', next: 5 });
  expect(await second.archiver.batch('m0', { from: 5, messages: messages(5, 8) })).toBe(8);
  expect(await first.archiver.batch('m0', { from: 5, messages: messages(5, 6) })).toBe(8);
  expect(
    await first.archiver.batch('m0', { from: 8, messages: [...messages(0, 8), ...messages(8, 9)] }),
  ).toBe(17);
  await Promise.all([first.archiver.released('m0'), second.archiver.released('m0')]);
  expect(await recordsOf(workshop.vault, 'm0')).toHaveLength(9);
});

test('the checkpoint shows the newest commit in the end, though an archiver that was overtaken writes late', async () => {
  let release = (): void => {};
  let held = Promise.resolve();
  const vault = wrapVault(workshop.vault, {
    async publish(name, bytes) {
      await held;
      await workshop.vault.publish(name, bytes);
    },
  });
  const late = workshop.archiver({ vault });
  await late.archiver.assigned('m0');
  held = new Promise((resolve) => {
    release = resolve;
  });
  await late.archiver.batch('m0', { from: 0, messages: messages(0, 1) });
  const other = workshop.archiver();
  await other.archiver.assigned('m0');
  await other.archiver.batch('m0', { from: 1, messages: messages(1, 2) });
  await other.archiver.released('m0');
  release();
  await late.archiver.released('m0');
  const newest = (await commitsOf(workshop.vault, 'm0')).at(-1)?.checkpoint;
  expect(Buffer.from((await workshop.vault.get('ledger/m0/checkpoint')) ?? '').toString()).toBe(newest);
});

test('a commit that does not extend the last one is an incident, and nothing is sealed after it', async () => {
  const { archiver } = workshop.archiver();
  await archiver.assigned('m0');
  await archiver.batch('m0', { from: 0, messages: messages(0, 5) });
  const [, commit] = await commitsOf(workshop.vault, 'm0');
  if (commit === undefined) throw new Error('there is no commit');
  const foreign = commitBytes({ ...commit, n: 2, previous: '0'.repeat(64) });
  await workshop.vault.put([{ name: commitName('m0', 2), bytes: foreign }]);
  await expect(archiver.batch('m0', { from: 5, messages: messages(5, 8) })).rejects.toMatchObject({
    code: 'incident-fork',
  });
});

test('an answer that was lost is read back: the commit that is there is ours', async () => {
  for (const kept of [true, false]) {
    let failures = 1;
    const vault = wrapVault(workshop.vault, {
      async put(objects) {
        const isCommit = objects.some(({ name }) => name.includes('/commits/'));
        if (kept || !isCommit) await workshop.vault.put(objects);
        if (isCommit && failures-- > 0) throw new Error('the answer was lost');
        return await workshop.vault.put(objects);
      },
    });
    const { archiver, events } = workshop.archiver({ vault });
    const start = await archiver.assigned('m0').catch(() => archiver.assigned('m0'));
    failures = 1;
    const batch = { from: start.next, messages: messages(start.next, start.next + 3) };
    if (kept) expect(await archiver.batch('m0', batch)).toBe(start.next + 3);
    else await expect(archiver.batch('m0', batch)).rejects.toThrow('the answer was lost');
    expect(events.filter(({ kind }) => kind === 'fenced')).toEqual([]);
    await archiver.released('m0');
  }
  await workshop.stream.append('m0', messages(0, 3));
  await workshop.sealAll();
  await expectSealedOnce(3);
});

test('two archivers in one process seal everything once between them', async () => {
  const archivers = [workshop.archiver(), workshop.archiver()];
  await workshop.stream.append('m0', messages(0, 300));
  await Promise.all(
    archivers.map(async ({ archiver }, which) => {
      let { next } = await archiver.assigned('m0');
      while (next < 300)
        next = await archiver.batch('m0', {
          from: next,
          messages: messages(next, Math.min(300, next + 7 + which)),
        });
      await archiver.released('m0');
    }),
  );
  const fenced = archivers.flatMap(({ events }) =>
    events.filter(({ kind }: ArchiverEvent) => kind === 'fenced'),
  );
  expect(fenced.length).toBeGreaterThan(0);
  await expectSealedOnce(300);
});

test('two archivers in two processes seal everything once between them', async () => {
  await workshop.stream.append('m0', messages(0, 2_000));
  const script = new URL('../archiver-process.ts', import.meta.url).pathname;
  const children = [0, 1].map((which) =>
    fork(script, [], {
      execArgv: [],
      env: {
        ...process.env,
        HOLDFAST_TEST_ARCHIVER: JSON.stringify({
          folder: workshop.folder,
          cache: join(workshop.folder, `child-${which}`),
          identity: workshop.identity,
          keys: workshop.keys,
          until: 2_000,
          step: 23 + which,
        }),
      },
    }),
  );
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
  expect(codes).toEqual([0, 0]);
  await expectSealedOnce(2_000);
  await workshop.found();
  await workshop.sealAll();
  await workshop.expectVerified();
});
