import type { SourceFile } from '../../src/ingest/format.ts';
import { type PlacedOutcome, parse } from '../../src/ingest/parse.ts';
import { recognise } from '../../src/ingest/recognise.ts';

/** A file of a receipt from memory, in chunks of the sizes given, over and over. */
export function fileOf(path: string, bytes: Uint8Array, chunks: readonly number[] = [65_536]): SourceFile {
  return {
    capture: '0'.repeat(64),
    path,
    size: bytes.length,
    settings: { format: 'auto' },
    damage: () => undefined,
    async *open() {
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = Math.max(1, chunks[i % chunks.length] ?? 1);
        yield bytes.subarray(at, at + size);
        at += size;
      }
    },
  };
}

/** The outcomes of files read as one format. */
export async function readFiles(format: string, files: readonly SourceFile[]): Promise<PlacedOutcome[]> {
  const outcomes: PlacedOutcome[] = [];
  const opened = { files, unreadable: [], close: async () => {} };
  const recognised = await recognise(
    files.map((file) => ({ ...file, settings: { ...file.settings, format } })),
  );
  for await (const batch of parse('0'.repeat(64), opened, recognised, () => {})) outcomes.push(...batch);
  return outcomes;
}
