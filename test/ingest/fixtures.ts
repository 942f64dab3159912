import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReadSettings } from '../../src/core/receipt.ts';
import { FolderVault } from '../../src/engines/embedded/folder-vault.ts';
import { openCaptures } from '../../src/ingest/containers.ts';
import { type PlacedOutcome, parse } from '../../src/ingest/parse.ts';
import { receiveFiles } from '../../src/ingest/receive.ts';
import { type Recognised, recognise } from '../../src/ingest/recognise.ts';
import { type Input, walk } from '../../src/ingest/walk.ts';

export const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), '../fixtures');

/** `test/fixtures/<format>/<case>`, whose input is one file or the folder `input`. */
export interface Fixture {
  readonly name: string;
  readonly format: string;
  readonly folder: string;
  readonly input: string;
  readonly expected: string;
}

/** The fixtures of a format. */
export function fixturesOf(format: string): Fixture[] {
  const folder = join(FIXTURES, format);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const input = readdirSync(join(folder, name)).find((entry) => entry.split('.')[0] === 'input');
      if (input === undefined) throw new Error(`${format}/${name} has no input`);
      return {
        name,
        format,
        folder: join(folder, name),
        input: join(folder, name, input),
        expected: join(folder, name, 'expected.ndjson'),
      };
    });
}

/** A vault in a temporary folder, removed by `dispose`. */
export async function temporaryVault(): Promise<{
  vault: FolderVault;
  folder: string;
  dispose(): Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-ingest-'));
  return {
    vault: new FolderVault(join(folder, 'vault')),
    folder,
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

export interface Read {
  readonly recognised: Recognised;
  readonly outcomes: readonly PlacedOutcome[];
}

/** Everything below `path` as ingest would read it, receipt by receipt, without carrying it. */
export async function readPath(
  vault: FolderVault,
  path: string,
  settings: ReadSettings & { readonly format?: string } = {},
): Promise<Read[]> {
  const inputs: Input[] = [];
  for await (const input of walk(path, () => undefined)) inputs.push(input);
  const result: Read[] = [];
  for (const files of await receiveFiles(vault, inputs, () => undefined)) {
    const opened = await openCaptures(vault, files, { format: 'auto', ...settings });
    try {
      const recognised = await recognise(opened.files);
      const outcomes: PlacedOutcome[] = [];
      for await (const batch of parse('0'.repeat(64), opened, recognised, () => {})) outcomes.push(...batch);
      result.push({ recognised, outcomes });
    } finally {
      await opened.close();
    }
  }
  return result;
}
