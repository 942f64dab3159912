/**
 * A process that carries events and seals them, as an embedded holder does, until it is killed or has carried `until`.
 * It writes the number carried to stdout after each append that resolved. For tests that kill it.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveIdentity } from '../../src/archive/reader.ts';
import { Archiver } from '../../src/archive/seal/archiver.ts';
import { baseLogs } from '../../src/core/logs.ts';
import { FolderVault } from '../../src/engines/embedded/folder-vault.ts';
import { SqliteStream } from '../../src/engines/embedded/sqlite-stream.ts';
import { eventually } from '../eventually.ts';
import { carried, DEDUP_SECRET, importSigner, messageEvent, systemClock, systemRandom } from './workshop.ts';

interface Task {
  readonly folder: string;
  readonly identity: ArchiveIdentity;
  readonly keys: { readonly ledger: string };
  /** The first event to carry. */
  readonly from: number;
  /** Ends after this many; null: never. */
  readonly until: number | null;
  readonly step: number;
}

const task = JSON.parse(process.env.HOLDFAST_TEST_SEALING ?? '') as Task;
const until = task.until ?? Number.POSITIVE_INFINITY;
const vault = new FolderVault(join(task.folder, 'vault'));
await vault.clean();
const stream = new SqliteStream({ path: join(task.folder, 'stream.db'), logs: baseLogs(1), lingerMs: 5 });
let idle = false;
const archiver = new Archiver({
  vault,
  identity: task.identity,
  ledger: importSigner(task.keys.ledger),
  dedup: DEDUP_SECRET,
  clock: systemClock,
  random: systemRandom,
  cache: join(task.folder, 'cache'),
  trim: (log, below) => stream.trim(log, below),
});
const consumption = await stream.consume({
  assigned: (log) => archiver.assigned(log),
  batch: (log, batch) => {
    if (log === 'm0') idle = false;
    return archiver.batch(log, batch);
  },
  idle: async (log) => {
    await archiver.idle(log);
    if (log === 'm0') idle = true;
  },
  released: (log) => archiver.released(log),
  incident: (log, error) => {
    process.stderr.write(`incident ${log}: ${error.stack}\n`);
    process.exit(3);
  },
});
for (let next = task.from; next < until; ) {
  const to = Math.min(next + task.step, until);
  await stream.append(
    'm0',
    Array.from({ length: to - next }, (_, i) => carried(messageEvent(next + i))),
  );
  next = to;
  writeSync(1, `${next}\n`);
}
idle = false;
await eventually(() => idle);
await consumption.stop();
await stream.close();
