/** Who may know of holds sees them in searches and on records; to everybody else there are none. */
import { Office } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await Office.start();
  for (const [account, role] of [
    ['lena', 'legal'],
    ['leo', 'legal'],
    ['carla', 'compliance'],
    ['audra', 'auditor'],
  ] as const)
    await office.account(account, role);
  await office.ingest(
    { text: 'walnut futures', conversation: 'desk' },
    { text: 'cedar', conversation: 'desk' },
    { text: 'walnut again', conversation: 'other', at: '2016-04-06T12:30:00Z' },
    { text: 'birch', conversation: 'third' },
  );
  const opened = await office.ask('lena', 'POST', '/v1/matters', {
    matter: 'coffee',
    reference: 'HO-1',
    zone: 'UTC',
    members: ['lena', 'leo'],
  });
  expect(opened.status).toBe(200);
});
afterAll(() => office.end());

const place = (hold: string, scope: string) =>
  office.ask('lena', 'POST', '/v1/holds', {
    hold,
    matter: 'coffee',
    scope,
    authority: 'a letter',
    reason: 'r',
  });
const search = (account: string, query: string, more: object = {}) =>
  office.ask(account, 'POST', '/v1/search', { query, ...more });
interface Line {
  text: string;
  log: string;
  leaf: number;
  holds?: string[] | null;
}
const lines = (answer: { body: { lines: Line[] } }): Line[] => answer.body.lines;
const flags = (answer: { body: { lines: Line[] } }) =>
  Object.fromEntries(lines(answer).map(({ text, holds }) => [text, holds]));

test('without a hold nothing is held, and hold: finds nothing', async () => {
  expect(flags(await search('lena', 'cedar'))).toEqual({ cedar: [] });
  expect((await search('lena', 'hold:*')).body.total).toBe(0);
});

describe('with holds', () => {
  beforeAll(async () => {
    expect((await place('walnuts', 'walnut conversation:desk')).status).toBe(200);
    expect((await place('third', 'conversation:third')).status).toBe(200);
  });

  test('legal sees what each covers: the slice around words too', async () => {
    expect(flags(await search('lena', '*'))).toEqual({
      'walnut futures': ['walnuts'],
      cedar: ['walnuts'],
      birch: ['third'],
      'walnut again': [],
    });
    const found = async (query: string) =>
      lines(await search('lena', query))
        .map(({ text }) => text)
        .sort();
    expect(await found('hold:walnuts')).toEqual(['cedar', 'walnut futures']);
    expect(await found('hold:WALNUTS -walnut')).toEqual(['cedar']);
    expect(await found('matter:coffee')).toEqual(['birch', 'cedar', 'walnut futures']);
    expect(await found('walnut -hold:*')).toEqual(['walnut again']);
    expect(await found('hold:nothing OR matter:nothing')).toEqual([]);
  });

  test('legal sees it on a record and around it, with what was judged', async () => {
    const answer = await search('lena', 'cedar');
    const [{ log, leaf } = { log: '', leaf: 0 }] = lines(answer);
    expect(answer.body.judged[log]).toBeGreaterThan(leaf);
    const path = `/v1/records/${log}/${leaf}`;
    expect((await office.ask('lena', 'GET', path)).body.holds).toEqual(['walnuts']);
    const around = await office.ask('lena', 'GET', `${path}/context`);
    expect(lines(around).map(({ holds }) => holds)).toEqual([['walnuts'], ['walnuts']]);
  });

  test('to others the fields are as unknown as any, and no answer says anything of holds', async () => {
    await office.ask('lena', 'POST', '/v1/grants', {
      grant: 'all',
      account: 'audra',
      scope: '*',
      reason: 'examination',
    });
    for (const account of ['carla', 'audra']) {
      const unknown = await search(account, 'xold:walnuts');
      for (const field of ['hold', 'matter', 'HOLD'])
        for (const path of ['/v1/search', '/v1/count', '/v1/explain']) {
          const answer = await office.ask(account, 'POST', path, { query: `${field}:walnuts` });
          expect([answer.status, answer.body]).toEqual([unknown.status, unknown.body]);
        }
      const answer = await search(account, '*');
      expect(answer.body.total).toBe(4);
      expect(answer.text).not.toMatch(/"holds"|"judged"|walnuts/u);
      const [{ log, leaf } = { log: '', leaf: 0 }] = lines(answer);
      for (const what of ['', '/context'])
        expect((await office.ask(account, 'GET', `/v1/records/${log}/${leaf}${what}`)).text).not.toMatch(
          /"holds"|walnuts/u,
        );
    }
    expect(unknownHint(await search('lena', 'xold:walnuts'))).not.toMatch(/hold|matter/u);
  });

  test('what somebody asked of holds is listed to those alone who may know of them', async () => {
    await search('lena', 'hold:walnuts');
    expect(JSON.stringify(await office.audited('searched'))).not.toContain('hold:walnuts');
    const { text } = await office.ask('lena', 'GET', '/v1/audit?action=searched&limit=1000');
    expect(text).toContain('hold:walnuts');
  });

  test('pages rest on one judgement, and a hold that is placed counts at once', async () => {
    const first = await search('lena', 'hold:*', { limit: 1 });
    const second = await search('lena', 'hold:*', { limit: 1, after: first.body.cursor });
    expect([...lines(first), ...lines(second)]).toHaveLength(2);
    await place('again', 'conversation:other');
    expect((await search('lena', 'hold:*')).body.total).toBe(4);
    expect(await search('lena', 'hold:*', { limit: 1, after: first.body.cursor })).toMatchObject({
      status: 400,
      body: { code: 'bad-usage' },
    });
  });

  test('no scope, grant or export speaks of holds', async () => {
    expect(await place('inner', 'hold:walnuts')).toMatchObject({ status: 400 });
    expect(
      await office.ask('lena', 'POST', '/v1/grants', {
        grant: 'g',
        account: 'audra',
        scope: 'matter:coffee',
        reason: 'r',
      }),
    ).toMatchObject({ status: 400, body: { code: 'unknown-field' } });
    expect(await office.ask('lena', 'POST', '/v1/exports', { query: 'hold:walnuts' })).toMatchObject({
      status: 400,
      body: { code: 'unknown-field' },
    });
  });
});

const unknownHint = ({ body }: { body: { hint: string } }): string => body.hint;
