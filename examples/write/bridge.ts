import type { Scene } from '../story/read.ts';
import type { TranscriptFile } from './file.ts';

/** What a capture bridge writes: Holdfast's own NDJSON, one event a line. */
export function bridgeFiles(_scenes: readonly Scene[]): TranscriptFile[] {
  return [];
}
