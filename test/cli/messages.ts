import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes messages of Holdfast's own format, each of which says `word`, into a file; its path. */
export function writeMessages(folder: string, file: string, word: string, count: number): string {
  const path = join(folder, file);
  const lines = Array.from({ length: count }, (_, n) =>
    JSON.stringify({
      id: `${file}-${n}`,
      network: 'slack',
      conversation: 'desk',
      from: 'a@b.example',
      at: '2016-04-05T12:30:00Z',
      text: `${word} ${n}`,
    }),
  );
  writeFileSync(path, lines.join('\n'));
  return path;
}
