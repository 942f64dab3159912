/** Accounts: made and changed by sealed acts, of which the fold decides who may. */
import { z } from 'zod';
import type { Account, Register } from '../../core/control/register.ts';
import { supervisionShown } from '../../core/control/supervision.ts';
import { HoldfastError } from '../../core/errors.ts';
import { controlRoute, onThe, writeAct } from '../control-route.ts';
import { type Call, type Route, route } from '../route.ts';

const expectsBody = z.object({ expects: z.int() });

/** Whoever is shut out by an act is out on every node at once, not only once it is folded there. */
const signOutEverywhere = (call: Call, { account }: { readonly account: string }): Promise<void> =>
  call.service.parts.access.signOutEverywhere(account);

export const accountRoutes: readonly Route[] = [
  route({
    operationId: 'listAccounts',
    access: 'account.read',
    async handle(call) {
      const { register } = call;
      await call.audit('accounts-listed', {});
      const accounts = [...register.accounts.values()].map((one) => shown(register, one));
      return { json: { accounts, position: register.position } };
    },
  }),
  route({
    operationId: 'showAccount',
    access: 'account.read',
    async handle(call) {
      const one = required(call);
      await call.audit('account-viewed', { account: one.account });
      return { json: shown(call.register, one) };
    },
  }),
  controlRoute({
    operationId: 'createAccount',
    access: 'account.create',
    action: 'account.create',
    details: (_call, body) => ({ person: null, kind: 'person', roles: [], ...body, expects: 0 }),
  }),
  controlRoute({
    operationId: 'changeAccount',
    access: 'account.change',
    action: 'account.change',
    details: onThe('account'),
  }),
  controlRoute({
    operationId: 'disableAccount',
    access: 'account.disable',
    action: 'account.disable',
    details: onThe('account'),
    after: signOutEverywhere,
  }),
  controlRoute({
    operationId: 'enableAccount',
    access: 'account.change',
    action: 'account.enable',
    details: onThe('account'),
  }),
  controlRoute({
    operationId: 'revokeSessions',
    access: 'account.revoke-sessions',
    action: 'account.revoke-sessions',
    details: onThe('account'),
    after: signOutEverywhere,
  }),
  controlRoute({
    operationId: 'requestRole',
    access: 'account.request-role',
    action: 'account.request-role',
    details: onThe('account'),
  }),
  controlRoute({
    operationId: 'approveRole',
    access: 'account.approve-role',
    action: 'account.approve-role',
    details: onThe('account'),
  }),
  controlRoute({
    operationId: 'approvePeople',
    access: 'account.approve-role',
    action: 'account.approve-people',
    details: onThe('account'),
  }),
  controlRoute({
    operationId: 'rejectRole',
    access: 'account.read',
    action: 'account.reject-role',
    details: onThe('account'),
  }),
  controlRoute({
    operationId: 'removeRole',
    access: 'account.remove-role',
    action: 'account.remove-role',
    details: onThe('account'),
    after: signOutEverywhere,
  }),
  controlRoute({
    operationId: 'requestReset',
    access: 'account.request-reset',
    action: 'account.request-reset',
    details: onThe('account'),
  }),
  controlRoute({
    operationId: 'approveReset',
    access: 'account.approve-reset',
    action: 'account.approve-reset',
    details: onThe('account'),
    after: signOutEverywhere,
  }),
  controlRoute({
    operationId: 'rejectReset',
    access: 'account.read',
    action: 'account.reject-reset',
    details: onThe('account'),
  }),
  route({
    operationId: 'giveOneTimePassword',
    access: 'account.read',
    body: expectsBody,
    async handle(call, { body }) {
      const { account } = required(call);
      const { access } = call.service.parts;
      const wasReset = call.register.accounts.get(account)?.resetApproved !== null;
      // Sealed first: the fold lets nobody set a secret of another who reads content, but the first one.
      const written = await credential(call, account, body.expects, 'password', null);
      const password = await access.giveOneTimePassword(account, {
        secondFactor: wasReset ? 'removed' : 'kept',
      });
      return { ...written, json: { ...written.json, password } };
    },
  }),
  route({
    operationId: 'listApiKeys',
    access: 'connector.read',
    async handle(call) {
      const { account } = required(call);
      await call.audit('api-keys-listed', { account });
      const keys = await call.service.parts.access.apiKeys.list(account);
      return { json: { keys: keys.map(({ id }) => ({ id })) } };
    },
  }),
  route({
    operationId: 'createApiKey',
    access: 'connector.change',
    body: expectsBody,
    async handle(call, { body }) {
      const { account, kind } = required(call);
      if (kind !== 'service')
        throw new HoldfastError('conflict', 'Keys are for accounts of services, not of persons.', {
          hint: 'Make an account of the kind service with the role connector.',
        });
      const { access } = call.service.parts;
      const { id, key, keep } = access.apiKeys.draw(account);
      const written = await credential(call, account, body.expects, 'api-key', id);
      await keep();
      return { ...written, json: { ...written.json, id, key } };
    },
  }),
  route({
    operationId: 'revokeApiKey',
    access: 'connector.change',
    async handle(call) {
      const { access } = call.service.parts;
      const { account } = required(call);
      const id = call.params.key ?? '';
      const known = await access.apiKeys.list(account);
      if (!known.some((key) => key.id === id)) throw noAccount('There is no such key.');
      await call.audit('api-key-revoked', { account, key: id });
      await access.apiKeys.revoke(id);
      return { nothing: true };
    },
  }),
];

async function credential(
  call: Call,
  account: string,
  expects: number,
  which: 'password' | 'api-key',
  reference: string | null,
): Promise<{ json: { position: string }; position: string }> {
  const answer = await writeAct(call, {
    action: 'account.credential',
    details: { account, expects, credential: which, change: 'set', reference },
  });
  if (!('json' in answer) || answer.position === undefined) throw new TypeError('an act has a position');
  return { json: { position: answer.position }, position: answer.position };
}

function required({ register, params }: Call): Account {
  const account = register.accounts.get(params.account ?? '');
  if (account === undefined) throw noAccount('There is no such account.');
  return account;
}

function shown(register: Register, one: Account): object {
  const { account, displayName, kind, person, state, roles, requests, version, changed } = one;
  return {
    account,
    displayName,
    kind,
    person,
    state,
    roles,
    requests,
    ...supervisionShown(register, one),
    version,
    changed,
  };
}

const noAccount = (message: string): HoldfastError =>
  new HoldfastError('not-found', message, { hint: 'GET /v1/accounts lists all.' });
