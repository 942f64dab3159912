/**
 * Who may do what: one table. A role is a set of permissions; an account may have several roles, within the bounds that
 * the fold holds to (`fold-accounts.ts`).
 */

/**
 * Every permission. `content`: shows what somebody wrote. `approval`: is the second half of an act that takes two.
 * `pair`: the first half of one. At the command line the owner of the folder (`os:…`) has all others; the two halves
 * take two accounts everywhere.
 */
export const PERMISSIONS = {
  search: 'content',
  'message.read': 'content',
  'export.create': 'content',
  'production.read': 'content',
  'production.create': 'content',
  'audit.read': 'plain',
  /** Texts of queries and scopes in acts. */
  'audit.read-queries': 'content',
  'matter.read': 'plain',
  'matter.open': 'plain',
  'matter.change': 'plain',
  'hold.read': 'plain',
  'hold.place': 'plain',
  'hold.amend': 'plain',
  'hold.request-release': 'pair',
  'hold.approve-release': 'approval',
  'grant.read': 'plain',
  'grant.add': 'plain',
  'grant.revoke': 'plain',
  'retention.read': 'plain',
  'retention.propose': 'pair',
  'retention.approve': 'approval',
  'directory.read': 'plain',
  'directory.change': 'plain',
  'account.read': 'plain',
  'account.create': 'plain',
  'account.change': 'plain',
  'account.disable': 'plain',
  'account.revoke-sessions': 'plain',
  'account.remove-role': 'plain',
  'account.request-role': 'pair',
  'account.approve-role': 'approval',
  'account.request-reset': 'pair',
  'account.approve-reset': 'approval',
  'connector.read': 'plain',
  'connector.change': 'plain',
  'connector.ingest': 'plain',
  'status.read': 'plain',
  'verify.run': 'plain',
} as const satisfies Record<string, 'plain' | 'content' | 'pair' | 'approval'>;

export type Permission = keyof typeof PERMISSIONS;

interface RoleSpec {
  readonly says: string;
  /**
   * How far content permissions reach. `all`: every record. `grants`: what grants to the account name. `supervised`:
   * the people whose supervisor he is, as far as another person approved that, never himself. `none`: the role has none.
   */
  readonly reach: 'all' | 'grants' | 'supervised' | 'none';
  readonly permissions: readonly Permission[];
}

export const ROLES = {
  compliance: {
    says: 'compliance officer: searches, approves roles and retention rules, answers for completeness',
    reach: 'all',
    permissions: [
      'search',
      'message.read',
      'export.create',
      'production.read',
      'audit.read',
      'audit.read-queries',
      'matter.read',
      'grant.read',
      'grant.add',
      'grant.revoke',
      'retention.read',
      'retention.propose',
      'retention.approve',
      'directory.read',
      'account.read',
      'account.disable',
      'account.revoke-sessions',
      'account.remove-role',
      'account.approve-role',
      'account.approve-reset',
      'connector.read',
      'status.read',
      'verify.run',
    ],
  },
  supervisor: {
    says: 'registered principal: reads the people assigned to him, never himself',
    reach: 'supervised',
    permissions: ['search', 'message.read', 'directory.read', 'status.read'],
  },
  legal: {
    says: 'legal: opens matters, places holds, makes productions',
    reach: 'all',
    permissions: [
      'search',
      'message.read',
      'export.create',
      'production.read',
      'production.create',
      'audit.read',
      'audit.read-queries',
      'matter.read',
      'matter.open',
      'matter.change',
      'hold.read',
      'hold.place',
      'hold.amend',
      'hold.request-release',
      'hold.approve-release',
      'grant.read',
      'grant.add',
      'grant.revoke',
      'retention.read',
      'directory.read',
      'account.read',
      'status.read',
      'verify.run',
    ],
  },
  auditor: {
    says: 'auditor: reads what a grant names, verifies',
    reach: 'grants',
    permissions: ['search', 'message.read', 'export.create', 'production.read', 'verify.run'],
  },
  administrator: {
    says: 'administrator: connectors, directory, accounts, proposals for retention; reads no content',
    reach: 'none',
    permissions: [
      'audit.read',
      'retention.read',
      'retention.propose',
      'directory.read',
      'directory.change',
      'account.read',
      'account.create',
      'account.change',
      'account.disable',
      'account.revoke-sessions',
      'account.remove-role',
      'account.request-role',
      'account.request-reset',
      'connector.read',
      'connector.change',
      'connector.ingest',
      'status.read',
      'verify.run',
    ],
  },
  deo: {
    says: 'designated executive officer (17 CFR 240.17a-4(f)(3)(v)): independent access, exports alone, recorded',
    reach: 'all',
    permissions: [
      'search',
      'message.read',
      'export.create',
      'production.read',
      'audit.read',
      'audit.read-queries',
      'retention.read',
      'directory.read',
      'account.read',
      'account.approve-role',
      'account.approve-reset',
      'status.read',
      'verify.run',
    ],
  },
  connector: {
    says: 'connector: hands in what it captured, and nothing else',
    reach: 'none',
    permissions: ['connector.ingest'],
  },
} as const satisfies Record<string, RoleSpec>;

export type Role = keyof typeof ROLES;

/** All roles, in the order in which documents list them. */
export const ROLE_NAMES = Object.keys(ROLES) as readonly Role[];

export function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}

export function permissionsOf(role: Role): readonly Permission[] {
  return ROLES[role].permissions;
}

/** How far content permissions reach: see {@link ROLES}. */
export type Reach = RoleSpec['reach'];

/** Whether a role reads the people whose supervisor its holder is. */
export const supervises = (role: Role): boolean => ROLES[role].reach === 'supervised';

/** How far a permission reaches that shows content: the widest of the roles that have it. */
export function reachOf(roles: readonly Role[], permission: Permission): Reach {
  const reaches = roles
    .filter((role) => permissionsOf(role).includes(permission))
    .map((role) => ROLES[role].reach);
  return (['all', 'supervised', 'grants'] as const).find((reach) => reaches.includes(reach)) ?? 'none';
}

/** True for a role that shows content or approves: it takes a second person to give it. */
export function needsApprover(role: Role): boolean {
  return permissionsOf(role).some((one) => PERMISSIONS[one] === 'content' || PERMISSIONS[one] === 'approval');
}

/** Roles that nobody may have together: who manages accounts reads no content, and who hands in does nothing else. */
export function exclude(one: Role, other: Role): boolean {
  if (one === other) return false;
  if (one === 'connector' || other === 'connector') return true;
  const [administrator, rest] = one === 'administrator' ? [one, other] : [other, one];
  return administrator === 'administrator' && needsApprover(rest);
}

/** What the owner of the folder may do at the command line without an account. */
export function isForOwner(permission: Permission): boolean {
  return PERMISSIONS[permission] === 'plain' || PERMISSIONS[permission] === 'content';
}
