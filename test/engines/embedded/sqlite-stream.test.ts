import { mkdtemp, rm } from 'node:fs/promises';
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
