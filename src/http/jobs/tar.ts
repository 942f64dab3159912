import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';

/** Packs a folder into one file, names relative to the folder, in order, with one date: the same folder, the same bytes. */
export async function packFolder(folder: string, to: string, top: string): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, createWriteStream(to, { mode: 0o600 }));
  const fill = async (): Promise<void> => {
    for (const path of await filesBelow(folder)) {
      const { size } = await stat(path);
      const name = `${top}/${relative(folder, path)}`;
      const entry = archive.entry({ name, size, mode: 0o644, mtime: new Date(0) });
      await pipeline(createReadStream(path), entry);
    }
    archive.finalize();
  };
  await Promise.all([
    written,
    fill().catch((error: unknown) => {
      archive.destroy();
      throw error;
    }),
  ]);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
