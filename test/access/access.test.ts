import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';
import { totpCode, totpStep } from '../../src/access/totp.ts';
import { PASSWORD, station } from './station.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let at: ReturnType<typeof station>;
beforeEach(() => {
  at = station();
});
afterEach(() => at.end());

const proof = (more: { password?: string; code?: string; account?: string; enabled?: boolean } = {}) => ({
  account: 'mara.lind',
  password: PASSWORD,
  address: '192.0.2.1',
  enabled: true,
  ...more,
});
const refusal = (code: string) => expect.objectContaining({ code });

describe('signing in', () => {
  beforeEach(() => at.here.choosePassword('mara.lind', PASSWORD));

  test('gives a token that every node takes', async () => {
    const { accessToken, oneTime } = await at.here.signIn(proof());
    expect(await at.there.read(accessToken)).toMatchObject({ account: 'mara.lind', oneTime: false });
    expect(oneTime).toBe(false);
  });

  test.each([
    ['a wrong password', { password: 'eight quiet herons' }],
    ['an unknown account', { account: 'nobody' }],
    ['an account that is disabled', { enabled: false }],
  ])('is refused alike for %s', async (_, wrong) => {
    await expect(at.here.signIn(proof(wrong))).rejects.toThrow(
      expect.objectContaining({ code: 'sign-in-failed', message: 'The sign-in failed.' }),
    );
  });

  test('waits after failures, whatever the password, and is heard again later', async () => {
    for (let i = 0; i < 5; i++)
      await expect(at.here.signIn(proof({ password: 'eight quiet herons' }))).rejects.toThrow();
    await expect(at.here.signIn(proof())).rejects.toThrow(refusal('too-many-requests'));
    at.pass(30_000);
    await at.here.signIn(proof());
  });

  test('tries that come side by side are counted all', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 12 }, () => at.here.signIn(proof({ password: 'eight quiet herons' }))),
    );
    const codes = tries.map((each) => (each.status === 'rejected' ? each.reason.code : 'in'));
    expect(codes.filter((code) => code === 'sign-in-failed')).toHaveLength(5);
    expect(codes.filter((code) => code === 'too-many-requests')).toHaveLength(7);
  });
});

describe('an access token', () => {
  let token: string;
  beforeEach(async () => {
    await at.here.choosePassword('mara.lind', PASSWORD);
    token = (await at.here.signIn(proof())).accessToken;
  });
  const claims = () => jwt.decode(token) as jwt.JwtPayload;

  test('ends after ten minutes', async () => {
    at.pass(10 * MINUTE - 1000);
    await at.here.read(token);
    at.pass(2000);
    await expect(at.here.read(token)).rejects.toThrow(refusal('session-ended'));
  });

  test('of another archive is refused', async () => {
    await expect(at.node('south').read(token)).rejects.toThrow(refusal('session-ended'));
  });

  const spki = () => at.keys.token;
  test.each<[string, () => string]>([
    ['without a signature', () => jwt.sign(claims(), '', { algorithm: 'none' })],
    [
      'signed with the public key as if it were a shared secret',
      () => {
        const pem = jwkPem();
        const [head, body] = [{ alg: 'HS256', typ: 'JWT' }, claims()].map((part) =>
          Buffer.from(JSON.stringify(part)).toString('base64url'),
        );
        return `${head}.${body}.${hmac(pem, `${head}.${body}`)}`;
      },
    ],
    [
      'signed by another key',
      () =>
        jwt.sign(claims(), generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, {
          algorithm: 'ES256',
        }),
    ],
    [
      'signed by another kind of key',
      () =>
        jwt.sign(claims(), generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, {
          algorithm: 'RS256',
        }),
    ],
    ['with a changed claim', () => changed({ sub: 'admin' })],
    ['of another audience', () => jwt.sign({ ...claims(), aud: 'south' }, spki(), { algorithm: 'ES256' })],
    ['of another issuer', () => jwt.sign({ ...claims(), iss: 'elsewhere' }, spki(), { algorithm: 'ES256' })],
    ['without a session', () => jwt.sign({ ...claims(), sid: '' }, spki(), { algorithm: 'ES256' })],
    ['that is text', () => 'not a token'],
    ['that is nothing', () => ''],
    ['that is huge', () => `${token}${'A'.repeat(100_000)}`],
  ])('%s is refused', async (_, forge) => {
    await expect(at.here.read(forge())).rejects.toThrow(refusal('session-ended'));
  });

  function changed(change: object): string {
    const [head, , signature] = token.split('.');
    const body = Buffer.from(JSON.stringify({ ...claims(), ...change })).toString('base64url');
    return `${head}.${body}.${signature}`;
  }
  function jwkPem(): string {
    return String(publicKey().export({ format: 'pem', type: 'spki' }));
  }
});

describe('a session', () => {
  beforeEach(() => at.here.choosePassword('mara.lind', PASSWORD));

  test('goes on by refreshing, on any node, with a new refresh token each time', async () => {
    const first = await at.here.signIn(proof());
    const second = await at.there.refresh(first.refreshToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    const third = await at.here.refresh(second.refreshToken);
    expect(await at.there.read(third.accessToken)).toMatchObject({ account: 'mara.lind' });
  });

  test('ends everywhere when a refresh token comes back after it was used', async () => {
    const first = await at.here.signIn(proof());
    const second = await at.here.refresh(first.refreshToken);
    await expect(at.there.refresh(first.refreshToken)).rejects.toThrow(refusal('session-ended'));
    await expect(at.here.refresh(second.refreshToken)).rejects.toThrow(refusal('session-ended'));
    await expect(at.here.read(second.accessToken)).rejects.toThrow(refusal('session-ended'));
  });

  test('is refreshed once by two that try at the same moment, and then ends', async () => {
    const { refreshToken } = await at.here.signIn(proof());
    const tries = await Promise.allSettled([at.here.refresh(refreshToken), at.there.refresh(refreshToken)]);
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of tries)
      if (each.status === 'fulfilled')
        await expect(at.here.read(each.value.accessToken)).rejects.toThrow(refusal('session-ended'));
  });

  test('ends with sign-out, on every node at once', async () => {
    const { accessToken, refreshToken } = await at.here.signIn(proof());
    const { session } = await at.here.read(accessToken);
    await at.here.signOut(session);
    await expect(at.there.read(accessToken)).rejects.toThrow(refusal('session-ended'));
    await expect(at.there.refresh(refreshToken)).rejects.toThrow(refusal('session-ended'));
  });

  test('ends with all others of the account, and new ones begin', async () => {
    const one = await at.here.signIn(proof());
    const two = await at.there.signIn(proof());
    await at.here.signOutEverywhere('mara.lind');
    for (const { accessToken } of [one, two])
      await expect(at.there.read(accessToken)).rejects.toThrow(refusal('session-ended'));
    const { accessToken } = await at.there.signIn(proof());
    await at.here.read(accessToken);
  });

  test('ends when the password is changed', async () => {
    const { accessToken } = await at.here.signIn(proof());
    await at.here.choosePassword('mara.lind', 'eight quiet herons');
    await expect(at.there.read(accessToken)).rejects.toThrow(refusal('session-ended'));
  });

  test('ends when nobody refreshes it for an hour, and after twelve hours in any case', async () => {
    let { refreshToken } = await at.here.signIn(proof());
    for (let i = 0; i < 12; i++) {
      at.pass(59 * MINUTE);
      ({ refreshToken } = await at.here.refresh(refreshToken));
    }
    at.pass(59 * MINUTE);
    await expect(at.here.refresh(refreshToken)).rejects.toThrow(refusal('session-ended'));
    const idle = await at.here.signIn(proof());
    at.pass(HOUR);
    await expect(at.here.refresh(idle.refreshToken)).rejects.toThrow(refusal('session-ended'));
  });

  test.each(['', 'x', '../../keys.0.secret', '20261121-000000000000000000000000.0.'])(
    'does not come from the refresh token %p',
    async (token) => {
      await expect(at.here.refresh(token)).rejects.toThrow(refusal('session-ended'));
    },
  );

  test('does not come from a guessed secret', async () => {
    const { refreshToken } = await at.here.signIn(proof());
    const guessed = refreshToken.replace(/[^.]+$/, 'A'.repeat(43));
    await expect(at.here.refresh(guessed)).rejects.toThrow(refusal('session-ended'));
    await at.here.refresh(refreshToken);
  });
});

describe('a one-time password', () => {
  test('lets in for choosing another, which replaces it', async () => {
    const given = await at.here.giveOneTimePassword('mara.lind');
    const { accessToken, oneTime } = await at.there.signIn(proof({ password: given }));
    expect(oneTime).toBe(true);
    expect(await at.here.read(accessToken)).toMatchObject({ oneTime: true });
    await at.there.choosePassword('mara.lind', PASSWORD);
    await expect(at.here.signIn(proof({ password: given }))).rejects.toThrow(refusal('sign-in-failed'));
    expect((await at.here.signIn(proof())).oneTime).toBe(false);
  });

  test('has more than a hundred random bits', async () => {
    const given = await at.here.giveOneTimePassword('mara.lind');
    expect(given).toMatch(/^[a-z2-7]{6}(-[a-z2-7]{6}){3}$/);
    expect(await at.here.giveOneTimePassword('mara.lind')).not.toBe(given);
  });
});

describe('a second factor', () => {
  const codeNow = (secret: string, drift = 0) => totpCode(unbase32(secret), totpStep(at.now()) + drift);
  let secret: string;
  beforeEach(async () => {
    await at.here.choosePassword('mara.lind', PASSWORD);
    ({ secret } = await at.here.beginSecondFactor('mara.lind'));
  });

  test('counts once a code of it was shown', async () => {
    await at.here.signIn(proof());
    await expect(at.here.confirmSecondFactor('mara.lind', '000000')).rejects.toThrow(
      refusal('sign-in-failed'),
    );
    await at.here.confirmSecondFactor('mara.lind', codeNow(secret));
    await expect(at.here.signIn(proof())).rejects.toThrow(refusal('second-factor-needed'));
    at.pass(30_000);
    await at.there.signIn(proof({ code: codeNow(secret) }));
  });

  test('takes a code once, on any node', async () => {
    await at.here.confirmSecondFactor('mara.lind', codeNow(secret));
    at.pass(30_000);
    const code = codeNow(secret);
    await at.here.signIn(proof({ code }));
    await expect(at.there.signIn(proof({ code }))).rejects.toThrow(refusal('sign-in-failed'));
  });

  test('cannot be guessed by asking without a code in between', async () => {
    await at.here.confirmSecondFactor('mara.lind', codeNow(secret));
    at.pass(10 * MINUTE);
    const answers: string[] = [];
    for (let i = 0; i < 8; i++) {
      for (const code of ['000000', undefined])
        answers.push(
          await at.here.signIn(proof(code === undefined ? {} : { code })).then(
            () => 'in',
            (error) => error.code,
          ),
        );
    }
    expect(answers.slice(-4)).toEqual(Array(4).fill('too-many-requests'));
  });

  test('cannot be set up again over the one that counts', async () => {
    await at.here.confirmSecondFactor('mara.lind', codeNow(secret));
    await expect(at.here.beginSecondFactor('mara.lind')).rejects.toThrow(refusal('conflict'));
  });

  test('goes with a reset, and not with a one-time password alone', async () => {
    await at.here.confirmSecondFactor('mara.lind', codeNow(secret));
    await at.here.giveOneTimePassword('mara.lind');
    expect(await at.here.hasSecondFactor('mara.lind')).toBe(true);
    await at.here.giveOneTimePassword('mara.lind', { secondFactor: 'removed' });
    expect(await at.here.hasSecondFactor('mara.lind')).toBe(false);
  });

  test('stays when the password is changed', async () => {
    await at.here.confirmSecondFactor('mara.lind', codeNow(secret));
    await at.here.choosePassword('mara.lind', 'eight quiet herons');
    await expect(at.here.signIn(proof({ password: 'eight quiet herons' }))).rejects.toThrow(
      refusal('second-factor-needed'),
    );
  });
});

describe('an API key', () => {
  test('names its account on every node until it is revoked', async () => {
    const { id, key } = await newKey();
    expect(await at.there.apiKeys.read(key)).toEqual({ account: 'feed-chicago', id });
    expect(await at.there.apiKeys.list('feed-chicago')).toEqual([{ id, account: 'feed-chicago' }]);
    await at.there.apiKeys.revoke(id);
    await expect(at.here.apiKeys.read(key)).rejects.toThrow(refusal('session-ended'));
    expect(await at.here.apiKeys.list()).toEqual([]);
  });

  test('is not made by guessing', async () => {
    const { key } = await newKey();
    for (const wrong of [
      '',
      'hf_',
      `${key}x`,
      key.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')),
      'hf_../../x_y',
    ])
      await expect(at.here.apiKeys.read(wrong)).rejects.toThrow(refusal('session-ended'));
  });
});

describe('the access store', () => {
  test('shows no password, name, secret or key to whoever reads its files', async () => {
    await at.here.choosePassword('mara.lind', PASSWORD);
    const { secret } = await at.here.beginSecondFactor('mara.lind');
    const { refreshToken } = await at.here.signIn(proof());
    const { key } = await newKey();
    const hidden = [PASSWORD, 'mara.lind', secret, refreshToken, key, 'argon2', 'feed-chicago'];
    const files = filesBelow(join(at.folder, 'access'));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const text = readFileSync(file).toString('latin1');
      for (const secret of hidden) expect(text.includes(secret) || file.includes(secret)).toBe(false);
    }
  });

  test('takes no object in the place of another', async () => {
    await at.here.choosePassword('mara.lind', PASSWORD);
    await at.here.choosePassword('otto.berg', 'eight quiet herons');
    const [mine, his] = filesBelow(join(at.folder, 'access', 'credentials'));
    chmodSync(String(mine), 0o600);
    writeFileSync(String(mine), readFileSync(String(his)));
    const tries = await Promise.allSettled(
      ['mara.lind', 'otto.berg'].map((account) =>
        at.there.signIn({
          ...proof(),
          account,
          password: account === 'mara.lind' ? PASSWORD : 'eight quiet herons',
        }),
      ),
    );
    expect(tries.map((each) => (each.status === 'rejected' ? each.reason.code : 'in')).sort()).toEqual([
      'damaged-archive',
      'in',
    ]);
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function unbase32(text: string): Buffer {
  const bits = [...text]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

const publicKey = () => createPublicKey(at.keys.token);
const hmac = (key: string, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64url');

async function newKey(): Promise<{ id: string; key: string }> {
  const { id, key, keep } = at.here.apiKeys.draw('feed-chicago');
  await expect(at.here.apiKeys.read(key)).rejects.toThrow(refusal('session-ended'));
  await keep();
  return { id, key };
}
