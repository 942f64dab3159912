import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteIndex } from '../../src/engines/embedded/sqlite-index.ts';
import { agree } from './agreement.ts';

test('SQLite agrees with the reference on 1,000 random pairs of corpus and query in ten scripts', () =>
  agree(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-index-'));
    const index = new SqliteIndex({ folder });
    return {
      index,
      dispose: async () => {
        await index.close();
        await rm(folder, { recursive: true });
      },
    };
  }));
