import type { Verification } from '../core/faults.ts';
import { type Copied, type CopyOptions, copyArchive } from './copy.ts';
import type { VerifyProgress } from './verify/context.ts';
import { verifyArchive } from './verify/verify.ts';

export interface BackupOptions extends CopyOptions {
  readonly verifying?: (progress: VerifyProgress) => void;
}

export interface Backup extends Copied {
  /** Of the copy, recomputed from what was written. A backup with faults is no backup: say so. */
  readonly verification: Verification;
}

/**
 * Copies an archive into another vault (the `vault` folder of a backup), consistent at commits, and verifies the copy.
 * A second backup into the same vault copies only what is new. Keys are not in the vault: they are copied apart, and
 * without them the restored archive can be read and verified, and no longer be added to.
 */
export async function backupArchive(options: BackupOptions): Promise<Backup> {
  const copied = await copyArchive(options);
  const verification = await verifyArchive({
    vault: options.to,
    ...(options.verifying && { progress: options.verifying }),
  });
  return { ...copied, verification };
}
