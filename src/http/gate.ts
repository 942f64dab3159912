/** Who is let in: every request is somebody's, and every operation says who may. */
import type { IncomingMessage } from 'node:http';
import { statedIssuer } from '../access/access-token.ts';
import type { Account, Register } from '../core/control/register.ts';
import { isRole, type Role } from '../core/control/roles.ts';
import { parsePosition } from '../core/control/stamp.ts';
import { HoldfastError } from '../core/errors.ts';
import type { RecordName } from '../core/record.ts';
import { type Caller, may } from './caller.ts';
import type { Route } from './route.ts';
import type { ServiceParts } from './served.ts';

/** Longest name of an account that is looked at. */
const LONGEST_NAME = 300;

/** Header by which a caller asks for his own writes, and in which he is told where they are. */
export const POSITION = 'holdfast-position';

export interface Passed {
  readonly caller: Caller;
  readonly register: Register;
}

/** Nobody who has said who he is. */
export const anonymous = (address: string): Caller => ({
  account: 'anonymous',
  roles: [],
  via: 'nothing',
  oneTime: false,
  address,
});

/** What the gate needs of the service. */
type GateParts = Pick<ServiceParts, 'access' | 'openId' | 'control'>;

/**
 * Who the caller is, by his bearer token. Throws `session-ended` for every token that is not good, whatever is wrong
 * with it, and `register-stale`.
 */
export async function identify(parts: GateParts, request: IncomingMessage): Promise<Passed> {
  const address = request.socket.remoteAddress ?? 'unknown';
  const [, token] = /^Bearer ([\x21-\x7e]{1,16384})$/i.exec(request.headers.authorization ?? '') ?? [];
  const register = await parts.control.register(positionOf(request));
  if (token === undefined) throw unknown('A bearer token is missing.');
  const said = await read(parts, token);
  const account = said.account.length > LONGEST_NAME ? undefined : register.accounts.get(said.account);
  if (account === undefined || account.state !== 'active' || isRevoked(account, said.startedAt))
    throw unknown('The token is not good, or no longer.');
  const roles = said.roles === undefined ? account.roles : narrowed(account.roles, said.roles);
  const caller: Caller = {
    account: account.account,
    roles,
    via: said.via,
    ...(said.session === undefined ? {} : { session: said.session }),
    oneTime: said.oneTime,
    address,
  };
  return { caller, register };
}

/** Throws `not-permitted` or `password-change-needed` where the route is not for the caller. */
export function admit(caller: Caller, route: Route): void {
  if (route.access === 'public') return;
  if (caller.oneTime && !route.oneTime) {
    throw new HoldfastError('password-change-needed', 'A one-time password opens nothing.', {
      hint: 'Choose a password: POST /v1/me/password.',
    });
  }
  if (route.access === 'signed-in' || may(caller, route.access)) return;
  throw new HoldfastError('not-permitted', 'This account may not do that.', {
    hint: `It takes a role with the permission ${route.access}.`,
  });
}

interface Said {
  readonly account: string;
  readonly via: Caller['via'];
  readonly session?: string;
  readonly oneTime: boolean;
  /** When the session began, ms; undefined for what is not revoked by time. */
  readonly startedAt?: number;
  /** Roles beyond which the token does not go. */
  readonly roles?: readonly string[];
}

async function read({ access, openId }: GateParts, token: string): Promise<Said> {
  if (token.startsWith('hf_')) {
    const { account } = await access.apiKeys.read(token);
    return { account, via: 'api-key', oneTime: false };
  }
  if (openId !== undefined && statedIssuer(token) === openId.issuer) {
    const { account, roles, issuedAt } = await openId.read(token);
    return { account, roles, startedAt: issuedAt, via: 'openid', oneTime: false };
  }
  const { account, session, oneTime, startedAt } = await access.read(token);
  return { account, session, oneTime, startedAt, via: 'session' };
}

/** `account revoke-sessions`, a lost role, a disabled account: whatever began before counts no more. */
const isRevoked = ({ sessionsRevoked }: Account, startedAt: number | undefined): boolean =>
  sessionsRevoked !== null && startedAt !== undefined && startedAt <= Date.parse(sessionsRevoked.at);

const narrowed = (roles: readonly Role[], stated: readonly string[]): Role[] =>
  roles.filter((role) => stated.some((one) => isRole(one) && one === role));

function positionOf(request: IncomingMessage): RecordName | undefined {
  const text = request.headers[POSITION];
  if (text === undefined) return undefined;
  if (typeof text === 'string' && text.length < 60 && parsePosition(text) !== undefined) return text;
  throw new HoldfastError('bad-request', 'The header Holdfast-Position holds no position.', {
    hint: 'Send back what a write answered, such as control/17, or nothing.',
  });
}

const unknown = (message: string): HoldfastError =>
  new HoldfastError('session-ended', message, { hint: 'Sign in: POST /v1/sign-in.' });
