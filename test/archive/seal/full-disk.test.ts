import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HoldfastError } from '../../../src/core/errors.ts';
import { FolderVault } from '../../../src/engines/embedded/folder-vault.ts';
import { SqliteStream } from '../../../src/engines/embedded/sqlite-stream.ts';
import { recordsOf } from '../records.ts';
import { carried, messageEvent, openWorkshop } from '../workshop.ts';

/** A file system of 3 MiB; undefined where this process may not mount one. */
function mountSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'holdfast-test', folder]).status === 0;
  if (!mounted) rmSync(folder, { recursive: true });
  return mounted ? folder : undefined;
}

const disk = mountSmallDisk();
const testOnDisk = disk === undefined ? test.skip : test;
afterAll(() => {
  if (disk === undefined) return;
  spawnSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

const codeOf = (error: unknown): string => (error as HoldfastError).code;
const failing = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'nothing failed', codeOf);

testOnDisk(
  disk === undefined
    ? 'a disk that is really full is refused clearly (skipped: this process may not mount one)'
    : 'a disk that is really full is refused clearly, nothing is corrupt, and all goes on once there is room',
  async () => {
    const root = disk ?? '';
    const workshop = await openWorkshop();
    const settings = { path: join(root, 'stream.db'), logs: ['m0'] };
    const stream = new SqliteStream(settings);
    const vault = new FolderVault(join(root, 'vault'));
    try {
      const messages = Array.from({ length: 200 }, (_, i) => carried(messageEvent(i)));
      await stream.append('m0', messages.slice(0, 100));
      const { archiver } = workshop.archiver({ vault, cache: join(root, 'cache') });
      await archiver.assigned('m0');
      await archiver.batch('m0', { from: 0, messages: messages.slice(0, 50) });
      await archiver.released('m0');

      const filler = join(root, 'filler');
      for (let size = 1024 * 1024; size >= 1024; size /= 2) {
        while ((await failing(writeFile(filler, Buffer.alloc(size), { flag: 'a' }))) === 'nothing failed');
      }
      expect(await failing(vault.put([{ name: 'captures/large', bytes: Buffer.alloc(100_000) }]))).toBe(
        'storage-full',
      );
      expect(await vault.get('captures/large')).toBeUndefined();
      const large = Array.from({ length: 40 }, () => 'x'.repeat(50_000));
      expect(await failing(stream.append('m0', large))).toBe('storage-full');
      expect(await stream.bounds('m0')).toEqual({ low: 0, high: 100 });

      await rm(filler);
      await stream.append('m0', messages.slice(100));
      await stream.close();
      const reopened = new SqliteStream(settings);
      expect(await reopened.bounds('m0')).toEqual({ low: 0, high: 200 });
      await reopened.close();
      const again = workshop.archiver({
        vault: new FolderVault(join(root, 'vault')),
        cache: join(root, 'cache'),
      }).archiver;
      const { next } = await again.assigned('m0');
      expect(next).toBe(50);
      await again.batch('m0', { from: next, messages: messages.slice(next) });
      await again.released('m0');
      expect(await recordsOf(vault, 'm0')).toHaveLength(200);
    } finally {
      await workshop.dispose();
    }
  },
);
