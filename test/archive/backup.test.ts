import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeOf } from '../../src/archive/acts.ts';
import { backupArchive } from '../../src/archive/backup.ts';
import { openReader } from '../../src/archive/read/open-reader.ts';
import { openRestoredLogs, restoreVault } from '../../src/archive/restore.ts';
import { Archiver } from '../../src/archive/seal/archiver.ts';
import { readOutsideCheckpoints } from '../../src/archive/verify/against.ts';
import { verifyArchive } from '../../src/archive/verify/verify.ts';
import { baseLogs } from '../../src/core/logs.ts';
import { FolderVault } from '../../src/engines/embedded/folder-vault.ts';
import { SqliteStream } from '../../src/engines/embedded/sqlite-stream.ts';
import { eventually } from '../eventually.ts';
import { openSealedArchive, type SealedArchive } from './verify/sealed-archive.ts';
import { carried, DEDUP_SECRET, messageEvent } from './workshop.ts';

let archive: SealedArchive;
let out: FolderVault;
beforeEach(async () => {
  archive = await openSealedArchive();
  await archive.add('a', 700);
  await archive.sealHeads();
  out = new FolderVault(join(archive.workshop.folder, 'backup/vault'));
});
afterEach(() => archive.workshop.dispose());

test('a backup is a sound archive of its own that ends where the archive ended', async () => {
  const { vault } = archive.workshop;
  const backup = await backupArchive({ from: vault, to: out });
  expect(backup.verification).toMatchObject({ ok: true, checked: { events: 700, captures: 1, receipts: 1 } });
  const reader = await openReader(vault);
  for (const log of await reader.logs()) {
    const head = await reader.head(log);
    expect(backup.heads).toContainEqual(head);
    expect(await (await openReader(out)).head(log)).toEqual(head);
  }
});

test('a second backup into the same folder copies only what is new', async () => {
  const { vault } = archive.workshop;
  const first = await backupArchive({ from: vault, to: out });
  const again = await backupArchive({ from: vault, to: out });
  expect(again.objects).toBe(0);
  await archive.add('b', 10);
  const more = await backupArchive({ from: vault, to: out });
  expect(more.objects).toBeGreaterThan(0);
  expect(more.objects).toBeLessThan(first.objects);
  expect(more.verification).toMatchObject({ ok: true, checked: { events: 710 } });
});

test('a backup that is made while the archive is at work is consistent', async () => {
  const { vault } = archive.workshop;
  const adding = (async () => {
    for (let i = 0; i < 4; i++) {
      await archive.add(`more ${i}`, 50);
      await archive.sealHeads();
    }
  })();
  const faults: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    const to = new FolderVault(join(archive.workshop.folder, `backup-${i}`));
    faults.push(...(await backupArchive({ from: vault, to })).verification.faults);
  }
  await adding;
  expect(faults).toEqual([]);
});

test('a folder that holds another archive is refused, and one whose commits differ stops the copy', async () => {
  const other = await openSealedArchive();
  try {
    await other.add('x', 3);
    await backupArchive({ from: other.workshop.vault, to: out });
    await expect(backupArchive({ from: archive.workshop.vault, to: out })).rejects.toMatchObject({
      code: 'archive-exists',
    });
  } finally {
    await other.workshop.dispose();
  }
  const forked = join(archive.workshop.folder, 'forked');
  await cp(archive.path(''), forked, { recursive: true });
  await archive.add('b', 5);
  const copy = new FolderVault(forked);
  await copy.put([{ name: 'ledger/m0/commits/000000000002', bytes: Buffer.from('another') }]);
  await expect(backupArchive({ from: archive.workshop.vault, to: copy })).rejects.toMatchObject({
    code: 'incident-fork',
  });
});

test('a damaged archive gives a backup that says what is damaged', async () => {
  const [capture] = await archive.names('captures');
  await archive.flip(capture as string);
  const { verification } = await backupArchive({ from: archive.workshop.vault, to: out });
  expect(verification.faults.map(({ code }) => code)).toEqual(['capture-missing']);
});

test('a backup with a fault, or older than an outsider’s head, is not restored', async () => {
  const { vault, folder } = archive.workshop;
  await backupArchive({ from: vault, to: out });
  await archive.add('b', 5);
  const bundle = join(folder, 'bundle/checkpoints');
  await mkdir(bundle, { recursive: true });
  await cp(archive.path('ledger/m0/checkpoint'), join(bundle, 'm0'));
  const to = new FolderVault(join(folder, 'restored'));
  const against = await readOutsideCheckpoints(join(folder, 'bundle'));
  expect(await restoreVault({ from: out, to, against })).toMatchObject({
    outcome: 'refused',
    verification: { faults: [{ code: 'outside-truncated' }] },
  });
  await rm(join(out.root, 'ledger/m0/checkpoint'));
  expect(await restoreVault({ from: out, to })).toMatchObject({ outcome: 'refused' });
  expect(await to.size('ledger/archive.json')).toBeUndefined();
  await expect(restoreVault({ from: out, to: vault })).rejects.toMatchObject({ code: 'archive-exists' });
});

test('a restored archive goes on in the next generation of every log, and what it has is not sealed again', async () => {
  const { folder, identity, ledger, node, clock, random, vault } = archive.workshop;
  await backupArchive({ from: vault, to: out });
  const lost = await readFile(archive.path('ledger/m0/checkpoint'));
  const to = new FolderVault(join(folder, 'restored/vault'));
  expect(await restoreVault({ from: out, to })).toMatchObject({ outcome: 'restored' });
  const logs = baseLogs(1);
  const stream = new SqliteStream({ path: join(folder, 'restored/stream.db'), logs, lingerMs: 5 });
  try {
    const acts = { clock, random, node: nodeOf(identity, node) };
    const opened = await openRestoredLogs({
      vault: to,
      stream,
      identity,
      ledger,
      clock,
      acts,
      actor: 'os:test@host',
    });
    expect(opened).toEqual(['control.2', 'm0.2', 'audit.2']);
    const again = Array.from({ length: 700 }, (_, i) => carried(messageEvent(`a ${i}`)));
    await stream.append('m0', [...again, carried(messageEvent('new'))]);
    const archiver = new Archiver({
      vault: to,
      identity,
      ledger,
      dedup: DEDUP_SECRET,
      clock,
      random,
      cache: join(folder, 'restored/cache'),
    });
    const idle = new Set<string>();
    const consumption = await stream.consume({
      assigned: (log) => archiver.assigned(log),
      batch: (log, batch) => archiver.batch(log, batch),
      idle: async (log) => {
        await archiver.idle(log);
        idle.add(log);
      },
      released: (log) => archiver.released(log),
      incident: (_, error) => {
        throw error;
      },
    });
    await eventually(() => idle.size === logs.length);
    await consumption.stop();
  } finally {
    await stream.close();
  }
  const reader = await openReader(to);
  expect(await reader.openLogs()).toEqual(['audit.2', 'control.2', 'm0.2']);
  expect((await reader.head('m0')).note).toBe(lost.toString());
  const verification = await verifyArchive({ vault: to });
  // The capture of the new event was never put: only the entry is of interest here.
  expect(verification.faults.filter(({ code }) => code !== 'capture-missing')).toEqual([]);
  expect(verification.checked).toMatchObject({ logs: 6, events: 701 });
  const sealed = await reader.record('m0.2/0');
  expect(sealed.type).toMatch(/event|observation/);
});
