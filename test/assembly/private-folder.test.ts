import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdfast } from '../cli/command-line.ts';
import { writeMessages } from '../cli/messages.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-private-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What others could read below a folder that they may enter. */
function open(at: string): string[] {
  return readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
    const path = join(at, entry.name);
    const mode = statSync(path).mode & 0o077;
    if (entry.isDirectory()) return mode === 0 ? [] : [path, ...open(path)];
    return mode === 0 ? [] : [path];
  });
}

test('in a folder that everybody may enter, an archive keeps what people wrote from others', async () => {
  const data = mkdtempSync(join(folder, 'archive-'));
  chmodSync(data, 0o755);
  const messages = writeMessages(folder, 'messages', 'walnut', 3);
  expect((await holdfast(['init', '--data', data])).code).toBe(0);
  expect((await holdfast(['ingest', messages, '--data', data])).code).toBe(0);
  expect(open(data)).toEqual([]);
});
