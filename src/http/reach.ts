import type { Grant } from '../core/control/register.ts';
import type { Permission } from '../core/control/roles.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Searcher } from '../search/searcher.ts';
import { reachOf } from './caller.ts';
import type { Call } from './route.ts';
import { anyOf } from './within.ts';

/** What a caller may see with a permission that shows content. */
export interface Reach {
  /** A query beyond which nothing is shown; undefined: everything is. */
  readonly within: string | undefined;
  /** The grants that it rests on. */
  readonly grants: readonly Grant[];
}

/**
 * Every read of content passes here. Throws `not-permitted` where the role reaches nothing now: an auditor without a
 * grant that is in force, a supervisor to whom nobody is assigned.
 */
export function reach(call: Call, permission: Permission): Reach {
  switch (reachOf(call.caller, permission)) {
    case 'all':
      return { within: undefined, grants: [] };
    case 'grants': {
      const grants = grantsInForce(call);
      if (grants.length === 0)
        throw nothingToSee('No grant of this account is in force.', 'Ask compliance or legal for a grant.');
      return { within: anyOf(grants.map(({ scope }) => scope.text)), grants };
    }
    case 'supervised':
    case 'none':
      throw nothingToSee('Nobody is assigned to this account.', 'The directory says who supervises whom.');
  }
}

export function grantsInForce({ register, caller, service }: Call): Grant[] {
  const now = new Date(service.parts.archive.clock.now()).toISOString();
  return [...register.grants.values()].filter(
    ({ account, revoked, from, to }) =>
      account === caller.account &&
      revoked === null &&
      (from === null || from <= now) &&
      (to === null || now < to),
  );
}

/** A searcher that shows what the caller may see, and nothing else. */
export const searcherFor = (call: Call, { within }: Reach): Searcher => call.service.searcher(within);

const nothingToSee = (message: string, hint: string): HoldfastError =>
  new HoldfastError('not-permitted', message, { hint });
