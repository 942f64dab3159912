/** Who one is: signing in and out, the own password and second factor. */
import { z } from 'zod';
import type { Tokens } from '../../access/access.ts';
import { failedSignIn } from '../../access/failed-sign-in.ts';
import { permissionsOf } from '../../core/control/roles.ts';
import { HoldfastError } from '../../core/errors.ts';
import { writeAct } from '../control-route.ts';
import { grantsInForce } from '../reach.ts';
import { type Answer, type Call, type Route, route } from '../route.ts';

const signInBody = z.object({ account: z.string(), password: z.string(), code: z.string().optional() });
const refreshBody = z.object({ refreshToken: z.string() });
const passwordBody = z.object({ current: z.string(), password: z.string(), code: z.string().optional() });
const codeBody = z.object({ code: z.string() });

export const sessionRoutes: readonly Route[] = [
  route({
    operationId: 'signIn',
    access: 'public',
    body: signInBody,
    async handle(call, { body }) {
      const { access } = call.service.parts;
      const { address } = call.caller;
      // Asked anew: whoever was disabled a moment ago is not let in.
      const register = await call.service.parts.control.register();
      const account = register.accounts.get(body.account);
      const enabled = account?.state === 'active' && account.kind === 'person';
      try {
        const { account: name, password, code } = body;
        const tokens = await access.signIn({
          account: name,
          password,
          ...(code === undefined ? {} : { code }),
          address,
          enabled,
        });
        await call.service.audit(name, 'signed-in', { address });
        return { json: tokensOf(tokens) };
      } catch (error) {
        await call.service.audit('anonymous', 'sign-in-failed', failedSignIn(body.account, address, error));
        throw error;
      }
    },
  }),
  route({
    operationId: 'refresh',
    access: 'public',
    body: refreshBody,
    async handle(call, { body }) {
      try {
        return { json: tokensOf(await call.service.parts.access.refresh(body.refreshToken)) };
      } catch (error) {
        await call.service.audit('anonymous', 'refresh-failed', { address: call.caller.address });
        throw error;
      }
    },
  }),
  route({
    operationId: 'signOut',
    access: 'signed-in',
    oneTime: true,
    async handle(call) {
      const { session, account } = call.caller;
      if (session !== undefined) await call.service.parts.access.signOut(session);
      await call.service.audit(account, 'signed-out', {});
      return { nothing: true };
    },
  }),
  route({
    operationId: 'signOutEverywhere',
    access: 'signed-in',
    async handle(call) {
      const { account } = call.caller;
      const written = await writeAct(call, {
        action: 'account.revoke-sessions',
        details: { account, expects: versionOf(call) },
      });
      await call.service.parts.access.signOutEverywhere(account);
      return written;
    },
  }),
  route({ operationId: 'me', access: 'signed-in', oneTime: true, handle: me }),
  route({
    operationId: 'choosePassword',
    access: 'signed-in',
    oneTime: true,
    body: passwordBody,
    async handle(call, { body }) {
      const { access } = call.service.parts;
      const { account, address } = call.caller;
      await access.prove({
        account,
        password: body.current,
        ...(body.code === undefined ? {} : { code: body.code }),
        address,
        enabled: true,
      });
      access.checkNewPassword(account, body.password, body.current);
      const written = await credentialAct(call, 'password', 'set');
      await access.choosePassword(account, body.password);
      return written;
    },
  }),
  route({
    operationId: 'beginSecondFactor',
    access: 'signed-in',
    handle: async (call) => ({
      json: await call.service.parts.access.beginSecondFactor(call.caller.account),
    }),
  }),
  route({
    operationId: 'confirmSecondFactor',
    access: 'signed-in',
    body: codeBody,
    async handle(call, { body }) {
      await call.service.parts.access.confirmSecondFactor(call.caller.account, body.code);
      return await credentialAct(call, 'totp', 'set');
    },
  }),
];

async function me(call: Call): Promise<Answer> {
  const { account, roles, oneTime, via } = call.caller;
  const known = call.register.accounts.get(account);
  const grants = grantsInForce(call);
  return {
    json: {
      account,
      displayName: known?.displayName ?? account,
      via,
      roles,
      permissions: [...new Set(roles.flatMap((role) => permissionsOf(role)))].sort(),
      mustChoosePassword: oneTime,
      secondFactor: await call.service.parts.access.hasSecondFactor(account),
      grants: grants.map(({ grant, scope, from, to, mayDownload }) => ({
        grant,
        scope: scope.text,
        from,
        to,
        mayDownload,
      })),
    },
  };
}

/** Sealed before it is done: the act says that a secret changes, never which. */
function credentialAct(
  call: Call,
  credential: 'password' | 'totp',
  change: 'set' | 'removed',
): Promise<Answer> {
  const { account } = call.caller;
  return writeAct(call, {
    action: 'account.credential',
    details: { account, expects: versionOf(call), credential, change, reference: null },
  });
}

function versionOf({ register, caller }: Call): number {
  const known = register.accounts.get(caller.account);
  if (known !== undefined) return known.version;
  throw new HoldfastError('not-found', 'The account is not there.', { hint: 'Sign in again.' });
}

const tokensOf = ({ accessToken, expiresAt, refreshToken, endsAt, oneTime }: Tokens) => ({
  accessToken,
  tokenType: 'Bearer',
  expiresAt: new Date(expiresAt).toISOString(),
  refreshToken,
  sessionEndsAt: new Date(endsAt).toISOString(),
  mustChoosePassword: oneTime,
});
