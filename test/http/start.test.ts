import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueCertificate } from '../../src/core/pki/certificate.ts';
import { ask, endAll, firstToken, PASSWORD, started } from './started.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-start-'));
afterAll(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

test('the first start makes an archive, says the first passwords once, and serves', async () => {
  const first = await started(['--port', '0'], folder);
  expect((await ask(first.url, 'GET', '/health')).status).toBe(200);
  expect(first.said().match(/one-time password/g)).toHaveLength(2);
  expect(statSync(join(folder, 'data', 'keys')).mode & 0o077).toBe(0);
  expect(statSync(join(folder, 'data', 'keys', 'access.json')).mode & 0o777).toBe(0o600);

  const token = await firstToken(first, 'compliance');
  expect((await ask(first.url, 'POST', '/v1/search', { token, body: { query: '*' } })).body.total).toBe(0);
  const begun = await ask(first.url, 'POST', '/v1/verifications', { token });
  expect(begun.status).toBe(202);
  expect(await first.end()).toBe(0);

  const second = await started(['--port', '0'], folder);
  expect(second.said()).not.toContain('password');
  const again = await ask(second.url, 'POST', '/v1/sign-in', {
    body: { account: 'compliance', password: PASSWORD },
  });
  expect(again.status).toBe(200);
  // What was signed in before the stop still is: sessions lie in the folder.
  expect((await ask(second.url, 'GET', '/v1/me', { token })).status).toBe(200);
  let job = begun.body;
  while (job.endedAt === null) job = (await ask(second.url, 'GET', `/v1/jobs/${job.id}`, { token })).body;
  expect(job).toMatchObject({ state: 'done', result: { ok: true } });
  expect(await second.end()).toBe(0);
});

test('with a certificate it speaks TLS', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = { organization: 'Example', commonName: 'localhost' };
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const now = Date.now();
  const der = issueCertificate(
    {
      subject: name,
      publicKey: spki,
      serial: Uint8Array.from([1, 2, 3, 4]),
      notBefore: now - 60_000,
      notAfter: now + 3_600_000,
      use: 'root',
    },
    { name, publicKey: spki, sign: (message) => sign('sha256', message, privateKey) },
  );
  const base64 =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  writeFileSync(
    join(folder, 'tls.pem'),
    `-----BEGIN CERTIFICATE-----\n${base64.join('\n')}\n-----END CERTIFICATE-----\n`,
  );
  writeFileSync(join(folder, 'tls.key'), privateKey.export({ format: 'pem', type: 'pkcs8' }), {
    mode: 0o600,
  });
  const config = join(folder, 'tls.json');
  const tls = { certificate: 'tls.pem', key: 'tls.key' };
  writeFileSync(config, JSON.stringify({ mode: 'embedded', data: 'data', service: { port: 0, tls } }));
  const service = await started(['--config', config], folder);
  expect(service.url).toMatch(/^https:/);
  const status = await new Promise((resolve, reject) => {
    request(`${service.url}/health`, { rejectUnauthorized: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(200);
  expect(await service.end()).toBe(0);
});

test('beyond loopback it does not start without one', async () => {
  await expect(started(['--port', '0', '--host', '0.0.0.0'], folder)).rejects.toThrow('bad-settings');
});
