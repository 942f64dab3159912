/**
 * Writing to control: an act is carried, sealed and folded before its writer is told what became of it. The fold alone
 * decides; nothing is checked here that it does not check again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlAct, isDirectoryAction, readControlAct } from '../core/control/acts.ts';
import type { Outcome } from '../core/control/fold.ts';
import type { Register } from '../core/control/register.ts';
import { VOIDS } from '../core/control/void.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Json } from '../core/event.ts';
import { CONTROL } from '../core/logs.ts';
import type { Stream } from '../core/ports/stream.ts';
import type { RecordName } from '../core/record.ts';
import { type ActTools, recordAct } from './acts.ts';
import type { FoldedAct, RegisterFollower } from './register.ts';
import type { WaitOptions } from './sealing.ts';

/** Longest act as JSON, in bytes: what any stream takes, with room for what sealing adds. */
const LONGEST_ACT = 4 * 1024 * 1024;
const LATE_AFTER = 10_000;
const FIRST_POLL = 5;
const LONGEST_POLL = 50;

/** An act that somebody asks for: of the forms in `src/core/control/forms.ts`, or one on the directory. */
export type WantedAct =
  | ControlAct
  | { readonly action: `directory.${string}`; readonly details: { readonly [key: string]: Json } };

export interface WrittenAct {
  /** Where it is sealed: a token with which any node waits until it has read it (`RegisterFollower.reach`). */
  readonly position: RecordName;
  /** The register right after it. */
  readonly register: Register;
}

export interface ControlTools {
  readonly stream: Pick<Stream, 'append'>;
  readonly follower: RegisterFollower;
  readonly acts: ActTools;
}

/**
 * Has an act done. `actor`: the account, or `os:<user>@<host>`. Resolves when it is sealed and folded and counts.
 * Throws `conflict` where another act came first and `refused` where the actor may not; both are sealed, as void.
 */
export async function writeControl(
  { stream, follower, acts }: ControlTools,
  actor: string,
  wanted: WantedAct,
  options: WaitOptions = {},
): Promise<WrittenAct> {
  const details = checked(wanted);
  // Folded up to here, so that the wait begins where the act can only come later.
  await follower.refresh();
  const id = Buffer.from(acts.random.bytes(16)).toString('hex');
  let folded: FoldedAct | undefined;
  const watch = follower.watch(id, (found) => {
    folded = found;
  });
  try {
    await recordAct(stream, { log: CONTROL, action: wanted.action, actor, details, id }, acts);
    const done = await until(() => folded, follower, options);
    if (done.outcome.is === 'void') throw voided(wanted.action, done.position, done.outcome);
    return { position: done.position, register: done.register };
  } finally {
    watch.forget();
  }
}

/** What cannot be read back is never sent; what is only forbidden is, so that the attempt is sealed. */
function checked(wanted: WantedAct): { readonly [key: string]: Json } {
  const details = wanted.details as { readonly [key: string]: Json };
  if (Buffer.byteLength(JSON.stringify(details)) > LONGEST_ACT)
    throw new HoldfastError('bad-usage', 'The act is longer than 4 MiB.', { hint: 'Make it in parts.' });
  if (isDirectoryAction(wanted.action)) return details;
  const read = readControlAct({ action: wanted.action, details });
  if (read.ok) return details;
  throw new HoldfastError('bad-usage', `The act ${wanted.action} cannot be written: ${read.why}.`, {
    hint: 'Names are lower-case letters, digits, dots, dashes and underscores; texts are not empty.',
  });
}

async function until(
  folded: () => FoldedAct | undefined,
  follower: RegisterFollower,
  options: WaitOptions,
): Promise<FoldedAct> {
  const lateAfter = options.lateAfter ?? LATE_AFTER;
  let quiet = 0;
  for (let pause = FIRST_POLL; ; pause = Math.min(LONGEST_POLL, pause * 2)) {
    await follower.refresh();
    const found = folded();
    if (found !== undefined) return found;
    quiet += pause;
    if (quiet >= lateAfter) {
      quiet = 0;
      options.late?.([CONTROL]);
    }
    await sleep(pause, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

function voided(
  action: string,
  position: RecordName,
  outcome: Extract<Outcome, { is: 'void' }>,
): HoldfastError {
  const { answer, says } = VOIDS[outcome.reason];
  const { won, why } = outcome;
  const winner = won === null ? '' : `: ${won.action} by ${won.actor} at ${won.at} (${won.position})`;
  const because = why === null ? says : `${says} (${why})`;
  return new HoldfastError(answer, `${action} has no effect: ${because}${winner}.`, {
    hint:
      answer === 'conflict'
        ? `Look at it as it is now and decide again. The attempt is sealed as ${position}.`
        : `The attempt is sealed as ${position}. ${outcome.reason === 'needs-account' ? 'Name an account with --as.' : "'holdfast account roles' shows who may do what."}`,
  });
}
