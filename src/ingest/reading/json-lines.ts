/** A JSON value a line, as units. */
import type { RejectCode } from '../../core/rejects.ts';
import type { Frame, Outcome, Source, SourceFile } from '../format.ts';
import { parseJson, tooMuch } from './json.ts';
import type { JsonUnit } from './json-units.ts';
import { type Line, lines } from './lines.ts';
import { decodeHead, openText, readHead } from './text.ts';

/** Units of a value, and what interprets it. */
export type ReadLine = (unit: JsonUnit) => { readonly units: number; read(): Iterable<Outcome> };

/** Frames of a file of JSON lines; a line without characters is one exclusion. */
export async function* jsonLineFrames(
  source: Source,
  file: SourceFile,
  reading: ReadLine,
): AsyncIterable<readonly Frame[]> {
  const stream = await openText(file);
  for await (const batch of lines(stream)) yield batch.map((line) => lineFrame(source, file, line, reading));
}

function lineFrame(
  source: Source,
  file: SourceFile,
  { offset, length, text, repairs: read }: Line,
  reading: ReadLine,
): Frame {
  const place = { source, file, offset, length };
  const one = (outcome: Outcome): Frame => ({ ...place, units: 1, read: () => [outcome] });
  const refused = (code: RejectCode): Frame => one({ type: 'reject', code });
  if (text === undefined) return refused('line-too-long');
  const repairs = [...read];
  if (text.trim() === '') return one({ type: 'excluded', reason: 'empty-line' });
  const excess = tooMuch(text);
  if (excess !== undefined) return refused(excess);
  let value: unknown;
  try {
    value = parseJson(text, repairs);
  } catch {
    return refused('json-malformed');
  }
  return { ...place, ...reading({ path: [], value, text, repairs, place, around: {} }) };
}

/** Whether a file is JSON lines: a second object on a second line. */
export async function isJsonLines(file: SourceFile): Promise<boolean> {
  return /^\s*\{[^\n]*\}\r?\n\{/u.test(decodeHead(await readHead(file, 65_536)));
}
