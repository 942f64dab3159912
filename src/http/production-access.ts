/** Who may see a production, and who may take it away. */
import { productionReach } from '../core/control/production-reach.ts';
import type { Production } from '../core/control/register.ts';
import { reachOf } from '../core/control/roles.ts';
import { HoldfastError } from '../core/errors.ts';
import { detailsOf, summaryOf } from '../export/production/summary.ts';
import type { Call } from './route.ts';

/**
 * The production that the path names. What the caller may not see does not exist for him. `take`: he must also be let
 * have it; else `not-permitted`.
 */
export function reachable(call: Call, take?: 'take'): Production {
  const name = call.params.production ?? '';
  const production = call.register.productions.get(name);
  if (production === undefined || reachIn(call, production) === 'nothing')
    throw new HoldfastError('not-found', 'There is no such production.', {
      hint: 'GET /v1/productions lists those that this account may see.',
      denies: { production: name },
    });
  if (take !== undefined) mayTake(call, name);
  return production;
}

/** Throws `not-permitted` where the caller may not, or not any more, take a production away. */
export function mayTake(call: Call, name: string): void {
  const production = call.register.productions.get(name);
  if (production !== undefined && reachIn(call, production) === 'take') return;
  throw denied('This account may not take copies of the production.', { production: name });
}

export const denied = (message: string, denies: { readonly [what: string]: string }): HoldfastError =>
  new HoldfastError('not-permitted', message, {
    hint: 'It takes a member of the matter, or a grant that names the production and lets its auditor download.',
    denies,
  });

export function reachIn({ register, caller, service }: Call, production: Production) {
  const reach = reachOf(caller.roles, 'production.read');
  const now = new Date(service.parts.archive.clock.now()).toISOString();
  return productionReach(register, { is: 'account', name: caller.account, reach }, production, now);
}

/** Whom a grant lets see a production is not told what it was made from. */
export const shownProduction = ({ caller }: Call, production: Production) =>
  reachOf(caller.roles, 'production.read') === 'all' ? detailsOf(production) : summaryOf(production);
