import type { EventId } from '../event.ts';
import type { Heads } from '../ports/index.ts';
import type { LogName, SealedRecord } from '../record.ts';
import type { IndexDocument } from '../search/document.ts';

/** Holds in force that somebody asks for: one by its name, those of a matter, or any (null). */
export interface AskedHolds {
  readonly by: 'hold' | 'matter';
  readonly name: string | null;
}

/** What the holds in force cover, as it was judged on the vault: for those alone who may know of holds. */
export interface HeldRecords {
  /** Two of the same key say the same: what was judged, by which holds. */
  readonly key: string;
  /** Tree sizes by log: what was judged. */
  readonly heads: Heads;
  /** Names of the holds that cover an event, ascending; null: it was sealed since, and is not judged yet. */
  holdsOf(document: Pick<IndexDocument, 'log' | 'leaf' | 'family'>): readonly string[] | null;
  /** The same of any record: a reject that may be in scope, another copy. */
  holdsOfRecord(log: LogName, sealed: SealedRecord): Promise<readonly string[] | null>;
  /** Families that any of these holds covers. Throws `query-too-wide` where there are too many to be listed. */
  covered(asked: AskedHolds): Promise<readonly EventId[] | 'everything'>;
}
