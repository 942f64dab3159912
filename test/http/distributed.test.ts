import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdfast } from '../cli/command-line.ts';
import { describeWith, uniqueName } from '../engines/index.ts';
import { eventually } from '../eventually.ts';
import { ask, endAll, firstToken, type Started, signIn, started } from './started.ts';

const ENVIRONMENT = { HOLDFAST_PASSPHRASE: 'a passphrase for tests' };

await describeWith(['kafka', 'elasticsearch'], 'two nodes of one archive', ({ kafka, elasticsearch }) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-nodes-'));
  const prefix = uniqueName('api');
  let one: Started;
  let two: Started;

  const configOf = (node: string): string => {
    const config = join(folder, `${node}.json`);
    writeFileSync(
      config,
      JSON.stringify({
        mode: 'distributed',
        vault: 'vault',
        keys: 'keys',
        cache: `cache-${node}`,
        partitions: 2,
        service: { port: 0 },
        kafka: { brokers: kafka.brokers, prefix, sessionTimeout: kafka.shortestSessionMs },
        elasticsearch: { node: elasticsearch.node },
      }),
    );
    return config;
  };

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true });
    const config = configOf('one');
    expect((await holdfast(['init', '--config', config], ENVIRONMENT)).code).toBe(0);
    one = await started(['--config', config], folder);
    two = await started(['--config', configOf('two'), '--roles', 'api'], folder);
  });
  afterAll(async () => {
    await endAll();
    rmSync(folder, { recursive: true, force: true });
  });

  test('answer for each other: tokens, writes, uploads, jobs, sign-out', async () => {
    const admin = await firstToken(one, 'administrator');
    const officer = await firstToken(one, 'compliance');
    const ok = async (url: string, token: string) => (await ask(url, 'GET', '/v1/me', { token })).status;
    expect(await ok(two.url, officer)).toBe(200);

    // Written on one node, read on the other with the position.
    const make = await ask(one.url, 'POST', '/v1/accounts', {
      token: admin,
      body: { account: 'feed', displayName: 'Feed', kind: 'service', roles: ['connector'] },
    });
    const position = make.headers.get('holdfast-position') ?? '';
    const seen = await ask(two.url, 'GET', '/v1/accounts/feed', { token: officer, position });
    expect(seen).toMatchObject({ status: 200, body: { version: 1 } });

    // Two write against each other from two nodes.
    const change = (url: string, displayName: string) =>
      ask(url, 'PATCH', '/v1/accounts/feed', {
        token: admin,
        body: { expects: 1, displayName, person: null },
      });
    const answers = await Promise.all([change(one.url, 'One'), change(two.url, 'Two')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);

    // A key made on one node opens the other; what is uploaded there is found here.
    const key = await ask(one.url, 'POST', '/v1/accounts/feed/api-keys', {
      token: admin,
      body: { expects: 2 },
    });
    const line = {
      id: 'x1',
      network: 'slack',
      conversation: 'desk',
      from: 'a@b.example',
      at: '2016-04-05T12:30:00Z',
    };
    const upload = await fetch(`${two.url}/v1/uploads?name=chat.ndjson`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.body.key}`, 'content-type': 'application/octet-stream' },
      body: JSON.stringify({ ...line, text: 'walnut' }),
    });
    expect(upload.status).toBe(202);
    const { id } = (await upload.json()) as { id: string };
    await eventually(async () => {
      const job = await ask(one.url, 'GET', `/v1/jobs/${id}`, { token: key.body.key });
      return job.body.state === 'done';
    });
    const found = await ask(one.url, 'POST', '/v1/count', { token: officer, body: { query: 'walnut' } });
    expect(found.body.total).toBe(1);

    // Signed out here, out there.
    const other = await signIn(two.url, 'compliance');
    expect(await ok(one.url, other)).toBe(200);
    expect((await ask(two.url, 'POST', '/v1/sign-out', { token: other })).status).toBe(204);
    expect(await ok(one.url, other)).toBe(401);
  });

  test('go on with a job whose node was killed', async () => {
    const officer = await signIn(one.url, 'compliance');
    const begun = await ask(two.url, 'POST', '/v1/verifications', { token: officer });
    await two.end('SIGKILL');
    await eventually(async () => {
      const { body } = await ask(one.url, 'GET', `/v1/jobs/${begun.body.id}`, { token: officer });
      return body.state === 'done' && body.result.ok === true;
    });
  });
});
