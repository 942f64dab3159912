import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdfast } from '../cli/command-line.ts';
import { type Engines, uniqueName } from '../engines/index.ts';
import { ask, endAll, type Started, started, takeUp } from './started.ts';

const ENVIRONMENT = { HOLDFAST_PASSPHRASE: 'a passphrase for tests' };

/** A distributed archive, and services of it in processes of their own. */
export class Nodes {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-nodes-'));
  readonly prefix = uniqueName('api');
  readonly #engines: Pick<Engines, 'kafka' | 'elasticsearch'>;

  constructor(engines: Pick<Engines, 'kafka' | 'elasticsearch'>) {
    this.#engines = engines;
  }

  get vault(): string {
    return join(this.folder, 'vault');
  }

  async init(): Promise<void> {
    const { code, err } = await holdfast(['init', '--config', this.#config('init')], ENVIRONMENT);
    if (code !== 0) throw new Error(err.join('\n'));
  }

  /** Starts a node of that name, which has a cache of its own, and waits until it is ready. */
  start(name: string, ...args: string[]): Promise<Started> {
    return started(['--config', this.#config(name), ...args], this.folder);
  }

  async end(): Promise<void> {
    await endAll();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #config(name: string): string {
    const { kafka, elasticsearch } = this.#engines;
    const config = join(this.folder, `${name}.json`);
    writeFileSync(
      config,
      JSON.stringify({
        mode: 'distributed',
        vault: 'vault',
        keys: 'keys',
        cache: `cache-${name}`,
        partitions: 2,
        service: { port: 0, rate: 1_000_000 },
        kafka: { brokers: kafka.brokers, prefix: this.prefix, sessionTimeout: kafka.shortestSessionMs },
        elasticsearch: { node: elasticsearch.node },
      }),
    );
    return config;
  }
}

/** Makes an account with a role, as an administrator and a compliance officer do; an access token of it. */
export async function newcomer(
  { url }: Started,
  admin: string,
  officer: string,
  account: string,
  role: string,
): Promise<string> {
  const act = async (token: string, path: string, body: object) => {
    const said = await ask(url, 'POST', path, { token, body });
    if (said.status !== 200) throw new Error(`${path}: ${JSON.stringify(said.body)}`);
    return said.body;
  };
  await act(admin, '/v1/accounts', { account, displayName: account });
  const path = `/v1/accounts/${account}`;
  await act(admin, `${path}/request-role`, { expects: 1, role, reason: 'joined' });
  await act(officer, `${path}/approve-role`, { expects: 2, role });
  const { password } = await act(admin, `${path}/one-time-password`, { expects: 3 });
  return await takeUp(url, account, password);
}
