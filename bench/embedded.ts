import { join } from 'node:path';
import { bareSqlite } from './baseline/sqlite.ts';
import { writeCorpus } from './corpus/files.ts';
import { inFolder } from './folders.ts';
import { latency } from './latency.ts';
import { note, type Result } from './output.ts';
import { holdfast } from './process.ts';
import { stores } from './stores.ts';

export interface EmbeddedOptions {
  readonly messages: number;
  /** Folder for CPU profiles of the product; none are written without. */
  readonly profile?: string | undefined;
}

/** Files to sealed and searchable, against a bare SQLite insert of the same messages; then latency at half that load. */
export function embedded({ messages, profile }: EmbeddedOptions): Promise<Result[]> {
  return inFolder(async (folder) => {
    note(`writing ${messages} messages`);
    const corpus = join(folder, 'corpus');
    const data = join(folder, 'archive');
    await writeCorpus(corpus, messages);
    note('bare SQLite insert');
    const bare = await bareSqlite(folder, messages);
    await holdfast(['init', '--data', data]);
    note('ingest until sealed and searchable');
    const node = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const { ms, peakMiB, stdout } = await holdfast(['ingest', corpus, '--data', data, '--json'], { node });
    requireAll(stdout, messages);
    const rate = (messages / ms) * 1_000;
    const bytes = await stores(data, messages);
    const p95 = await latency({ mode: 'embedded', data }, folder, rate / 2);
    return [
      { what: 'bare SQLite insert', value: bare, unit: 'messages/s' },
      { what: 'ingest, files to sealed and searchable', value: rate, unit: 'messages/s' },
      { what: 'ratio', value: rate / bare, unit: '', asked: '≥ 0.35, aim 0.5', met: rate / bare >= 0.35 },
      { what: 'peak memory of ingest', value: peakMiB, unit: 'MiB' },
      ...p95,
      ...bytes,
    ];
  });
}

/** Throws unless the answer of `ingest --json` says that all messages were sealed. */
export function requireAll(stdout: string, messages: number): void {
  const answer: unknown = JSON.parse(stdout);
  const sealed =
    typeof answer === 'object' && answer !== null && 'sealed' in answer ? answer.sealed : undefined;
  if (sealed !== messages)
    throw new Error(`Of ${messages} messages ${String(sealed)} were sealed: ${stdout}`);
}
