import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeCorpus } from './corpus/files.ts';
import { queries } from './corpus/queries.ts';
import { requireAll } from './embedded.ts';
import { inFolder } from './folders.ts';
import { note, quantile, type Result } from './output.ts';
import { ended, holdfast, processorTime, start, watchMemory } from './process.ts';

const CLIENTS = 200;
/** Between two searches of one client, on average; ms. */
const THINK = 1_000;
const SECONDS = 40;
const PAGE = 50;
const PASSWORD = 'for the benchmark only';

export interface ServeOptions {
  readonly messages: number;
  /** Folder for a CPU profile of the service. */
  readonly profile?: string | undefined;
}

/** 200 clients that search over HTTP, each once a second, while transcripts are taken in as fast as they go. */
export function serve({ messages, profile }: ServeOptions): Promise<Result[]> {
  return inFolder(async (folder) => {
    note(`writing ${messages} messages`);
    const [first, more] = [join(folder, 'first'), join(folder, 'more')];
    await writeCorpus(first, messages);
    await writeCorpus(more, 2 * messages);
    const data = join(folder, 'archive');
    const config = join(folder, 'holdfast.json');
    await writeFile(
      config,
      JSON.stringify({ mode: 'embedded', data, service: { port: 0, rate: 1_000_000 } }),
    );
    await holdfast(['init', '--config', config]);
    requireAll((await holdfast(['ingest', first, '--config', config, '--json'])).stdout, messages);

    const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const service = start(['start', '--config', config], { node: flags });
    const peak = watchMemory(service);
    const stopped = ended(service);
    const { url, password } = await said(service);
    const token = await signedIn(url, password);
    note('without ingest');
    const before = processorTime(service.pid);
    const quiet = await load(url, token);
    const taken = processorTime(service.pid) - before;
    note('with ingest');
    const ingesting = holdfast(['ingest', more, '--config', config, '--json']).then(({ ms }) => ms);
    const busy = await load(url, token);
    const ms = await ingesting;
    service.kill('SIGTERM');
    await stopped;
    const p95 = quantile(busy.times, 0.95);
    const errors = quiet.errors + busy.errors;
    return [
      { what: 'searches a second, without ingest', value: quiet.times.length / SECONDS, unit: '/s' },
      { what: 'processor time a search, without ingest', value: taken / quiet.times.length, unit: 'ms' },
      { what: 'p50, without ingest', value: quantile(quiet.times, 0.5), unit: 'ms' },
      { what: 'p95, without ingest', value: quantile(quiet.times, 0.95), unit: 'ms' },
      { what: 'searches a second, with ingest', value: busy.times.length / SECONDS, unit: '/s' },
      { what: 'p50, with ingest', value: quantile(busy.times, 0.5), unit: 'ms' },
      { what: 'p95, with ingest', value: p95, unit: 'ms', asked: '< 500', met: p95 < 500 },
      { what: 'errors', value: errors, unit: '', asked: '0', met: errors === 0 },
      { what: 'ingest meanwhile', value: (2 * messages) / (ms / 1_000), unit: 'messages/s' },
      { what: 'peak memory of the service', value: peak(), unit: 'MiB' },
    ];
  });
}

/** Where the service listens, and the first password of the compliance officer, as it prints them. */
async function said(service: ChildProcess): Promise<{ url: string; password: string }> {
  let text = '';
  for (;;) {
    const [chunk] = await once(service.stderr ?? service, 'data');
    text += String(chunk);
    const [, password] = /'compliance'[^\n]*password (\S+)/u.exec(text) ?? [];
    const [, url] = /ready: [^\n]*serving (http:\S+?);/u.exec(text) ?? [];
    if (url !== undefined && password !== undefined) {
      // What else it says is not read; the pipe must not fill.
      service.stderr?.resume();
      return { url, password };
    }
  }
}

async function signedIn(url: string, password: string): Promise<string> {
  const account = 'compliance';
  const first = JSON.parse((await post(`${url}/v1/sign-in`, { account, password })).text);
  await post(`${url}/v1/me/password`, { current: password, password: PASSWORD }, first.accessToken);
  const second = JSON.parse((await post(`${url}/v1/sign-in`, { account, password: PASSWORD })).text);
  return String(second.accessToken);
}

async function load(url: string, token: string): Promise<{ times: number[]; errors: number }> {
  const { set } = queries();
  const times: number[] = [];
  let errors = 0;
  const until = performance.now() + SECONDS * 1_000;
  const client = async (n: number): Promise<void> => {
    await sleep((n / CLIENTS) * THINK);
    for (let i = n; performance.now() < until; i += 7) {
      const from = performance.now();
      const { status } = await post(
        `${url}/v1/search`,
        { query: set[i % set.length]?.query, limit: PAGE },
        token,
      );
      times.push(performance.now() - from);
      if (status !== 200) errors++;
      await sleep(THINK);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(n)));
  return { times, errors };
}

const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

function post(url: string, body: object, token?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const outgoing = request(url, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}
