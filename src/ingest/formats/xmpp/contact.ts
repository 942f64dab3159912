import type { Json, Party, Repair } from '../../../core/event.ts';
import type { Outcome } from '../../format.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, type Scribe } from '../../reading/scribe.ts';
import { undated } from '../../reading/undated.ts';
import { bare, NETWORK, person } from './people.ts';

/** One contact of somebody's list, or one member of a room, as a server keeps it in a row. */
export function contactOutcome(
  scribe: Scribe,
  place: Place,
  given: {
    readonly owner: string;
    readonly contact: string;
    readonly name?: string | undefined;
    readonly room?: string | undefined;
    readonly part?: string | undefined;
    readonly repairs: Repair[];
    readonly extra: { readonly [key: string]: Json };
  },
): Outcome {
  const { owner, contact, name, room, part, repairs, extra } = given;
  const members: Party[] = [person(contact, name)];
  const keeper = person(owner);
  return {
    type: 'event',
    event: {
      ...scribe.write(place, {
        network: NETWORK,
        conversation: room === undefined ? direct(keeper.address) : { id: bare(room), kind: 'room' },
        at: undated(repairs),
        sender: room === undefined ? keeper : undefined,
        key: ['roster', bare(owner), bare(contact)],
        perspective: room === undefined ? keeper.address : undefined,
        repairs,
        part,
        extra,
      }),
      kind: 'roster',
      payload: { members, basis: 'stated' },
    },
  };
}

/** The named columns that hold something. */
export function extraOf(
  value: (column: string) => string | undefined,
  ...columns: readonly string[]
): { [key: string]: Json } {
  const extra: { [key: string]: Json } = {};
  for (const column of columns) {
    const found = value(column);
    if (found !== undefined && found !== '') extra[column] = found.toWellFormed();
  }
  return extra;
}
