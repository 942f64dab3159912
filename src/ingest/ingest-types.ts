/** What a run of ingest is asked, and what it answers. */
import type { ArchiveReader } from '../archive/reader.ts';
import type { InForce } from '../core/classify.ts';
import type { Sha256 } from '../core/event.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Stream } from '../core/ports/stream.ts';
import type { Vault } from '../core/ports/vault.ts';
import type { Account, LogName } from '../core/record.ts';
import type { SealedReceipts } from './sealed.ts';
import type { StatedSettings } from './settings.ts';

/** Where entries go and what they are stamped with. */
export interface CarryContext {
  readonly vault: Vault;
  readonly stream: Stream;
  readonly clock: Clock;
  /** Transcript logs as the stream names them, in order of partition: `['m0', 'm1']`. */
  readonly logs: readonly LogName[];
  /** What is sealed already. */
  readonly reader: ArchiveReader;
  /** What was learnt of commits before; kept by the caller, so that each commit is read once. */
  readonly sealed?: SealedReceipts;
  /** By whose rules events are classified; default: the default class for all. */
  readonly register?: InForce;
}

export interface IngestOptions extends CarryContext {
  /** Files and folders; made absolute against the working directory. */
  readonly paths: readonly string[];
  /** `format`: `auto` (default) or the name of a format. */
  readonly settings?: StatedSettings;
  /** Name of the connector in the receipt; default `file`. */
  readonly connector?: string;
  readonly progress?: (progress: IngestProgress) => void;
}

/** How far it is; called at most some times a second. */
export interface IngestProgress {
  readonly files: number;
  readonly bytes: number;
  readonly units: number;
}

export interface IngestedReceipt {
  readonly receipt: Sha256;
  /** The file, or the folder (ending in `/`) that was read as a whole. */
  readonly place: string;
  readonly paths: readonly string[];
  readonly format: string;
  /** Why this format, in words. */
  readonly reason: string;
  readonly receivedAt: string;
  readonly account: Account;
  /** Events carried whose retention was over when they were received. */
  readonly expired: number;
  /** `already`: sealed by an earlier run, nothing was carried. */
  readonly state: 'carried' | 'already';
}

/** What was not read at all, and has no bytes in the vault. */
export interface Skipped {
  readonly path: string;
  readonly reason: 'symbolic-link' | 'not-a-file' | 'unreadable';
  readonly detail?: string;
}

export interface IngestResult {
  readonly receipts: readonly IngestedReceipt[];
  readonly skipped: readonly Skipped[];
}
