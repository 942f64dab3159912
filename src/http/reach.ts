import { isInForce } from '../core/control/production-reach.ts';
import type { Grant } from '../core/control/register.ts';
import { type Permission, reachOf } from '../core/control/roles.ts';
import { supervisionOf } from '../core/control/supervision.ts';
import { addressesOf } from '../core/directory/people.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Bound } from '../search/bound.ts';
import type { Searcher } from '../search/searcher.ts';
import { may } from './caller.ts';
import type { Call } from './route.ts';

/** What a caller may see with a permission that shows content. */
export interface Reach {
  /** Bounds beyond which nothing is shown; undefined: everything is. */
  readonly within: readonly Bound[] | undefined;
  /** The grants that it rests on. */
  readonly grants: readonly Grant[];
}

/**
 * Every read of content passes here. Throws `not-permitted` where the role reaches nothing now: an auditor without a
 * grant that is in force, a supervisor to whom nobody is assigned.
 */
export function reach(call: Call, permission: Permission): Reach {
  switch (reachOf(call.caller.roles, permission)) {
    case 'all':
      return { within: undefined, grants: [] };
    case 'grants': {
      const grants = grantsInForce(call);
      if (grants.length === 0)
        throw nothingToSee('No grant of this account is in force.', 'Ask compliance or legal for a grant.');
      // A grant names people as the directory knew them when it was given: no change of it opens more.
      const within = grants.map(
        ({ scope: { text, directory } }) => ({ is: 'query', text, directory }) as const,
      );
      return { within, grants };
    }
    case 'supervised':
      return { within: [supervised(call)], grants: [] };
    case 'none':
      throw nothingToSee('No role of this account shows what somebody wrote.', 'Ask for a role that does.');
  }
}

/**
 * The people whose supervisor the caller is, by the directory as it is now and as it was approved. He is known by every
 * address that any version ever gave him: a change of the directory does not make him somebody else.
 */
function supervised({ caller, register }: Call): Bound {
  const account = register.accounts.get(caller.account);
  const himself = register.directory.custodians.get(account?.person ?? '');
  const supervision = account === undefined ? undefined : supervisionOf(register, account);
  if (himself === undefined || supervision === undefined)
    throw nothingToSee(
      'Nobody knows whose supervisor this account is.',
      'An administrator names its person, whom the directory knows, when the account is made.',
    );
  const { assigned, addresses } = supervision;
  if (assigned.length === 0)
    throw nothingToSee('Nobody is assigned to this account.', 'The directory says who supervises whom.');
  if (addresses.length === 0)
    throw nothingToSee(
      'Whom the directory assigns to this account is not approved yet.',
      'Another person approves it: holdfast account approve-people, or POST …/approve-people.',
    );
  return { is: 'supervised', theirs: addresses, his: addressesOf(himself, 0) };
}

export function grantsInForce({ register, caller, service }: Call): Grant[] {
  const now = new Date(service.parts.archive.clock.now()).toISOString();
  return [...register.grants.values()].filter(
    (grant) => grant.account === caller.account && isInForce(grant, now),
  );
}

/** A searcher that shows what the caller may see, and nothing else. */
export const searcherFor = (call: Call, { within }: Reach): Searcher =>
  call.service.searcher(within, within === undefined && may(call.caller, 'hold.read'));

const nothingToSee = (message: string, hint: string): HoldfastError =>
  new HoldfastError('not-permitted', message, { hint });
