import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';
import { OpenId } from '../../src/access/openid.ts';
import { systemClock } from '../../src/assembly/system.ts';
import { Office } from './office.ts';

const ISSUER = 'https://login.provider.example/';
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
let provider: Server;
let jwks: string;
let office: Office;
beforeAll(async () => {
  provider = createServer((_, answer) => {
    const jwk = { ...createPublicKey(key).export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
    answer.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const { port } = provider.address() as AddressInfo;
  jwks = `http://127.0.0.1:${port}/keys`;
  office = await Office.start({
    settings: {
      openId: {
        issuer: ISSUER,
        audience: 'holdfast',
        jwks,
        roles: { 'hf-compliance': 'compliance', 'hf-legal': 'legal' },
      },
    },
  });
  await office.account('mara', 'compliance');
});
afterAll(async () => {
  await office.end();
  provider.close();
});

function tokenWith(claims: object): string {
  const now = Math.floor(Date.now() / 1000);
  return jwt.sign(
    {
      iss: ISSUER,
      aud: 'holdfast',
      preferred_username: 'mara',
      groups: ['hf-compliance'],
      iat: now,
      exp: now + 60,
      ...claims,
    },
    key,
    { algorithm: 'RS256', keyid: 'one' },
  );
}

function me(claims: object) {
  const token = tokenWith(claims);
  return office.send('GET', '/v1/me', undefined, { authorization: `Bearer ${token}` });
}

test('a token of the provider lets in the account that it names, with the roles that both give it', async () => {
  expect((await me({})).body).toMatchObject({ account: 'mara', via: 'openid', roles: ['compliance'] });
  expect((await me({ groups: [] })).body.roles).toEqual([]);
});

test('groups of the provider give nobody a role that he has not here', async () => {
  expect((await me({ groups: ['hf-compliance', 'hf-legal'] })).body.roles).toEqual(['compliance']);
  expect((await me({ preferred_username: 'administrator', groups: ['hf-legal'] })).body.roles).toEqual([]);
});

test('roles may stand in a claim inside another, and a claim of that very name goes first', async () => {
  const settings = { issuer: ISSUER, audience: 'holdfast', jwks, accountClaim: 'preferred_username' };
  const provider = new OpenId(
    { ...settings, rolesClaim: 'firm.roles', roles: { 'hf-compliance': 'compliance' } },
    systemClock,
  );
  const rolesIn = async (claims: object) => (await provider.read(tokenWith(claims))).roles;
  const inside = { firm: { roles: ['hf-compliance'] } };
  expect(await rolesIn(inside)).toEqual(['compliance']);
  expect(await rolesIn({ ...inside, 'firm.roles': [] })).toEqual([]);
  expect(await rolesIn({ firm: 'roles' })).toEqual([]);
  expect(await rolesIn({})).toEqual([]);
});

test('an account that is not here, or a token for another service, lets nobody in', async () => {
  for (const claims of [
    { preferred_username: 'stranger' },
    { aud: 'payroll' },
    { iss: 'https://elsewhere.example/' },
  ])
    expect(await me(claims)).toMatchObject({ status: 401, body: { code: 'session-ended' } });
});

test('what was signed in at the provider before a revocation counts no more', async () => {
  const { version } = (await office.ask('compliance', 'GET', '/v1/accounts/mara')).body;
  expect((await me({})).status).toBe(200);
  await office.ask('compliance', 'POST', '/v1/accounts/mara/revoke-sessions', { expects: version });
  expect((await me({ iat: Math.floor(Date.now() / 1000) - 30 })).status).toBe(401);
});
