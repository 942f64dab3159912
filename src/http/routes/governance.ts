/** Grants, matters, holds and retention rules: read from the register, changed by sealed acts. */
import type { Grant, Hold, Matter, Register } from '../../core/control/register.ts';
import { HoldfastError } from '../../core/errors.ts';
import { parseScope } from '../../core/holds/read-scope.ts';
import { LANGUAGES } from '../../core/search/language.ts';
import { parseQuery } from '../../core/search/parse.ts';
import { controlRoute, onThe } from '../control-route.ts';
import { type Call, type Route, route } from '../route.ts';

type Listed = 'grants' | 'matters' | 'holds';

function list(operationId: string, access: 'grant.read' | 'matter.read' | 'hold.read', what: Listed): Route {
  return route({
    operationId,
    access,
    async handle(call) {
      const { register } = call;
      await call.audit(`${what}-listed`, {});
      return { json: { [what]: [...register[what].values()], position: register.position } };
    },
  });
}

function show(
  operationId: string,
  access: 'grant.read' | 'matter.read' | 'hold.read',
  what: Listed,
  key: 'grant' | 'matter' | 'hold',
): Route {
  return route({
    operationId,
    access,
    async handle(call) {
      const things: ReadonlyMap<string, Grant | Matter | Hold> = call.register[what];
      const thing = required(call, things, key);
      await call.audit(`${key}-viewed`, { [key]: call.params[key] ?? '' });
      return { json: thing };
    },
  });
}

function required<T>(call: Call, things: ReadonlyMap<string, T>, key: string): T {
  const thing = things.get(call.params[key] ?? '');
  if (thing !== undefined) return thing;
  throw new HoldfastError('not-found', `There is no such ${key}.`, { hint: 'List them to see the names.' });
}

/** A scope is read by the language of the version that runs: stored with it, so that it is read alike for ever. */
const scoped = { language: LANGUAGES.current };

/** Throws `bad-query` where it may be no scope: before it is sealed, so that its writer can mend it. */
function scopeOf({ register }: Call, { scope }: { readonly [key: string]: unknown }): string {
  const text = String(scope);
  parseScope(text, register.directory);
  return text;
}

/** What a grant shows must be a whole query: it stands in brackets beside others. */
function queryOf({ scope }: { readonly [key: string]: unknown }): string {
  const text = String(scope);
  parseQuery(text);
  return text;
}

export const governanceRoutes: readonly Route[] = [
  list('listGrants', 'grant.read', 'grants'),
  show('showGrant', 'grant.read', 'grants', 'grant'),
  controlRoute({
    operationId: 'addGrant',
    access: 'grant.add',
    action: 'grant.add',
    details: (_call, body) => ({
      from: null,
      to: null,
      mayDownload: false,
      productions: [],
      ...body,
      ...scoped,
      expects: 0,
      scope: queryOf(body),
    }),
  }),
  controlRoute({
    operationId: 'revokeGrant',
    access: 'grant.revoke',
    action: 'grant.revoke',
    details: onThe('grant'),
  }),
  list('listMatters', 'matter.read', 'matters'),
  show('showMatter', 'matter.read', 'matters', 'matter'),
  controlRoute({
    operationId: 'openMatter',
    access: 'matter.open',
    action: 'matter.open',
    details: (call, body) => ({
      zone: call.service.parts.archive.settings.zone,
      members: [],
      ...body,
      expects: 0,
    }),
  }),
  controlRoute({
    operationId: 'changeMatter',
    access: 'matter.change',
    action: 'matter.change',
    details: onThe('matter'),
  }),
  list('listHolds', 'hold.read', 'holds'),
  show('showHold', 'hold.read', 'holds', 'hold'),
  controlRoute({
    operationId: 'placeHold',
    access: 'hold.place',
    action: 'hold.place',
    details: (call, body) => ({ trigger: null, ...body, ...scoped, expects: 0, scope: scopeOf(call, body) }),
  }),
  controlRoute({
    operationId: 'widenHold',
    access: 'hold.amend',
    action: 'hold.widen',
    details: (call, body) => ({ ...body, ...scoped, scope: scopeOf(call, body), hold: call.params.hold }),
  }),
  controlRoute({
    operationId: 'requestHoldNarrowing',
    access: 'hold.request-release',
    action: 'hold.request-narrowing',
    details: (call, body) => ({ ...body, ...scoped, scope: scopeOf(call, body), hold: call.params.hold }),
  }),
  controlRoute({
    operationId: 'requestHoldRelease',
    access: 'hold.request-release',
    action: 'hold.request-release',
    details: onThe('hold'),
  }),
  controlRoute({
    operationId: 'approveHoldRelease',
    access: 'hold.approve-release',
    action: 'hold.approve-release',
    details: onThe('hold'),
  }),
  controlRoute({
    operationId: 'rejectHoldRelease',
    access: 'hold.read',
    action: 'hold.reject-release',
    details: onThe('hold'),
  }),
  route({
    operationId: 'listRetention',
    access: 'retention.read',
    async handle(call) {
      const { register } = call;
      await call.audit('retention-listed', {});
      return { json: { ...retentionOf(register), position: register.position } };
    },
  }),
  controlRoute({
    operationId: 'proposeRetention',
    access: 'retention.propose',
    action: 'retention.propose',
    details: (_call, body) => ({ ...body, expects: 0 }),
  }),
  controlRoute({
    operationId: 'approveRetention',
    access: 'retention.approve',
    action: 'retention.approve',
    details: onThe('proposal'),
  }),
  controlRoute({
    operationId: 'rejectRetention',
    access: 'retention.read',
    action: 'retention.reject',
    details: onThe('proposal'),
  }),
];

const retentionOf = ({ retention: { classes, rules, proposals } }: Register) => ({
  classes: [...classes.values()],
  rules: [...rules.values()],
  proposals: [...proposals.values()],
});
