import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { verifyBundle } from '../../src/core/bundle/verify.ts';
import { folderBundle } from '../../src/export/bundle/folder.ts';
import { Office } from './office.ts';
import { unpackedTar } from './unpacked.ts';

let office: Office;
beforeAll(async () => {
  office = await Office.start();
  await office.account('feed', 'connector', 'service');
  await office.account('lena', 'legal');
  await office.account('other', 'legal');
  await office.ingest(...Array.from({ length: 20 }, (_, n) => ({ text: `walnut ${n}` })));
});
afterAll(() => office.end());

const lines = (count: number, word: string): string =>
  Array.from({ length: count }, (_, n) =>
    JSON.stringify({
      id: `${word}-${n}`,
      network: 'slack',
      conversation: 'uploads',
      from: 'ann@desk.example',
      at: '2016-04-05T12:30:00Z',
      text: `${word} ${n}`,
    }),
  ).join('\n');

async function upload(text: string, query = 'name=chat.ndjson', token?: string) {
  return await office.send('POST', `/v1/uploads?${query}`, text, {
    authorization: `Bearer ${token ?? (await office.token('feed'))}`,
    'content-type': 'application/octet-stream',
  });
}

describe('an upload', () => {
  test('is sealed and searchable when its job is done', async () => {
    const begun = await upload(lines(30, 'cedar'));
    expect(begun).toMatchObject({ status: 202, body: { kind: 'ingest' } });
    expect(await office.ended('feed', begun.body.id)).toMatchObject({
      state: 'done',
      result: { units: 30, events: 30, sealed: 30 },
    });
    const found = await office.ask('compliance', 'POST', '/v1/count', { query: 'cedar' });
    expect(found.body.total).toBe(30);
  });

  test('that comes again adds nothing', async () => {
    const text = lines(5, 'maple');
    for (const already of [0, 1]) {
      const { body } = await upload(text);
      expect((await office.ended('feed', body.id)).result).toMatchObject({ already });
    }
    expect((await office.ask('compliance', 'POST', '/v1/count', { query: 'maple' })).body.total).toBe(5);
  });

  test('is handed in by a key of its connector', async () => {
    const accounts = await office.ask('administrator', 'GET', '/v1/accounts/feed');
    const made = await office.ask('administrator', 'POST', '/v1/accounts/feed/api-keys', {
      expects: accounts.body.version,
    });
    const { key, id } = made.body;
    const begun = await upload(lines(2, 'elm'), 'name=elm.ndjson', key);
    expect(begun.status).toBe(202);
    await office.ended('feed', begun.body.id);
    expect((await office.ask('administrator', 'GET', '/v1/accounts/feed/api-keys')).body.keys).toEqual([
      { id },
    ]);
    expect((await office.ask('administrator', 'DELETE', `/v1/accounts/feed/api-keys/${id}`)).status).toBe(
      204,
    );
    expect((await upload(lines(2, 'elm'), 'name=elm.ndjson', key)).status).toBe(401);
  });

  test('whose text cannot be read is a job that says so', async () => {
    const { body } = await upload('x', 'name=chat.txt&format=nonsense');
    expect(await office.ended('feed', body.id)).toMatchObject({
      state: 'failed',
      error: { code: 'unknown-format' },
    });
  });

  test.each([
    'name=..%2F..%2Fetc',
    'name=.hidden',
    'name=a%5Cb',
    'name=',
    '',
    'name=a&zone=$(id)',
    'name=a&format=--x',
  ])('under the name and settings %p is refused', async (query) => {
    expect(await upload('x', query)).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  });

  test('takes a zone and an account as a person types them', async () => {
    const query = 'name=a+b (1).ndjson&zone=America/New_York&account=ann@desk.example'.replaceAll(' ', '%20');
    const { body } = await upload(lines(1, 'rowan'), query);
    expect(await office.ended('feed', body.id)).toMatchObject({ state: 'done', result: { events: 1 } });
  });

  test('under a name that looks like an option is read as a file', async () => {
    const { body } = await upload(lines(1, 'birch'), 'name=--help');
    expect(await office.ended('feed', body.id)).toMatchObject({ state: 'done', result: { events: 1 } });
  });
});

describe('an export', () => {
  let job: string;
  beforeAll(async () => {
    const begun = await office.ask('lena', 'POST', '/v1/exports', { query: 'walnut' });
    expect(begun.status).toBe(202);
    job = begun.body.id;
    expect(await office.ended('lena', job)).toMatchObject({ state: 'done', result: { records: 20 } });
  });

  test('is downloaded as one file that verifies without the archive', async () => {
    const response = await fetch(`${office.url}/v1/jobs/${job}/files/bundle.tar`, {
      headers: { authorization: `Bearer ${await office.token('lena')}` },
    });
    expect(response.status).toBe(200);
    const folder = join(office.folder, 'unpacked');
    await unpackedTar(Buffer.from(await response.arrayBuffer()), folder);
    const [top = ''] = readdirSync(folder);
    expect(await verifyBundle(folderBundle(join(folder, top)), {})).toMatchObject({ ok: true });
    expect(await office.audited('downloaded')).toContainEqual(
      expect.objectContaining({
        actor: 'lena',
        details: expect.objectContaining({ job, file: 'bundle.tar' }),
      }),
    );
  });

  test('is downloaded in parts that fit together', async () => {
    const file = (headers: { [name: string]: string }) =>
      office.token('lena').then((token) =>
        fetch(`${office.url}/v1/jobs/${job}/files/report.pdf`, {
          headers: { authorization: `Bearer ${token}`, ...headers },
        }),
      );
    const whole = await file({});
    const etag = whole.headers.get('etag') ?? '';
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    const first = await file({ range: 'bytes=0-999' });
    expect(first.status).toBe(206);
    expect(first.headers.get('content-range')).toBe(`bytes 0-999/${bytes.length}`);
    const rest = await file({ range: 'bytes=1000-', 'if-range': etag });
    const parts = [await first.arrayBuffer(), await rest.arrayBuffer()].map((part) => Buffer.from(part));
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    expect((await file({ range: 'bytes=1000-', 'if-range': '"other"' })).status).toBe(200);
    expect(Buffer.from(await (await file({ range: 'bytes=-10' })).arrayBuffer())).toHaveLength(10);
    expect((await file({ range: `bytes=${bytes.length}-` })).status).toBe(416);
    expect((await file({ 'if-none-match': etag })).status).toBe(304);
  });

  test('does not exist for another account, nor any file beside it', async () => {
    for (const path of [
      `/v1/jobs/${job}`,
      `/v1/jobs/${job}/files/bundle.tar`,
      `/v1/jobs/${job}/files/report.pdf`,
    ])
      expect(await office.ask('other', 'GET', path)).toMatchObject({
        status: 404,
        body: { code: 'not-found' },
      });
    expect((await office.ask('other', 'POST', `/v1/jobs/${job}/cancel`)).status).toBe(404);
    expect((await office.ask('other', 'GET', '/v1/jobs')).body.jobs).toEqual([]);
    for (const file of ['job.json', '..%2Fjob.json', 'proofs', 'checkpoints', '.partial'])
      expect([400, 404]).toContain((await office.ask('lena', 'GET', `/v1/jobs/${job}/files/${file}`)).status);
  });

  test('with a query that cannot be read is refused before it begins', async () => {
    expect(await office.ask('lena', 'POST', '/v1/exports', { query: 'a) OR (b' })).toMatchObject({
      status: 400,
      body: { code: 'bad-query' },
    });
  });

  test('with a query that looks like an option is an export of that query', async () => {
    const { body } = await office.ask('lena', 'POST', '/v1/exports', { query: '--out=/tmp/elsewhere' });
    expect(await office.ended('lena', body.id)).toMatchObject({ state: 'done', result: { records: 0 } });
  });
});

describe('a job', () => {
  test('of verification names what it checked', async () => {
    const { body } = await office.ask('compliance', 'POST', '/v1/verifications');
    expect(await office.ended('compliance', body.id)).toMatchObject({ state: 'done', result: { ok: true } });
  });

  test('of rebuilding the index leaves everything searchable', async () => {
    const { body } = await office.ask('administrator', 'POST', '/v1/index-rebuilds');
    expect(await office.ended('administrator', body.id)).toMatchObject({ state: 'done' });
    expect((await office.ask('compliance', 'POST', '/v1/count', { query: 'walnut' })).body.total).toBe(20);
  });

  test('that is cancelled ends', async () => {
    const { body } = await office.ask('compliance', 'POST', '/v1/verifications');
    expect((await office.ask('compliance', 'POST', `/v1/jobs/${body.id}/cancel`)).status).toBe(204);
    expect(['cancelled', 'done']).toContain((await office.ended('compliance', body.id)).state);
  });

  test('whose runner has gone is taken up again, and one that runs elsewhere is left alone', async () => {
    const { store } = office.service.jobs;
    const now = Date.now();
    const make = async (id: string, at: number) => {
      const work = { kind: 'verification' as const };
      await store.create({ id, by: 'compliance', createdAt: new Date(now).toISOString(), work });
      await store.progress(id, { run: 1, at, line: 'half-way' });
      await store.beginRun(id, 1, { node: 'another', startedAt: new Date(now).toISOString() });
    };
    const gone = `${now.toString(36).padStart(9, '0')}-0000000000000001`;
    const alive = `${now.toString(36).padStart(9, '0')}-0000000000000002`;
    await make(alive, now + 60_000);
    await make(gone, now - 60_000);
    expect(await office.ended('compliance', gone)).toMatchObject({ state: 'done', runs: 2 });
    expect((await office.ask('compliance', 'GET', `/v1/jobs/${alive}`)).body).toMatchObject({
      state: 'running',
      runs: 1,
      progress: 'half-way',
    });
    await store.end(alive, {
      state: 'cancelled',
      endedAt: new Date(now).toISOString(),
      run: 1,
      result: null,
      error: null,
    });
  });
});

test('what jobs leave can be read by nobody else, and no upload stays behind', async () => {
  const jobs = join(office.folder, 'data', 'jobs');
  for (const name of readdirSync(jobs)) expect(statSync(join(jobs, name)).mode & 0o077).toBe(0);
  expect(readdirSync(join(jobs, 'uploads'))).toEqual([]);
});

test('a job that was in work when the service stopped is done after the next start', async () => {
  const begun = await office.ask('lena', 'POST', '/v1/exports', { query: 'walnut' });
  const { folder, settings } = office;
  await office.stop();
  const state = JSON.parse(readFileSync(join(folder, 'data', 'jobs', begun.body.id, 'job.json'), 'utf8'));
  expect(state.by).toBe('lena');
  office = await Office.again(folder, settings);
  expect(await office.ended('lena', begun.body.id)).toMatchObject({ state: 'done', result: { records: 20 } });
});
