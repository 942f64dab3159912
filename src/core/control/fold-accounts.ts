import type { ControlAct, ControlDetails } from './acts.ts';
import { type Account, type AccountRequest, having, type Register } from './register.ts';
import { exclude, needsApprover, type Permission, permissionsOf, type Role, supervises } from './roles.ts';
import {
  type Asked,
  first,
  forbidden,
  may,
  next,
  type Refused,
  refused,
  type Step,
  unexpected,
} from './step.ts';

type AccountAct = Extract<ControlAct, { action: `account.${string}` }>;

/** Roles that the owner of the folder gives without a second person, once: there is nobody yet who could approve. */
const FIRST_ROLES: readonly Role[] = ['administrator', 'compliance'];
/** Somebody who can do each of these is always left. */
const NEVER_WITHOUT: readonly Permission[] = ['account.request-role', 'account.approve-role'];

export function foldAccount(asked: Asked, act: AccountAct): Step {
  if (act.action === 'account.create') return create(asked, act.details);
  const account = asked.register.accounts.get(act.details.account);
  const wrong = unexpected(account, act.details.expects);
  if (wrong !== undefined) return wrong;
  if (account === undefined) return refused('unknown');
  const changed = change(asked, account, act);
  return 'reason' in changed ? changed : put(asked, account, changed.change);
}

/** Whom an account is of decides what a supervisor sees: it is settled when a second person has given such a role. */
function settled(account: Account, person: string | null): Refused | undefined {
  if (person === account.person) return undefined;
  const isGiven = account.roles.some(needsApprover) || account.requests.some(({ what }) => what === 'role');
  return isGiven
    ? refused('forbidden', 'the account has, or is to have, a role that shows content')
    : undefined;
}

/** What an act makes of an account, or why nothing. */
type Changed = { readonly change: Partial<Account> } | Refused;

function change(
  asked: Asked,
  account: Account,
  act: Exclude<AccountAct, { action: 'account.create' }>,
): Changed {
  switch (act.action) {
    case 'account.change':
      return (
        forbidden(asked.actor, 'account.change') ??
        settled(account, act.details.person) ?? {
          change: { displayName: act.details.displayName, person: act.details.person },
        }
      );
    case 'account.disable':
      return disable(asked, account);
    case 'account.enable':
      if (account.state === 'active') return refused('not-now', 'the account is active');
      return forbidden(asked.actor, 'account.change') ?? { change: { state: 'active' } };
    case 'account.request-role':
      return requestRole(asked, account, act.details);
    case 'account.approve-role':
      return approveRole(asked, account, act.details.role);
    case 'account.reject-role':
      return reject(asked, account, 'account.approve-role', roleRequest(account, act.details.role));
    case 'account.approve-people':
      return approvePeople(asked, account, act.details.directory);
    case 'account.remove-role':
      return removeRole(asked, account, act.details.role);
    case 'account.request-reset':
      return requestReset(asked, account, act.details.reason);
    case 'account.approve-reset':
      return approve(asked, account, 'account.approve-reset', resetRequest(account), {
        resetApproved: asked.stamp,
        sessionsRevoked: asked.stamp,
      });
    case 'account.reject-reset':
      return reject(asked, account, 'account.approve-reset', resetRequest(account));
    case 'account.revoke-sessions': {
      const wrong = isSelf(asked, account) ? undefined : forbidden(asked.actor, 'account.revoke-sessions');
      return wrong ?? { change: { sessionsRevoked: asked.stamp } };
    }
    case 'account.credential':
      return credential(asked, account, act.details);
  }
}

function create(asked: Asked, details: ControlDetails<'account.create'>): Step {
  const { register, actor, stamp } = asked;
  const known = register.accounts.get(details.account);
  if (known !== undefined) return { reason: 'conflict', won: known.changed };
  const wrong = forbidden(actor, 'account.create');
  if (wrong !== undefined) return wrong;
  const roles = [...new Set(details.roles)];
  for (const role of roles) {
    const isFirst = actor.is === 'owner' && FIRST_ROLES.includes(role) && !isHeld(register, role);
    if (needsApprover(role) && !isFirst) return refused('same-person', `the role ${role} takes an approval`);
    if (roles.some((other) => exclude(role, other))) return refused('roles-exclude');
  }
  const account: Account = {
    ...first(stamp),
    account: details.account,
    displayName: details.displayName,
    kind: details.kind,
    person: details.person,
    state: 'active',
    roles,
    requests: [],
    people: null,
    sessionsRevoked: null,
    resetApproved: null,
    credentialSet: null,
  };
  return { changes: { accounts: having(register.accounts, account.account, account) } };
}

function disable(asked: Asked, account: Account): Changed {
  if (account.state === 'disabled') return refused('not-now', 'the account is disabled');
  return (
    forbidden(asked.actor, 'account.disable') ??
    missed(asked.register, { ...account, state: 'disabled' }) ?? {
      change: { state: 'disabled', requests: [], sessionsRevoked: asked.stamp },
    }
  );
}

function requestRole(
  asked: Asked,
  account: Account,
  details: ControlDetails<'account.request-role'>,
): Changed {
  const { role, reason } = details;
  const wrong = forbidden(asked.actor, 'account.request-role');
  if (wrong !== undefined) return wrong;
  if (isSelf(asked, account)) return refused('own-role');
  if (account.state !== 'active') return refused('not-now', 'the account is disabled');
  if (account.roles.includes(role)) return refused('not-now', 'the account has this role');
  const others = [
    ...account.roles,
    ...account.requests.flatMap((one) => (one.what === 'role' ? [one.role] : [])),
  ];
  if (others.some((other) => exclude(role, other))) return refused('roles-exclude');
  if (!needsApprover(role)) return { change: { roles: [...account.roles, role] } };
  if (roleRequest(account, role) !== undefined) return refused('not-now', 'this role is asked for already');
  const directory = asked.register.directory.version;
  const request = { what: 'role', role, directory, by: asked.stamp, reason } as const;
  return { change: { requests: [...account.requests, request] } };
}

function requestReset(asked: Asked, account: Account, reason: string): Changed {
  const wrong = forbidden(asked.actor, 'account.request-reset');
  if (wrong !== undefined) return wrong;
  if (isSelf(asked, account)) return refused('own-role');
  if (resetRequest(account) !== undefined) return refused('not-now', 'a reset is asked for already');
  return { change: { requests: [...account.requests, { what: 'reset', by: asked.stamp, reason }] } };
}

function approveRole(asked: Asked, account: Account, role: Role): Changed {
  const request = roleRequest(account, role);
  const people = request === undefined ? null : { directory: request.directory, by: asked.stamp };
  return approve(asked, account, 'account.approve-role', request, {
    roles: [...account.roles, role],
    ...(supervises(role) ? { people } : {}),
  });
}

/** Who changes the directory has no role that approves, so that these are always two persons. */
function approvePeople(asked: Asked, account: Account, directory: number): Changed {
  const wrong = forbidden(asked.actor, 'account.approve-role');
  if (wrong !== undefined) return wrong;
  if (isSelf(asked, account)) return refused('own-role');
  if (account.state !== 'active' || !account.roles.some(supervises))
    return refused('not-now', 'the account is no supervisor');
  if (directory > asked.register.directory.version)
    return refused('unknown', 'the directory has no such version');
  return { change: { people: { directory, by: asked.stamp } } };
}

/** The second person: neither the first one nor the one whom it is about. */
function approve(
  asked: Asked,
  account: Account,
  permission: Permission,
  request: AccountRequest | undefined,
  granted: Partial<Account>,
): Changed {
  const wrong = forbidden(asked.actor, permission);
  if (wrong !== undefined) return wrong;
  if (request === undefined || account.state !== 'active')
    return refused('not-now', 'nothing waits for approval');
  if (isSelf(asked, account)) return refused('own-role');
  if (request.by.actor === asked.actor.name) return refused('same-person');
  return { change: { ...granted, requests: account.requests.filter((one) => one !== request) } };
}

/** May also be taken back by the one who asked. */
function reject(
  asked: Asked,
  account: Account,
  permission: Permission,
  request: AccountRequest | undefined,
): Changed {
  if (request === undefined) return refused('not-now', 'nothing waits for approval');
  const wrong = request.by.actor === asked.actor.name ? undefined : forbidden(asked.actor, permission);
  return wrong ?? { change: { requests: account.requests.filter((one) => one !== request) } };
}

function removeRole(asked: Asked, account: Account, role: Role): Changed {
  if (!account.roles.includes(role)) return refused('not-now', 'the account has not this role');
  const roles = account.roles.filter((one) => one !== role);
  return (
    forbidden(asked.actor, 'account.remove-role') ??
    missed(asked.register, { ...account, roles }) ?? {
      change: { roles, sessionsRevoked: asked.stamp, ...(supervises(role) ? { people: null } : {}) },
    }
  );
}

/**
 * Who manages accounts must not be able to sign in as somebody who reads: beside the account itself only the first
 * secret of an account is set by others, and what two persons agreed to reset.
 */
function credential(asked: Asked, account: Account, details: ControlDetails<'account.credential'>): Changed {
  const isOpen =
    account.credentialSet === null || account.resetApproved !== null || !account.roles.some(needsApprover);
  const others: readonly Permission[] = ['account.change', 'account.approve-reset'];
  const isAllowed = isOpen && others.some((permission) => may(asked.actor, permission));
  if (!isSelf(asked, account) && !isAllowed)
    return refused('forbidden', 'a reset of this account takes two persons');
  return {
    change: {
      resetApproved: null,
      ...(details.change === 'set' ? { credentialSet: asked.stamp } : {}),
    },
  };
}

function put({ register, stamp }: Asked, account: Account, change: Partial<Account>): Step {
  return { changes: { accounts: having(register.accounts, account.account, next(account, change, stamp)) } };
}

/** Refused where nobody would be left who can ask for or approve roles. */
function missed(register: Register, becomes: Account): Refused | undefined {
  for (const permission of NEVER_WITHOUT) {
    const accounts = [...register.accounts.values()];
    const after = accounts.map((one) => (one.account === becomes.account ? becomes : one));
    if (accounts.some((one) => can(one, permission)) && !after.some((one) => can(one, permission)))
      return refused('last-of-role');
  }
  return undefined;
}

const can = (account: Account, permission: Permission): boolean =>
  account.state === 'active' && account.roles.some((role) => permissionsOf(role).includes(permission));
const isHeld = (register: Register, role: Role): boolean =>
  [...register.accounts.values()].some((account) => account.roles.includes(role));
const isSelf = ({ actor }: Asked, account: Account): boolean => actor.name === account.account;
const roleRequest = (account: Account, role: Role) =>
  account.requests.find((one) => one.what === 'role' && one.role === role) as
    | Extract<AccountRequest, { what: 'role' }>
    | undefined;
const resetRequest = (account: Account): AccountRequest | undefined =>
  account.requests.find((one) => one.what === 'reset');
