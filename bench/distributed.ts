import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SharedEngines } from '../test/engines/shared.ts';
import { bareElasticsearch } from './baseline/elasticsearch.ts';
import { writeCorpus } from './corpus/files.ts';
import { requireAll } from './embedded.ts';
import { inFolder } from './folders.ts';
import { latency } from './latency.ts';
import { note, type Result } from './output.ts';
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

/** Files through Kafka to searchable in Elasticsearch, against a bare bulk of the same messages. */
export function distributed({ messages, profile }: DistributedOptions): Promise<Result[]> {
  return inFolder((folder) =>
    withServers(async (brokers, node) => {
      note(`writing ${messages} messages`);
      const corpus = join(folder, 'corpus');
      await writeCorpus(corpus, messages);
      note('bare Elasticsearch bulk');
      const bare = await bareElasticsearch(node, 'bare', messages);
      const settings = distributedSettings(folder, brokers, node);
      const config = join(folder, 'holdfast.json');
      await writeFile(config, JSON.stringify(settings));
      await holdfast(['init', '--config', config]);
      const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
      const service = start(['start', '--port', '0', '--config', config], { node: flags });
      const stopped = ended(service);
      await untilReady(service);
      note('ingest until sealed and searchable');
      const { ms, stdout } = await holdfast(['ingest', corpus, '--config', config, '--json']);
      requireAll(stdout, messages);
      const rate = (messages / ms) * 1_000;
      const p95 = await latency(settings, folder, rate / 2);
      service.kill('SIGTERM');
      await stopped;
      return [
        { what: 'bare Elasticsearch bulk', value: bare, unit: 'messages/s' },
        { what: 'files through Kafka to searchable', value: rate, unit: 'messages/s' },
        { what: 'ratio', value: rate / bare, unit: '', asked: '≥ 0.4, aim 0.6', met: rate / bare >= 0.4 },
        ...p95,
      ];
    }),
  );
}
