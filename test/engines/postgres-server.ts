import { execFile } from 'node:child_process';
import { access, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePorts, type Server, server, serverFolder } from './server.ts';

/** PostgreSQL refuses to run as root: then it runs as nobody. */
const NOBODY = 65_534;
const DEBIAN = '/usr/lib/postgresql';

/** The folder of PostgreSQL's programs, installed from Debian where there is none and we may. */
export async function postgresPrograms(): Promise<string> {
  const found = await findPrograms();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0) throw new Error('install postgresql');
  await promisify(execFile)('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql']);
  const installed = await findPrograms();
  if (installed === undefined) throw new Error('PostgreSQL was installed, and initdb is not found');
  return installed;
}

async function findPrograms(): Promise<string | undefined> {
  const versions = await readdir(DEBIAN).catch((): string[] => []);
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  for (const folder of folders) {
    const found = await Promise.allSettled(['initdb', 'postgres'].map((name) => access(join(folder, name))));
    if (found.every(({ status }) => status === 'fulfilled')) return folder;
  }
  return undefined;
}

/** A server of a test's own, prepared but not started; the superuser is `postgres`, without a password. */
export async function localPostgres(): Promise<Server> {
  const programs = await postgresPrograms();
  const user = process.getuid?.() === 0 ? NOBODY : undefined;
  const folder = await serverFolder('postgres', user);
  const data = join(folder, 'data');
  await promisify(execFile)(
    join(programs, 'initdb'),
    ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-locale', '--no-sync'],
    { cwd: folder, ...(user !== undefined && { uid: user, gid: user }) },
  );
  const [port = 0] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  return server({
    name: 'PostgreSQL',
    address,
    folder,
    command: {
      command: join(programs, 'postgres'),
      args: [
        '-D',
        data,
        '-p',
        String(port),
        '-k',
        folder,
        '-c',
        'listen_addresses=127.0.0.1',
        '-c',
        'fsync=off',
      ],
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' },
      cwd: folder,
      ...(user !== undefined && { user }),
    },
    answers: async () => {
      await onPostgres(address, 'postgres', async () => {});
      return true;
    },
  });
}

/** Does something as the superuser. */
export async function onPostgres(
  address: string,
  database: string,
  act: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: `postgresql://postgres@${address}/${database}` });
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}
