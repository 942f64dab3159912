import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import yauzl from 'yauzl';

/**
 * The servers' files, fetched once with Maven (so that a site's mirror settings apply) into one folder outside the
 * checkout. Each is prepared beside its place and renamed into it: runs that start at the same moment do not meet.
 */
const run = promisify(execFile);

export const KAFKA_VERSION = '4.3.0';
export const ELASTICSEARCH_VERSION = '9.3.2';

/** Root's own folders are closed to the user that Elasticsearch runs as, so root caches for the whole system. */
export function cacheFolder(): string {
  const named = process.env.HOLDFAST_ENGINE_CACHE;
  if (named) return named;
  if (process.getuid?.() === 0) return '/var/cache/holdfast-engines';
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'holdfast-engines');
}

/** Folder of Kafka's jars. */
export function kafkaJars(): Promise<string> {
  return cached(`kafka-${KAFKA_VERSION}`, async (folder) => {
    await writeFile(
      join(folder, 'pom.xml'),
      `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>holdfast.test</groupId><artifactId>kafka</artifactId><version>1</version><dependencies><dependency>
<groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version>
</dependency></dependencies></project>\n`,
    );
    await maven(folder, ['dependency:copy-dependencies', '-DoutputDirectory=libs']);
  }).then((folder) => join(folder, 'libs'));
}

/** Elasticsearch's home: the folder with `bin`, `config`, `lib`. */
export function elasticsearchHome(): Promise<string> {
  return cached(`elasticsearch-${ELASTICSEARCH_VERSION}`, async (folder) => {
    const artefact = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${ELASTICSEARCH_VERSION}:zip`;
    await maven(folder, ['dependency:copy', `-Dartifact=${artefact}`, '-DoutputDirectory=zip']);
    const zip = join(folder, 'zip', `elasticsearch-${ELASTICSEARCH_VERSION}.zip`);
    await unzip(zip, folder);
    await rm(join(folder, 'zip'), { recursive: true });
  }).then((folder) => join(folder, `elasticsearch-${ELASTICSEARCH_VERSION}`));
}

/** A folder of the cache, made once: `make` fills it under another name first. */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const place = join(cacheFolder(), name);
  if (await exists(place)) return place;
  await mkdir(cacheFolder(), { recursive: true });
  const making = await mkdtemp(join(cacheFolder(), `.${name}-`));
  try {
    await make(making);
    await chmod(making, 0o755);
    await rename(making, place).catch(async (error: unknown) => {
      if (!(await exists(place))) throw error;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return place;
}

/** Runs Maven quietly in a folder. */
export async function maven(folder: string, goal: string[]): Promise<void> {
  await run('mvn', ['-q', '-B', ...goal], { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Unpacks with file modes kept. yauzl refuses names that lead outside. */
export async function unzip(file: string, into: string): Promise<void> {
  const zip = await yauzl.openPromise(file);
  for await (const entry of zip.eachEntry()) {
    const path = join(into, entry.fileName);
    if (entry.fileName.endsWith('/')) {
      await mkdir(path, { recursive: true });
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777;
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { mode: mode || 0o644 }));
  }
  if ((await readdir(into)).length === 0) throw new Error(`${file} is empty`);
}
