import { pipeline, Readable } from 'node:stream';
import { constants, createInflateRaw, inflateRawSync } from 'node:zlib';

/** Deflated bytes that end before their end give what they hold, without an error. */
const LENIENT = { finishFlush: constants.Z_SYNC_FLUSH };

/** Unpacks raw deflate. `end` is told how many packed bytes it took, when it ends by itself or with its source. */
export async function* inflated(
  chunks: AsyncIterable<Uint8Array>,
  end: (packed: number) => void = () => undefined,
): AsyncIterable<Buffer> {
  const inflate = createInflateRaw(LENIENT);
  // Errors of the source arrive through `inflate`.
  pipeline(Readable.from(chunks, { objectMode: false }), inflate, () => undefined);
  try {
    yield* inflate as AsyncIterable<Buffer>;
  } finally {
    end(inflate.bytesWritten);
    inflate.destroy();
  }
}

/** The same at once; undefined where it is damaged or comes to more than `most` bytes. */
export function inflatedAtOnce(packed: Uint8Array, most: number): Buffer | undefined {
  try {
    // No more space than the output needs: there may be very many.
    const chunkSize = Math.min(Math.max(most + 1, 64), 65_536);
    return inflateRawSync(packed, { ...LENIENT, chunkSize, maxOutputLength: Math.max(1, most) });
  } catch {
    return undefined;
  }
}
