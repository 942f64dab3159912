/** Productions made and rendered as jobs of a service that is killed at any moment and started again. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdfast } from '../cli/command-line.ts';
import { unsignedBundle } from '../export/unsigned.ts';
import { ask, endAll, firstToken, type Started, signIn, started } from './started.ts';
import { newcomer } from './two-nodes.ts';
import { unpackedTar } from './unpacked.ts';

const KILLS = Number(process.env.HOLDFAST_TEST_KILLS ?? 3);
const ENVIRONMENT = { HOLDFAST_PASSPHRASE: 'a passphrase for tests' };
const folder = mkdtempSync(join(tmpdir(), 'holdfast-kill-http-'));
const data = join(folder, 'data');
let service: Started;
let token: string;

const start = async (): Promise<void> => {
  service = await started(['--port', '0'], folder);
};

beforeAll(async () => {
  await start();
  const admin = await firstToken(service, 'administrator');
  const officer = await firstToken(service, 'compliance');
  token = await newcomer(service, admin, officer, 'lena', 'legal');
  const lines = Array.from({ length: 400 }, (_, n) =>
    JSON.stringify({
      id: `m${n}`,
      network: 'slack',
      conversation: `room-${n % 5}`,
      from: `trader${n % 7}@desk.example`,
      at: new Date(Date.UTC(2016, 3, 5) + n * 60_000).toISOString(),
      text: `message number ${n} about cedar`,
    }),
  );
  const path = join(folder, 'chat.ndjson');
  writeFileSync(path, lines.join('\n'));
  expect(await holdfast(['ingest', path, '--format=ndjson', '--data', data], ENVIRONMENT)).toMatchObject({
    code: 0,
  });
  const body = { matter: 'coffee', reference: 'HO-1', zone: 'UTC' };
  expect((await ask(service.url, 'POST', '/v1/matters', { token, body })).status).toBe(200);
});
afterAll(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly state: string;
  readonly runs: number;
  readonly result: { readonly production: string };
}

async function begun(path: string, body?: object): Promise<string> {
  const answer = await ask(service.url, 'POST', path, { token, body: body ?? {} });
  expect(answer.status).toBe(202);
  return answer.body.id;
}

/** The job once it has ended; asked now and then, as a page would. */
async function ended(id: string): Promise<Ended> {
  for (;;) {
    const { body } = await ask(service.url, 'GET', `/v1/jobs/${id}`, { token });
    if (body.endedAt !== null) return body;
    await sleep(100);
  }
}

const create = (production: string): Promise<string> =>
  begun('/v1/productions', { production, matter: 'coffee', query: 'cedar', volume: 'VOL001', prefix: 'BR' });
const render = (): Promise<string> => begun('/v1/productions/whole/renderings');

/** How long a job takes that nothing disturbs, ms. */
async function timed(job: Promise<string>): Promise<{ id: string; ms: number }> {
  const began = performance.now();
  const id = await job;
  expect(await ended(id)).toMatchObject({ state: 'done', runs: 1 });
  return { id, ms: performance.now() - began };
}

async function killAfter(ms: number): Promise<void> {
  await sleep(ms);
  await service.end('SIGKILL');
  await start();
  token = await signIn(service.url, 'lena');
}

const bundle = (id: string): Promise<Response> =>
  fetch(`${service.url}/v1/jobs/${id}/files/bundle.tar`, { headers: { authorization: `Bearer ${token}` } });

async function unpacked(id: string): Promise<string> {
  const to = join(folder, id);
  mkdirSync(to);
  await unpackedTar(Buffer.from(await (await bundle(id)).arrayBuffer()), to);
  return join(to, 'VOL001');
}

test('one that was being made is there once, and no number is used twice', async () => {
  const whole = await timed(create('whole'));
  for (let i = 0; i < KILLS; i++) {
    const id = await create(`p${i}`);
    await killAfter((whole.ms * (i + 0.5)) / KILLS);
    expect(await ended(id)).toMatchObject({ state: 'done', result: { production: `p${i}` } });
  }
  const { body } = await ask(service.url, 'GET', '/v1/productions', { token });
  const all = body.productions as { first: string; last: string; pages: number }[];
  expect(all).toHaveLength(KILLS + 1);
  let next = 1;
  for (const { first, last, pages } of all.toSorted((a, b) => (a.first < b.first ? -1 : 1))) {
    expect([first, last].map((bates) => Number(bates.slice(2)))).toEqual([next, next + pages - 1]);
    next += pages;
  }
});

test('one that was being rendered is whole when it can be taken, and the same', async () => {
  const whole = await timed(render());
  const undisturbed = await unpacked(whole.id);
  for (let i = 0; i < KILLS; i++) {
    const id = await render();
    await killAfter((whole.ms * (i + 0.5)) / KILLS);
    const early = await bundle(id);
    const { body } = await ask(service.url, 'GET', `/v1/jobs/${id}`, { token });
    // Nothing is handed out of a job that has not ended.
    if (body.endedAt === null) expect(early.status).toBe(404);
    await early.arrayBuffer();
    expect(await ended(id)).toMatchObject({ state: 'done' });
    const again = await unpacked(id);
    expect(await holdfast(['verify', again])).toMatchObject({ code: 0 });
    expect(unsignedBundle(again)).toEqual(unsignedBundle(undisturbed));
  }
  await service.end();
  expect(await holdfast(['verify', '--data', data], ENVIRONMENT)).toMatchObject({ code: 0 });
});
