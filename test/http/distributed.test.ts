import { join } from 'node:path';
import { verifyBundle } from '../../src/core/bundle/verify.ts';
import { folderBundle } from '../../src/export/bundle/folder.ts';
import { describeWith } from '../engines/index.ts';
import { eventually } from '../eventually.ts';
import { unsignedBundle } from '../export/unsigned.ts';
import { ask, firstToken, PASSWORD, type Started, signIn } from './started.ts';
import { Nodes, newcomer } from './two-nodes.ts';
import { unpackedTar } from './unpacked.ts';

await describeWith(['kafka', 'elasticsearch'], 'two nodes of one archive', (engines) => {
  const nodes = new Nodes(engines);
  let one: Started;
  let two: Started;
  let admin: string;
  let officer: string;

  beforeAll(async () => {
    await nodes.init();
    one = await nodes.start('one');
    two = await nodes.start('two', '--roles', 'api');
    admin = await firstToken(one, 'administrator');
    officer = await firstToken(one, 'compliance');
  });
  afterAll(() => nodes.end());

  test('answer for each other: tokens, writes, uploads, jobs, sign-out', async () => {
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

  test('take a refresh token once between them, and end the session of one that was copied', async () => {
    const tokens = (
      await ask(one.url, 'POST', '/v1/sign-in', { body: { account: 'compliance', password: PASSWORD } })
    ).body;
    const refresh = ({ url }: Started, refreshToken: string) =>
      ask(url, 'POST', '/v1/refresh', { body: { refreshToken } });
    const next = await refresh(two, tokens.refreshToken);
    expect(next.status).toBe(200);
    expect((await refresh(one, tokens.refreshToken)).status).toBe(401);
    for (const node of [one, two]) {
      expect((await refresh(node, next.body.refreshToken)).status).toBe(401);
      expect((await ask(node.url, 'GET', '/v1/me', { token: next.body.accessToken })).status).toBe(401);
    }
  });

  test('honour at once what ends on the other: sessions, accounts', async () => {
    const token = await newcomer(one, admin, officer, 'rita', 'supervisor');
    const me = ({ url }: Started, by: string) => ask(url, 'GET', '/v1/me', { token: by });
    expect((await me(two, token)).status).toBe(200);
    const { version } = (await ask(one.url, 'GET', '/v1/accounts/rita', { token: admin })).body;
    const revoked = await ask(one.url, 'POST', '/v1/accounts/rita/revoke-sessions', {
      token: admin,
      body: { expects: version },
    });
    expect(revoked.status).toBe(200);
    expect((await me(two, token)).status).toBe(401);
    const again = await signIn(two.url, 'rita');
    expect((await me(one, again)).status).toBe(200);
    const disabled = await ask(two.url, 'POST', '/v1/accounts/rita/disable', {
      token: admin,
      body: { expects: version + 1, reason: 'left' },
    });
    expect(disabled.status).toBe(200);
    expect((await me(one, again)).status).toBe(401);
  });

  test('count failed sign-ins together', async () => {
    const guess = ({ url }: Started) =>
      ask(url, 'POST', '/v1/sign-in', { body: { account: 'administrator', password: 'wrong wrong wrong' } });
    const answers: number[] = [];
    for (const node of [one, two, one, two, one, two, one]) answers.push((await guess(node)).status);
    expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  test('make a production and render it the same, whichever is asked, and also where the other was killed', async () => {
    const token = await newcomer(one, admin, officer, 'lena', 'legal');
    const begin = async (
      { url }: Started,
      path: string,
      body: object,
      position?: string,
    ): Promise<string> => {
      const begun = await ask(url, 'POST', path, { token, body, ...(position && { position }) });
      expect([path, begun.status]).toEqual([path, 202]);
      return begun.body.id;
    };
    const done = async ({ url }: Started, id: string): Promise<void> => {
      await eventually(async () => {
        const { body } = await ask(url, 'GET', `/v1/jobs/${id}`, { token });
        expect(body.error).toBeNull();
        return body.state === 'done';
      });
    };
    const matter = { matter: 'coffee', reference: 'HO-1', zone: 'UTC' };
    const opened = await ask(one.url, 'POST', '/v1/matters', { token, body: matter });
    const position = opened.headers.get('holdfast-position') ?? '';
    const terms = { matter: 'coffee', query: 'walnut', volume: 'VOL001', prefix: 'BR' };

    // Both make one at once for the next numbers: each gets its own, or one is told what won and tries again.
    const made = ['left', 'right'].map(async (production, i) => {
      const node = i === 0 ? one : two;
      for (;;) {
        const id = await begin(node, '/v1/productions', { ...terms, production }, position);
        const end = async () => (await ask(two.url, 'GET', `/v1/jobs/${id}`, { token })).body;
        await eventually(async () => (await end()).endedAt !== null);
        const { state, error, result } = await end();
        if (state === 'done') return String(result.position);
        expect(error.code).toBe('conflict');
      }
    });
    const positions = await Promise.all(made);
    type Range = { readonly first: string; readonly last: string };
    // What a job on the other node has done is known where its position is sent along.
    for (const node of [one, two])
      for (const position of positions) await ask(node.url, 'GET', '/v1/productions', { token, position });
    const { body } = await ask(one.url, 'GET', '/v1/productions', { token });
    const ranges = (body.productions as Range[])
      .toSorted((a, b) => (a.first < b.first ? -1 : 1))
      .map(({ first, last }) => [Number(first.slice(2)), Number(last.slice(2))] as const);
    expect(ranges).toHaveLength(2);
    expect(ranges[0]?.[0]).toBe(1);
    expect(ranges[1]?.[0]).toBe((ranges[0]?.[1] ?? 0) + 1);

    // Rendered by one and by the other, taken from the one that did not; the last while a node is killed.
    const bundles: string[] = [];
    const take = async (from: Started, id: string): Promise<void> => {
      const url = `${from.url}/v1/jobs/${id}/files/bundle.tar`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      expect(response.status).toBe(200);
      await unpackedTar(Buffer.from(await response.arrayBuffer()), join(nodes.folder, id));
      bundles.push(join(nodes.folder, id, 'VOL001'));
    };
    for (const [asked, other] of [
      [one, two],
      [two, one],
    ] as const) {
      const id = await begin(asked, '/v1/productions/left/renderings', {});
      await done(other, id);
      await take(other, id);
    }
    const id = await begin(two, '/v1/productions/left/renderings', {});
    await two.end('SIGKILL');
    await done(one, id);
    await take(one, id);
    two = await nodes.start('two', '--roles', 'api');
    for (const folder of bundles) {
      expect(await verifyBundle(folderBundle(folder))).toMatchObject({ ok: true, checked: { records: 1 } });
      expect(unsignedBundle(folder)).toEqual(unsignedBundle(bundles[0] ?? ''));
    }
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
