/** Bundles as earlier versions wrote them, kept for ever: each must still verify. */
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { extract } from 'tar-stream';
import { verifyBundle } from '../../../src/core/bundle/verify.ts';
import { folderBundle } from '../../../src/export/bundle/folder.ts';

const past = join(import.meta.dirname, 'past');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-past-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function unpacked(name: string): Promise<string> {
  const root = join(folder, name);
  const archive = extract();
  createReadStream(join(past, name)).pipe(archive);
  for await (const entry of archive) {
    const parts: Uint8Array[] = [];
    for await (const part of entry) parts.push(part as Uint8Array);
    if (entry.header.type !== 'file') continue;
    const path = join(root, entry.header.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.concat(parts));
  }
  return root;
}

/** `v1`: a draft. `v2`: a production with a family withheld and one redacted. */
test.each(readdirSync(past).sort())('%s verifies', async (name) => {
  const { faults, checked } = await verifyBundle(folderBundle(await unpacked(name)));
  expect(faults).toEqual([]);
  expect(checked).toMatchObject({ records: 12, proofs: 13, signatures: 2, heads: 2 });
});
