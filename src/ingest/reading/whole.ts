import type { SourceFile } from '../format.ts';

/** Most bytes of a file that has to be read as a whole: documents, not streams. */
export const MAX_WHOLE = 64 * 1024 * 1024;

/** All bytes of a file; undefined where it is longer than `limit` (then it is the reject `file-too-large`). */
export async function readWhole(file: SourceFile, limit = MAX_WHOLE): Promise<Buffer | undefined> {
  if (file.size > limit) return undefined;
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of file.open()) {
    length += chunk.length;
    if (length > limit) return undefined;
    pieces.push(chunk);
  }
  return Buffer.concat(pieces);
}
