/**
 * What a production does not show. A record is closed before anything of it is written down: what is withheld or
 * redacted is in no file of the bundle because no later step ever has it.
 */

import { type RedactedRecord, redact } from '../../core/ledger/leaf.ts';
import type { EventRecord, RecordName } from '../../core/record.ts';
import type { SealedEvent } from './sealed-event.ts';

/** Why a family is not shown. `withheld`: nothing of it; `redacted`: who, when and where, not what. */
export interface Closing {
  readonly is: 'withheld' | 'redacted';
  readonly reason: string;
}

/** A family that is not shown, by the name of one of its records. */
export interface ClosedFamily extends Closing {
  readonly record: RecordName;
}

/**
 * Fields of an event that a redaction leaves. Its ids are not among them: where a source has none of its own, they are
 * made of the text, and would confirm a guess.
 */
const REVEALED = [
  'kind',
  'network',
  'conversation',
  'sender',
  'recipients',
  'actor',
  'at',
  'provenance',
  'class',
  'quarter',
  'sealedAt',
] as const satisfies readonly (keyof EventRecord)[];

/** What a redaction leaves of an event. */
export type RedactedEvent = Pick<EventRecord, (typeof REVEALED)[number]>;

/** What an export has of a record. */
export type Content =
  | { readonly is: 'whole'; readonly sealed: SealedEvent }
  | {
      readonly is: 'redacted';
      readonly reason: string;
      readonly record: RedactedEvent;
      readonly closed: RedactedRecord;
    }
  | { readonly is: 'withheld'; readonly reason: string; readonly closed: RedactedRecord };

export function contentOf(sealed: SealedEvent, closing: Closing | undefined): Content {
  if (closing === undefined) return { is: 'whole', sealed };
  const { is, reason } = closing;
  const { salt, record } = sealed;
  if (is === 'withheld') return { is, reason, closed: redact('event', salt, record, []) };
  const { kind, network, conversation, sender, recipients, actor, at, provenance, quarter, sealedAt } =
    record;
  const left: RedactedEvent = {
    kind,
    network,
    conversation,
    ...(sender === undefined ? {} : { sender }),
    ...(recipients === undefined ? {} : { recipients }),
    ...(actor === undefined ? {} : { actor }),
    at,
    provenance,
    class: record.class,
    quarter,
    sealedAt,
  };
  return { is, reason, record: left, closed: redact('event', salt, record, REVEALED) };
}

/** The record as far as an export shows it; undefined where it is withheld. */
export function shownOf(content: Content): RedactedEvent | undefined {
  switch (content.is) {
    case 'whole':
      return content.sealed.record;
    case 'redacted':
      return content.record;
    case 'withheld':
      return undefined;
  }
}
