/**
 * Reads an archive of very many members in a process of its own and prints what it came to and the most memory it held,
 * as JSON: `node memory-archive.ts MEMBERS`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '../../src/core/hash.ts';
import { receiptNames } from '../../src/core/receipt.ts';
import { FolderVault } from '../../src/engines/embedded/folder-vault.ts';
import { openCaptures } from '../../src/ingest/containers.ts';
import { parse } from '../../src/ingest/parse.ts';
import { recognise } from '../../src/ingest/recognise.ts';
import { zipOf } from './zip-writer.ts';

const MIB = 1024 * 1024;
const folder = await mkdtemp(join(tmpdir(), 'holdfast-members-'));
const vault = new FolderVault(folder);
const members = Array.from({ length: Number(process.argv[2]) }, (_, i) => {
  const line = {
    network: 'irc',
    conversation: `#${i % 300}`,
    from: 'bob',
    at: '2026-01-05T09:46:00Z',
    text: `${i}`,
  };
  return {
    name: `export/${i % 300}/${i}.ndjson`,
    bytes: Buffer.from(`${JSON.stringify(line)}\n`),
    deflate: true,
  };
});
const bytes = zipOf(members);
members.length = 0;
const sha256 = sha256Hex(bytes);
await vault.put([{ name: receiptNames.capture(sha256), bytes }]);
globalThis.gc?.();
const base = process.memoryUsage.rss();
let most = base;
let events = 0;
const captures = [{ path: '/in/export.zip', sha256, size: bytes.length }];
const opened = await openCaptures(vault, captures, { format: 'auto' });
const recognised = await recognise(opened.files);
for await (const batch of parse('0'.repeat(64), opened, recognised, () => {})) {
  for (const { outcome } of batch) if (outcome.type === 'event') events++;
  most = Math.max(most, process.memoryUsage.rss());
}
await opened.close();
await rm(folder, { recursive: true });
console.log(JSON.stringify({ events, grown: Math.round((most - base) / MIB) }));
