import { join } from 'node:path';
import { bytesBelow } from './folders.ts';
import type { Result } from './output.ts';

/** Where an embedded archive keeps what. */
const STORES: readonly (readonly [string, readonly string[]])[] = [
  ['originals (captures, receipts)', ['vault/captures', 'vault/receipts']],
  ['records (segments)', ['vault/segments']],
  ['ledger (commits, tiles)', ['vault/ledger']],
  ['index', ['index']],
  ['stream, once all is sealed', ['stream.db', 'stream.db-wal']],
  ['caches', ['cache']],
];

/** Bytes for each message in each store of an embedded archive. */
export async function stores(data: string, messages: number): Promise<Result[]> {
  return await Promise.all(
    STORES.map(async ([what, paths]) => {
      const sizes = await Promise.all(paths.map((path) => bytesBelow(join(data, path))));
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      return { what, value: bytes / messages, unit: 'bytes/message' };
    }),
  );
}
