/** One receipt's units, each as exactly one outcome, in the same order on every run. */
import type { Position, Sha256 } from '../core/event.ts';
import type { Statement } from '../core/record.ts';
import type { Opened, Unreadable } from './containers.ts';
import type { Frame, Outcome, SourceFile } from './format.ts';
import { position } from './reading/provenance.ts';
import type { Recognised } from './recognise.ts';

/** An outcome with the place that it came from. */
export interface PlacedOutcome {
  readonly capture: Sha256;
  readonly path: string;
  readonly position: Position;
  readonly outcome: Outcome;
}

/**
 * One message of a chat can hold millions of reactions; so many outcomes at a time are handed on. A few milliseconds'
 * work: what else this thread serves gets its turn between them.
 */
const BATCH = 128;

/** All outcomes of a receipt, in batches. */
export async function* parse(
  receipt: Sha256,
  opened: Opened,
  recognised: Recognised,
  state: (statement: Statement) => void,
): AsyncIterable<readonly PlacedOutcome[]> {
  for (const { format, files } of recognised.parts) {
    for await (const frames of format.frames({ receipt, files, state })) yield* interpret(frames);
  }
  const rest: PlacedOutcome[] = [];
  for (const { file, reason } of recognised.excluded)
    rest.push(place(file, 0, file.size, { type: 'excluded', reason }));
  for (const file of recognised.unknown)
    rest.push(place(file, 0, file.size, { type: 'reject', code: 'format-unknown' }));
  for (const each of opened.unreadable) rest.push(unreadable(each));
  for (const file of opened.files) {
    const damage = file.damage();
    if (damage !== undefined)
      rest.push(
        place(file, damage.offset, 0, {
          type: 'reject',
          code: damage.code,
          part: 'damage',
          ...(damage.detail !== undefined && { detail: damage.detail }),
        }),
      );
  }
  if (rest.length > 0) yield rest;
}

/** Reads frames: exactly as many outcomes as each has units. What is missing becomes rejects, never nothing. */
function* interpret(frames: readonly Frame[]): Iterable<readonly PlacedOutcome[]> {
  let batch: PlacedOutcome[] = [];
  for (const frame of frames) {
    const { file, offset, length, units } = frame;
    let given = 0;
    let detail = 'fewer outcomes than units';
    try {
      for (const outcome of frame.read()) {
        if (given === units) throw new RangeError('more outcomes than units');
        given++;
        batch.push(place(file, offset, length, outcome));
        if (batch.length < BATCH) continue;
        yield batch;
        batch = [];
      }
    } catch (error) {
      if (given === units) throw error;
      // Names of errors only: a message can quote the input.
      detail = error instanceof Error ? error.name : 'unknown error';
    }
    for (; given < units; given++)
      batch.push(
        place(file, offset, length, { type: 'reject', code: 'format-fault', detail, part: String(given) }),
      );
  }
  if (batch.length > 0) yield batch;
}

function place(file: SourceFile, offset: number, length: number, outcome: Outcome): PlacedOutcome {
  const { capture, path } = file;
  // An event says itself where it stands.
  if (outcome.type === 'event')
    return { capture, path, position: outcome.event.provenance.position, outcome };
  const part = outcome.type === 'reject' ? outcome.part : undefined;
  return { capture, path, position: position(file, offset, length, part), outcome };
}

function unreadable(each: Unreadable): PlacedOutcome {
  return {
    capture: each.capture,
    path: each.path,
    position: position(each, 0, each.size),
    outcome: {
      type: 'reject',
      code: each.code,
      ...(each.detail !== undefined && { detail: each.detail }),
    },
  };
}
