import { setTimeout as sleep } from 'node:timers/promises';
import { ACTIONS, recordHeads } from '../archive/acts.ts';
import type { Archive } from '../cli/archive.ts';
import { actTools } from '../cli/audit.ts';
import type { Caller } from '../cli/caller.ts';
import type { Io } from '../cli/io.ts';
import { baseOf, CONTROL, transcriptLogs } from '../core/logs.ts';
import { SealedReceipts } from '../ingest/sealed.ts';
import { type SweepResult, sweep } from '../ingest/sweep.ts';
import { Backlog } from './backlog.ts';

/** Control seals all logs' heads at least this often, while somebody is at work. */
const HEADS_EVERY = 60 * 60 * 1000;
/** Acts of control that are looked through for the last heads; none among them counts as old. */
const LOOK_BACK = 200;

/** Receipts that are pending for longer than this are carried again. */
const SWEEP_AFTER = 10 * 60 * 1000;
const ROUND = 60 * 1000;

/** The standing duties of a service, until the caller's signal: carries again what is pending, seals the heads. */
export async function serve(archive: Archive, caller: Caller, sweeps = true): Promise<void> {
  const sealed = new SealedReceipts(archive.reader);
  const logs = transcriptLogs(archive.identity.partitions);
  const backlog = new Backlog(archive);
  // At first whatever is pending: the node that carried it may be gone. Dedup absorbs what is still under way.
  let olderThan = 0;
  while (!caller.signal.aborted) {
    try {
      if (sweeps && (olderThan > 0 || !(await backlog.isMoving()))) {
        reportSweep(
          await sweep({ ...archive, register: await archive.control.refresh(), logs, sealed, olderThan }),
          caller.io,
        );
        olderThan = SWEEP_AFTER;
      }
      await sealHeadsWhenOld(archive, caller.actor);
    } catch (error) {
      // The next round tries again; what stays undone is counted by `verify` and `status`.
      caller.io.err(
        `a duty failed and will be tried again: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    await sleep(ROUND, undefined, { signal: caller.signal }).catch(() => {});
  }
}

/** Says what a sweep did, where it did something. */
export function reportSweep({ carried, damaged }: SweepResult, io: Io): void {
  if (carried.length > 0) io.err(`carried ${carried.length} receipts again that were not sealed`);
  for (const { receipt, error } of damaged) {
    io.err(`receipt ${receipt} cannot be carried: ${error.message} Restore the object from a copy.`);
  }
}

/** Seals the heads of all logs into control when the last ones are over an hour old. */
export async function sealHeadsWhenOld(archive: Archive, actor: string): Promise<void> {
  const last = await lastHeads(archive);
  if (last !== undefined && archive.clock.now() - Date.parse(last) < HEADS_EVERY) return;
  await recordHeads(archive.reader, archive.stream, actor, actTools(archive));
}

async function lastHeads(archive: Archive): Promise<string | undefined> {
  const log = (await archive.reader.openLogs()).find((name) => baseOf(name) === CONTROL);
  if (log === undefined) return undefined;
  const { size } = await archive.reader.head(log);
  let last: string | undefined;
  for await (const sealed of archive.reader.scan(log, Math.max(0, size - LOOK_BACK), size)) {
    if (sealed.type === 'act' && sealed.record.action === ACTIONS.heads) last = sealed.record.sealedAt;
  }
  return last;
}
