/** Frames that every format has: a file that is one unit, a transcript in which nothing was said, a part that is a reject. */
import type { RejectCode } from '../../core/rejects.ts';
import type { Frame, Outcome, SourceFile } from '../format.ts';

/** A file that is one unit as a whole. */
export const wholeFile = (file: SourceFile, outcome: Outcome): Frame => ({
  file,
  offset: 0,
  length: file.size,
  units: 1,
  read: () => [outcome],
});

/** A transcript in which nothing was said: one exclusion for the whole file. */
export const noEntries = (file: SourceFile): Frame =>
  wholeFile(file, { type: 'excluded', reason: 'no-entries' });

/** A file that names people or places for others and says nothing itself. */
export const directoryFile = (file: SourceFile): Frame =>
  wholeFile(file, { type: 'excluded', reason: 'directory-file' });

/** A part that is one reject, whatever it holds. */
export function rejectFrame(
  file: SourceFile,
  { offset, length }: { readonly offset: number; readonly length: number },
  code: RejectCode,
): Frame {
  return { file, offset, length, units: 1, read: () => [{ type: 'reject', code }] };
}
