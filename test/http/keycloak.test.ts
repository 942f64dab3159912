/** Signing in through a real OpenID provider. */
import { describeWith, type Server } from '../engines/index.ts';
import { Office } from './office.ts';

const PASSWORD = 'a long pass phrase';
const audience = (name: string) => ({
  name: `for-${name}`,
  protocol: 'openid-connect',
  protocolMapper: 'oidc-audience-mapper',
  config: { 'included.custom.audience': name, 'access.token.claim': 'true' },
});
const client = (clientId: string, forWhom: string) => ({
  clientId,
  publicClient: true,
  directAccessGrantsEnabled: true,
  protocolMappers: [audience(forWhom)],
});
const user = (username: string, realmRoles: readonly string[]) => ({
  username,
  enabled: true,
  email: `${username}@firm.example`,
  emailVerified: true,
  firstName: username,
  lastName: 'Quist',
  credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
  realmRoles,
});
const REALM = {
  realm: 'firm',
  sslRequired: 'none',
  roles: { realm: [{ name: 'hf-compliance' }, { name: 'hf-legal' }] },
  clients: [client('console', 'holdfast'), client('payroll-app', 'payroll')],
  users: [user('mara', ['hf-compliance', 'hf-legal']), user('stranger', ['hf-compliance'])],
};

await describeWith(['ownKeycloak'], 'signing in through Keycloak', ({ ownKeycloak }) => {
  let keycloak: Server;
  let office: Office;
  beforeAll(async () => {
    keycloak = await ownKeycloak(REALM);
    const issuer = `http://${keycloak.address}/realms/firm`;
    office = await Office.start({
      settings: {
        openId: {
          issuer,
          audience: 'holdfast',
          jwks: `${issuer}/protocol/openid-connect/certs`,
          rolesClaim: 'realm_access.roles',
          roles: { 'hf-compliance': 'compliance', 'hf-legal': 'legal' },
        },
      },
    });
    await office.account('mara', 'compliance');
  });
  afterAll(async () => {
    await office.end();
    await keycloak.close();
  });

  async function token(username: string, clientId: string): Promise<string> {
    const answer = await fetch(`http://${keycloak.address}/realms/firm/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: clientId,
        username,
        password: PASSWORD,
      }),
    });
    const { access_token: given } = (await answer.json()) as { access_token: string };
    return given;
  }
  const as = (given: string) => ({ authorization: `Bearer ${given}` });

  test('its token lets in the account that it names, with those of its roles that the account has here', async () => {
    const given = await token('mara', 'console');
    const { body } = await office.send('GET', '/v1/me', undefined, as(given));
    expect(body).toMatchObject({ account: 'mara', via: 'openid', roles: ['compliance'] });
    const found = await office.send('POST', '/v1/count', { query: '*' }, as(given));
    expect(found.status).toBe(200);
  });

  test('a person without an account here, a token for another service, and a changed token let nobody in', async () => {
    const given = await token('mara', 'console');
    const [head, body, signature = ''] = given.split('.');
    const changed = [
      head,
      body,
      signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`,
    ];
    for (const other of [
      await token('stranger', 'console'),
      await token('mara', 'payroll-app'),
      changed.join('.'),
    ])
      expect(await office.send('GET', '/v1/me', undefined, as(other))).toMatchObject({
        status: 401,
        body: { code: 'session-ended' },
      });
  });
});
