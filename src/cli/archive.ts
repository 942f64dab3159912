/**
 * What the command line asks of the composition (`src/assembly` implements it): an open archive, whose engines it does
 * not know, and the few acts that make, open or serve one.
 */
import type { Access } from '../access/access.ts';
import type { ArchiveIdentity, ArchiveReader } from '../archive/reader.ts';
import type { RegisterFollower } from '../archive/register.ts';
import type { GenerationTools } from '../archive/seal/generation.ts';
import type { AuditedIndex } from '../archive/verify/index-checks.ts';
import type { Settings } from '../config/settings.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { Index } from '../core/ports/index.ts';
import type { CertifiedSigner, Signer } from '../core/ports/signer.ts';
import type { Stream } from '../core/ports/stream.ts';
import type { Vault } from '../core/ports/vault.ts';
import type { LogName } from '../core/record.ts';
import type { Caller } from './caller.ts';
import type { Io } from './io.ts';

export interface ArchiveKeys {
  readonly ledger: Signer;
  readonly node: Signer;
  readonly seal: CertifiedSigner;
}

/** How far the archivers and indexers of this archive are, as far as this process can see. */
export interface LogState {
  readonly log: LogName;
  readonly records: number;
  readonly commits: number;
  readonly sealedAt: string;
  readonly indexed: number;
  /** Entries in the stream that no commit covers yet. */
  readonly pending: number;
}

/** An archive that this process may read and write. */
export interface Archive {
  readonly settings: Settings;
  readonly identity: ArchiveIdentity;
  readonly vault: Vault;
  readonly stream: Stream;
  readonly index: Omit<Index, 'rebuild'>;
  /** Makes the index anew from the vault, beside the one in use; searches are answered meanwhile. */
  rebuildIndex(): Promise<{ readonly documents: number }>;
  readonly reader: ArchiveReader;
  /** What all control acts come to, as far as this process has read them. */
  readonly control: RegisterFollower;
  /** Who its accounts are. */
  access(): Promise<Access>;
  readonly keys: ArchiveKeys;
  readonly clock: Clock;
  readonly random: Random;
  /** Logs that stopped for cause since this process opened the archive; a person must act. */
  incidents(): readonly { readonly log: LogName; readonly code: ErrorCode; readonly message: string }[];
}

/** `api`: the HTTP service. */
export type Role = 'archiver' | 'indexer' | 'sweeper' | 'api';
export const ROLES: readonly Role[] = ['archiver', 'indexer', 'sweeper', 'api'];

/** Where the parts of an archive lie that are folders. */
export interface ArchiveFolders {
  readonly vault: string;
  readonly keys: string;
}

/** An archive's files, read without a lock, beside whoever holds it. */
export interface Inspection {
  readonly vault: Vault;
  /** Absent where there is none to compare with. */
  readonly index?: AuditedIndex;
  close(): Promise<void>;
}

export interface Initialised {
  readonly identity: ArchiveIdentity;
  readonly folders: ArchiveFolders;
  /** Where a new passphrase was written because none was given. */
  readonly passphraseFile?: string;
}

/** Makes, opens and serves archives; chosen once, in `main.ts`. */
export interface Deployment {
  init(settings: Settings, passphrase: string | undefined, caller: Caller): Promise<Initialised>;
  /** Has another process run the command, where one holds the archive: its exit code; undefined: run it here. */
  elsewhere(settings: Settings, argv: readonly string[], caller: Caller): Promise<number | undefined>;
  /** Runs `use` on the open archive and closes it, sealing and indexing what is pending where that is this process's. */
  withArchive<T>(
    settings: Settings,
    passphrase: string | undefined,
    caller: Caller,
    use: (archive: Archive) => Promise<T>,
  ): Promise<T>;
  /** Serves until the caller's signal: archives, indexes, sweeps, and runs the commands of other processes. */
  start(
    settings: Settings,
    passphrase: string | undefined,
    roles: readonly Role[],
    caller: Caller,
  ): Promise<void>;
  /** `cache`: for what may be lost at any time. */
  folders(settings: Settings): ArchiveFolders & { readonly cache: string };
  inspect(settings: Settings, io: Io): Promise<Inspection>;
  /** A vault in any folder: a backup, a copy. */
  vaultAt(folder: string): Vault;
  /** Opens generations by `open`, while nobody seals: after a restore, or after an incident that a person looked into. */
  openGenerations(
    settings: Settings,
    passphrase: string | undefined,
    caller: Caller,
    open: (tools: GenerationTools) => Promise<LogName[]>,
  ): Promise<LogName[]>;
}
