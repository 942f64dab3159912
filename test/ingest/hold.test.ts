import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '../../src/core/hash.ts';
import { attachmentName } from '../../src/core/record.ts';
import { FolderVault } from '../../src/engines/embedded/folder-vault.ts';
import type { Holding } from '../../src/ingest/format.ts';
import { held } from '../../src/ingest/hold.ts';
import { BUCKET, messageEvent } from '../archive/workshop.ts';
import { FaultyFileSystem } from '../engines/embedded/faulty-file-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-hold-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const event = messageEvent(1, { attachments: [{ name: 'axes.xlsx', state: 'referenced' }] });
/** Bytes in pieces, so that a disk can be full between two of them. */
const holding = (pieces: number, piece: number): Holding => ({
  attachment: 0,
  *open() {
    for (let i = 0; i < pieces; i++) yield Buffer.alloc(piece, i + 1);
  },
});
const bytesOf = (given: Holding): Buffer => Buffer.concat([...(given.open() as Iterable<Uint8Array>)]);

describe.each([
  ['small', holding(3, 1000)],
  ['large', holding(5, 700_000)],
])('a %s file', (name, given) => {
  const bytes = bytesOf(given);
  const digest = sha256Hex(bytes);

  test('is stored under its hash, and the event says so', async () => {
    const vault = new FolderVault(join(folder, name));
    const made = await held(vault, event, [given], BUCKET);
    expect(made.attachments).toEqual([
      { name: 'axes.xlsx', size: bytes.length, sha256: digest, state: 'held' },
    ]);
    expect(Buffer.from((await vault.get(attachmentName(BUCKET, digest))) ?? []).equals(bytes)).toBe(true);
    await held(vault, event, [given], BUCKET);
    expect(await Array.fromAsync(vault.list('attachments'))).toEqual([attachmentName(BUCKET, digest)]);
  });

  test('on a disk that gets full at any point: refused, no half file under its name, and held once there is room', async () => {
    for (let at = 0, struck = true; struck; at++) {
      const root = join(folder, `${name}-${at}`);
      const disk = new FaultyFileSystem({ at, how: 'lost' }, 'ENOSPC');
      const outcome = await held(new FolderVault(root, disk), event, [given], BUCKET).then(
        () => 'held',
        (error: unknown) => (error as { code: string }).code,
      );
      struck = disk.struck;
      if (struck) expect(['storage-full', 'held']).toContain(outcome);
      const vault = new FolderVault(root);
      const there = await vault.get(attachmentName(BUCKET, digest));
      if (there !== undefined) expect(Buffer.from(there).equals(bytes)).toBe(true);
      await held(vault, event, [given], BUCKET);
      expect(await vault.size(attachmentName(BUCKET, digest))).toBe(bytes.length);
      rmSync(root, { recursive: true });
    }
  });
});
