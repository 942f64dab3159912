import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';

/** Every byte of a bundle that somebody could read: files, their names, and streams inflated. */
export async function everything(folder: string): Promise<Map<string, string>> {
  const all = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    const text = [path.slice(folder.length), bytes.toString('latin1'), bytes.toString('utf8')];
    if (path.endsWith('.pdf')) text.push(...inflated(bytes));
    all.set(path.slice(folder.length + 1), text.join('\n'));
  }
  return all;
}

/** The streams of a PDF, and its text strings. */
function inflated(bytes: Buffer): string[] {
  const found: string[] = [];
  const raw = bytes.toString('latin1');
  for (const match of raw.matchAll(/stream\r?\n/g)) {
    const start = match.index + match[0].length;
    const end = raw.indexOf('endstream', start);
    try {
      const plain = inflateSync(bytes.subarray(start, end));
      found.push(plain.toString('latin1'), plain.toString('utf8'));
    } catch {
      // Not compressed: it is in the file as it is.
    }
  }
  // Names and titles are UTF-16 text strings.
  for (const [, hex = ''] of raw.matchAll(/<(FEFF[0-9A-Fa-f]+)>/g))
    found.push(Buffer.from(hex, 'hex').swap16().toString('utf16le'));
  return found;
}
