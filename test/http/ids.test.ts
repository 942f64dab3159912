/** Ids that belong to somebody else: whoever may not see a thing learns nothing from its name, not even that it is there. */
import { permissionsOf, ROLE_NAMES, type Role } from '../../src/core/control/roles.ts';
import { contract, operations } from '../../src/http/contract.ts';
import { type Answered, Office } from './office.ts';

/** Names of things that are there, by the parameter that they stand in; and of none. */
const there: { [name: string]: string } = {};
const NOT_THERE: { readonly [name: string]: string } = {
  log: 'm0',
  leaf: '999999',
  job: '000000000-0000000000000000',
  file: 'bundle.tar',
  key: '0000000000000000',
};

const named = operations(contract()).filter(({ path }) => path.includes(':'));

let office: Office;
beforeAll(async () => {
  office = await Office.start();
  for (const role of ROLE_NAMES) await office.account(`a-${role}`, role);
  await office.account('a-no-role');
  await office.account('other', 'legal');
  await office.account('connector', 'connector', 'service');
  await office.ingest({ text: 'walnut one' });
  const made = async (account: string, path: string, body: object): Promise<Answered['body']> => {
    const answer = await office.ask(account, 'POST', path, body);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
    return answer.body;
  };
  await made('a-legal', '/v1/matters', { matter: 'coffee', reference: 'HO-1' });
  await made('a-legal', '/v1/holds', {
    hold: 'beans',
    matter: 'coffee',
    scope: 'walnut',
    authority: 'a letter',
    reason: 'asked',
  });
  await made('a-legal', '/v1/grants', {
    grant: 'review',
    account: 'a-auditor',
    scope: 'cedar',
    reason: 'examination',
  });
  const { version } = (await office.ask('a-administrator', 'GET', '/v1/accounts/connector')).body;
  const key = await made('a-administrator', '/v1/accounts/connector/api-keys', { expects: version });
  const { id: job } = await made('a-legal', '/v1/exports', { query: 'walnut' });
  await office.ended('a-legal', job);
  Object.assign(there, {
    log: 'm0',
    leaf: '0',
    job,
    file: 'report.pdf',
    key: key.id,
    account: 'a-legal',
    matter: 'coffee',
    hold: 'beans',
    grant: 'review',
    custodian: 'E1',
    production: 'p1',
    proposal: 'longer',
  });
});
afterAll(() => office.end());

const at = (path: string, names: { readonly [name: string]: string }): string =>
  path.replace(/:(\w+)/g, (_, name: string) => names[name] ?? 'nothing');

/** The answer without what was asked for in it. */
function plain({ status, text }: Answered, names: { readonly [name: string]: string }): string {
  const values = Object.values(names).sort((a, b) => b.length - a.length);
  return `${status} ${values.reduce((rest, value) => (value.length > 3 ? rest.replaceAll(value, 'it') : rest), text)}`;
}

test.each(named.map((operation) => [operation.operationId, operation] as const))(
  '%s answers whoever has not the permission as if the thing were not there',
  async (_, { method, path, access }) => {
    const without = ROLE_NAMES.filter(
      (role) => !(permissionsOf(role) as readonly string[]).includes(String(access)),
    );
    const callers =
      access === 'signed-in' ? [] : [...without.map((role) => `a-${role}`), 'a-no-role', undefined];
    for (const account of callers) {
      const ask = (names: { readonly [name: string]: string }) =>
        office.ask(account, method.toUpperCase(), at(path, names));
      const [one, none] = [await ask(there), await ask(NOT_THERE)];
      expect([account, one.status]).toEqual([account, account === undefined ? 401 : 403]);
      expect([account, plain(one, there)]).toEqual([account, plain(none, NOT_THERE)]);
    }
  },
);

const ofJobs = named.filter(({ path }) => path.includes(':job'));

test.each(ofJobs.map((operation) => [operation.operationId, operation] as const))(
  '%s answers who has the role and not the job as if it were not there',
  async (_, { method, path, access }) => {
    const has = (role: Role) =>
      access === 'signed-in' || (permissionsOf(role) as readonly string[]).includes(String(access));
    const roles = ROLE_NAMES.filter((role) => role !== 'legal' && role !== 'auditor' && has(role));
    for (const account of ['other', ...roles.map((role) => `a-${role}`)]) {
      const ask = (names: { readonly [name: string]: string }) =>
        office.ask(account, method.toUpperCase(), at(path, names));
      const [one, none] = [await ask(there), await ask({ ...NOT_THERE, file: 'report.pdf' })];
      expect([account, one.status]).toEqual([account, 404]);
      expect([account, plain(one, there)]).toEqual([account, plain(none, NOT_THERE)]);
    }
  },
);

test('who asked for a job of somebody else is recorded, and so is who asked for none', async () => {
  const denied = (await office.audited('denied')).filter(
    ({ actor, details }) => actor === 'other' && details.operation === 'showJob',
  );
  expect(denied.map(({ details }) => details.job)).toEqual([there.job, NOT_THERE.job]);
});

/** What shows nothing but the caller's own, or how the service is. */
const OWN = ['me', 'status', 'listJobs', 'showJob'];
const views = operations(contract()).filter(
  ({ method, path, access, operationId }) =>
    method === 'get' && path.startsWith('/v1/') && access !== 'public' && !OWN.includes(operationId),
);

test.each(views.map((operation) => [operation.operationId, operation] as const))(
  '%s leaves an entry of who looked, before it answers',
  async (_, { path, access }) => {
    const may = (role: Role) => (permissionsOf(role) as readonly string[]).includes(String(access));
    const role = may('legal') ? 'legal' : 'administrator';
    const before = await seen(`a-${role}`);
    const answer = await office.ask(`a-${role}`, 'GET', at(path, there));
    // Of what is not there nothing was seen.
    if (answer.status === 404)
      expect(['p1', 'E1']).toContain(there[/:(production|custodian)/.exec(path)?.[1] ?? '']);
    else expect([answer.status, await seen(`a-${role}`)]).toEqual([200, before + 1]);
  },
);

async function seen(account: string): Promise<number> {
  return (await office.audited(undefined, 'other')).filter(({ actor }) => actor === account).length;
}
