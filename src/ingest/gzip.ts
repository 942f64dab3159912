/** Gzip from a hostile source: unpacked as far as it goes and as far as it may. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isHoldfastError } from '../core/errors.ts';
import type { Damage } from './format.ts';
import type { RandomBytes } from './random-bytes.ts';

/** The unpacked bytes, at most `limit` and one chunk; `exceeded` is called where there would be more. */
export async function* gunzip(
  bytes: RandomBytes,
  limit: number,
  exceeded: () => void,
  damaged: (damage: Damage) => void,
): AsyncIterable<Uint8Array> {
  const source = Readable.from(bytes.read(0, bytes.size), { objectMode: false });
  const unpacked = createGunzip({ chunkSize: 262_144 });
  // What the storage throws is not for the decompressor to swallow.
  let failure: unknown;
  source.on('error', (error) => {
    failure = error;
    unpacked.destroy(error);
  });
  source.pipe(unpacked);
  let offset = 0;
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      offset += chunk.length;
      if (offset > limit) return exceeded();
      yield chunk;
    }
  } catch (error) {
    if (failure !== undefined) throw failure;
    if (isHoldfastError(error)) throw error;
    const detail = error instanceof Error ? error.message : 'unreadable';
    damaged({ code: 'zip-damaged', offset, detail: detail.replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, 120) });
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}

/** What the file was called before it was packed. */
export const unpackedName = (name: string): string =>
  (name.split('/').at(-1) ?? name).replace(/\.t(?:gz|az)$/iu, '.tar').replace(/\.gz$/iu, '') || 'unnamed';
