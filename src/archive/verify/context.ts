import type { Findings } from '../../core/findings.ts';
import type { ArchiveIdentity } from '../reader.ts';
import type { KnownHeads } from './heads.ts';
import type { IndexChecks } from './index-checks.ts';
import type { RecordChecks } from './records.ts';
import type { Storage } from './storage.ts';

/** How far a verification is. */
export type VerifyProgress =
  | { readonly log: string; readonly commits: number; readonly leaves: number }
  | { readonly files: string; readonly done: number };

/** What the parts of one verification share. */
export interface VerifyContext {
  readonly identity: ArchiveIdentity;
  readonly findings: Findings;
  readonly storage: Storage;
  readonly heads: KnownHeads;
  readonly records: RecordChecks;
  /** Absent: the index is not looked at. */
  readonly index?: IndexChecks;
  /** Digests of all segments that commits name. */
  readonly segments: Set<string>;
  readonly progress?: (progress: VerifyProgress) => void;
}
