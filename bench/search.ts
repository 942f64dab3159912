import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../src/cli/archive.ts';
import { Searcher } from '../src/search/searcher.ts';
import { withArchive } from './archive.ts';
import { writeCorpus } from './corpus/files.ts';
import { type BenchQuery, queries } from './corpus/queries.ts';
import { distributedSettings, withServers } from './distributed.ts';
import { requireAll } from './embedded.ts';
import { inFolder } from './folders.ts';
import { note, quantile, type Result } from './output.ts';
import { ended, holdfast, start, untilReady } from './process.ts';

const PAGE = 50;

export interface SearchOptions {
  readonly messages: number;
  /** One engine only. */
  readonly mode?: string | undefined;
}

/** The published set of queries on both engines: the first 50 records and the exact total. */
export function search({ messages, mode }: SearchOptions): Promise<Result[]> {
  return inFolder(async (folder) => {
    note(`writing ${messages} messages`);
    const corpus = join(folder, 'corpus');
    await writeCorpus(corpus, messages);
    return [
      ...(mode === 'distributed' ? [] : await embedded(folder, corpus, messages)),
      ...(mode === 'embedded' ? [] : await distributed(folder, corpus, messages)),
    ];
  });
}

async function embedded(folder: string, corpus: string, messages: number): Promise<Result[]> {
  const data = join(folder, 'archive');
  await holdfast(['init', '--data', data]);
  note('embedded: ingest');
  requireAll((await holdfast(['ingest', corpus, '--data', data, '--json'])).stdout, messages);
  return await withArchive({ mode: 'embedded', data }, (archive) => askAll('embedded', archive));
}

function distributed(folder: string, corpus: string, messages: number): Promise<Result[]> {
  return withServers(async (brokers, node) => {
    const settings = distributedSettings(folder, brokers, node);
    const config = join(folder, 'holdfast.json');
    await writeFile(config, JSON.stringify(settings));
    await holdfast(['init', '--config', config]);
    const service = start(['start', '--port', '0', '--config', config]);
    const stopped = ended(service);
    await untilReady(service);
    note('distributed: ingest');
    requireAll((await holdfast(['ingest', corpus, '--config', config, '--json'])).stdout, messages);
    service.kill('SIGTERM');
    await stopped;
    return await withArchive(settings, async (archive) => {
      const buckets = await archive.index.buckets();
      const bytes = buckets.reduce((sum, bucket) => sum + bucket.bytes, 0);
      return [
        ...(await askAll('distributed', archive)),
        { what: 'distributed: index, as it was left', value: bytes / messages, unit: 'bytes/message' },
      ];
    });
  });
}

async function askAll(mode: string, archive: Archive): Promise<Result[]> {
  const { set, frequent } = queries();
  const searcher = new Searcher({ index: archive.index, zone: 'UTC' });
  note(`${mode}: ${set.length} queries, twice`);
  const first = await ask(searcher, set);
  const again = await ask(searcher, set);
  const often = await ask(searcher, frequent);
  const all = [...first, ...again];
  const p95 = quantile(
    all.map(({ ms }) => ms),
    0.95,
  );
  const found = first.filter(({ total }) => total > 0).length;
  return [
    {
      what: `${mode}: p50, page and exact total`,
      value: quantile(
        all.map(({ ms }) => ms),
        0.5,
      ),
      unit: 'ms',
    },
    { what: `${mode}: p95, page and exact total`, value: p95, unit: 'ms', asked: '< 100', met: p95 < 100 },
    {
      what: `${mode}: p95 of the first asking`,
      value: quantile(
        first.map(({ ms }) => ms),
        0.95,
      ),
      unit: 'ms',
    },
    { what: `${mode}: slowest (${slowest(all)})`, value: Math.max(...all.map(({ ms }) => ms)), unit: 'ms' },
    { what: `${mode}: queries that find something`, value: found, unit: `of ${set.length}` },
    {
      what: `${mode}: words in over a tenth of the records, median`,
      value: quantile(
        often.map(({ ms }) => ms),
        0.5,
      ),
      unit: 'ms',
    },
  ];
}

interface Asked extends BenchQuery {
  readonly ms: number;
  readonly total: number;
}

async function ask(searcher: Searcher, set: readonly BenchQuery[]): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const one of set) {
    const from = performance.now();
    const { total } = await searcher.search(one.query, { limit: PAGE });
    asked.push({ ...one, ms: performance.now() - from, total });
  }
  return asked;
}

const slowest = (asked: readonly Asked[]): string => [...asked].sort((a, b) => b.ms - a.ms)[0]?.kind ?? '';
