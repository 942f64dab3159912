/** Directory, matters, holds and retention, as two lawyers, an officer and an administrator do it over HTTP. */
import { Office } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await Office.start();
  for (const account of ['lena', 'otto']) await office.account(account, 'legal');
  await office.ingest(
    { text: 'walnut', from: 'ann@desk.example' },
    { text: 'cedar', from: 'bob@desk.example', conversation: 'other' },
  );
});
afterAll(() => office.end());

const done = async (account: string, path: string, body?: object) => {
  const begun = await office.ask(account, 'POST', path, body);
  expect(begun.status).toBe(202);
  return await office.ended(account, begun.body.id);
};

describe('the directory', () => {
  const csv = (text: string, query = '') =>
    office.ask('administrator', 'POST', `/v1/custodians${query}`, text, { 'content-type': 'text/csv' });
  const ROWS = 'id,name,desk,network,address\nE1,Ann Alder,rates,slack,ann@desk.example\n';

  test('is tried, taken, and shown', async () => {
    const tried = await csv(ROWS, '?dryRun=true&domain=desk.example');
    expect(tried).toMatchObject({ status: 200, body: { added: 1, version: 0, dryRun: true } });
    const taken = await csv(ROWS, '?domain=desk.example');
    expect(taken).toMatchObject({ status: 200, body: { added: 1, position: expect.any(String) } });
    expect((await office.ask('compliance', 'GET', '/v1/custodians')).body.custodians).toHaveLength(1);
    expect((await office.ask('compliance', 'GET', '/v1/custodians/E1')).body).toMatchObject({ id: 'E1' });
    expect((await office.ask('compliance', 'GET', '/v1/custodians/E2')).status).toBe(404);
  });

  test('says which rows it does not take, and takes none then', async () => {
    const answer = await csv('id,name\n,Nobody\n');
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad-request' } });
    expect(answer.body.detail).toContain('line 2');
    expect(
      (await office.ask('lena', 'POST', '/v1/custodians', ROWS, { 'content-type': 'text/csv' })).status,
    ).toBe(403);
  });

  test('reports who was seen and belongs to nobody', async () => {
    const { result } = await done('compliance', '/v1/directory-reports');
    expect(result.unmatched).toContainEqual(expect.objectContaining({ address: 'bob@desk.example' }));
  });
});

describe('a hold', () => {
  const act = (account: string, path: string, body: object) =>
    office.ask(account, 'POST', `/v1/holds/seven${path}`, body);
  const version = async () => (await office.ask('lena', 'GET', '/v1/holds/seven')).body.version;

  test('belongs to a matter, is previewed, and placed', async () => {
    await office.ask('lena', 'POST', '/v1/matters', {
      matter: 'inquiry',
      reference: 'No. 7',
      members: ['otto'],
    });
    const preview = await done('lena', '/v1/hold-previews', { scope: 'walnut', matter: 'inquiry' });
    expect(preview).toMatchObject({ state: 'done', result: { records: 1, families: 1 } });
    const placed = await office.ask('lena', 'POST', '/v1/holds', {
      hold: 'seven',
      matter: 'inquiry',
      scope: 'walnut',
      authority: 'letter of the regulator',
      reason: 'inquiry',
    });
    expect(placed.status).toBe(200);
    expect((await office.ask('otto', 'GET', '/v1/holds/seven')).body).toMatchObject({
      matter: 'inquiry',
      scopes: [{ text: 'walnut' }],
      released: null,
    });
  });

  test('takes no scope that cannot be read, or that leans on other holds', async () => {
    for (const scope of ['"open', 'hold:other', 'nonsense:x'])
      expect((await act('lena', '/widen', { expects: 1, scope, reason: 'x' })).status).toBe(400);
  });

  test('widens at once, and covers more', async () => {
    expect((await act('lena', '/widen', { expects: 1, scope: 'cedar', reason: 'more' })).status).toBe(200);
    const { result } = await done('lena', '/v1/holds/seven/coverage');
    expect(result.records).toBe(2);
  });

  test('is released by another person than the one who asked, who sees what it lets go', async () => {
    expect((await act('lena', '/request-release', { expects: await version(), reason: 'over' })).status).toBe(
      200,
    );
    expect(await act('lena', '/approve-release', { expects: await version() })).toMatchObject({
      status: 403,
      body: { code: 'refused' },
    });
    const effect = await done('otto', '/v1/holds/seven/effect');
    expect(effect.result.effect).toMatchObject({ what: 'release', released: 2 });
    expect((await act('otto', '/approve-release', { expects: 1 })).status).toBe(409);
    expect((await act('otto', '/approve-release', { expects: await version() })).status).toBe(200);
    const { released, history } = (await office.ask('otto', 'GET', '/v1/holds/seven')).body;
    expect(released).toMatchObject({ actor: 'otto' });
    expect(history.length).toBeGreaterThan(3);
  });

  test('shows to nobody but legal, in the audit either', async () => {
    expect((await office.ask('compliance', 'GET', '/v1/holds')).status).toBe(403);
    const acts = async (account: string, log: string) =>
      JSON.stringify((await office.ask(account, 'GET', `/v1/audit?log=${log}&limit=1000`)).body.acts);
    for (const log of ['control', 'audit'])
      for (const account of ['administrator', 'compliance'])
        expect(await acts(account, log)).not.toMatch(/"seven"|"holds?[.-]/);
    expect(await acts('lena', 'control')).toContain('hold.place');
  });
});

describe('acts', () => {
  test('show to an administrator without what people wrote', async () => {
    await office.ask('compliance', 'POST', '/v1/search', { query: 'needle in the haystack' });
    await office.audited('searched');
    const { body } = await office.ask('administrator', 'GET', '/v1/audit?action=searched&limit=1000');
    expect(body.total).toBeGreaterThan(0);
    expect(JSON.stringify(body)).not.toContain('needle');
    const full = await office.ask('compliance', 'GET', '/v1/audit?action=searched&account=compliance');
    expect(JSON.stringify(full.body)).toContain('needle');
  });

  test('are found by record', async () => {
    await office.ask('compliance', 'GET', '/v1/records/m0/0');
    await office.audited('record-viewed');
    // Also as a person types it: a query may have a slash in it.
    for (const record of ['m0%2F0', 'm0/0']) {
      const { body } = await office.ask('compliance', 'GET', `/v1/audit?record=${record}`);
      expect(body.acts).toContainEqual(
        expect.objectContaining({ action: 'record-viewed', actor: 'compliance' }),
      );
    }
  });
});

describe('retention', () => {
  const change = {
    what: 'rule',
    rule: 'slack-longer',
    network: 'slack',
    connector: null,
    group: null,
    conversation: null,
    class: 'firm-6',
  };

  test('is proposed by one and approved by another', async () => {
    const proposed = await office.ask('administrator', 'POST', '/v1/retention/proposals', {
      proposal: 'p1',
      change,
      reason: 'policy',
    });
    expect(proposed.status).toBe(200);
    const approve = (account: string) =>
      office.ask(account, 'POST', '/v1/retention/proposals/p1/approve', { expects: 1 });
    expect((await approve('administrator')).status).toBe(403);
    expect((await approve('compliance')).status).toBe(200);
    expect((await office.ask('compliance', 'GET', '/v1/retention')).body.rules).toContainEqual(
      expect.objectContaining({ rule: 'slack-longer', class: 'firm-6' }),
    );
  });

  test('is forecast', async () => {
    const { result } = await done('compliance', '/v1/retention/forecasts');
    expect(result.buckets.length).toBeGreaterThan(0);
  });
});
