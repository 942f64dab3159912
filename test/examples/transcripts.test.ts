import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { TRANSCRIPTS, transcripts } from '../../examples/generate.ts';

test('the committed transcripts are what the story gives; if not, run: npm run examples', async () => {
  const files = await transcripts();
  const told = new Map(files.map(({ path, content }) => [path, Buffer.from(content)]));
  const found = readdirSync(TRANSCRIPTS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const names = found.map((path) => relative(TRANSCRIPTS, path).split(sep).join('/'));
  expect(names.sort()).toEqual([...told.keys()].sort());
  const other = found.filter((path) => {
    const name = relative(TRANSCRIPTS, path).split(sep).join('/');
    return !readFileSync(path).equals(told.get(name) ?? Buffer.alloc(0));
  });
  expect(other).toEqual([]);
});

test('every issuer, firm and address in the transcripts is invented: addresses end in .example', async () => {
  const text = (await transcripts()).map(({ content }) => Buffer.from(content).toString('utf8')).join('\n');
  const addresses = text.match(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu) ?? [];
  expect(addresses.length).toBeGreaterThan(100);
  expect(addresses.filter((address) => !/\.example(?:\.|$|_)/u.test(address))).toEqual([]);
});
