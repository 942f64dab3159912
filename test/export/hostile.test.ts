import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyBundle } from '../../src/core/bundle/verify.ts';
import { folderBundle } from '../../src/export/bundle/folder.ts';
import { type Exporting, openExporting } from './exported.ts';
import { person, Story } from './story.ts';

let exporting: Exporting;
let good: string;

beforeAll(async () => {
  const name = '/ByteRange [0 1 2 3] /Contents <00> )\\ \u202E <<>> endobj \u0000\n%%EOF';
  const story = new Story({ id: 'x'.repeat(3000), name: name.repeat(20) });
  const first = story.say('a'.repeat(5000), `/ByteRange [0 0000000000 0000000000 0000000000]${name}`, {
    recipients: Array.from({ length: 500 }, (_, i) => ({ address: `r${i}@example.com`, role: 'to' })),
  });
  story.add({ kind: 'edit', target: first, text: '\u0301'.repeat(5000), payload: { earlier: 'captured' } });
  story.add({
    kind: 'reaction',
    target: 'f'.repeat(64),
    payload: { emoji: '👍'.repeat(2000), change: 'added' },
  });
  story.add({
    kind: 'roster',
    payload: { members: Array.from({ length: 3000 }, (_, i) => person(`m${i}`)), basis: 'inferred' },
  });
  story.say('b', 'w'.repeat(100_000), {
    attachments: [{ name: '../../etc/passwd\n', state: 'referenced', reference: 'javascript:alert(1)' }],
    at: { instant: '0001-01-01T00:00:00.000Z', zoneSource: 'assumed', precision: 'day' },
  });
  exporting = await openExporting(story.events);
  good = (
    await exporting.export('bundle', {
      settings: { firm: { name: name.repeat(5) }, legend: name, matter: name },
      selection: { criteria: [name, 'x'.repeat(10_000)], query: name },
    })
  ).dir;
});
afterAll(() => exporting.workshop.dispose());

test('text that looks like a signature, ends an object or turns a line does no harm to the report', async () => {
  const result = await verifyBundle(folderBundle(good));
  expect(result.faults).toEqual([]);
});

test('whatever is done to a bundle, verification answers with faults', async () => {
  const names = (await readdir(good, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(good.length + 1))
    .filter((name) => name !== 'report.pdf');
  let seed = 0;
  const next = (bound: number): number =>
    createHash('sha256').update(String(seed++)).digest().readUInt32BE(0) % bound;
  const folder = join(exporting.workshop.folder, 'fuzzed');
  for (let round = 0; round < 40; round++) {
    await cp(good, folder, { recursive: true });
    const path = join(folder, names[next(names.length)] ?? '');
    const bytes = await readFile(path);
    const at = next(bytes.length);
    if (round % 3 === 0) await truncate(path, at);
    else if (round % 3 === 1)
      await writeFile(path, bytes.fill(next(256), at, Math.min(bytes.length, at + 40)));
    else
      await writeFile(
        path,
        Buffer.concat([bytes.subarray(0, at), Buffer.alloc(9, next(256)), bytes.subarray(at)]),
      );
    const same = (await readFile(path)).equals(await readFile(join(good, path.slice(folder.length + 1))));
    expect({ path, ok: (await verifyBundle(folderBundle(folder))).ok }).toEqual({ path, ok: same });
    await rm(folder, { recursive: true });
  }
});

test('an empty folder, a manifest of nonsense and names that lead outside are answered with faults', async () => {
  const folder = join(exporting.workshop.folder, 'nonsense');
  await cp(good, folder, { recursive: true });
  for (const manifest of [
    '',
    '[]',
    '{"v":1}',
    '{"__proto__":{}}',
    `${'['.repeat(100_000)}`,
    JSON.stringify({
      v: 1,
      archive: 'a',
      created: '2026-01-01T00:00:00.000Z',
      records: { total: 0, context: 0 },
      proofs: 'single',
      files: [{ path: '../../etc/passwd', sha256: 'a'.repeat(64), size: 1 }],
    }),
  ]) {
    await writeFile(join(folder, 'manifest.json'), manifest);
    const { faults } = await verifyBundle(folderBundle(folder));
    expect(faults.map(({ code }) => code)).toEqual(['manifest-missing']);
  }
});
