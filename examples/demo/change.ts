import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Changes one byte in the middle of a file, as a bad disk or a bad person would. Answers its offset. */
export async function changeOneByte(path: string): Promise<number> {
  const bytes = await readFile(path);
  const offset = Math.floor(bytes.length / 2);
  bytes[offset] = (bytes[offset] ?? 0) ^ 1;
  await chmod(path, 0o600);
  await writeFile(path, bytes);
  return offset;
}

/** The largest file below a folder. */
export async function largestFile(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map(async (path) => ({ path, size: (await stat(path)).size })),
  );
  const [largest] = files.sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1));
  if (largest === undefined) throw new Error(`${folder} holds no file.`);
  return largest.path;
}
