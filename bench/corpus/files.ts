import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messages, ndjsonLine } from './messages.ts';

/** Messages in one file of the corpus. */
const PER_FILE = 20_000;

/** Writes the corpus as NDJSON files into `folder`; answers their bytes. `prefix` makes its ids others than those of the rest. */
export async function writeCorpus(folder: string, count: number, prefix = ''): Promise<number> {
  await mkdir(folder, { recursive: true });
  let bytes = 0;
  let lines: string[] = [];
  let file = 0;
  for (const message of messages(count)) {
    lines.push(ndjsonLine({ ...message, id: `${prefix}${message.id}` }));
    if (lines.length < PER_FILE) continue;
    bytes += await writeLines(join(folder, `part-${String(file).padStart(4, '0')}.ndjson`), lines);
    file += 1;
    lines = [];
  }
  if (lines.length > 0)
    bytes += await writeLines(join(folder, `part-${String(file).padStart(4, '0')}.ndjson`), lines);
  return bytes;
}

async function writeLines(path: string, lines: readonly string[]): Promise<number> {
  const stream = createWriteStream(path);
  stream.end(`${lines.join('\n')}\n`);
  await once(stream, 'close');
  return (await stat(path)).size;
}
