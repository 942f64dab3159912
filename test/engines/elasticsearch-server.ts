import { chown, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { elasticsearchHome } from './artefacts.ts';
import { newestJdk } from './jdk.ts';
import { freePorts, type Server, server, serverFolder } from './server.ts';

/** Elasticsearch refuses to run as root: then it runs as nobody. */
const NOBODY = 65_534;

/** An Elasticsearch node of its own, prepared but not started. */
export async function localElasticsearch(): Promise<Server> {
  const jdk = await newestJdk();
  if (!jdk || jdk.version < 21)
    throw new Error('Elasticsearch needs Java 21 or newer in JAVA_HOME or /usr/lib/jvm');
  const home = await elasticsearchHome();
  const user = process.getuid?.() === 0 ? NOBODY : undefined;
  const folder = await serverFolder('elasticsearch', user);
  const [http, transport] = (await freePorts(2)) as [number, number];
  await configure(home, folder, http, transport);
  if (user !== undefined) await own(folder, user);
  const address = `127.0.0.1:${http}`;
  return server({
    name: 'Elasticsearch',
    address,
    folder,
    command: {
      command: join(home, 'bin', 'elasticsearch'),
      args: [],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        ES_JAVA_HOME: jdk.home,
        ES_PATH_CONF: join(folder, 'config'),
        ES_JAVA_OPTS: '-Xms512m -Xmx512m',
        ES_TMPDIR: join(folder, 'tmp'),
      },
      cwd: folder,
      ...(user === undefined ? {} : { user }),
    },
    answers: () => elasticsearchAnswers(`http://${address}`),
  });
}

/** True when the node has a cluster and would take an index. */
export async function elasticsearchAnswers(node: string): Promise<boolean> {
  const answer = await fetch(new URL('/_cluster/health?wait_for_status=yellow&timeout=10s', node));
  return answer.ok;
}

async function configure(home: string, folder: string, http: number, transport: number): Promise<void> {
  const config = join(folder, 'config');
  await cp(join(home, 'config'), config, { recursive: true });
  for (const name of ['data', 'logs', 'tmp', 'snapshots']) await mkdir(join(folder, name));
  // The shipped options write a garbage collection log into the home folder, which is not ours to write.
  const options = join(config, 'jvm.options');
  const kept = (await readFile(options, 'utf8'))
    .split('\n')
    .filter((line) => !/gc\.log|HeapDumpPath|ErrorFile/u.test(line));
  await writeFile(options, kept.join('\n'));
  await writeFile(
    join(config, 'elasticsearch.yml'),
    `discovery.type: single-node
xpack.security.enabled: false
network.host: 127.0.0.1
http.port: ${http}
transport.port: ${transport}
path.data: ${join(folder, 'data')}
path.logs: ${join(folder, 'logs')}
path.repo: ${join(folder, 'snapshots')}
cluster.routing.allocation.disk.threshold_enabled: false
`,
  );
}

async function own(folder: string, user: number): Promise<void> {
  await chown(folder, user, user);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    await chown(join(entry.parentPath, entry.name), user, user);
}
