import { createHmac } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';
import { listen } from '../../src/http/listen.ts';
import { Office, PASSWORD } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await Office.start();
  await office.account('lena', 'legal');
  await office.ingest({ text: 'walnut one' });
});
afterAll(() => office.end());

const as = (token: string) => office.send('GET', '/v1/me', undefined, { authorization: `Bearer ${token}` });

describe('a token', () => {
  const forged: { [name: string]: (good: string) => string } = {
    'without a signature': (good) => jwt.sign(jwt.decode(good) as object, '', { algorithm: 'none' }),
    'with another algorithm': (good) => {
      const [, body] = good.split('.');
      const head = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');
      return `${head}.${body}.${createHmac('sha256', '').update(`${head}.${body}`).digest('base64url')}`;
    },
    'with another account': (good) => {
      const [head, body = '', signature] = good.split('.');
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
      return `${head}.${Buffer.from(JSON.stringify({ ...claims, sub: 'administrator' })).toString('base64url')}.${signature}`;
    },
    'cut short': (good) => good.slice(0, -4),
    'that is a refresh token': () =>
      '20261121-000000000000000000000000.0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'that is a key of nobody': () => `hf_0000000000000000_${'A'.repeat(43)}`,
  };
  test.each(Object.keys(forged))('%s is refused like every other', async (name) => {
    const answer = await as(forged[name]?.(await office.token('lena')) ?? '');
    expect(answer).toMatchObject({ status: 401, body: { code: 'session-ended' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('of an account that has lost its role opens nothing more', async () => {
    await office.account('rolf', 'compliance');
    const token = await office.token('rolf');
    expect((await as(token)).status).toBe(200);
    const { version } = (await office.ask('compliance', 'GET', '/v1/accounts/rolf')).body;
    const removed = await office.ask('administrator', 'POST', '/v1/accounts/rolf/remove-role', {
      expects: version,
      role: 'compliance',
      reason: 'moved',
    });
    expect(removed.status).toBe(200);
    expect((await as(token)).status).toBe(401);
  });
});

test('a refresh token that comes back ends the session for whoever has it', async () => {
  await office.access.choosePassword('lena', PASSWORD);
  office.forget('lena');
  const first = (await office.send('POST', '/v1/sign-in', { account: 'lena', password: PASSWORD })).body;
  const second = (await office.send('POST', '/v1/refresh', { refreshToken: first.refreshToken })).body;
  expect((await office.send('POST', '/v1/refresh', { refreshToken: first.refreshToken })).status).toBe(401);
  expect((await office.send('POST', '/v1/refresh', { refreshToken: second.refreshToken })).status).toBe(401);
  expect((await as(second.accessToken)).status).toBe(401);
});

test('guessing passwords is slowed down, and says how long', async () => {
  const guess = () => office.send('POST', '/v1/sign-in', { account: 'lena', password: 'wrong wrong wrong' });
  const answers = [];
  for (let i = 0; i < 7; i++) answers.push(await guess());
  const last = answers.at(-1);
  expect(last).toMatchObject({ status: 429, body: { code: 'too-many-requests' } });
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
});

describe('nobody makes himself more than he is', () => {
  test('an administrator cannot ask for a role for himself, nor approve one', async () => {
    const { version } = (await office.ask('administrator', 'GET', '/v1/accounts/administrator')).body;
    expect(
      await office.ask('administrator', 'POST', '/v1/accounts/administrator/request-role', {
        expects: version,
        role: 'legal',
        reason: 'curious',
      }),
    ).toMatchObject({ status: 403, body: { code: 'refused' } });
    expect(
      await office.ask('administrator', 'POST', '/v1/accounts', {
        account: 'puppet',
        displayName: 'Puppet',
        roles: ['compliance'],
      }),
    ).toMatchObject({ status: 403, body: { code: 'refused' } });
  });

  test('an administrator cannot set a password of somebody who reads content', async () => {
    await office.account('nina', 'legal');
    const give = async () => {
      const { version } = (await office.ask('administrator', 'GET', '/v1/accounts/nina')).body;
      return await office.ask('administrator', 'POST', '/v1/accounts/nina/one-time-password', {
        expects: version,
      });
    };
    const first = await give();
    expect(first).toMatchObject({ status: 200, body: { password: expect.any(String) } });
    expect(await give()).toMatchObject({ status: 403, body: { code: 'refused' } });
    expect(
      (await office.send('POST', '/v1/sign-in', { account: 'nina', password: first.body.password })).status,
    ).toBe(200);
  });

  test('a reset takes two persons', async () => {
    const version = async () => (await office.ask('administrator', 'GET', '/v1/accounts/nina')).body.version;
    const act = async (account: string, verb: string, more: object = {}) =>
      (await office.ask(account, 'POST', `/v1/accounts/nina/${verb}`, { expects: await version(), ...more }))
        .status;
    expect(await act('administrator', 'request-reset', { reason: 'forgotten' })).toBe(200);
    expect(await act('administrator', 'approve-reset')).toBe(403);
    expect(await act('administrator', 'one-time-password')).toBe(403);
    expect(await act('compliance', 'approve-reset')).toBe(200);
    expect(await act('administrator', 'one-time-password')).toBe(200);
    expect(await act('administrator', 'one-time-password')).toBe(403);
  });

  test('members that the contract does not know are refused, whatever they are called', async () => {
    for (const extra of [
      { roles: ['deo'], via: 'os:root@host' },
      { __proto__x: 1 },
      { constructor: 1 },
      { expects: 5 },
    ])
      expect(
        await office.ask('administrator', 'PATCH', '/v1/accounts/lena', {
          expects: 1,
          displayName: 'Lena',
          person: null,
          ...extra,
          ...('expects' in extra ? { account: 'administrator' } : {}),
        }),
      ).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  });
});

describe('paths', () => {
  test.each([
    '/v1/records/m0/..%2f..%2f0',
    '/v1/records/..%2f..%2fkeys/0',
    '/v1/records/m0/%00',
    '/v1/records/m0/1e3',
    '/v1/records/m0/-1',
    '/v1/records/__proto__/0',
    '/v1/accounts/__proto__',
    '/v1/accounts/constructor',
    '/v1/jobs/..%2f..%2fkeys',
    '/v1/matters/toString',
    '/v1//records',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/v1/%',
  ])('%s leads nowhere', async (path) => {
    const { status, text } = await raw(
      `GET ${path} HTTP/1.1`,
      `authorization: Bearer ${await office.token('compliance')}`,
    );
    expect([400, 404]).toContain(status);
    expect(text).not.toMatch(/root:|\/data\/|node_modules|\n +at /);
  });
});

describe('bodies', () => {
  const post = (body: string, type = 'application/json') =>
    office
      .token('compliance')
      .then((token) =>
        office.send('POST', '/v1/search', body, { authorization: `Bearer ${token}`, 'content-type': type }),
      );

  test('that are too large are refused', async () => {
    expect(await post(JSON.stringify({ query: 'x'.repeat(2_000_000) }))).toMatchObject({
      status: 413,
      body: { code: 'too-large' },
    });
  });

  test.each([
    ['broken JSON', '{"query":'],
    ['a list', '[1]'],
    ['a number', '1'],
    ['nothing', ''],
    ['a query that is no text', '{"query":{"$gt":""}}'],
    ['a limit that is no number', '{"query":"x","limit":"1; DROP"}'],
    ['nesting without end', `${'{"query":'.repeat(5000)}1${'}'.repeat(5000)}`],
  ])('that are %s are refused without quoting them', async (_, body) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad-request' } });
    expect(answer.text).not.toContain('DROP');
  });

  test('of another type are refused', async () => {
    expect([400, 415]).toContain((await post('<query/>', 'application/xml')).status);
  });

  test('of somebody who has not said who he is are not read', async () => {
    const { status } = await raw(
      'POST /v1/uploads?name=x HTTP/1.1',
      'content-type: application/octet-stream',
      'content-length: 1000000000',
    );
    expect(status).toBe(401);
  });

  test('of an upload that breaks off leave nothing', async () => {
    await office.account('feed', 'connector', 'service');
    const token = await office.token('feed');
    const before = (await office.ask('feed', 'GET', '/v1/jobs')).body.jobs.length;
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(office.url).port), '127.0.0.1', () => {
        socket.write(
          `POST /v1/uploads?name=x.txt HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-type: application/octet-stream\r\ncontent-length: 1000\r\n\r\nhalf of it`,
        );
        setTimeout(() => socket.destroy(), 100);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
    });
    expect((await office.ask('feed', 'GET', '/v1/jobs')).body.jobs).toHaveLength(before);
    const vault = join(office.folder, 'data', 'vault');
    expect(readdirSync(join(vault, 'captures'))).toHaveLength(1);
  });
});

describe('what people write', () => {
  test.each([
    "'; DROP TABLE documents; --",
    '" OR 1=1',
    '*:*',
    '{"match_all":{}}',
    '$(reboot)',
    '\u0000',
    '\u202e',
    '%s%n',
    '=cmd|x',
  ])('as the query %p is a query or no query, and nothing else', async (query) => {
    const answer = await office.ask('compliance', 'POST', '/v1/search', { query });
    expect([200, 400]).toContain(answer.status);
    if (answer.status === 400) expect(['bad-query', 'unknown-field']).toContain(answer.body.code);
    expect((await office.ask('compliance', 'POST', '/v1/count', { query: 'walnut' })).body.total).toBe(1);
  });

  test('makes no line of the log, nor any part of one', async () => {
    const query = 'needle\n{"level":60,"msg":"forged"}';
    await office.ask('compliance', 'POST', '/v1/search', { query });
    await office.send('POST', '/v1/sign-in', { account: 'needle\nforged', password: 'needle in a haystack' });
    await office.ask('compliance', 'GET', '/v1/records/m0/0');
    await office.send('GET', '/v1/needle', undefined, {
      'user-agent': 'needle',
      authorization: 'Bearer needle',
    });
    expect(office.logged.length).toBeGreaterThan(3);
    for (const line of office.logged) {
      expect(line).not.toMatch(/needle|walnut|forged|Bearer|heron/);
      expect(() => JSON.parse(line)).not.toThrow();
    }
  });

  test('with half a surrogate pair in it keeps no search out of the audit', async () => {
    const token = await office.token('compliance');
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await office.send('POST', '/v1/search', '{"query":"walnut OR x\\ud800y"}', headers);
    expect(answer.status).toBe(200);
    const queries = (await office.audited('searched')).map(({ details }) => details.query);
    expect(queries).toContain('walnut OR x\ufffdy');
  });

  test('as the account of a sign-in is sealed without what could forge a line', async () => {
    await office.send('POST', '/v1/sign-in', { account: 'a\r\nb\u001b[31m', password: 'x' });
    const failed = await office.audited('sign-in-failed');
    expect(failed.map(({ details }) => details.account)).toContain('a··b·[31m');
  });
});

test('answers say how they are to be treated', async () => {
  const { headers } = await office.ask('compliance', 'GET', '/v1/me');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('strict-transport-security')).toContain('max-age=31536000');
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

describe('when something fails inside', () => {
  let failing: Office;
  const fails = { append: false, register: false };
  beforeAll(async () => {
    failing = await Office.start({
      parts: (real) => {
        const { archive, control } = real;
        const append = (log: string, messages: readonly string[]): Promise<void> =>
          fails.append && log === 'audit'
            ? Promise.reject(new Error('EIO: /srv/secret'))
            : archive.stream.append(log, messages);
        const register: typeof control.register = (position) =>
          fails.register ? Promise.reject(new Error('EIO: /srv/secret')) : control.register(position);
        return {
          ...real,
          archive: { ...archive, stream: { ...archive.stream, append } },
          control: { ...control, register },
        };
      },
    });
  });
  afterEach(() => {
    fails.append = false;
    fails.register = false;
  });
  afterAll(() => failing.end());

  test('nothing is answered where the audit entry cannot be written', async () => {
    const search = () => failing.ask('compliance', 'POST', '/v1/search', { query: 'x' });
    expect((await search()).status).toBe(200);
    fails.append = true;
    expect(await search()).toMatchObject({ status: 500, body: { code: 'internal' } });
    const denied = await failing.ask('administrator', 'POST', '/v1/search', { query: 'x' });
    expect(denied.status).toBe(500);
    fails.append = false;
    expect((await search()).status).toBe(200);
  });

  test('the answer shows nothing of the inside, and the log no message', async () => {
    fails.register = true;
    const answer = await failing.ask('compliance', 'GET', '/v1/me');
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(answer.text + failing.logged.join()).not.toMatch(/secret|EIO/);
    expect(failing.logged.some((line) => line.includes('failed inside'))).toBe(true);
  });
});

test('requests past the rate are refused', async () => {
  const slow = await Office.start({ rate: 20 });
  try {
    const answers = [];
    for (let i = 0; i < 25; i++) answers.push((await slow.ask('compliance', 'GET', '/v1/me')).status);
    expect(answers.filter((status) => status === 200)).toHaveLength(20);
    expect(answers.at(-1)).toBe(429);
    expect((await slow.ask('administrator', 'GET', '/v1/me')).status).toBe(200);
  } finally {
    await slow.end();
  }
});

test('beyond loopback nothing is served without TLS', async () => {
  await expect(listen(() => {}, { host: '0.0.0.0', port: 0 })).rejects.toThrow(
    expect.objectContaining({ code: 'bad-settings' }),
  );
  for (const host of ['127.0.0.1', 'localhost', '::1']) {
    const listening = await listen(() => {}, { host, port: 0 });
    await listening.close();
  }
});

/** A request as it is, without a client that makes it proper first. */
function raw(...lines: string[]): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(new URL(office.url).port), '127.0.0.1', () => {
      socket.write(`${[lines[0], 'host: x', 'connection: close', ...lines.slice(1)].join('\r\n')}\r\n\r\n`);
    });
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text }));
  });
}
