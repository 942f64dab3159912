import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { describeWith, uniqueName } from '../engines/index.ts';
import { eventually } from '../eventually.ts';
import { type Answer, holdfast } from './command-line.ts';

const COMMAND = join(import.meta.dirname, '../../bin/holdfast');
const ENVIRONMENT = { HOLDFAST_PASSPHRASE: 'a passphrase for tests' };

await describeWith(['kafka', 'elasticsearch'], 'a distributed archive', ({ kafka, elasticsearch }) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-distributed-'));
  const prefix = uniqueName('cli');
  const config = join(folder, 'holdfast.json');
  const configure = (vault: string): void =>
    writeFileSync(
      config,
      JSON.stringify({
        mode: 'distributed',
        vault,
        keys: 'keys',
        cache: `cache-${vault}`,
        partitions: 2,
        kafka: { brokers: kafka.brokers, prefix, sessionTimeout: kafka.shortestSessionMs },
        elasticsearch: { node: elasticsearch.node },
      }),
    );
  const run = (...argv: string[]): Promise<Answer> =>
    holdfast([...argv, '--config', config, '--json'], ENVIRONMENT);
  const answer = async (...argv: string[]): Promise<unknown> => {
    const { code, out, err } = await run(...argv);
    expect(`${code} ${code === 0 ? '' : err.join('\n')}`).toBe('0 ');
    return JSON.parse(out.join('\n'));
  };
  const input = (name: string, from: number, to: number): string => {
    const path = join(folder, `${name}.ndjson`);
    const lines = Array.from({ length: to - from }, (_, i) => ({
      id: `m${from + i}`,
      network: 'slack',
      conversation: `room-${(from + i) % 5}`,
      from: `trader${(from + i) % 7}@desk.example`,
      at: new Date(Date.UTC(2016, 3, 5) + (from + i) * 1_000).toISOString(),
      text: `message number ${from + i} about cedar`,
    }));
    writeFileSync(path, lines.map((line) => JSON.stringify(line)).join('\n'));
    return path;
  };

  const services: { child: ChildProcess; said: string[] }[] = [];
  const start = (...roles: string[]): { child: ChildProcess; said: string[] } => {
    const child = spawn(COMMAND, ['start', '--port', '0', '--config', config, ...roles], {
      env: { ...process.env, ...ENVIRONMENT },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    child.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text));
    const service = { child, said };
    services.push(service);
    return service;
  };
  const end = async ({ child }: { child: ChildProcess }, signal: 'SIGINT' | 'SIGKILL'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  afterAll(async () => {
    await Promise.all(services.map((service) => end(service, 'SIGKILL')));
    rmSync(folder, { recursive: true, force: true });
  });

  test('goes from init to a verified search, with the work shared by role', async () => {
    mkdirSync(folder, { recursive: true });
    configure('vault');
    await answer('init');
    const archiver = start('--roles', 'archiver');
    const indexer = start('--roles', 'indexer,sweeper');
    expect(await answer('ingest', input('first', 0, 300))).toMatchObject({
      units: 300,
      events: 300,
      sealed: 300,
      duplicates: 0,
    });
    expect(await answer('ingest', input('again', 200, 400))).toMatchObject({
      events: 200,
      sealed: 100,
      duplicates: 100,
    });
    expect(await answer('search', 'cedar', '--count')).toMatchObject({ total: 400 });
    expect(await answer('verify')).toMatchObject({ ok: true, faults: [] });
    await end(archiver, 'SIGINT');
    await end(indexer, 'SIGINT');
    expect([archiver, indexer].map(({ child }) => child.exitCode)).toEqual([0, 0]);
  });

  test('takes what was carried while no node was there, after a kill too', async () => {
    expect(await answer('ingest', '--no-wait', input('later', 400, 500))).toMatchObject({ sealed: null });
    await end(start(), 'SIGKILL');
    const service = start();
    await eventually(async () => (await run('search', 'cedar', '--count')).out.join('').includes('500'));
    expect(await answer('verify')).toMatchObject({ ok: true, faults: [] });
    await end(service, 'SIGINT');
    // The stream still held all of it.
    expect(service.said.join('')).not.toContain('carried');
  });

  test('stops at a topic that was replaced, and goes on after backup and restore', async () => {
    const admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [`${prefix}.m`] });
    await eventually(async () => !(await admin.listTopics()).includes(`${prefix}.m`));
    await admin.disconnect();
    const service = start();
    await eventually(() => service.said.join('').includes('incident-mismatch'));
    expect(await answer('ingest', '--no-wait', input('missed', 500, 600))).toMatchObject({ sealed: null });
    await end(service, 'SIGINT');
    await answer('backup', '--out', join(folder, 'backup'), '--with-keys');
    configure('vault-2');
    expect(await answer('restore', join(folder, 'backup'))).toMatchObject({ restored: true });
    const next = start();
    await eventually(async () => (await run('search', 'cedar', '--count')).out.join('').includes('600'));
    expect(await answer('verify')).toMatchObject({ ok: true, faults: [] });
    await end(next, 'SIGINT');
  });
});
