import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import type { TranscriptFile } from './file.ts';

/** A zip of these files, stored and with a fixed date, so that it is the same on every run. */
export async function zipped(path: string, files: readonly TranscriptFile[]): Promise<TranscriptFile> {
  const zip = new ZipFile();
  const mtime = new Date(2016, 3, 18);
  for (const { path: name, content } of files) {
    zip.addBuffer(Buffer.from(content), name, { mtime, compress: false, forceDosTimestamp: true });
  }
  zip.end();
  return { path, content: await buffer(zip.outputStream) };
}
