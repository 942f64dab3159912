import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../src/cli/archive.ts';
import { awaitIndexed, awaitStreamSealed } from '../src/cli/wait.ts';
import { baseOf, transcriptLogs } from '../src/core/logs.ts';
import { SharedEngines } from '../test/engines/shared.ts';
import { withArchive } from './archive.ts';
import { bareElasticsearch } from './baseline/elasticsearch.ts';
import { writeCorpus } from './corpus/files.ts';
import { requireAll } from './embedded.ts';
import { inFolder } from './folders.ts';
import { latency } from './latency.ts';
import { note, type Result, timed } from './output.ts';
import { ended, holdfast, start, untilReady } from './process.ts';

export interface DistributedOptions {
  readonly messages: number;
  readonly profile?: string | undefined;
}

/** Settings of an archive on the two servers; folders below `folder`. */
export function distributedSettings(folder: string, brokers: string, node: string) {
  return {
    mode: 'distributed',
    vault: join(folder, 'vault'),
    keys: join(folder, 'keys'),
    cache: join(folder, 'cache'),
    partitions: 4,
    kafka: { brokers: brokers.split(','), prefix: `bench-${Date.now()}` },
    elasticsearch: { node },
  };
}

/** Runs `use` with a Kafka and an Elasticsearch: those that the environment names, else started here. */
export async function withServers<T>(use: (brokers: string, node: string) => Promise<T>): Promise<T> {
  const engines = new SharedEngines();
  try {
    const kafka = await engines.find('kafka');
    const search = await engines.find('elasticsearch');
    if ('skip' in kafka) throw new Error(`No Kafka: ${kafka.skip}`);
    if ('skip' in search) throw new Error(`No Elasticsearch: ${search.skip}`);
    const { address } = search;
    return await use(kafka.address, /^https?:/u.test(address) ? address : `http://${address}`);
  } finally {
    await engines.close();
  }
}

/**
 * From Kafka in to searchable out against a bare bulk of the same messages, each in servers just started: one that has
 * run a while takes a third of the time for a document. Then, in the product's servers, from files, and the latency.
 */
export function distributed({ messages, profile }: DistributedOptions): Promise<Result[]> {
  return inFolder(async (folder) => {
    note('bare Elasticsearch bulk');
    const bare = await withServers((_, node) => bareElasticsearch(node, 'bare', messages));
    note(`writing ${messages} messages`);
    const corpus = join(folder, 'corpus');
    await writeCorpus(corpus, messages);
    return await withServers(async (brokers, node) => {
      const settings = distributedSettings(folder, brokers, node);
      const config = join(folder, 'holdfast.json');
      await writeFile(config, JSON.stringify(settings));
      await holdfast(['init', '--config', config]);
      note('from Kafka in to searchable');
      await holdfast(['ingest', corpus, '--config', config, '--no-wait']);
      return await serving(config, profile, async () => {
        const fromKafka = await rateOfBacklog(settings);
        note('files to searchable');
        const more = join(folder, 'more');
        await writeCorpus(more, messages, 'more-');
        const { ms, stdout } = await holdfast(['ingest', more, '--config', config, '--json']);
        requireAll(stdout, messages);
        const rate = (messages / ms) * 1_000;
        const asked = '≥ 0.4, aim 0.6';
        return [
          { what: 'bare Elasticsearch bulk', value: bare, unit: 'messages/s' },
          { what: 'from Kafka in to searchable', value: fromKafka, unit: 'messages/s' },
          { what: 'ratio', value: fromKafka / bare, unit: '', asked, met: fromKafka / bare >= 0.4 },
          { what: 'files through Kafka to searchable', value: rate, unit: 'messages/s' },
          ...(await latency(settings, folder, fromKafka / 2)),
        ];
      });
    });
  });
}

/** Runs `use` while the service runs on the settings at `config`. */
async function serving<T>(config: string, profile: string | undefined, use: () => Promise<T>): Promise<T> {
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const service = start(['start', '--port', '0', '--config', config], { node: flags });
  const stopped = ended(service);
  await untilReady(service);
  try {
    return await use();
  } finally {
    service.kill('SIGTERM');
    await stopped;
  }
}

/** Messages a second that become searchable until all is that the stream holds now. */
function rateOfBacklog(settings: object): Promise<number> {
  return withArchive(settings, async (archive) => {
    // The service is ready a little after it began.
    const before = await indexed(archive);
    const { ms } = await timed(async () => {
      await awaitStreamSealed(archive);
      await awaitIndexed(archive);
    });
    return (((await indexed(archive)) - before) / ms) * 1_000;
  });
}

async function indexed({ index, identity }: Archive): Promise<number> {
  const logs = transcriptLogs(identity.partitions);
  return [...(await index.positions())].reduce(
    (sum, [log, { size }]) => sum + (logs.includes(baseOf(log)) ? size : 0),
    0,
  );
}
