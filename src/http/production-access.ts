/** Who may see a production, and who may take it away: each refusal is an audit entry. */
import { productionReach } from '../core/control/production-reach.ts';
import type { Production } from '../core/control/register.ts';
import { reachOf } from '../core/control/roles.ts';
import { HoldfastError } from '../core/errors.ts';
import { detailsOf, summaryOf } from '../export/production/summary.ts';
import type { Call } from './route.ts';

/**
 * The production that the path names. What the caller may not see does not exist for him; that he asked is an audit entry.
 * `take`: he must also be let have it; else `not-permitted`.
 */
export async function reachable(call: Call, operation: string, take?: 'take'): Promise<Production> {
  const name = call.params.production ?? '';
  const production = call.register.productions.get(name);
  const reach = production === undefined ? 'nothing' : reachIn(call, production);
  if (production === undefined || reach === 'nothing') {
    if (production !== undefined) await call.audit('denied', { operation, production: name });
    throw new HoldfastError('not-found', 'There is no such production.', {
      hint: 'GET /v1/productions lists those that this account may see.',
    });
  }
  if (take !== undefined) await mayTake(call, name, operation);
  return production;
}

/** Throws `not-permitted`, and has it recorded, where the caller may not, or not any more, take a production away. */
export async function mayTake(call: Call, name: string, operation: string): Promise<void> {
  const production = call.register.productions.get(name);
  if (production !== undefined && reachIn(call, production) === 'take') return;
  throw await denied(
    call,
    operation,
    { production: name },
    'This account may not take copies of the production.',
  );
}

/** Records a refusal; answers the error to throw. */
export async function denied(
  call: Call,
  operation: string,
  details: { readonly [name: string]: string },
  message: string,
): Promise<HoldfastError> {
  await call.audit('denied', { operation, ...details });
  return new HoldfastError('not-permitted', message, {
    hint: 'It takes a member of the matter, or a grant that names the production and lets its auditor download.',
  });
}

export function reachIn({ register, caller, service }: Call, production: Production) {
  const reach = reachOf(caller.roles, 'production.read');
  const now = new Date(service.parts.archive.clock.now()).toISOString();
  return productionReach(register, { is: 'account', name: caller.account, reach }, production, now);
}

/** Whom a grant lets see a production is not told what it was made from. */
export const shownProduction = ({ caller }: Call, production: Production) =>
  reachOf(caller.roles, 'production.read') === 'all' ? detailsOf(production) : summaryOf(production);
