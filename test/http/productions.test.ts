/** Productions over HTTP: made by members of the matter, taken by auditors whom a grant names them to, all of it sealed. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { verifyBundle } from '../../src/core/bundle/verify.ts';
import { folderBundle } from '../../src/export/bundle/folder.ts';
import { Office } from './office.ts';
import { unpackedTar } from './unpacked.ts';

let office: Office;

beforeAll(async () => {
  office = await Office.start();
  for (const [account, role] of [
    ['lena', 'legal'],
    ['otto', 'legal'],
    ['audra', 'auditor'],
    ['alan', 'auditor'],
  ] as const)
    await office.account(account, role);
  await office.ingest({ text: 'walnut terms' }, { text: 'quince advice of counsel' }, { text: 'cedar' });
  const opened = await office.ask('lena', 'POST', '/v1/matters', { matter: 'coffee', reference: 'HO-1' });
  expect(opened.status).toBe(200);
});
afterAll(() => office.end());

const terms = (production: string, more: object = {}) => ({
  production,
  matter: 'coffee',
  query: '*',
  volume: 'VOL001',
  prefix: 'BRK',
  recipient: 'Division of Enforcement',
  ...more,
});
const create = (production: string, more: object = {}, account = 'lena') =>
  office.ask(account, 'POST', '/v1/productions', terms(production, more));
const grant = (name: string, more: object) =>
  office.ask('lena', 'POST', '/v1/grants', {
    grant: name,
    scope: 'conversation:none',
    reason: 'examination',
    productions: ['p1'],
    ...more,
  });

async function download(account: string, job: string, headers: { [name: string]: string } = {}) {
  return await fetch(`${office.url}/v1/jobs/${job}/files/bundle.tar`, {
    headers: { authorization: `Bearer ${await office.token(account)}`, ...headers },
  });
}

async function rendered(account: string): Promise<string> {
  const begun = await office.ask(account, 'POST', '/v1/productions/p1/renderings');
  expect(begun).toMatchObject({ status: 202, body: { kind: 'rendering' } });
  expect(await office.ended(account, begun.body.id)).toMatchObject({ state: 'done' });
  return begun.body.id as string;
}

test('a member of the matter makes a production; who is none may not, and that is sealed', async () => {
  const { body: found } = await office.ask('lena', 'POST', '/v1/search', { query: 'quince' });
  const record = `${found.lines[0].log}/${found.lines[0].leaf}`;
  const begun = await create('p1', { withheld: [{ record, reason: 'Attorney-client privilege' }] });
  expect(begun).toMatchObject({ status: 202, body: { kind: 'production' } });
  expect(await office.ended('lena', begun.body.id)).toMatchObject({
    state: 'done',
    result: { production: 'p1', first: 'BRK0000001', records: { total: 3, withheld: 1 } },
  });
  expect(await create('p2', {}, 'otto')).toMatchObject({ status: 403, body: { code: 'not-permitted' } });
  expect(await office.audited('denied')).toContainEqual(
    expect.objectContaining({ actor: 'otto', details: { operation: 'createProduction', matter: 'coffee' } }),
  );
});

test('of two that are made at once for the same numbers one loses, and is told what won', async () => {
  const begun = await Promise.all([
    create('left', { prefix: 'T', first: 1 }),
    create('right', { prefix: 'T', first: 1 }),
  ]);
  const ends = await Promise.all(begun.map(({ body }) => office.ended('lena', body.id)));
  expect(ends.map(({ state }) => state).sort()).toEqual(['done', 'failed']);
  const lost = ends.find(({ state }) => state === 'failed');
  expect(lost.error.code).toBe('conflict');
  expect(lost.error.message).toMatch(/production\.create by lena at .* \(control\/\d+\)/);
  const { body } = await office.ask('lena', 'GET', '/v1/productions?matter=coffee');
  expect(body.productions.filter(({ first }: { first: string }) => first.startsWith('T'))).toHaveLength(1);
});

test('members see what it was made from; for others it does not exist', async () => {
  expect(await office.ask('lena', 'GET', '/v1/productions/p1')).toMatchObject({
    status: 200,
    body: {
      matter: 'coffee',
      by: 'lena',
      terms: { query: '*', withheld: [{ reason: 'Attorney-client privilege' }] },
    },
  });
  for (const account of ['otto', 'audra']) {
    expect((await office.ask(account, 'GET', '/v1/productions')).body.productions).toEqual([]);
    const hidden = await office.ask(account, 'GET', '/v1/productions/p1');
    const absent = await office.ask(account, 'GET', '/v1/productions/p99');
    expect([hidden.status, hidden.text]).toEqual([404, absent.text]);
    const taken = await office.ask(account, 'POST', '/v1/productions/p1/renderings');
    const none = await office.ask(account, 'POST', '/v1/productions/p99/renderings');
    expect([taken.status, taken.text]).toEqual([404, none.text]);
    const denied = (await office.audited('denied')).filter(({ actor }) => actor === account);
    expect(denied.slice(-4).map(({ details }) => details)).toEqual(
      ['showProduction', 'renderProduction'].flatMap((operation) =>
        ['p1', 'p99'].map((production) => ({ operation, production })),
      ),
    );
  }
});

test('an auditor takes the production that his grant names, and each download is sealed', async () => {
  expect((await grant('g1', { account: 'audra', mayDownload: true })).status).toBe(200);
  const seen = await office.ask('audra', 'GET', '/v1/productions/p1');
  expect(Object.keys(seen.body).sort()).toEqual([
    'at',
    'first',
    'last',
    'pages',
    'production',
    'records',
    'volume',
  ]);
  const job = await rendered('audra');
  const response = await download('audra', job);
  expect(response.status).toBe(200);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const folder = join(office.folder, 'unpacked');
  await unpackedTar(bytes, folder);
  expect(readdirSync(folder)).toEqual(['VOL001']);
  expect(await verifyBundle(folderBundle(join(folder, 'VOL001')))).toMatchObject({
    ok: true,
    checked: { records: 3 },
  });
  expect(Buffer.from(bytes).toString('latin1')).not.toContain('quince');
  // It goes on where it stopped.
  const rest = await download('audra', job, { range: 'bytes=1000-' });
  expect([rest.status, (await rest.arrayBuffer()).byteLength]).toEqual([206, bytes.length - 1000]);
  const downloads = (await office.audited('downloaded')).filter(({ actor }) => actor === 'audra');
  expect(downloads.map(({ details }) => details)).toEqual([
    { job, file: 'bundle.tar', production: 'p1' },
    { job, file: 'bundle.tar', production: 'p1' },
  ]);
});

test('a grant that was revoked gives nothing away any more, and the attempt is sealed', async () => {
  const job = await rendered('audra');
  const { body } = await office.ask('lena', 'GET', '/v1/grants/g1');
  await office.ask('lena', 'POST', '/v1/grants/g1/revoke', { expects: body.version, reason: 'over' });
  expect((await download('audra', job)).status).toBe(403);
  expect(await office.audited('denied')).toContainEqual(
    expect.objectContaining({ actor: 'audra', details: { operation: 'downloadFile', production: 'p1' } }),
  );
  expect((await office.ask('audra', 'GET', '/v1/productions/p1')).status).toBe(404);
});

test('a grant without downloads, or outside of its time, shows it or does not, and gives no copy', async () => {
  expect((await grant('g2', { account: 'alan' })).status).toBe(200);
  expect((await office.ask('alan', 'GET', '/v1/productions/p1')).status).toBe(200);
  expect(await office.ask('alan', 'POST', '/v1/productions/p1/renderings')).toMatchObject({
    status: 403,
    body: { code: 'not-permitted' },
  });
  expect(await office.audited('denied')).toContainEqual(
    expect.objectContaining({ actor: 'alan', details: { operation: 'renderProduction', production: 'p1' } }),
  );
  await grant('g3', { account: 'audra', mayDownload: true, to: '2020-01-01T00:00:00.000Z' });
  expect((await office.ask('audra', 'GET', '/v1/productions/p1')).status).toBe(404);
});

test.each([
  [{ prefix: 'BRK1' }],
  [{ volume: '../x' }],
  [{ width: 13 }],
  [{ withheld: [{ record: 'm0/0 --out=/tmp', reason: 'x' }] }],
  [{ withheld: [{ record: 'm0/0', reason: '' }] }],
  [{ query: '"' }],
])('terms that are not of their form are refused: %j', async (more) => {
  expect((await create('p7', more)).status).toBe(400);
});
