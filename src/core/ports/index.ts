import type { EventId } from '../event.ts';
import type { Bucket, LogName, RecordName } from '../record.ts';
import type { IndexDocument } from '../search/document.ts';
import type { Plan } from '../search/plan.ts';

/** How far a log is indexed: every event of leaves below `size` can be found. */
export interface IndexPosition {
  /** Tree size. */
  readonly size: number;
  /** Rejects among these leaves: records that no search can look into. */
  readonly rejects: number;
}

/** Tree sizes by log: what an answer covers. A log that is not named is not covered. */
export type Heads = { readonly [log: LogName]: number };

/** A place in the order of answers: (at, log, leaf). `at` in milliseconds since 1970 UTC; logs compare by code unit. */
export interface Cursor {
  readonly at: number;
  readonly log: LogName;
  readonly leaf: number;
}

export interface PageRequest {
  /** 1 to 10,000. */
  readonly limit: number;
  /** Only what comes after this place (before it, where `backwards`). */
  readonly after?: Cursor;
  /** Descending order. */
  readonly backwards?: boolean;
  /** Only leaves below these sizes. */
  readonly heads: Heads;
}

export interface BucketStatus extends Bucket {
  readonly documents: number;
  /** On disk, as far as the engine knows. */
  readonly bytes: number;
  /** Documents that the engine took only without their searchable text. */
  readonly bare: number;
}

/** One document as the index holds it, for comparison with the vault. */
export interface IndexAudit {
  readonly leaf: number;
  /** `documentDigest` of what is stored; another value where it is no document of this place. */
  readonly digest: string;
}

/** A place where an index contradicts itself. */
export interface IndexFlaw {
  /** `differs`: searches look into other words or columns than the document has; `strange`: there is no document. */
  readonly kind: 'differs' | 'strange';
  /** `log/leaf`, or a part of the engine's own storage. */
  readonly where: string;
}

/** An empty index beside the one in use. */
export interface IndexRebuild {
  readonly index: Index;
  /** Puts the new index in the place of the old one, whose files are then removed. Positions move with it. */
  adopt(): Promise<void>;
  /** Throws the new index away. */
  abandon(): Promise<void>;
}

/**
 * The index finds. It holds nothing that the vault does not, may lag behind it and never leads, and can be rebuilt.
 * There is no update, replace or delete: a document is added once under its name `log/leaf`.
 *
 * Every method waits while the engine is away and says so through the engine's settings; `index-away` is thrown only
 * where its patience is configured to end. A plan that the engine cannot answer whole is `query-too-wide`.
 */
export interface Index {
  /**
   * Adds documents, ascending by leaf within each log, unless their names are taken. Idempotent: a batch, or any part of
   * it, may come again after a crash. Not necessarily found before `advance`.
   */
  add(documents: readonly IndexDocument[]): Promise<void>;
  /**
   * Declares that everything below `position.size` was added. When it resolves, all of it is found by searches, and the
   * position is recorded, last. A position below the recorded one changes nothing. Throws `conflict` where a new index
   * took the place of the one that documents of this log were added to: they are added again, from its position on.
   */
  advance(log: LogName, position: IndexPosition): Promise<void>;
  /** Positions of all logs; a log without one is at 0. */
  positions(): Promise<ReadonlyMap<LogName, IndexPosition>>;
  /** Documents that fit, in order (at, log, leaf), at most `limit`. */
  search(plan: Plan, page: PageRequest): Promise<IndexDocument[]>;
  /** How many documents fit: exact, however many. */
  count(plan: Plan, heads: Heads): Promise<number>;
  /** Keys (`conversationKey`) of all conversations with a document that fits, ascending; `query-too-wide` above `limit`. */
  conversations(plan: Plan, heads: Heads, limit: number): Promise<string[]>;
  /**
   * Keys of the addresses of all senders and recipients, ascending; `query-too-wide` above `limit`. Of every document
   * that searches can find, and maybe of more.
   */
  addresses(limit: number): Promise<string[]>;
  /** The documents of these names; names without one are missing from the answer. */
  get(names: readonly RecordName[]): Promise<ReadonlyMap<RecordName, IndexDocument>>;
  /** The edits and deletions of each family, in order; a family without any is missing from the answer. */
  changes(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, readonly IndexDocument[]>>;
  /** Every document of a log from leaf `from`, ascending by leaf: for verification. */
  scan(log: LogName, from: number): AsyncIterable<IndexAudit>;
  /** Where what searches look into is not what the documents that `scan` gives say: for verification, after it. */
  flaws(): AsyncIterable<IndexFlaw>;
  /** Logs that any document or position names. */
  logs(): Promise<LogName[]>;
  buckets(): Promise<BucketStatus[]>;
  /** Drops a bucket after its disposal. Until disposal exists this always throws `removal-refused`. */
  drop(bucket: Bucket): Promise<void>;
  /** Opens an empty index beside this one, which stays in use until `adopt`. */
  rebuild(): Promise<IndexRebuild>;
  close(): Promise<void>;
}
