/** What the parts of the fold share: who acts, what it comes to. */
import type { Account, Register } from './register.ts';
import { isForOwner, PERMISSIONS, type Permission, permissionsOf } from './roles.ts';
import type { Stamp, Versioned } from './stamp.ts';
import type { VoidReason } from './void.ts';

/** Who asks: an account, or the owner of the archive's folder at the command line (`os:<user>@<host>`). */
export type Actor =
  | { readonly is: 'owner'; readonly name: string }
  | { readonly is: 'account'; readonly name: string; readonly account: Account };

/** An act that is being folded: what it finds, and by whom it is. */
export interface Asked {
  readonly register: Register;
  readonly actor: Actor;
  readonly stamp: Stamp;
}

/** Nothing changes. `won`: the act that changed the thing before. */
export interface Refused {
  readonly reason: VoidReason;
  readonly why?: string;
  readonly won?: Stamp;
}

/** What an act comes to: the parts of the register that it makes anew, or nothing. */
export type Step = { readonly changes: Partial<Register> } | Refused;

export const refused = (reason: VoidReason, why?: string): Refused => ({
  reason,
  ...(why === undefined ? {} : { why }),
});

/** The actor by the name that an act states; undefined for an account that is not there or not active. */
export function actorOf(register: Register, name: string): Actor | undefined {
  if (name.startsWith('os:')) return { is: 'owner', name };
  const account = register.accounts.get(name);
  return account?.state === 'active' ? { is: 'account', name, account } : undefined;
}

/** Whether a permission is among those of the actor; how far it reaches is another question (`reach.ts`). */
export function may(actor: Actor, permission: Permission): boolean {
  if (actor.is === 'owner') return isForOwner(permission);
  return actor.account.roles.some((role) => permissionsOf(role).includes(permission));
}

/** Why an actor may not; undefined where he may. */
export function forbidden(actor: Actor, permission: Permission): Refused | undefined {
  if (may(actor, permission)) return undefined;
  const kind: string = PERMISSIONS[permission];
  return actor.is === 'owner' && kind !== 'plain'
    ? refused('needs-account')
    : refused('forbidden', `it takes the permission ${permission}`);
}

/** Why a thing is not as the act expects it; undefined where it is. */
export function unexpected(thing: Versioned | undefined, expects: number): Refused | undefined {
  if ((thing?.version ?? 0) === expects) return undefined;
  return thing === undefined ? refused('unknown') : { reason: 'conflict', won: thing.changed };
}

/** The next version of a thing. */
export function next<T extends Versioned>(thing: T, change: Partial<T>, stamp: Stamp): T {
  return { ...thing, ...change, version: thing.version + 1, changed: stamp };
}

/** Version and stamp of a thing that an act makes. */
export const first = (stamp: Stamp): Versioned => ({ version: 1, changed: stamp });
