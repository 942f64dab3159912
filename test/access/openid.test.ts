import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';
import { OpenId } from '../../src/access/openid.ts';

const ISSUER = 'https://login.provider.example/';
const now = Date.UTC(2026, 10, 21, 9);
let late = 0;
const clock = { now: () => now + late };
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
let server: Server;
let asked = 0;
let openId: OpenId;

beforeAll(async () => {
  server = createServer((_, answer) => {
    asked++;
    const jwk = { ...createPublicKey(key).export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
    answer.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  openId = new OpenId(
    {
      issuer: ISSUER,
      audience: 'holdfast',
      jwks: `http://127.0.0.1:${port}/keys`,
      accountClaim: 'preferred_username',
      rolesClaim: 'groups',
      roles: { 'hf-legal': 'legal', 'hf-compliance': 'compliance' },
    },
    clock,
  );
});
afterAll(() => server.close());

const claims = {
  iss: ISSUER,
  aud: 'holdfast',
  preferred_username: 'mara.lind',
  groups: ['hf-legal', 'everybody', 'constructor'],
  iat: now / 1000 - 60,
  exp: now / 1000 + 600,
};
const { exp: _, ...withoutEnd } = claims;
const token = (
  change: object = {},
  signing: { key?: KeyObject | string; kid?: string; algorithm?: jwt.Algorithm } = {},
) =>
  jwt.sign({ ...claims, ...change }, signing.key ?? key, {
    algorithm: signing.algorithm ?? 'RS256',
    keyid: signing.kid ?? 'one',
  });

test('a token of the provider names an account and the roles that its groups stand for', async () => {
  expect(await openId.read(token())).toEqual({
    account: 'mara.lind',
    roles: ['legal'],
    issuedAt: now - 60_000,
  });
});

test('a token without groups gives no role', async () => {
  expect(await openId.read(token({ groups: undefined }))).toMatchObject({ roles: [] });
});

test.each<[string, () => string]>([
  ['of another issuer', () => token({ iss: 'https://elsewhere.example/' })],
  ['for another audience', () => token({ aud: 'payroll' })],
  ['that has expired', () => token({ exp: now / 1000 - 1 })],
  ['that never expires', () => jwt.sign(withoutEnd, key, { algorithm: 'RS256', keyid: 'one' })],
  ['without an account', () => token({ preferred_username: '' })],
  [
    'by another key under the same name',
    () => token({}, { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }),
  ],
  ['by a key that nobody published', () => token({}, { kid: 'two' })],
  ['without a signature', () => jwt.sign(claims, '', { algorithm: 'none', keyid: 'one' })],
  ['under a shared secret', () => token({}, { key: 'x'.repeat(64), algorithm: 'HS256' })],
  ['that is text', () => 'x.y.z'],
])('a token %s is refused', async (_, make) => {
  await expect(openId.read(make())).rejects.toThrow(expect.objectContaining({ code: 'session-ended' }));
});

test('tokens with invented key names do not make it ask the provider each time, nor wait', async () => {
  await openId.read(token());
  late += 31_000;
  const before = asked;
  await Promise.allSettled(Array.from({ length: 40 }, (_, i) => openId.read(token({}, { kid: `no-${i}` }))));
  expect(asked - before).toBe(1);
  await openId.read(token());
});
