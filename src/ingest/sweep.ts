import type { Sha256 } from '../core/event.ts';
import type { CarryContext } from './ingest.ts';

export interface SweepOptions extends CarryContext {
  /** Only receipts received at least this long ago, milliseconds. At start 0; later 600,000. */
  readonly olderThan: number;
}

export interface SweepResult {
  /** Receipts that some log had not sealed, carried again with identical entries. */
  readonly carried: readonly Sha256[];
}

/** Carries again every receipt that some log has not sealed, so that the stream may be lost entirely. */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  throw new Error(`not yet: ${options.olderThan}`);
}
