import { HoldfastError } from '../core/errors.ts';
import type { Verification } from '../core/faults.ts';
import { baseLogs, CONTROL } from '../core/logs.ts';
import type { LogName } from '../core/record.ts';
import { type Copied, type CopyOptions, copyArchive } from './copy.ts';
import { IDENTITY_NAME } from './read/identity.ts';
import { type GenerationTools, openNextGeneration } from './seal/generation.ts';
import type { OutsideCheckpoint } from './verify/against.ts';
import type { VerifyProgress } from './verify/context.ts';
import { verifyArchive } from './verify/verify.ts';

export interface RestoreOptions extends CopyOptions {
  /** Checkpoints that an outsider holds: the backup must reach and extend them. */
  readonly against?: readonly OutsideCheckpoint[];
  readonly verifying?: (progress: VerifyProgress) => void;
}

export type Restored =
  | { readonly outcome: 'restored'; readonly copied: Copied; readonly verification: Verification }
  /** The backup has faults; nothing was written. */
  | { readonly outcome: 'refused'; readonly verification: Verification };

/**
 * First half of a restore: verifies the backup, then copies it into an empty vault. `archive-exists` where the vault
 * holds an archive. A copy that was broken off is no archive yet, and restoring again goes on with it.
 */
export async function restoreVault(options: RestoreOptions): Promise<Restored> {
  if ((await options.to.size(IDENTITY_NAME)) !== undefined)
    throw new HoldfastError('archive-exists', 'The folder already holds an archive; nothing was changed.', {
      hint: 'Restore into a new folder.',
    });
  const verification = await verifyArchive({
    vault: options.from,
    ...(options.against && { against: options.against }),
    ...(options.verifying && { progress: options.verifying }),
  });
  if (!verification.ok) return { outcome: 'refused', verification };
  return { outcome: 'restored', copied: await copyArchive(options), verification };
}

/**
 * Second half, on a fresh stream and before anything is appended or consumed: closes every log at the head that the
 * backup has and opens its next generation, so that nothing sealed after the backup can be taken for its continuation.
 * After a crash in the middle the logs that are left are opened as after a lost stream. Answers the new logs' names.
 */
export async function openRestoredLogs(tools: GenerationTools): Promise<LogName[]> {
  const opened: LogName[] = [];
  const bases = baseLogs(tools.identity.partitions);
  for (const base of [CONTROL, ...bases.filter((name) => name !== CONTROL)]) {
    const log = await openNextGeneration(tools, base, 'restored');
    if (log !== undefined) opened.push(log);
  }
  return opened;
}
