/** A supervisor sees the people he supervises, and by no way himself. */
import { Office } from './office.ts';

const CSV = `id,name,supervisor,network,address
sue,Sue Example,boss,slack,sue@desk.example
sue,Sue Example,boss,slack,sue-old
bob,Bob Example,sue,slack,bob@desk.example
ann,Ann Example,sue,slack,ann@desk.example
eve,Eve Example,boss,slack,eve@desk.example
`;
const dm = { conversation: { id: 'dm-sue-bob', kind: 'direct' } };

let office: Office;
beforeAll(async () => {
  office = await Office.start();
  await office.account('administrator', 'administrator');
  const { body } = await office.ask('administrator', 'POST', '/v1/custodians', CSV, {
    'content-type': 'text/csv',
  });
  expect(body).toMatchObject({ added: 4, version: 1 });
  for (const [account, person] of [
    ['sue', 'sue'],
    ['boss', null],
    ['nemo', 'nemo'],
    ['ann', 'ann'],
  ] as const)
    await office.account(account, 'supervisor', 'person', person);
  await office.ingest(
    { text: 'to eve', from: 'bob@desk.example', to: ['eve@desk.example'] },
    { text: 'to sue', from: 'bob@desk.example', to: ['sue@desk.example'] },
    { text: 'from sue', from: 'sue@desk.example', to: ['bob@desk.example'] },
    { text: 'of old', from: 'sue-old', to: ['ann@desk.example'] },
    { text: 'in the room', from: 'bob@desk.example', conversation: 'room' },
    { text: 'sue in the room', from: 'sue@desk.example', conversation: 'room' },
    { text: 'eve in the room', from: 'eve@desk.example', conversation: 'room' },
    { text: 'between two, to her', from: 'bob@desk.example', to: ['sue@desk.example'], ...dm },
    { text: 'between two, to nobody', from: 'bob@desk.example', ...dm },
    { text: 'of eve', from: 'eve@desk.example', to: ['stranger'] },
  );
});
afterAll(() => office.end());

const search = (account: string, query: string, more: object = {}) =>
  office.ask(account, 'POST', '/v1/search', { query, ...more });
const texts = (answer: { body: { lines: { text: string }[] } }) =>
  answer.body.lines.map(({ text }) => text).sort();

test('he finds what names somebody whom he supervises, and nothing that names him', async () => {
  expect(texts(await search('sue', '*'))).toEqual(['in the room', 'to eve']);
  expect(texts(await search('sue', 'custodian:sue OR from:sue* OR -custodian:bob OR *'))).toEqual([
    'in the room',
    'to eve',
  ]);
  expect((await office.ask('sue', 'POST', '/v1/count', { query: 'custodian:sue' })).body.total).toBe(0);
  expect((await office.ask('sue', 'POST', '/v1/explain', { query: 'between' })).body.total).toBe(0);
});

test('no record, context or proof of his own is shown, nor any of a conversation between him and another', async () => {
  const { lines } = (await search('compliance', '*')).body;
  const named = (text: string) => lines.find((line: { text: string }) => line.text === text);
  for (const text of ['to sue', 'from sue', 'of old', 'between two, to nobody', 'of eve'])
    for (const what of ['', '/context', '/proof'])
      expect([
        text,
        (await office.ask('sue', 'GET', `/v1/records/${named(text).log}/${named(text).leaf}${what}`)).status,
      ]).toEqual([text, 404]);
  const { log, leaf } = named('in the room');
  const around = await office.ask('sue', 'GET', `/v1/records/${log}/${leaf}/context`);
  expect(texts(around)).toEqual(['in the room']);
});

test('whoever supervises nobody, or is nobody whom the directory knows, sees nothing', async () => {
  for (const account of ['boss', 'nemo', 'ann'])
    expect(await search(account, '*')).toMatchObject({ status: 403, body: { code: 'not-permitted' } });
});

test('a change of the directory that takes his address from him does not show him to himself', async () => {
  const { body: page } = await search('sue', '*', { limit: 1 });
  const without = CSV.split('\n')
    .filter((line) => !line.includes('sue@desk.example') && !line.includes('sue-old'))
    .join('\n');
  const given = `${without}sue,Sue Example,boss,slack,sue-new\nbob,Bob Example,sue,slack,sue-old\n`;
  const { body } = await office.ask('administrator', 'POST', '/v1/custodians', given, {
    'content-type': 'text/csv',
  });
  expect(body.version).toBe(2);
  expect(texts(await search('sue', '*'))).toEqual(['in the room', 'to eve']);
  const next = await search('sue', '*', { after: page.cursor });
  expect(next.body).toMatchObject({ directory: 1, total: 2 });
});

test('whose account it is cannot be changed once it has the role', async () => {
  const path = '/v1/accounts/sue';
  const { version, displayName } = (await office.ask('administrator', 'GET', path)).body;
  const change = (person: string | null) =>
    office.ask('administrator', 'PATCH', path, { expects: version, displayName, person });
  expect(await change('eve')).toMatchObject({ status: 403, body: { code: 'refused' } });
  expect(await change('sue')).toMatchObject({ status: 200 });
});

describe('a change of the directory', () => {
  const line = (id: string, supervisor: string, address: string): string =>
    `${id},${id} example,${supervisor},slack,${address}\n`;
  const take = async (...lines: string[]): Promise<number> => {
    const csv = `id,name,supervisor,network,address\n${lines.join('')}`;
    const { body } = await office.ask('administrator', 'POST', '/v1/custodians', csv, {
      'content-type': 'text/csv',
    });
    return body.version;
  };
  const kim = async () => (await office.ask('compliance', 'GET', '/v1/accounts/kim')).body;
  const approve = async (account: string, directory: number) =>
    office.ask(account, 'POST', '/v1/accounts/kim/approve-people', {
      expects: (await kim()).version,
      directory,
    });
  const read = async (): Promise<string[] | number> => {
    const answer = await search('kim', 'hello');
    return answer.status === 200 ? texts(answer) : answer.status;
  };

  beforeAll(async () => {
    await take(
      line('kim', 'boss', 'kim@two.example'),
      line('lou', 'kim', 'lou@two.example'),
      line('max', 'boss', 'max@two.example'),
    );
    await office.account('kim', 'supervisor', 'person', 'kim');
    await office.ingest(
      { text: 'hello of lou', from: 'lou@two.example' },
      { text: 'hello of lou elsewhere', from: 'lou@three.example' },
      { text: 'hello of max', from: 'max@two.example' },
    );
  });

  test('shows a supervisor whom it newly assigns, once another person has approved it', async () => {
    expect(await read()).toEqual(['hello of lou']);
    const version = await take(line('max', 'kim', 'max@two.example'));
    expect(await read()).toEqual(['hello of lou']);
    expect((await kim()).supervises).toMatchObject({
      directory: version,
      assigned: ['lou', 'max'],
      waiting: ['max'],
    });
    expect(await approve('administrator', version)).toMatchObject({ status: 403 });
    expect(await approve('kim', version)).toMatchObject({ status: 403 });
    expect(await approve('compliance', version + 1)).toMatchObject({ status: 409 });
    expect(await read()).toEqual(['hello of lou']);
    expect(await approve('compliance', version)).toMatchObject({ status: 200 });
    expect(await read()).toEqual(['hello of lou', 'hello of max']);
    expect((await kim()).supervises).toMatchObject({ approved: { directory: version }, waiting: [] });
  });

  test('shows him a new address of somebody whom he supervises in the same way', async () => {
    const version = await take(
      line('lou', 'kim', 'lou@two.example'),
      line('lou', 'kim', 'lou@three.example'),
    );
    expect((await kim()).supervises.waiting).toEqual(['lou']);
    expect(await read()).toEqual(['hello of lou', 'hello of max']);
    expect(await approve('compliance', version)).toMatchObject({ status: 200 });
    expect(await read()).toEqual(['hello of lou', 'hello of lou elsewhere', 'hello of max']);
  });

  test('takes away at once, and gives back only with a new approval of what was never approved', async () => {
    const without = await take(line('max', 'boss', 'max@two.example'), line('lou', 'kim', 'lou@two.example'));
    expect(await read()).toEqual(['hello of lou']);
    expect(await approve('compliance', without)).toMatchObject({ status: 200 });
    await take(line('max', 'kim', 'max@two.example'));
    expect(await read()).toEqual(['hello of lou']);
  });

  test('approved by who saw an older state of the account counts for nothing', async () => {
    const { version } = await kim();
    const body = { expects: version - 1, directory: 1 };
    expect(await office.ask('compliance', 'POST', '/v1/accounts/kim/approve-people', body)).toMatchObject({
      status: 409,
    });
  });
});

test('what changes between the request for the role and its approval is not approved with it', async () => {
  const csv = (supervisor: string): string =>
    `id,name,supervisor,network,address\nned,Ned,boss,slack,ned@four.example\npam,Pam,${supervisor},slack,pam@four.example\n`;
  const send = (supervisor: string) =>
    office.ask('administrator', 'POST', '/v1/custodians', csv(supervisor), { 'content-type': 'text/csv' });
  await send('boss');
  await office.account('ned', undefined, 'person', 'ned');
  const role = 'supervisor';
  await office.ask('administrator', 'POST', '/v1/accounts/ned/request-role', {
    expects: 1,
    role,
    reason: 'joined',
  });
  await send('ned');
  expect(
    await office.ask('compliance', 'POST', '/v1/accounts/ned/approve-role', { expects: 2, role }),
  ).toMatchObject({ status: 200 });
  expect(await search('ned', '*')).toMatchObject({ status: 403, body: { code: 'not-permitted' } });
});
