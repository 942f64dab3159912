/**
 * The fold: all that decides whether a control act counts. Pure and deterministic: it reads sealed entries in their
 * order and nothing else, so that every node, and everyone who replays the vault, comes to the same register. What an
 * act says may be hostile: anyone who reaches the stream can have something sealed.
 */
import { isActSignedBy } from '../act.ts';
import { foldDirectory } from '../directory/fold.ts';
import { type ControlAct, isDirectoryAction, OWN_ACTIONS, readControlAct } from './acts.ts';
import { foldAccount } from './fold-accounts.ts';
import { foldGrant } from './fold-grants.ts';
import { foldHold } from './fold-holds.ts';
import { foldMatter } from './fold-matters.ts';
import { foldRetention } from './fold-retention.ts';
import type { Register } from './register.ts';
import { type SealedAct, type Stamp, stampOf } from './stamp.ts';
import { type Asked, actorOf, forbidden, type Refused, refused, type Step } from './step.ts';
import type { VoidReason } from './void.ts';

/** Raised whenever the same entries would come to another register: snapshots of older ones are thrown away. */
export const FOLD_VERSION = 3;

/** `done`: it changed the register. `noted`: an act of the archive on itself. `void`: sealed, and without effect. */
export type Outcome =
  | { readonly is: 'done' }
  | { readonly is: 'noted' }
  | {
      readonly is: 'void';
      readonly reason: VoidReason;
      readonly why: string | null;
      /** The act that came before and changed the same thing. */
      readonly won: Stamp | null;
    };

export interface Folded {
  readonly register: Register;
  readonly outcome: Outcome;
}

/** `nodeKey`: raw Ed25519 key of this archive's nodes, by which every act must be signed. */
export function fold(register: Register, sealed: SealedAct, nodeKey: Uint8Array): Folded {
  const moved: Register = { ...register, position: sealed.position };
  if (OWN_ACTIONS.has(sealed.act.action)) return { register: moved, outcome: { is: 'noted' } };
  const step = isActSignedBy(sealed.act, nodeKey) ? take(register, sealed) : refused('unsigned');
  if ('changes' in step) return { register: { ...moved, ...step.changes }, outcome: { is: 'done' } };
  const { reason, why = null, won = null } = step;
  return { register: moved, outcome: { is: 'void', reason, why, won } };
}

function take(register: Register, sealed: SealedAct): Step {
  const { act } = sealed;
  const actor = actorOf(register, act.actor);
  if (actor === undefined) return refused('forbidden', 'the actor is no active account');
  const asked: Asked = { register, actor, stamp: stampOf(sealed) };
  if (isDirectoryAction(act.action)) return takeDirectory(asked, sealed);
  const read = readControlAct(act);
  return read.ok ? takeRead(asked, read.value) : refused('unreadable', read.why);
}

function takeRead(asked: Asked, act: ControlAct): Step {
  switch (act.action) {
    case 'account.create':
    case 'account.change':
    case 'account.disable':
    case 'account.enable':
    case 'account.request-role':
    case 'account.approve-role':
    case 'account.reject-role':
    case 'account.approve-people':
    case 'account.remove-role':
    case 'account.request-reset':
    case 'account.approve-reset':
    case 'account.reject-reset':
    case 'account.revoke-sessions':
    case 'account.credential':
      return foldAccount(asked, act);
    case 'grant.add':
    case 'grant.revoke':
      return foldGrant(asked, act);
    case 'matter.open':
    case 'matter.change':
    case 'production.create':
      return foldMatter(asked, act);
    case 'hold.place':
    case 'hold.widen':
    case 'hold.request-narrowing':
    case 'hold.request-release':
    case 'hold.approve-release':
    case 'hold.reject-release':
      return foldHold(asked, act);
    case 'retention.propose':
    case 'retention.approve':
    case 'retention.reject':
      return foldRetention(asked, act);
  }
}

function takeDirectory(asked: Asked, sealed: SealedAct): Step {
  const { register, actor } = asked;
  const wrong = forbidden(actor, 'directory.change') ?? superseded(register, sealed);
  if (wrong !== undefined) return wrong;
  const folded = foldDirectory(register.directory, sealed);
  return 'directory' in folded ? { changes: { directory: folded.directory } } : folded;
}

function superseded({ directory }: Register, { act }: SealedAct): Refused | undefined {
  if (act.details.expects === directory.version) return undefined;
  const { changed } = directory;
  return changed === null ? refused('conflict') : { reason: 'conflict', won: changed };
}
