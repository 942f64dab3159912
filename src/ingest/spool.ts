import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RandomBytes } from './random-bytes.ts';

/**
 * Temporary space for archives inside archives, which need random access: one file for a receipt, unlinked as soon as
 * it is open, so that nothing is left behind even after a kill.
 */
export class Spool {
  #handle: FileHandle | undefined;
  #end = 0;

  /** Gives back the space of what was stored last. */
  forget(bytes: RandomBytes): void {
    this.#end -= bytes.size;
  }

  /** The same bytes as a stretch of the file, for what reads by descriptor. */
  async place(bytes: RandomBytes): Promise<{ fd: number; start: number; size: number }> {
    this.#handle ??= await openUnlinked();
    const start = this.#end;
    const { size } = await this.store(bytes.read(0, bytes.size));
    return { fd: this.#handle.fd, start, size };
  }

  async store(chunks: AsyncIterable<Uint8Array>): Promise<RandomBytes> {
    this.#handle ??= await openUnlinked();
    const handle = this.#handle;
    const start = this.#end;
    for await (const chunk of chunks) {
      await handle.write(chunk, 0, chunk.length, this.#end);
      this.#end += chunk.length;
    }
    const size = this.#end - start;
    return {
      size,
      async *read(from, to) {
        for (let at = start + from; at < start + to; ) {
          const buffer = Buffer.allocUnsafe(Math.min(65_536, start + to - at));
          const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
          if (bytesRead === 0) return;
          at += bytesRead;
          yield buffer.subarray(0, bytesRead);
        }
      },
    };
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }
}

async function openUnlinked(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
  try {
    return await open(join(folder, 'spool'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
