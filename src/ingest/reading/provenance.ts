import type { Position, Provenance, Repair } from '../../core/event.ts';
import type { Source, SourceFile } from '../format.ts';
import type { Writable } from './writable.ts';

/** Where a unit stands: a file and the bytes in it. */
export interface Place {
  readonly source: Source;
  readonly file: SourceFile;
  readonly offset: number;
  readonly length: number;
}

/** A stretch of a file, or of a member of a capture. */
export function position(
  file: { readonly member?: string },
  offset: number,
  length: number,
  part?: string,
): Position {
  const { member } = file;
  const found: Writable<Position> = member === undefined ? { offset, length } : { member, offset, length };
  if (part !== undefined) found.part = part;
  return found;
}

/** The provenance of an event; empty lists and facts are left out. */
export function provenance(
  place: Place,
  more: {
    readonly part?: string | undefined;
    readonly perspective?: string | undefined;
    readonly facts?: Provenance['facts'] | undefined;
    readonly repairs?: readonly Repair[] | undefined;
  } = {},
): Provenance {
  const { source, file, offset, length } = place;
  const { part, perspective, facts, repairs } = more;
  const { capture, path } = file;
  const from: Writable<Provenance> = {
    receipt: source.receipt,
    capture,
    path,
    position: position(file, offset, length, part),
  };
  if (perspective !== undefined) from.perspective = perspective;
  if (facts !== undefined && hasAny(facts)) from.facts = facts;
  if (repairs !== undefined && repairs.length > 0) from.repairs = repairs;
  return from;
}

function hasAny(facts: object): boolean {
  for (const _ in facts) return true;
  return false;
}
