import { type Permission, permissionsOf, ROLES, type Role } from '../core/control/roles.ts';

/** Who asks. */
export interface Caller {
  /** The account; for a caller who has not said who he is, `anonymous`. */
  readonly account: string;
  readonly roles: readonly Role[];
  readonly via: 'nothing' | 'session' | 'api-key' | 'openid';
  /** Name of the session, where there is one. */
  readonly session?: string;
  /** The account came in with a one-time password and may only choose another. */
  readonly oneTime: boolean;
  /** Network address. */
  readonly address: string;
}

export const may = (caller: Caller, permission: Permission): boolean =>
  caller.roles.some((role) => permissionsOf(role).includes(permission));

/** How far a permission reaches that shows content: the widest of the roles that have it. */
export function reachOf(caller: Caller, permission: Permission): 'all' | 'grants' | 'supervised' | 'none' {
  const reaches = caller.roles
    .filter((role) => permissionsOf(role).includes(permission))
    .map((role) => ROLES[role].reach);
  return (['all', 'supervised', 'grants'] as const).find((reach) => reaches.includes(reach)) ?? 'none';
}
