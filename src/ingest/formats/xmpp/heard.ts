/** What is known of a stanza beside what it says itself. */
import type { Json, Moment, Provenance, Repair } from '../../../core/event.ts';
import type { Place } from '../../reading/provenance.ts';
import type { Ends } from './people.ts';

/** What is known of a stanza from around it. */
export interface Heard {
  readonly place: Place;
  readonly part?: string | undefined;
  /** Time that the archive gives; it wins over what the stanza bears. */
  readonly at?: Moment | undefined;
  /** Whose archive this is. */
  readonly owner?: string | undefined;
  /** Id in the archive; in a room's own archive it is the room's id of the message. */
  readonly archiveId?: string | undefined;
  /** Ends where the stanza leaves them out. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The real account behind the sender, where the archive says it. */
  readonly account?: string | undefined;
  /** The room, where the archive says that this was said in one. */
  readonly room?: string | undefined;
  /** The two sides, where the archive names them and not who of them wrote. */
  readonly between?: readonly string[] | undefined;
  /** Sent by an occupant of a room to another alone. */
  readonly withinRoom?: boolean | undefined;
  readonly facts?: Provenance['facts'] | undefined;
  readonly repairs: Repair[];
  readonly extra?: { readonly [key: string]: Json } | undefined;
  /** The stanza as text, for its markup. */
  readonly source?: string | undefined;
}

/** When, where and between whom a stanza was said. */
export interface Known {
  readonly at: Moment;
  readonly ends: Ends;
  /** Bare JID of the room. */
  readonly room: string | undefined;
  readonly key: string | undefined;
}
