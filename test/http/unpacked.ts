import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';

/** Unpacks a tar below a folder, which need not exist. */
export async function unpackedTar(bytes: Uint8Array, folder: string): Promise<void> {
  const archive = extract();
  Readable.from([bytes]).pipe(archive);
  for await (const entry of archive) {
    const path = join(folder, entry.header.name);
    mkdirSync(join(path, '..'), { recursive: true });
    const parts: Uint8Array[] = [];
    for await (const part of entry) parts.push(part as Uint8Array);
    writeFileSync(path, Buffer.concat(parts));
  }
}
