import { type Permission, permissionsOf, type Role } from '../core/control/roles.ts';

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
