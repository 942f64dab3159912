/** A transcript file: its path below `examples/transcripts`, and what it holds. */
export interface TranscriptFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}
