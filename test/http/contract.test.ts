import { PERMISSIONS } from '../../src/core/control/roles.ts';
import { contract, operations } from '../../src/http/contract.ts';
import { ROUTES } from '../../src/http/routes/index.ts';

const contracted = operations(contract()).filter(({ path }) => path.startsWith('/v1/'));
const inContract = new Map(contracted.map((operation) => [operation.operationId, operation]));
const inCode = new Map(ROUTES.map((route) => [route.operationId, route]));

test('every operation of the contract has its route, and every route its operation', () => {
  expect(contracted.length).toBeGreaterThan(50);
  expect([...inCode.keys()].sort()).toEqual([...inContract.keys()].sort());
  expect(ROUTES).toHaveLength(inCode.size);
});

test.each(contracted.map((operation) => [operation.operationId, operation] as const))(
  '%s names in the contract who may, as its route does',
  (id, { access }) => {
    // Instead: give the operation x-permission, x-signed-in or x-public, and the same to its route.
    expect(access).toBeDefined();
    expect(inCode.get(id)?.access).toBe(access);
    if (access !== 'public' && access !== 'signed-in') expect(Object.keys(PERMISSIONS)).toContain(access);
  },
);

test('only signing in and refreshing are open to everybody', () => {
  const open = contracted.filter(({ access }) => access === 'public').map(({ operationId }) => operationId);
  expect(open.sort()).toEqual(['refresh', 'signIn']);
});

test('nothing but a session of one’s own is open to a one-time password', () => {
  const open = ROUTES.filter(({ oneTime }) => oneTime).map(({ operationId }) => operationId);
  expect(open.sort()).toEqual(['choosePassword', 'me', 'signOut']);
});

test('every object that comes in is closed: members that nobody reads are refused', () => {
  const loose: string[] = [];
  const walk = (schema: unknown, at: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { type, additionalProperties, properties, oneOf } = schema as { [key: string]: unknown };
    if (type === 'object' && additionalProperties !== false) loose.push(at);
    for (const [key, value] of Object.entries((properties ?? {}) as object)) walk(value, `${at}.${key}`);
    for (const [n, value] of Object.entries((oneOf ?? {}) as object)) walk(resolved(value), `${at}[${n}]`);
  };
  for (const [path, item] of Object.entries(contract().paths))
    for (const [method, operation] of Object.entries(item)) {
      const { requestBody } = operation as {
        requestBody?: { content: { [type: string]: { schema: unknown } } };
      };
      const schema = requestBody?.content['application/json']?.schema;
      if (schema !== undefined) walk(resolved(schema), `${method} ${path}`);
    }
  expect(loose).toEqual([]);
});

function resolved(schema: unknown): unknown {
  const { $ref } = schema as { $ref?: string };
  if ($ref === undefined) return schema;
  let at: unknown = contract();
  for (const key of $ref.slice(2).split('/')) at = (at as { [key: string]: unknown })[key];
  return at;
}
