/** Where a command prints: results to `out`, progress and prose to `err`. One call, one line (without its end). */
export interface Io {
  out(line: string): void;
  err(line: string): void;
  /** A line that the next one may overwrite on a terminal; dropped elsewhere. */
  transient(line: string): void;
  /** Resolves when what was printed has left: a slow reader slows the command down instead of filling memory. */
  drained(): Promise<void>;
}

/**
 * Strips what could drive a terminal, or turn around what it shows: transcripts are hostile. Line ends and tabs become
 * visible blanks.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (c) =>
    c === '\n' ? ' ⏎ ' : c === '\t' ? ' ' : '·',
  );
}
