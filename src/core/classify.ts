import type { Event } from './event.ts';
import type { Bucket, RetentionClass } from './record.ts';
import { DEFAULT_CLASS, quarterOf } from './retention.ts';

/** What is in force when an event is carried. Until rules exist: one class for all. */
export interface Register {
  readonly defaultClass: RetentionClass;
}

export const DEFAULT_REGISTER: Register = { defaultClass: DEFAULT_CLASS };

/** What classification may know of a receipt. `receivedAt` is the first one, UTC: the clock that nobody can forge. */
export interface ReceivedReceipt {
  readonly receivedAt: string;
}

/**
 * The bucket of an event: computed once, when it is carried, and checked at sealing. Pure, so that carrying the same
 * receipt again gives the same bucket.
 */
export function classify(_event: Event, receipt: ReceivedReceipt, register: Register): Bucket {
  return { class: register.defaultClass, quarter: quarterOf(receipt.receivedAt) };
}

/** The bucket of a receipt entry and of rejects: the longest class of the connector. */
export function classifyReceipt(receipt: ReceivedReceipt, register: Register): Bucket {
  return { class: register.defaultClass, quarter: quarterOf(receipt.receivedAt) };
}
