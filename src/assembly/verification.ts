/** The standing verification of a service: all of the archive, at intervals, without anybody asking. */
import { setTimeout as sleep } from 'node:timers/promises';
import { recordAct } from '../archive/acts.ts';
import { newestActs } from '../archive/read/newest-acts.ts';
import type { Archive } from '../cli/archive.ts';
import { actTools } from '../cli/audit.ts';
import type { Caller } from '../cli/caller.ts';
import type { Settings } from '../config/settings.ts';
import type { Verification } from '../core/faults.ts';
import { AUDIT } from '../core/logs.ts';
import { remote } from './rpc.ts';
import { startThread } from './thread.ts';
import type { VerificationWorker, VerificationWorkerData } from './verification-worker.ts';

/** The act that seals what a standing verification came to. */
export const VERIFIED = 'verified';
const HOUR = 60 * 60_000;
/** A service that has just started has other work. */
const AT_FIRST = 10 * 60_000;
/** Timers take no longer wait. */
const LONGEST_WAIT = 24 * HOUR;

/**
 * Verifies until the caller's signal, each time `everyHours` after the last, whichever node did that. What it came to is
 * sealed in `audit`; faults are said as well, for a person must act.
 */
export async function keepVerified(archive: Archive, caller: Caller): Promise<void> {
  const { everyHours } = archive.settings.verification;
  if (everyHours === 0) return;
  const { clock } = archive;
  const earliest = clock.now() + AT_FIRST;
  // What this node did may not be sealed yet when the log is looked at next.
  let own = 0;
  while (!caller.signal.aborted) {
    const last = Math.max(own, (await lastVerified(archive)) ?? 0);
    const due = Math.max(earliest, last + everyHours * HOUR);
    const wait = Math.min(due - clock.now(), LONGEST_WAIT);
    if (wait > 0) await sleep(wait, undefined, { signal: caller.signal }).catch(() => {});
    else {
      await verifyOnce(archive, caller);
      own = clock.now();
    }
  }
}

/** Verifies once, in a thread of its own, and has the result sealed. Where it cannot, it says so, and tries again in an hour. */
export async function verifyOnce(archive: Archive, caller: Caller): Promise<void> {
  try {
    const found = await inThread(archive.settings, caller.signal);
    if (found === undefined) return;
    const codes = [...new Set(found.faults.map(({ code }) => code))];
    const details = { ok: found.ok, faults: found.faults.length, codes, checked: { ...found.checked } };
    const act = { log: AUDIT, action: VERIFIED, actor: caller.actor, details } as const;
    await recordAct(archive.stream, act, actTools(archive));
    if (!found.ok)
      caller.io.err(
        `ERROR: the archive was verified, and does not fit: ${codes.join(', ')}; run 'holdfast verify' and restore what it names`,
      );
  } catch (error) {
    caller.io.err(
      `the archive could not be verified, and will be in an hour: ${error instanceof Error ? error.message : String(error)}`,
    );
    await sleep(HOUR, undefined, { signal: caller.signal }).catch(() => {});
  }
}

/** Undefined: it was ended. */
async function inThread(settings: Settings, signal: AbortSignal): Promise<Verification | undefined> {
  const data: VerificationWorkerData = { settings };
  const thread = startThread(new URL('./verification-worker.ts', import.meta.url), data);
  const { verify } = remote<VerificationWorker>(thread.caller, ['verify']);
  const ended = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const verified = verify();
  verified.catch(() => {});
  return await Promise.race([verified, ended]).finally(() => thread.end());
}

/** When a standing verification was last sealed; ms. */
async function lastVerified({ reader }: Archive): Promise<number | undefined> {
  const { acts } = await newestActs(reader, [AUDIT], ({ action }) => action === VERIFIED, 1);
  const [last] = acts;
  return last === undefined ? undefined : Date.parse(last.act.at);
}
