import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Archive } from '../src/cli/archive.ts';
import { transcriptLogs } from '../src/core/logs.ts';
import { ingestPaths } from '../src/ingest/ingest.ts';
import { withArchive } from './archive.ts';
import { messages, ndjsonLine } from './corpus/messages.ts';
import { note, quantile, type Result } from './output.ts';
import { Watch } from './watch.ts';

/** Messages in one capture, as a busy connector would hand them over. */
const PER_CAPTURE = 500;
/** How long captures come before those that count, and how long those come. */
const WARM_UP_SECONDS = 30;
const SECONDS = 30;

/**
 * From a capture's arrival to its last message being searchable, while captures keep coming at `load` messages a second.
 * Small batches take other ways through the servers than large ones: what is measured is a service that has run a while,
 * and what it takes until then is told apart.
 */
export async function latency(settings: object, folder: string, load: number): Promise<Result[]> {
  const captures = (seconds: number): number => Math.max(10, Math.floor((load * seconds) / PER_CAPTURE));
  const warmUp = captures(WARM_UP_SECONDS);
  const total = warmUp + captures(SECONDS);
  note(`latency: ${total} captures of ${PER_CAPTURE} messages at ${Math.round(load)} messages/s`);
  const paths = await writeCaptures(folder, total);
  const every = (PER_CAPTURE / load) * 1_000;
  const waits = await withArchive(settings, async (archive) => {
    const watch = new Watch(archive);
    const watching = watch.run();
    const from = performance.now();
    const taken: Promise<number>[] = [];
    for (const [index, path] of paths.entries()) {
      const due = from + index * every;
      await sleep(Math.max(0, due - performance.now()));
      taken.push(takeIn(archive, watch, path, due));
    }
    const waits = await Promise.all(taken);
    watch.end();
    await watching;
    return waits;
  });
  const measured = waits.slice(warmUp);
  const p95 = quantile(measured, 0.95);
  return [
    {
      what: `capture to searchable at half that load, its first ${WARM_UP_SECONDS} s, p95`,
      value: quantile(waits.slice(0, warmUp), 0.95),
      unit: 'ms',
    },
    { what: 'capture to searchable at half that load, p50', value: quantile(measured, 0.5), unit: 'ms' },
    {
      what: 'capture to searchable at half that load, p95',
      value: p95,
      unit: 'ms',
      asked: '< 2,000',
      met: p95 < 2_000,
    },
  ];
}

/** Milliseconds from `due` until everything in the file can be found. */
async function takeIn(archive: Archive, watch: Watch, path: string, due: number): Promise<number> {
  const logs = transcriptLogs(archive.identity.partitions);
  await ingestPaths({ ...archive, logs, paths: [path] });
  await watch.searchable();
  return performance.now() - due;
}

async function writeCaptures(folder: string, captures: number): Promise<string[]> {
  const paths: string[] = [];
  let lines: string[] = [];
  for (const message of messages(captures * PER_CAPTURE)) {
    lines.push(ndjsonLine({ ...message, id: `live-${message.id}` }));
    if (lines.length < PER_CAPTURE) continue;
    const path = join(folder, `live-${paths.length}.ndjson`);
    await writeFile(path, `${lines.join('\n')}\n`);
    paths.push(path);
    lines = [];
  }
  return paths;
}
