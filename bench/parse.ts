import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Format, SourceFile } from '../src/ingest/format.ts';
import { FORMATS } from '../src/ingest/formats/index.ts';
import { parse as outcomes } from '../src/ingest/parse.ts';
import { recognise } from '../src/ingest/recognise.ts';
import { type PublicParser, publicParsers } from './baseline/parsers.ts';
import { PYTHON_PARSERS, type PythonParser, pythonTime } from './baseline/python.ts';
import { inFolder } from './folders.ts';
import { note, type Result } from './output.ts';
import { type Enlarged, enlarge } from './parse/enlarge.ts';
import { transcriptOf } from './parse/transcripts/index.ts';

const FIXTURES = join(import.meta.dirname, '../test/fixtures');
const MB = 1_000_000;
const CHUNK = 262_144;
/** Each side is run so often; the best run counts, as on a machine where nothing else is done. */
const RUNS = 8;

interface Input {
  readonly format: Format;
  readonly large: Enlarged;
  readonly files: readonly SourceFile[];
}

interface Measured {
  /** Of processor time. */
  readonly ms: number;
  readonly events: number;
  readonly rejects: number;
}

/** How fast each format is read, on one core, from memory: framed, parsed, interpreted; not carried. */
export async function parse({
  messages,
  formats,
}: {
  readonly messages: number;
  readonly formats?: readonly string[] | undefined;
}): Promise<Result[]> {
  const chosen = FORMATS.filter(({ name }) => formats?.includes(name) !== false);
  const [only] = chosen;
  if (only !== undefined && chosen.length === 1) return measured(only, messages * 256);
  const results: Result[] = [];
  for (const { name } of chosen) results.push(...(await inOwnProcess(name, messages)));
  return results;
}

/** What was read before leaves its mark on compiled code: after other formats some take twice as long. */
async function inOwnProcess(format: string, messages: number): Promise<Result[]> {
  return inFolder(async (folder) => {
    const json = join(folder, 'result.json');
    const what = ['parse', '--format', format, '--messages', String(messages), '--json', json];
    const child = spawn(
      process.execPath,
      [...process.execArgv, join(import.meta.dirname, 'main.ts'), ...what],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`the bench of ${format} ended with ${code}`);
    return (JSON.parse(await readFile(json, 'utf8')) as { results: Result[] }).results;
  });
}

async function measured(format: Format, target: number): Promise<Result[]> {
  const input = await inputOf(format, target);
  if (input === undefined) return [];
  note(format.name);
  const found = await best(() => read(input));
  if (!isMeasured(input, found)) {
    note(`${format.name} is left out: its fixture made large is not what it reads`);
    return [];
  }
  const results = resultsOf(input, found);
  await inFolder(async (folder) => {
    const parsers = await publicParsers(format.name, folder).catch(() => {
      note('no registry: public parsers are left out');
      return [];
    });
    for (const parser of parsers) results.push(...(await compared(input, found, parser)));
    for (const parser of PYTHON_PARSERS.filter((each) => each.format === format.name))
      results.push(...(await comparedInPython(input, found, parser, folder)));
  });
  return results;
}

/** A fixture that was repeated into something else says nothing: few events in many bytes, or mostly rejects. */
const isMeasured = ({ large }: Input, { events, rejects }: Measured): boolean =>
  events > rejects && events > large.bytes.length / 10_000;

function resultsOf({ format, large }: Input, { ms, events, rejects }: Measured): Result[] {
  const rate = large.bytes.length / MB / (ms / 1000);
  return [
    {
      what: `${format.name} (${large.kind}, ${Math.round(large.bytes.length / events)} bytes an event${rejects > 0 ? `, ${Math.round((100 * rejects) / (events + rejects))} % rejects` : ''})`,
      value: rate,
      unit: 'MB/s',
      asked: '≥ 40 MB/s',
      met: rate >= 40,
    },
    { what: `${format.name}, events`, value: Math.round(events / (ms / 1000)), unit: 'events/s' },
  ];
}

async function compared(input: Input, ours: Measured, parser: PublicParser): Promise<Result[]> {
  const text = input.large.bytes.toString('utf8');
  try {
    const theirs = await best(async () => {
      const ms = await processorTime(async () => {
        parser.parse(text);
      });
      return { ms, events: 0, rejects: 0 };
    });
    return besides(input, ours, parser.name, theirs.ms);
  } catch {
    note(`${parser.name} does not read this`);
    return [];
  }
}

async function comparedInPython(
  input: Input,
  ours: Measured,
  parser: PythonParser,
  folder: string,
): Promise<Result[]> {
  const file = join(folder, basename(input.files[0]?.path ?? parser.format));
  try {
    await writeFile(file, input.large.bytes);
    const theirs = await pythonTime(parser, folder, file);
    // A parser that understands few of the messages says nothing about reading them.
    if (theirs.found > ours.events / 2) return besides(input, ours, parser.name, theirs.ms);
    note(`${parser.name} does not read this`);
  } catch {
    note(`no Python or no registry: ${parser.name} is left out`);
  }
  return [];
}

function besides({ format, large }: Input, ours: Measured, name: string, ms: number): Result[] {
  const rate = large.bytes.length / MB / (ms / 1000);
  return [
    { what: `${format.name} by ${name}`, value: rate, unit: 'MB/s' },
    { what: `${format.name}, ratio to ${name}`, value: ms / ours.ms, unit: '' },
  ];
}

async function best(work: () => Promise<Measured>): Promise<Measured> {
  let fastest: Measured | undefined;
  for (let run = 0; run < RUNS; run++) {
    globalThis.gc?.();
    const found = await work();
    if (fastest === undefined || found.ms < fastest.ms) fastest = found;
  }
  return fastest ?? { ms: Number.NaN, events: 0, rejects: 0 };
}

async function read({ files }: Input): Promise<Measured> {
  let events = 0;
  let rejects = 0;
  const ms = await processorTime(async () => {
    const recognised = await recognise(files);
    const opened = { files, unreadable: [], close: async () => undefined };
    for await (const batch of outcomes('0'.repeat(64), opened, recognised, () => undefined))
      for (const { outcome } of batch) {
        if (outcome.type === 'event') events++;
        else if (outcome.type === 'reject') rejects++;
      }
  });
  return { ms, events, rejects };
}

/** Milliseconds of processor time, of all threads: what a core of its own would take at most, whoever shares it now. */
async function processorTime(work: () => Promise<void>): Promise<number> {
  const from = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

/** A transcript of the corpus; else the fixture that becomes the most events, its largest file enlarged. */
async function inputOf(format: Format, target: number): Promise<Input | undefined> {
  const written = transcriptOf(format.name, target);
  if (written !== undefined)
    return { format, large: written, files: [inMemory(format, written.path, written.bytes)] };
  const folder = join(FIXTURES, format.name);
  if (!existsSync(folder)) return undefined;
  let chosen: Input | undefined;
  let most = 0;
  for (const name of readdirSync(folder).sort()) {
    const entry = readdirSync(join(folder, name)).find((each) => each.split('.')[0] === 'input');
    if (entry === undefined) continue;
    const trial = filesOf(format, join(folder, name, entry), 100_000);
    if (trial === undefined) continue;
    const { events, rejects } = await read(trial);
    const score = (events / (events + rejects + 1)) * Math.min(events, 100);
    if (score <= most) continue;
    most = score;
    chosen = filesOf(format, join(folder, name, entry), target);
  }
  return chosen;
}

function filesOf(format: Format, input: string, target: number): Input | undefined {
  const paths = statSync(input).isFile()
    ? [input]
    : readdirSync(input, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
  const contents = paths.map((path) => ({ path, bytes: readFileSync(path) }));
  const largest = contents.toSorted((a, b) => b.bytes.length - a.bytes.length)[0];
  const large = largest === undefined ? undefined : enlarge(largest.bytes, target);
  if (largest === undefined || large === undefined) return undefined;
  const files = contents.map((each) =>
    inMemory(format, each.path, each === largest ? large.bytes : each.bytes),
  );
  return { format, large, files };
}

const inMemory = (format: Format, path: string, bytes: Buffer): SourceFile => ({
  capture: '0'.repeat(64),
  path,
  size: bytes.length,
  settings: { format: format.name },
  damage: () => undefined,
  async *open() {
    for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
  },
});
