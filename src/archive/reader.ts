/**
 * The reading side of the archive: the one part of this feature that other features may import. Everything it returns
 * was checked against the ledger; what does not fit throws `damaged-archive`.
 */
import type { Sha256 } from '../core/event.ts';
import type { Bucket, Commit, LogName, RecordName, SealedRecord } from '../core/record.ts';

/** Fixed at `init`: `ledger/archive.json`, repeated as control's first entry. */
export interface ArchiveIdentity {
  readonly v: 1;
  /** Name without spaces or `+`: prefix of every origin (`<id>/<log>`). */
  readonly id: string;
  /** Number of transcript logs `m0…`. */
  readonly partitions: number;
  readonly createdAt: string;
  /** Ed25519 public keys, base64 of the raw 32 bytes. */
  readonly keys: { readonly ledger: string; readonly node: string };
}

/** A signed tree head. */
export interface Head {
  readonly log: LogName;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** C2SP checkpoint, signed. */
  readonly note: string;
  /** Number of the commit that it belongs to. */
  readonly commit: number;
}

export interface ArchiveReader {
  readonly identity: ArchiveIdentity;
  /** Every log of every generation, ascending. */
  logs(): Promise<LogName[]>;
  /** The newest generation of each base log. */
  openLogs(): Promise<LogName[]>;
  /** Newest head of a log; throws `not-found` for a log without commits. */
  head(log: LogName): Promise<Head>;
  /** The head that a log had after one of its commits. Throws `not-found` where there is no such commit. */
  headAt(log: LogName, commit: number): Promise<Head>;
  /** Commits from `from` (default 0) in order, up to the newest there is; ends there. */
  commits(log: LogName, from?: number): AsyncIterable<Commit>;
  /** One record, read from its segment and checked against its leaf. Throws `not-found`. */
  record(name: RecordName): Promise<SealedRecord>;
  /** Many records in the order asked, segments opened once each where that is possible. */
  records(
    names: AsyncIterable<RecordName> | Iterable<RecordName>,
  ): AsyncIterable<{ name: RecordName; sealed: SealedRecord }>;
  /** All records of leaves [from, to) of a log, in order, in bounded memory. */
  scan(log: LogName, from: number, to: number): AsyncIterable<SealedRecord>;
  /** Bytes of a file that an event in this bucket holds, as they stand in the vault. Throws `not-found`. */
  attachment(bucket: Bucket, sha256: Sha256): AsyncIterable<Uint8Array>;
  /** Bytes of a capture as they were received; undefined where the vault has it no more. */
  capture(sha256: Sha256): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** C2SP tlog-proof text: leaf index, inclusion path and checkpoint of `head` (default: the newest). */
  proof(name: RecordName, head?: Head): Promise<string>;
  /** RFC 6962 consistency proof between two sizes of a log: hashes of 32 bytes. */
  consistency(log: LogName, from: number, to: number): Promise<Uint8Array[]>;
}
