import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteIndex } from '../../src/engines/embedded/sqlite-index.ts';
import { agree } from './agreement.ts';
import { agreeOnWide, wide } from './wide-directory.ts';

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-index-'));
  const index = new SqliteIndex({ folder });
  const dispose = async (): Promise<void> => {
    await index.close();
    await rm(folder, { recursive: true });
  };
  return { index, dispose };
}

test('SQLite agrees with the reference on 1,000 random pairs of corpus and query in ten scripts', () =>
  agree(open));

test.each([
  [300, 11],
  [3_000, 12],
  [20_000, 13],
])(
  'SQLite agrees with the reference on a directory of %d addresses, each from its own day on',
  async (periods, seed) => {
    const { index, dispose } = await open();
    try {
      expect(await agreeOnWide(index, wide(periods, 600, seed), 17)).toBeGreaterThan(1_000);
    } finally {
      await dispose();
    }
  },
);
