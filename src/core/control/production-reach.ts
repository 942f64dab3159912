import { outside } from './fold-matters.ts';
import type { Grant, Production, Register } from './register.ts';
import { type Reach, reachOf } from './roles.ts';
import { type Actor, may } from './step.ts';

/**
 * What somebody may do with a production: take it away, only know of it, or nothing, as if it did not exist. Members of its
 * matter may take it; who sees what grants name, what a grant in force allows that names the production.
 */
export function productionReach(
  register: Register,
  actor: Actor | { readonly is: 'account'; readonly name: string; readonly reach: Reach },
  production: Production,
  now: string,
): 'take' | 'see' | 'nothing' {
  const reach = reachOfActor(actor);
  if (reach === 'grants') {
    const grants = [...register.grants.values()].filter(
      (grant) =>
        grant.account === actor.name &&
        isInForce(grant, now) &&
        grant.productions.includes(production.production),
    );
    if (grants.length === 0) return 'nothing';
    return grants.some(({ mayDownload }) => mayDownload) ? 'take' : 'see';
  }
  const matter = register.matters.get(production.matter);
  if (reach !== 'all' || matter === undefined) return 'nothing';
  return outside(register, actor, matter) === undefined ? 'take' : 'nothing';
}

function reachOfActor(actor: Parameters<typeof productionReach>[1]): Reach {
  if (actor.is === 'owner') return 'all';
  if ('reach' in actor) return actor.reach;
  return may(actor, 'production.read') ? reachOf(actor.account.roles, 'production.read') : 'none';
}

/** Whether a grant is good at an instant (UTC, ISO). */
export function isInForce({ revoked, from, to }: Grant, now: string): boolean {
  return revoked === null && (from === null || from <= now) && (to === null || now < to);
}

/** The first number of a prefix that no production of the matter has yet. */
export function nextNumber({ productions }: Register, matter: string, prefix: string): number {
  let next = 1;
  for (const one of productions.values())
    if (one.matter === matter && one.prefix === prefix) next = Math.max(next, one.last + 1);
  return next;
}
