import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStream } from '../../../src/engines/embedded/sqlite-stream.ts';
import { streamContract } from '../../contract/stream.ts';

streamContract('The SQLite stream', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-stream-'));
  const settings = { path: join(folder, 'stream.db'), logs: ['m0', 'control'], lingerMs: 20 };
  const stream = new SqliteStream(settings);
  return {
    stream,
    open: async () => new SqliteStream(settings),
    dispose: async () => {
      await stream.close();
      await rm(folder, { recursive: true });
    },
  };
});

test('what was trimmed leaves the file, and the room goes back to the disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-stream-'));
  const path = join(folder, 'stream.db');
  const stream = new SqliteStream({ path, logs: ['m0'] });
  try {
    for (let i = 0; i < 20; i++) {
      await stream.append(
        'm0',
        Array.from({ length: 500 }, (_, j) => `a secret ${i}.${j} ${'x'.repeat(500)}`),
      );
    }
    await stream.trim('m0', 9_999);
    expect((await stat(path)).size).toBeLessThan(1024 * 1024);
    for (const file of [path, `${path}-wal`]) {
      expect((await readFile(file, 'latin1')).includes('a secret 3.')).toBe(false);
    }
    await stream.append('m0', ['later']);
    expect(await stream.bounds('m0')).toEqual({ low: 9_999, high: 10_001 });
  } finally {
    await stream.close();
    await rm(folder, { recursive: true });
  }
});

test('a log is named with or without its generation, and is one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-stream-'));
  const stream = new SqliteStream({ path: join(folder, 'stream.db'), logs: ['m0'] });
  await stream.append('m0', ['one']);
  await stream.append('m0.2', ['two']);
  expect(await stream.bounds('m0.3')).toEqual({ low: 0, high: 2 });
  await stream.close();
  await rm(folder, { recursive: true });
});

test('a file that is no stream is refused with what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-stream-'));
  const path = join(folder, 'stream.db');
  await writeFile(path, 'this is no database, and it is longer than a header has to be'.repeat(20));
  expect(() => new SqliteStream({ path, logs: ['m0'] })).toThrow(
    expect.objectContaining({
      code: 'storage-failed',
      hint: expect.stringContaining('refills it from the vault'),
    }),
  );
  await rm(folder, { recursive: true });
});
