import { familyOf } from '../../core/event.ts';
import type { EventRecord, SealedRecord } from '../../core/record.ts';

export type { EventRecord } from '../../core/record.ts';

/** A sealed record that is an event: what a selection consists of. */
export type SealedEvent = Extract<SealedRecord, { readonly type: 'event' }>;

/** Event id of the message that a record belongs to. */
export const familyName = (record: EventRecord): string => familyOf(record);
