import { readFile, rm } from 'node:fs/promises';
import { openReader } from '../../../src/archive/read/open-reader.ts';
import type { ArchiveReader } from '../../../src/archive/reader.ts';
import { commitBytes, parseCommit } from '../../../src/core/ledger/commit.ts';
import { FolderVault } from '../../../src/engines/embedded/folder-vault.ts';
import { rewriteLog } from '../verify/rewrite.ts';
import { openSealedArchive, overwrite, type SealedArchive } from '../verify/sealed-archive.ts';

let archive: SealedArchive;
beforeEach(async () => {
  archive = await openSealedArchive();
  await archive.add('a', 300);
  await archive.add('b', 300);
});
afterEach(() => archive.workshop.dispose());

/** A reader that has cached nothing. */
const fresh = (): Promise<ArchiveReader> => openReader(new FolderVault(archive.workshop.vault.root));
const DAMAGED = { code: 'damaged-archive', hint: expect.stringContaining('verify') };

test('a record of a segment that was changed, or is gone, is refused, and others are still read', async () => {
  const reader = await fresh();
  const commits = await Array.fromAsync(reader.commits('m0'));
  const [segment] = commits.find(({ sizeAfter }) => sizeAfter === 602)?.segments ?? [];
  const name = `segments/${segment?.class}/${segment?.quarter}/${segment?.digest}`;
  await archive.flip(name);
  await expect((await fresh()).record('m0/600')).rejects.toMatchObject(DAMAGED);
  await expect((await fresh()).record('m0/10')).resolves.toMatchObject({ leaf: 10 });
  await rm(archive.path(name));
  await expect(Array.fromAsync((await fresh()).scan('m0', 590, 602))).rejects.toMatchObject(DAMAGED);
});

test('a commit that was changed is refused', async () => {
  const name = 'ledger/m0/commits/000000000001';
  // In the checkpoint, twice, and in the leaf values. (Dedup keys are vouched for by the next commit alone.)
  const leaves = (await readFile(archive.path(name), 'latin1')).indexOf('"leaves":"') + 1_000;
  for (const at of [10, 100, leaves]) {
    await archive.flip(name, at);
    await expect((await fresh()).record('m0/10')).rejects.toMatchObject(DAMAGED);
    await archive.flip(name, at);
  }
  await expect((await fresh()).record('m0/10')).resolves.toMatchObject({ leaf: 10 });
});

test('a record rewritten together with segment and commit is refused: the checkpoint signs other leaves', async () => {
  const name = 'ledger/m0/commits/000000000001';
  const genuine = await readFile(archive.path(name));
  const read = parseCommit(genuine, 'm0', 1);
  if (!read.ok) throw new Error(read.why);
  await rewriteLog(archive, 'm0', (sealed) =>
    sealed.leaf === 10 && sealed.type === 'event'
      ? { ...sealed, record: { ...sealed.record, text: 'as if' } }
      : sealed,
  );
  const forged = parseCommit(await readFile(archive.path(name)), 'm0', 1);
  if (!forged.ok) throw new Error(forged.why);
  // The forger has no key: the checkpoint is the one that was signed for the genuine leaves.
  await overwrite(archive.path(name), commitBytes({ ...forged.value, checkpoint: read.value.checkpoint }));
  await expect((await fresh()).record('m0/10')).rejects.toMatchObject(DAMAGED);
});

test('no proof is given from a tile that was changed', async () => {
  await archive.flip('ledger/m0/tile/0/001');
  const reader = await fresh();
  await expect(reader.proof('m0/300')).rejects.toMatchObject(DAMAGED);
});
