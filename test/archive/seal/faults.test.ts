import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { peekCheckpoint } from '../../../src/core/ledger/checkpoint.ts';
import { leafValues } from '../../../src/core/ledger/commit.ts';
import { EMPTY_EDGE, edgeTiles, growTree } from '../../../src/core/ledger/tiles.ts';
import { FolderVault } from '../../../src/engines/embedded/folder-vault.ts';
import { type Fault, FaultyFileSystem } from '../../engines/embedded/faulty-file-system.ts';
import { commitsOf, recordsOf } from '../records.ts';
import { BUCKET, carried, messageEvent, openWorkshop, type Workshop } from '../workshop.ts';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await openWorkshop();
});
afterEach(() => workshop.dispose());

/** Three batches: two buckets, a tile that fills, a duplicate, something unreadable. */
const BATCHES = [
  Array.from({ length: 5 }, (_, i) =>
    carried(messageEvent(i), { ...BUCKET, quarter: i % 2 === 0 ? '2026Q1' : '2025Q4' }),
  ),
  Array.from({ length: 256 }, (_, i) => carried(messageEvent(5 + i))),
  [carried(messageEvent(0)), 'unreadable', carried(messageEvent(261))],
];
const ALL = BATCHES.flat();

/** Seals what is missing, batch by batch as the stream would; answers what was acknowledged before it failed. */
async function seal(
  vault: FolderVault,
  acknowledged: { to: number },
  lastBatch = BATCHES.length,
): Promise<void> {
  const { archiver } = workshop.archiver({ vault });
  let { next } = await archiver.assigned('m0');
  let end = 0;
  for (const batch of BATCHES.slice(0, lastBatch)) {
    end += batch.length;
    if (next >= end) continue;
    next = await archiver.batch('m0', { from: next, messages: ALL.slice(next, end) });
    acknowledged.to = next;
  }
  await archiver.idle('m0');
  await archiver.released('m0');
}

/** The whole log is right: records once, commits in line, tiles and checkpoint what the commits determine. */
async function expectWhole(vault: FolderVault): Promise<void> {
  const records = await recordsOf(vault, 'm0');
  const ids = records.flatMap(({ type, record }) => (type === 'event' && 'id' in record ? [record.id] : []));
  expect([...ids].sort()).toEqual(Array.from({ length: 262 }, (_, i) => messageEvent(i).id).sort());
  expect(records.filter(({ type }) => type === 'reject')).toHaveLength(1);
  const commits = await commitsOf(vault, 'm0');
  const { edge, completed } = growTree(
    EMPTY_EDGE,
    Buffer.concat(commits.map((commit) => leafValues(commit))),
  );
  for (const { name, bytes } of [...completed, ...edgeTiles(edge)]) {
    expect(Buffer.compare((await vault.get(`ledger/m0/${name}`)) ?? Buffer.of(), bytes)).toBe(0);
  }
  const newest = commits.at(-1);
  expect(newest?.to).toBe(ALL.length);
  const checkpoint = Buffer.from((await vault.get('ledger/m0/checkpoint')) ?? '').toString();
  expect(checkpoint).toBe(newest?.checkpoint);
  expect(peekCheckpoint(checkpoint)).toMatchObject({ ok: true, value: { size: records.length } });
}

/** Fails call number `at`, recovers, and checks everything; false when there was no such call. */
async function survives(at: number, how: Fault['how']): Promise<boolean> {
  const root = join(workshop.folder, `${how}-${at}`);
  const files = new FaultyFileSystem({ at, how });
  const acknowledged = { to: 0 };
  const error: unknown = await seal(new FolderVault(root, files), acknowledged).catch(
    (thrown: unknown) => thrown,
  );
  if (error !== undefined) expect(error).toMatchObject({ code: 'storage-failed' });
  if (how === 'power') await files.losePower();
  const vault = new FolderVault(root);
  expect((await commitsOf(vault, 'm0')).at(-1)?.to ?? 0).toBeGreaterThanOrEqual(acknowledged.to);
  await seal(vault, acknowledged);
  await expectWhole(vault);
  await rm(root, { recursive: true });
  return files.struck;
}

test.each(['lost', 'kept', 'power'] as const)(
  'whichever call to the disk fails, what was acknowledged is there and the archive recovers (%s)',
  async (how) => {
    // Most of the time goes to syncing: several at once share it.
    let next = 0;
    let isOver = false;
    const lane = async (): Promise<void> => {
      while (!isOver) if (!(await survives(next++, how))) isOver = true;
    };
    await Promise.all(Array.from({ length: 6 }, lane));
    expect(next).toBeGreaterThan(100);
  },
);

test('a disk that fills up refuses, says so, and goes on once there is room', async () => {
  const root = join(workshop.folder, 'full');
  const acknowledged = { to: 0 };
  await seal(new FolderVault(root), acknowledged, 1);
  const full = new FaultyFileSystem({ at: 0, how: 'power' }, 'ENOSPC');
  await expect(seal(new FolderVault(root, full), acknowledged)).rejects.toMatchObject({
    code: 'storage-full',
  });
  await seal(new FolderVault(root), acknowledged);
  await expectWhole(new FolderVault(root));
});
