import { Office, PASSWORD } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await Office.start();
  await office.ingest(
    { text: 'walnut one' },
    { text: 'walnut two' },
    { text: 'cedar', conversation: 'other' },
  );
});
afterAll(() => office.end());

describe('beside the versioned API', () => {
  test('the process says that it lives and is ready', async () => {
    expect((await office.send('GET', '/health')).body).toEqual({ status: 'alive' });
    expect(await office.send('GET', '/ready')).toMatchObject({
      status: 200,
      body: { ready: true, reasons: [] },
    });
  });

  test('the contract is served as JSON and as a page', async () => {
    const { body } = await office.send('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const page = await office.send('GET', '/docs');
    expect(page.text).toContain('POST /v1/search');
    expect(page.text).not.toMatch(/<script|https?:\/\/(?!127)/);
    expect((await office.send('GET', '/docs/style.css')).headers.get('content-type')).toContain('text/css');
  });

  test('metrics count by operation, and name nobody', async () => {
    await office.ask('compliance', 'POST', '/v1/search', { query: 'walnut' });
    await office.service.readiness.look();
    const { text } = await office.send('GET', '/metrics');
    expect(text).toMatch(
      /holdfast_http_request_duration_seconds_count\{operation="search",status="200"\} [1-9]/,
    );
    expect(text).toMatch(/holdfast_log_sealed_records\{log="m0"\} 4/);
    expect(text).not.toContain('compliance');
  });

  test('an unknown path is a problem with a hint', async () => {
    const answer = await office.ask('compliance', 'GET', '/v1/nothing');
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'not-found', status: 404, hint: expect.any(String) });
  });
});

describe('signing in', () => {
  test('goes from the first password to one of one’s own', async () => {
    const given = await office.access.giveOneTimePassword('administrator');
    const signIn = (password: string) =>
      office.send('POST', '/v1/sign-in', { account: 'administrator', password });
    const first = await signIn(given);
    expect(first).toMatchObject({ status: 200, body: { mustChoosePassword: true, tokenType: 'Bearer' } });
    const authorization = `Bearer ${first.body.accessToken}`;
    expect(await office.send('GET', '/v1/accounts', undefined, { authorization })).toMatchObject({
      status: 403,
      body: { code: 'password-change-needed' },
    });
    expect((await office.send('GET', '/v1/me', undefined, { authorization })).body).toMatchObject({
      account: 'administrator',
      mustChoosePassword: true,
    });
    const chosen = await office.send(
      'POST',
      '/v1/me/password',
      { current: given, password: PASSWORD },
      { authorization },
    );
    expect(chosen.status).toBe(200);
    expect(chosen.headers.get('holdfast-position')).toMatch(/^control\/\d+$/);
    expect(await office.send('GET', '/v1/me', undefined, { authorization })).toMatchObject({ status: 401 });
    expect(await signIn(PASSWORD)).toMatchObject({ status: 200, body: { mustChoosePassword: false } });
  });

  test('a failure is an audit entry, and says nothing of why', async () => {
    const answer = await office.send('POST', '/v1/sign-in', { account: 'nobody', password: 'wrong' });
    expect(answer).toMatchObject({ status: 401, body: { code: 'sign-in-failed' } });
    expect(await office.audited('sign-in-failed')).toContainEqual(
      expect.objectContaining({
        details: expect.objectContaining({ account: 'nobody', code: 'sign-in-failed' }),
      }),
    );
  });

  test('goes on by refreshing, and ends with sign-out', async () => {
    await office.account('mara', 'compliance');
    await office.access.choosePassword('mara', PASSWORD);
    const first = await office.send('POST', '/v1/sign-in', { account: 'mara', password: PASSWORD });
    const second = await office.send('POST', '/v1/refresh', { refreshToken: first.body.refreshToken });
    expect(second.status).toBe(200);
    const authorization = `Bearer ${second.body.accessToken}`;
    expect((await office.send('GET', '/v1/me', undefined, { authorization })).body.roles).toEqual([
      'compliance',
    ]);
    expect((await office.send('POST', '/v1/sign-out', undefined, { authorization })).status).toBe(204);
    expect((await office.send('GET', '/v1/me', undefined, { authorization })).status).toBe(401);
  });
});

describe('reading', () => {
  test('a search answers records, what it covers, and is sealed before', async () => {
    const answer = await office.ask('compliance', 'POST', '/v1/search', { query: 'walnut', limit: 1 });
    expect(answer.body).toMatchObject({
      total: 2,
      heads: { m0: 4 },
      lines: [{ text: 'walnut one', log: 'm0' }],
    });
    const next = await office.ask('compliance', 'POST', '/v1/search', {
      query: 'walnut',
      after: answer.body.cursor,
    });
    expect(next.body.lines.map((line: { text: string }) => line.text)).toEqual(['walnut two']);
    expect(next.body.cursor).toBeNull();
    expect(await office.audited('searched')).toContainEqual(
      expect.objectContaining({
        actor: 'compliance',
        details: expect.objectContaining({ query: 'walnut', total: 2 }),
      }),
    );
  });

  test('records, context and proofs are read by name', async () => {
    const record = await office.ask('compliance', 'GET', '/v1/records/m0/0');
    expect(record.body).toMatchObject({ name: 'm0/0', type: 'event' });
    const context = await office.ask('compliance', 'GET', '/v1/records/m0/0/context?before=2&after=2');
    expect(context.body.lines.length).toBeGreaterThan(0);
    const proof = await office.ask('compliance', 'GET', '/v1/records/m0/0/proof');
    expect(proof.text).toMatch(/^c2sp.org\/tlog-proof@v1/);
    for (const action of ['record-viewed', 'proof-written'])
      expect(await office.audited(action)).toContainEqual(
        expect.objectContaining({
          actor: 'compliance',
          details: expect.objectContaining({ record: 'm0/0' }),
        }),
      );
  });

  test('a query that cannot be read is refused with the place', async () => {
    const answer = await office.ask('compliance', 'POST', '/v1/search', { query: '"open' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad-query', hint: expect.any(String) } });
  });

  test('status says how much is sealed and indexed', async () => {
    const { body } = await office.ask('administrator', 'GET', '/v1/status');
    expect(body.logs).toContainEqual(expect.objectContaining({ log: 'm0', records: 4 }));
  });
});

describe('writing', () => {
  test('a write answers where it is sealed, and a read waits for it', async () => {
    const made = await office.ask('administrator', 'POST', '/v1/accounts', {
      account: 'otto',
      displayName: 'Otto Berg',
    });
    expect(made.status).toBe(200);
    const position = made.headers.get('holdfast-position') ?? '';
    expect(made.body).toEqual({ position });
    const read = await office.ask('administrator', 'GET', '/v1/accounts/otto', undefined, {
      'holdfast-position': position,
    });
    expect(read.body).toMatchObject({ account: 'otto', displayName: 'Otto Berg', roles: [], version: 1 });
  });

  test('of two who write the same, one is told who was first', async () => {
    await office.account('contested');
    const change = (displayName: string) =>
      office.ask('administrator', 'PATCH', '/v1/accounts/contested', {
        expects: 1,
        displayName,
        person: null,
      });
    const answers = await Promise.all([change('One'), change('Two')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('account.change by administrator'),
    });
  });

  test('a role that shows content takes a second person', async () => {
    await office.account('lena');
    const ask = await office.ask('administrator', 'POST', '/v1/accounts/lena/request-role', {
      expects: 1,
      role: 'legal',
      reason: 'joined legal',
    });
    expect(ask.status).toBe(200);
    const approve = (account: string) =>
      office.ask(account, 'POST', '/v1/accounts/lena/approve-role', { expects: 2, role: 'legal' });
    expect(await approve('administrator')).toMatchObject({ status: 403, body: { code: 'not-permitted' } });
    expect((await approve('compliance')).status).toBe(200);
    expect((await office.ask('compliance', 'GET', '/v1/accounts/lena')).body.roles).toEqual(['legal']);
  });

  test('a disabled account is out at once', async () => {
    await office.account('gone', 'compliance');
    expect((await office.ask('gone', 'GET', '/v1/me')).status).toBe(200);
    const { body } = await office.ask('administrator', 'GET', '/v1/accounts/gone');
    const disabled = await office.ask('administrator', 'POST', '/v1/accounts/gone/disable', {
      expects: body.version,
      reason: 'left the firm',
    });
    expect(disabled.status).toBe(200);
    expect(await office.ask('gone', 'GET', '/v1/me')).toMatchObject({
      status: 401,
      body: { code: 'session-ended' },
    });
    const again = await office.send('POST', '/v1/sign-in', { account: 'gone', password: PASSWORD });
    expect(again).toMatchObject({ status: 401, body: { code: 'sign-in-failed' } });
  });
});
