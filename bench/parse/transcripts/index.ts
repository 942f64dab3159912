import { type Message, messages } from '../../corpus/messages.ts';
import type { Enlarged } from '../enlarge.ts';
import * as json from './json.ts';
import { tables } from './tables.ts';
import * as text from './text.ts';
import { PEOPLE, STEP, type Transcript } from './transcript.ts';
import * as xml from './xml.ts';

const START = Date.UTC(2024, 2, 4, 6);

const TRANSCRIPTS: { readonly [format: string]: Transcript } = { ...json, ...xml, ...text, ...tables };

/** The transcript of a format and its text, piece by piece, until it has some `target` bytes. */
function* pieces(transcript: Transcript, target: number): Generator<Buffer> {
  let held = transcript.head;
  let length = held.length;
  let index = 0;
  const take = ({ sender, text }: Message): void => {
    const entry = transcript.entry({ index, who: sender % PEOPLE.length, at: START + index * STEP, text });
    if (index > 0) held += transcript.between;
    held += entry;
    length += transcript.between.length + entry.length;
    index++;
  };
  for (const message of messages(target)) {
    if (length >= target) break;
    take(message);
    if (held.length < PIECE) continue;
    yield Buffer.from(held);
    held = '';
  }
  yield Buffer.from(held + transcript.tail);
}

const PIECE = 262_144;

/** A transcript as a stream that is made while it is read; undefined where the bench writes none of the format. */
export function streamOf(
  format: string,
  target: number,
): { path: string; pieces(): Generator<Buffer> } | undefined {
  const transcript = TRANSCRIPTS[format];
  return transcript && { path: transcript.path, pieces: () => pieces(transcript, target) };
}

/** A whole transcript of some `target` bytes. */
export function transcriptOf(format: string, target: number): (Enlarged & { path: string }) | undefined {
  const transcript = TRANSCRIPTS[format];
  return (
    transcript && {
      kind: transcript.kind,
      path: transcript.path,
      bytes: Buffer.concat([...pieces(transcript, target)]),
    }
  );
}
