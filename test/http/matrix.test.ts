/** Every route as every role: what `roles.ts` says is what the service does, and nothing else. */
import { permissionsOf, ROLE_NAMES, type Role } from '../../src/core/control/roles.ts';
import { contract, type Operation, operations } from '../../src/http/contract.ts';
import { Office } from './office.ts';

const all = operations(contract()).filter(({ path }) => path.startsWith('/v1/'));
/** Routes that would end the sessions with which the others are tried. */
const LAST = ['signOut', 'signOutEverywhere', 'choosePassword'];
const CALLERS: readonly (Role | 'nobody' | 'no-role')[] = [...ROLE_NAMES, 'no-role', 'nobody'];

let office: Office;
beforeAll(async () => {
  office = await Office.start();
  for (const role of ROLE_NAMES) await office.account(`a-${role}`, role);
  await office.account('a-no-role');
});
afterAll(() => office.end());

/** A path with names that are of their form and do not exist. */
const concrete = (path: string): string =>
  path.replace(/:(\w+)/g, (_, name: string) => PARAMETERS[name] ?? 'nothing');
const PARAMETERS: { readonly [name: string]: string } = {
  log: 'm0',
  leaf: '999999',
  job: '000000000-0000000000000000',
  file: 'bundle.tar',
  key: '0000000000000000',
};

function isOpenTo(caller: (typeof CALLERS)[number], access: string): boolean {
  if (access === 'public') return true;
  if (caller === 'nobody') return false;
  if (access === 'signed-in') return true;
  return caller !== 'no-role' && (permissionsOf(caller) as readonly string[]).includes(access);
}

async function call(caller: (typeof CALLERS)[number], { method, path }: Operation) {
  const account = caller === 'nobody' ? undefined : `a-${caller}`;
  // No body: whoever is let in past the gate is told that the request is not of its form, or gets an answer.
  return await office.ask(account, method.toUpperCase(), concrete(path));
}

const ordered = [
  ...all.filter(({ operationId }) => !LAST.includes(operationId)),
  ...all.filter(({ operationId }) => LAST.includes(operationId)),
];

test.each(ordered.map((operation) => [operation.operationId, operation] as const))(
  '%s lets in whom the table names, and nobody else',
  async (operationId, operation) => {
    const refusals: string[] = [];
    for (const caller of CALLERS) {
      const { status, body } = await call(caller, operation);
      const code = body?.code as string | undefined;
      const isRefused = code === 'not-permitted' || code === 'session-ended';
      // A role that reaches nothing (no grant, nobody assigned) is let in and finds nothing to see.
      const reachesNothing = ['auditor', 'supervisor'].includes(caller) && code === 'not-permitted';
      const isOpen = isOpenTo(caller, String(operation.access));
      if (isOpen === isRefused && !(isOpen && reachesNothing)) refusals.push(`${caller}: ${status} ${code}`);
      if (!isOpen && status !== (caller === 'nobody' ? 401 : 403)) refusals.push(`${caller}: ${status}`);
      if (LAST.includes(operationId)) office.forget(`a-${caller}`);
    }
    expect(refusals).toEqual([]);
  },
);

test('every denial is an audit entry that names the operation', async () => {
  expect((await office.ask('a-administrator', 'POST', '/v1/search', { query: 'x' })).status).toBe(403);
  expect(await office.audited('denied')).toContainEqual(
    expect.objectContaining({ actor: 'a-administrator', details: { operation: 'search' } }),
  );
});

test('the administrator reads no content by any route', async () => {
  const content = all.filter(({ access }) =>
    ['search', 'message.read', 'export.create', 'audit.read-queries'].includes(String(access)),
  );
  expect(content.length).toBeGreaterThan(6);
  for (const operation of content) expect((await call('administrator', operation)).status).toBe(403);
});
