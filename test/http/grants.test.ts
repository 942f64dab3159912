/** An auditor sees what his grants name, and by no way anything else. */
import { Office } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await Office.start();
  for (const [account, role] of [
    ['lena', 'legal'],
    ['audra', 'auditor'],
    ['alan', 'auditor'],
    ['sue', 'supervisor'],
  ] as const)
    await office.account(account, role);
  await office.ingest(
    { text: 'walnut inside', conversation: 'desk' },
    { text: 'walnut outside', conversation: 'other' },
    { text: 'cedar inside', conversation: 'desk', at: '2016-04-05T12:31:00Z' },
    { text: 'secret outside', conversation: 'other', at: '2016-04-05T12:32:00Z' },
  );
});
afterAll(() => office.end());

const grant = (more: object = {}) =>
  office.ask('lena', 'POST', '/v1/grants', {
    grant: 'desk-review',
    account: 'audra',
    scope: 'conversation:desk',
    reason: 'examination of 2026',
    ...more,
  });
const search = (account: string, query: string) => office.ask(account, 'POST', '/v1/search', { query });
const texts = (answer: { body: { lines: { text: string }[] } }) => answer.body.lines.map(({ text }) => text);

test('without a grant there is nothing to see', async () => {
  for (const [method, path, body] of [
    ['POST', '/v1/search', { query: '*' }],
    ['POST', '/v1/count', { query: '*' }],
    ['POST', '/v1/explain', { query: '*' }],
    ['GET', '/v1/records/m0/0', undefined],
    ['GET', '/v1/records/m0/0/context', undefined],
    ['GET', '/v1/records/m0/0/proof', undefined],
    ['POST', '/v1/exports', { query: '*' }],
  ] as const)
    for (const account of ['audra', 'sue'])
      expect(await office.ask(account, method, path, body)).toMatchObject({
        status: 403,
        body: { code: 'not-permitted' },
      });
  const denied = (await office.audited('denied')).filter(({ actor }) => actor === 'audra');
  expect(denied.map(({ details }) => details.operation)).toEqual([
    'search',
    'count',
    'explain',
    'showRecord',
    'showContext',
    'showProof',
    'createExport',
  ]);
});

describe('with a grant', () => {
  beforeAll(async () => {
    expect((await grant()).status).toBe(200);
  });

  test('searches, counts and explanations end where it ends', async () => {
    expect(texts(await search('audra', '*'))).toEqual(['walnut inside', 'cedar inside']);
    expect(texts(await search('audra', 'walnut OR secret OR *'))).toEqual(['walnut inside', 'cedar inside']);
    for (const path of ['/v1/count', '/v1/explain'])
      expect((await office.ask('audra', 'POST', path, { query: 'secret' })).body.total).toBe(0);
  });

  test('no query breaks out of it', async () => {
    for (const query of [
      'a) OR (*',
      'x ) OR ( secret',
      '") OR (secret',
      'NOT conversation:desk',
      'NOT NOT secret',
      '(((',
    ]) {
      const { status, body } = await search('audra', query);
      expect([200, 400]).toContain(status);
      if (status === 200) expect(JSON.stringify(body.lines)).not.toContain('outside');
    }
  });

  test('no cursor of somebody else leads beyond it', async () => {
    const { body } = await office.ask('lena', 'POST', '/v1/search', { query: '*', limit: 1 });
    const answer = await office.ask('audra', 'POST', '/v1/search', { query: '*', after: body.cursor });
    expect(texts(answer)).not.toContain('walnut outside');
  });

  test('a record beyond it is answered exactly as one that does not exist', async () => {
    const leaves = await office.ask('lena', 'POST', '/v1/search', { query: 'secret' });
    const { leaf } = leaves.body.lines[0];
    for (const what of ['', '/context', '/proof']) {
      const beyond = await office.ask('audra', 'GET', `/v1/records/m0/${leaf}${what}`);
      const absent = await office.ask('audra', 'GET', `/v1/records/m0/${leaf + 1000}${what}`);
      expect(beyond.status).toBe(404);
      const plain = (answer: { text: string }) => answer.text.replace(/m0\/\d+/g, 'm0/n');
      expect(plain(beyond)).toBe(plain(absent));
    }
    const denied = (await office.audited('denied')).flatMap(({ details }) => details.record ?? []);
    const asked = [leaf, leaf + 1000].map((n) => `m0/${n}`);
    expect(denied).toEqual([...asked, ...asked, ...asked]);
    const inside = await search('audra', 'walnut');
    expect((await office.ask('audra', 'GET', `/v1/records/m0/${inside.body.lines[0].leaf}`)).status).toBe(
      200,
    );
    expect(
      (await office.ask('audra', 'GET', `/v1/records/m0/${inside.body.lines[0].leaf}/context`)).body.lines,
    ).toHaveLength(2);
  });

  test('rejects, receipts and acts are not read as records', async () => {
    const status = async (account: string, name: string) =>
      (await office.ask(account, 'GET', `/v1/records/${name}`)).status;
    expect(await status('audra', 'm0/4')).toBe(404);
    expect(await status('lena', 'audit/0')).toBe(404);
    expect(await status('lena', 'control/0')).toBe(404);
  });

  test('another auditor sees nothing of it', async () => {
    expect((await search('alan', '*')).status).toBe(403);
  });

  test('copies are taken only where it allows them', async () => {
    expect(await office.ask('audra', 'POST', '/v1/exports', { query: '*' })).toMatchObject({
      status: 403,
      body: { code: 'not-permitted' },
    });
    await grant({ grant: 'desk-copies', account: 'alan', mayDownload: true });
    const { body } = await office.ask('alan', 'POST', '/v1/exports', { query: 'walnut OR secret' });
    const done = await office.ended('alan', body.id);
    expect(done).toMatchObject({ state: 'done', result: { records: 2 } });
    const path = `/v1/jobs/${body.id}/files/records.ndjson`;
    const records = await office.ask('alan', 'GET', path);
    expect(records.text).toContain('walnut inside');
    expect(records.text).not.toContain('outside');
    const { version } = (await office.ask('lena', 'GET', '/v1/grants/desk-copies')).body;
    await office.ask('lena', 'POST', '/v1/grants/desk-copies/revoke', { expects: version, reason: 'over' });
    expect((await office.ask('alan', 'GET', path)).status).toBe(403);
    expect((await search('alan', '*')).status).toBe(403);
  });

  test('one is in force between its dates only', async () => {
    await office.account('amy', 'auditor');
    await grant({ grant: 'past', account: 'amy', to: '2020-01-01T00:00:00.000Z' });
    await grant({ grant: 'future', account: 'amy', from: '2090-01-01T00:00:00.000Z' });
    expect((await search('amy', '*')).status).toBe(403);
    await grant({ grant: 'now', account: 'amy', scope: 'secret', from: '2020-01-01T00:00:00.000Z' });
    expect(texts(await search('amy', '*'))).toEqual(['secret outside']);
    await grant({ grant: 'more', account: 'amy', scope: 'cedar' });
    expect(texts(await search('amy', '*'))).toEqual(['cedar inside', 'secret outside']);
  });

  test('nobody grants himself one, and no auditor grants at all', async () => {
    expect((await grant({ grant: 'mine', account: 'lena' })).status).toBe(403);
    expect(
      (
        await office.ask('audra', 'POST', '/v1/grants', {
          grant: 'x',
          account: 'alan',
          scope: '*',
          reason: 'x',
        })
      ).status,
    ).toBe(403);
  });

  test('he sees what he was granted, and every read of his is sealed', async () => {
    expect((await office.ask('audra', 'GET', '/v1/me')).body.grants).toEqual([
      expect.objectContaining({ grant: 'desk-review', scope: 'conversation:desk', mayDownload: false }),
    ]);
    expect(await office.audited('searched')).toContainEqual(expect.objectContaining({ actor: 'audra' }));
  });
});
