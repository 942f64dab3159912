import type { Provenance, Repair } from '../../core/event.ts';
import type { Source, SourceFile } from '../format.ts';

/** Where a unit stands: a file and the bytes in it. */
export interface Place {
  readonly source: Source;
  readonly file: SourceFile;
  readonly offset: number;
  readonly length: number;
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
  const { file } = place;
  const { part, perspective, facts, repairs } = more;
  return {
    receipt: place.source.receipt,
    capture: file.capture,
    path: file.path,
    position: {
      ...(file.member !== undefined && { member: file.member }),
      offset: place.offset,
      length: place.length,
      ...(part !== undefined && { part }),
    },
    ...(perspective !== undefined && { perspective }),
    ...(facts !== undefined && Object.keys(facts).length > 0 && { facts }),
    ...(repairs !== undefined && repairs.length > 0 && { repairs }),
  };
}
