/**
 * Entries (what the stream carries) and records (what a log has sealed). An entry becomes a record by getting a leaf
 * number, a salt and `sealedAt`; `docs/record-format.md` fixes every byte.
 */
import type { Event, Json, Position, Provenance, Sha256 } from './event.ts';

/** A retention class: a name that is safe in a path. */
export type RetentionClass = string;
/** UTC quarter of the class's clock: `2026Q4`. */
export type Quarter = string;
/** A log with its generation: `m0`, `m0.2`, `control`, `audit`. */
export type LogName = string;
/** The one name of a sealed record: `m0/123`. */
export type RecordName = string;

/** The bucket stamped on an entry when it is carried: the unit of disposal. */
export interface Bucket {
  readonly class: RetentionClass;
  readonly quarter: Quarter;
}

/** Where the bytes of attachments stand in the vault. */
export const attachmentsPrefix = (bucket: Bucket): string => `attachments/${bucket.class}/${bucket.quarter}/`;
export const attachmentName = (bucket: Bucket, sha256: Sha256): string => attachmentsPrefix(bucket) + sha256;

/** What a receipt's framing and reading came to. `units = events + rejects + excluded`, always. */
export interface Account {
  readonly units: number;
  readonly events: number;
  readonly rejects: number;
  readonly excluded: number;
  /** Reason → number; adds up to `excluded`. */
  readonly exclusions: { readonly [reason: string]: number };
  /** What the source itself stated, where it states a count or a sequence: compared, never trusted. */
  readonly stated?: readonly Statement[];
  /** Log (without generation) → events carried there. */
  readonly logs: { readonly [log: string]: number };
}

/** A number that the source states of itself beside the one that was found. */
export interface Statement {
  /** What was counted, in words: `messages in room 17`. */
  readonly what: string;
  readonly stated: number;
  readonly found: number;
}

export interface Reject {
  readonly receipt: Sha256;
  readonly capture: Sha256;
  readonly path: string;
  readonly position: Position;
  /** From the table in `rejects.ts`. */
  readonly code: string;
  /** Why, in words, without content. */
  readonly detail?: string;
}

export interface ReceiptEntry {
  readonly receipt: Sha256;
  readonly connector: string;
  readonly format: string;
  readonly receivedAt: string;
  readonly account: Account;
}

/** The same event seen again in another copy: names the record it repeats. */
export interface Observation {
  readonly record: RecordName;
  readonly event: string;
  readonly provenance: Provenance;
}

/**
 * An act of the archive's own people and jobs. `control` acts change what the archive does, `audit` acts change
 * nothing. `actor` is `os:<user>@<host>` for local acts.
 */
export interface Act {
  /** 128 random bits in hex: an act carried twice is sealed once. */
  readonly id: string;
  readonly action: string;
  readonly actor: string;
  /** UTC, milliseconds. */
  readonly at: string;
  readonly details: { readonly [key: string]: Json };
  /** Key name of the node that wrote it, and its Ed25519 signature (base64) over the JCS of the act without it. */
  readonly node?: string;
  readonly signature?: string;
}

/** What the stream carries: JSON text of one of these per message. */
export type Entry =
  | ({ readonly type: 'event'; readonly event: Event } & Bucket)
  | ({ readonly type: 'reject'; readonly reject: Reject } & Bucket)
  | ({ readonly type: 'receipt'; readonly receipt: ReceiptEntry } & Bucket)
  | ({ readonly type: 'act'; readonly act: Act } & Bucket);

interface Stamp extends Bucket {
  /** UTC, milliseconds; never runs backwards in a log. */
  readonly sealedAt: string;
}

export type EventRecord = Event & Stamp;

/** A sealed record as its segment line holds it. */
export type SealedRecord = {
  readonly leaf: number;
  /** 128-bit random record salt, hex. */
  readonly salt: string;
} & (
  | { readonly type: 'event'; readonly record: EventRecord }
  | { readonly type: 'reject'; readonly record: Reject & Stamp }
  | { readonly type: 'receipt'; readonly record: ReceiptEntry & Stamp }
  | { readonly type: 'observation'; readonly record: Observation & Stamp }
  | { readonly type: 'act'; readonly record: Act & Stamp }
);

export type RecordType = SealedRecord['type'];

/**
 * Per receipt, what one commit sealed of it: event records, and whether the receipt entry itself is among them.
 * A receipt is pending until every log that its account names has sealed its entry.
 */
export interface ReceiptProgress {
  readonly receipt: Sha256;
  readonly records: number;
  readonly entry: boolean;
}

/** A commit: the truth of a log. Put once under `ledger/<log>/commits/<n>`, n in twelve digits, 0 is genesis. */
export interface Commit {
  readonly v: 1;
  readonly log: LogName;
  readonly n: number;
  /** SHA-256 of the stored bytes of commit n − 1; null at genesis. */
  readonly previous: Sha256 | null;
  /** Stream offsets: this commit covers [from, to). Empty where nothing was new. */
  readonly from: number;
  readonly to: number;
  /** SHA-256 of the last message below `to`; null while none was sealed. */
  readonly last: Sha256 | null;
  /** Leaves in the log after this commit. */
  readonly sizeAfter: number;
  readonly sealedAt: string;
  readonly segments: readonly SegmentName[];
  /** The leaf values in order, 32 bytes each, concatenated, base64. */
  readonly leaves: string;
  /** Two 16-byte dedup keys per leaf in leaf order, concatenated, base64; zeros where a type has none. */
  readonly dedup: string;
  readonly receipts: readonly ReceiptProgress[];
  /** The signed checkpoint of `sizeAfter` leaves (C2SP note text). */
  readonly checkpoint: string;
}

export interface SegmentName extends Bucket {
  /** SHA-256 of the stored, compressed bytes. */
  readonly digest: Sha256;
  readonly count: number;
}
