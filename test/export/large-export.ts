/**
 * A process of its own, so that its peak memory can be read: exports what an archive holds, says what came of it as
 * JSON. Arguments: the vault's folder, the folder to make, a folder for keys.
 */
import { randomBytes } from 'node:crypto';
import { residentPeak } from '../../bench/process.ts';
import { openReader } from '../../src/archive/read/open-reader.ts';
import { FolderVault } from '../../src/engines/embedded/folder-vault.ts';
import { createKeys } from '../../src/engines/embedded/key-file.ts';
import { exportBundle } from '../../src/export/bundle/export-bundle.ts';

const [vault = '', out = '', keys = ''] = process.argv.slice(2);
const clock = { now: () => Date.now() };
const random = { bytes: (length: number) => Uint8Array.from(randomBytes(length)) };
const reader = await openReader(new FolderVault(vault));
const { size } = await reader.head('m0');
const { seal } = await createKeys(keys, { passphrase: 'test', clock, random, names: { archive: 'large' } });
const steps: string[] = [];
const result = await exportBundle({
  reader,
  hits: (async function* () {
    // Backwards: the export sorts.
    for (let leaf = size - 1; leaf >= 0; leaf--) yield { name: `m0/${leaf}`, context: false };
  })(),
  out,
  seal,
  selection: { criteria: ['Everything'] },
  settings: {},
  zone: 'UTC',
  clock,
  random,
  progress: (step) => {
    if (steps.at(-1) !== step) steps.push(step);
  },
});
process.stdout.write(
  JSON.stringify({ records: result.records, pages: result.pages, steps, peakMiB: residentPeak(process.pid) }),
);
