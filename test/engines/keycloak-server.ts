import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached, maven, unzip } from './artefacts.ts';
import { newestJdk } from './jdk.ts';
import { freePorts, type Server, server, serverFolder } from './server.ts';

const VERSION = '26.4.0';

/** A realm as Keycloak imports it: only what a test states is there. */
export interface Realm {
  readonly realm: string;
  readonly [setting: string]: unknown;
}

/** Keycloak's home, built once for a database in memory, so that a start does not build it again. */
export function keycloakHome(): Promise<string> {
  return cached(`keycloak-${VERSION}`, async (folder) => {
    const artefact = `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`;
    await maven(folder, ['dependency:copy', `-Dartifact=${artefact}`, '-DoutputDirectory=zip']);
    await unzip(join(folder, 'zip', `keycloak-quarkus-dist-${VERSION}.zip`), folder);
    const home = join(folder, `keycloak-${VERSION}`);
    const build = ['build', '--db=dev-mem', '--health-enabled=false'];
    await promisify(execFile)(join(home, 'bin', 'kc.sh'), build, { env: await environment() });
  }).then((folder) => join(folder, `keycloak-${VERSION}`));
}

/** A Keycloak of its own with one realm, prepared but not started. */
export async function localKeycloak(realm: Realm): Promise<Server> {
  const home = await keycloakHome();
  const folder = await serverFolder('keycloak');
  // It finds its parts beside its script and writes below `data`: the large part is shared.
  for (const part of ['bin', 'conf']) await cp(join(home, part), join(folder, part), { recursive: true });
  await symlink(join(home, 'lib'), join(folder, 'lib'));
  await mkdir(join(folder, 'providers'));
  await mkdir(join(folder, 'data', 'import'), { recursive: true });
  await writeFile(join(folder, 'data', 'import', 'realm.json'), JSON.stringify({ enabled: true, ...realm }));
  const [port] = await freePorts(1);
  const address = `127.0.0.1:${port}`;
  return server({
    name: 'Keycloak',
    address,
    folder,
    command: {
      command: join(folder, 'bin', 'kc.sh'),
      args: [
        'start',
        '--optimized',
        '--cache=local',
        '--import-realm',
        '--http-enabled=true',
        '--http-host=127.0.0.1',
        `--http-port=${port}`,
        `--hostname=http://${address}`,
      ],
      env: await environment(),
      cwd: folder,
    },
    answers: async () =>
      (await fetch(`http://${address}/realms/${realm.realm}/.well-known/openid-configuration`)).ok,
  });
}

async function environment(): Promise<{ [name: string]: string }> {
  const jdk = await newestJdk();
  if (!jdk || jdk.version < 17)
    throw new Error('Keycloak needs Java 17 or newer in JAVA_HOME or /usr/lib/jvm');
  return { PATH: process.env.PATH ?? '', JAVA_HOME: jdk.home, JAVA_OPTS_APPEND: '-Xms64m -Xmx256m' };
}
