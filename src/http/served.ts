/** What the service is given by the composition (`src/assembly`): an open archive, and who its accounts are. */
import type { Access } from '../access/access.ts';
import type { OpenId } from '../access/openid.ts';
import type { WantedAct, WrittenAct } from '../archive/control.ts';
import type { ArchiveIdentity, ArchiveReader } from '../archive/reader.ts';
import type { Settings } from '../config/settings.ts';
import type { Register } from '../core/control/register.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { Index } from '../core/ports/index.ts';
import type { Signer } from '../core/ports/signer.ts';
import type { Stream } from '../core/ports/stream.ts';
import type { Vault } from '../core/ports/vault.ts';
import type { LogName, RecordName } from '../core/record.ts';

/** An archive that this process may read and write. */
export interface ServedArchive {
  readonly settings: Settings;
  readonly identity: ArchiveIdentity;
  readonly vault: Vault;
  readonly stream: Stream;
  readonly index: Omit<Index, 'rebuild'>;
  readonly reader: ArchiveReader;
  readonly keys: { readonly node: Signer };
  readonly clock: Clock;
  readonly random: Random;
  /** Logs that stopped for cause. */
  incidents(): readonly { readonly log: LogName; readonly code: ErrorCode; readonly message: string }[];
}

/** The sealed acts that decide who may do what. */
export interface Control {
  /**
   * The register, at most five seconds old, and with everything up to `position` in it where that is given. Throws
   * `register-stale`.
   */
  register(position?: RecordName): Promise<Register>;
  /** Has an act sealed and folded. Throws `conflict`, `refused`, `bad-usage`. */
  write(actor: string, act: WantedAct): Promise<WrittenAct>;
}

/** How a command of the command line is run for an account: what long work consists of. */
export type RunCommand = (
  argv: readonly string[],
  caller: {
    readonly actor: string;
    readonly signal: AbortSignal;
    /** A line of the result, without its end. */
    out(line: string): void;
    /** A line of progress. */
    progress(line: string): void;
  },
) => Promise<number>;

export interface ServiceParts {
  readonly archive: ServedArchive;
  readonly access: Access;
  readonly openId?: OpenId;
  readonly control: Control;
  readonly run: RunCommand;
  /** Folder of jobs, that every node of the archive sees. */
  readonly jobs: string;
  /** Name of this process among those that run jobs. */
  readonly node: string;
  /** Bytes that are free where the vault lies. */
  freeBytes(): Promise<number>;
  /** A line of the log. */
  log(line: string): void;
}
