/** A process that archives `m0` of a workshop's folder up to an offset, in steps, and ends. For tests that kill it or race it. */
import { join } from 'node:path';
import type { ArchiveIdentity } from '../../src/archive/reader.ts';
import { Archiver } from '../../src/archive/seal/archiver.ts';
import { FolderVault } from '../../src/engines/embedded/folder-vault.ts';
import { carried, DEDUP_SECRET, importSigner, messageEvent, systemClock, systemRandom } from './workshop.ts';

interface Task {
  readonly folder: string;
  readonly cache: string;
  readonly identity: ArchiveIdentity;
  readonly keys: { readonly ledger: string };
  readonly until: number;
  readonly step: number;
}

const task = JSON.parse(process.env.HOLDFAST_TEST_ARCHIVER ?? '') as Task;
const archiver = new Archiver({
  vault: new FolderVault(join(task.folder, 'vault')),
  identity: task.identity,
  ledger: importSigner(task.keys.ledger),
  dedup: DEDUP_SECRET,
  clock: systemClock,
  random: systemRandom,
  cache: task.cache,
});
let { next } = await archiver.assigned('m0');
while (next < task.until) {
  const count = Math.min(task.until - next, task.step);
  const from = next;
  const messages = Array.from({ length: count }, (_, i) => carried(messageEvent(from + i)));
  next = await archiver.batch('m0', { from, messages });
}
await archiver.released('m0');
