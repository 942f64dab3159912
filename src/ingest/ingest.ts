/** The entry point: paths on disk and databases in, entries on the stream out. */
import { databaseInput } from './database/postgres.ts';
import type { IngestedReceipt, IngestOptions, IngestResult, Skipped } from './ingest-types.ts';
import { IngestRun } from './run.ts';
import { checkSettings } from './settings.ts';
import { absolute, type Input, isDatabase, walk } from './walk.ts';

/** Inputs that are received together, so that thousands of small files share their fsyncs. */
const GROUP_INPUTS = 256;
const GROUP_BYTES = 32 * 1024 * 1024;

/**
 * Receives, parses and carries everything below `paths`, of which some may be URLs of PostgreSQL databases. Resolves when every entry is durable on the stream. Throws
 * `not-found` for a path that does not exist and `unknown-format`, before anything is received.
 */
export async function ingestPaths(options: IngestOptions): Promise<IngestResult> {
  const settings = checkSettings(options.settings ?? {});
  const paths = await absolute(options.paths);
  const receipts: IngestedReceipt[] = [];
  const skipped: Skipped[] = [];
  const skip = (each: Skipped): void => {
    skipped.push(each);
  };
  const run = new IngestRun(options, settings, (receipt) => receipts.push(receipt));
  // While one group is parsed and carried, the next is received.
  let carrying: Promise<void> = Promise.resolve();
  try {
    for await (const group of groups(paths, skip)) {
      const received = await run.receive(group, skip);
      await carrying;
      carrying = run.carry(received);
      // Whoever awaits it next gets the error; until then it is not unhandled.
      carrying.catch(() => undefined);
    }
  } finally {
    await carrying;
  }
  await run.finish();
  return { receipts, skipped };
}

/** Inputs in groups that are received together. */
async function* groups(
  paths: readonly string[],
  skip: (skipped: Skipped) => void,
): AsyncIterable<readonly Input[]> {
  let group: Input[] = [];
  let bytes = 0;
  for (const path of paths) {
    if (isDatabase(path)) {
      // Its files last until the next input is asked for: they are received before that.
      for await (const input of databaseInput(path, skip)) yield [input];
      continue;
    }
    for await (const input of walk(path, skip)) {
      group.push(input);
      bytes += input.files.reduce((sum, file) => sum + file.size, 0);
      if (group.length < GROUP_INPUTS && bytes < GROUP_BYTES) continue;
      yield group;
      group = [];
      bytes = 0;
    }
  }
  if (group.length > 0) yield group;
}
