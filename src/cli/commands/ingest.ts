import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { SealWatch } from '../../archive/sealing.ts';
import { count, plural } from '../../core/counted.ts';
import { transcriptLogs } from '../../core/logs.ts';
import type { DateOrder } from '../../core/receipt.ts';
import { FORMATS } from '../../ingest/formats/index.ts';
import { ingestPaths } from '../../ingest/ingest.ts';
import type { IngestedReceipt, IngestResult } from '../../ingest/ingest-types.ts';
import type { StatedSettings } from '../../ingest/settings.ts';
import { readSettingsFile } from '../../ingest/settings-file.ts';
import { isDatabase } from '../../ingest/walk.ts';
import type { Archive } from '../archive.ts';
import { audit } from '../audit.ts';
import type { CommandSpec, Options } from '../command.ts';
import { type Context, print } from '../context.ts';
import { printable } from '../io.ts';
import { Progress } from '../progress.ts';
import { awaitIndexed, indexWatcher, lateness } from '../wait.ts';
import { differs, ingestDryRun } from './ingest-dry-run.ts';

/** Receipts that are printed one by one. */
const SHOWN = 12;

/** Receives, parses and carries files, and waits until they are sealed and searchable. */
export const ingest: CommandSpec = {
  name: 'ingest',
  summary: 'take in transcripts: files, folders and zips, until they are sealed and searchable',
  needs: 'archive',
  alone: ({ dryRun }) => dryRun === true,
  configure(command) {
    command
      .argument(
        '<paths...>',
        'files and folders; folders are walked, zips read as what they hold; or postgresql://… of a server’s archive',
      )
      .option(
        '--format <name>',
        `auto, or one of: ${FORMATS.map((format) => format.name).join(', ')}`,
        'auto',
      )
      .option('--network <name>', 'network of records that do not name theirs', network)
      .option('--zone <zone>', 'zone of wall clocks without one: an IANA name or +hh:mm', zone)
      .option('--account <address>', 'whose copy this is, where the files do not say')
      .option('--date-order <order>', 'dmy, mdy or ymd, where the files do not decide', dateOrder)
      .option('--encoding <name>', 'code page of text without a mark, such as windows-1251 or shift_jis')
      .option('--settings <file>', 'JSON: {"rules": [{"path": "logs/nyc/**", "zone": "America/New_York"}]}')
      .option('--dry-run', 'say file by file what would come in and what is assumed; store nothing')
      .option('--no-wait', 'return when everything is durable on the stream, before it is sealed');
  },
  async run(context, [given], options) {
    const paths = (given as string[]).map((path) => (isDatabase(path) ? path : resolve(context.cwd, path)));
    const settings = await statedSettings(context, options);
    if (options.dryRun === true) return ingestDryRun(context, paths, settings);
    return context.withArchive((archive) => take(context, archive, paths, settings, options));
  },
};

async function take(
  context: Context,
  archive: Archive,
  paths: readonly string[],
  settings: StatedSettings,
  options: Options,
): Promise<number> {
  const progress = new Progress(context.io, context.clock);
  const logs = transcriptLogs(archive.identity.partitions);
  const watch = await SealWatch.open(archive.vault, logs);
  const result = await ingestPaths({
    vault: archive.vault,
    stream: archive.stream,
    clock: archive.clock,
    reader: archive.reader,
    register: await archive.control.refresh(),
    logs,
    paths,
    settings,
    ...(paths.every(isDatabase) && { connector: 'postgresql' }),
    progress: ({ files, units }) => progress.show(`read ${plural(files, 'file')}, ${plural(units, 'unit')}`),
  });
  await audit(context, archive, 'ingested', {
    receipts: result.receipts.length,
    carried: result.receipts.filter(({ state }) => state === 'carried').length,
    events: result.receipts.reduce((total, { account }) => total + account.events, 0),
  });
  let sealed: number | null = null;
  if (options.wait !== false) {
    const carried = result.receipts
      .filter(({ state }) => state === 'carried')
      .map(({ receipt, account }) => ({ receipt, logs: Object.keys(account.logs) }));
    const records = await watch.wait(carried, lateness(context, archive));
    sealed = [...records.values()].reduce((sum, value) => sum + value, 0);
    await awaitIndexed(archive, indexWatcher(context, progress));
  }
  progress.done();
  report(context, result, sealed);
  return 0;
}

/** What the options state about all files, and the rules of the file of settings about some. */
async function statedSettings(context: Context, options: Options): Promise<StatedSettings> {
  const rules =
    options.settings === undefined
      ? []
      : readSettingsFile(await readFile(resolve(context.cwd, String(options.settings)), 'utf8'));
  return {
    format: String(options.format),
    ...text(options, 'network'),
    ...text(options, 'zone'),
    ...text(options, 'account'),
    ...(options.dateOrder !== undefined && { dateOrder: options.dateOrder as DateOrder }),
    ...text(options, 'encoding'),
    ...(rules.length > 0 && { rules }),
  };
}

/** The sums of all receipts: `units = events + rejects + excluded`, `sealed = events − duplicates`. */
function report(context: Context, result: IngestResult, sealed: number | null): void {
  const sum = (of: 'units' | 'events' | 'rejects' | 'excluded'): number =>
    result.receipts.reduce((total, { account }) => total + account[of], 0);
  const events = sum('events');
  const differences = result.receipts.flatMap(({ place, account }) =>
    (account.stated ?? [])
      .filter(({ stated, found }) => stated !== found)
      .map((statement) => ({ place, ...statement })),
  );
  const expired = result.receipts.reduce((total, receipt) => total + receipt.expired, 0);
  const answer = {
    units: sum('units'),
    events,
    rejects: sum('rejects'),
    excluded: sum('excluded'),
    duplicates: sealed === null ? null : events - sealed,
    sealed,
    expired,
    receipts: result.receipts.length,
    already: result.receipts.filter((receipt) => receipt.state === 'already').length,
    formats: byFormat(result.receipts),
    skipped: result.skipped,
    differences,
  };
  for (const receipt of result.receipts.slice(0, SHOWN)) context.io.err(printable(line(receipt)));
  if (result.receipts.length > SHOWN)
    context.io.err(`… and ${count(result.receipts.length - SHOWN)} more receipts`);
  if (expired > 0)
    context.io.err(
      `${plural(expired, 'event')} arrived when their retention was over already; 'holdfast retention forecast' shows them`,
    );
  for (const { place, ...statement } of differences)
    context.io.err(printable(`${place}: ${differs(statement)}`));
  for (const { path, reason } of result.skipped) context.io.err(printable(`skipped ${path}: ${reason}`));
  print(context, answer, () => [
    `${plural(answer.units, 'unit')} = ${plural(events, 'event')} + ${plural(answer.rejects, 'reject')} + ${count(answer.excluded)} excluded`,
    sealed === null
      ? 'carried; not waited for'
      : `${count(sealed)} sealed, ${plural(events - sealed, 'duplicate')}${answer.already > 0 ? `; ${count(answer.already)} of ${plural(answer.receipts, 'receipt')} were known` : ''}`,
  ]);
}

const line = ({ place, format, reason, account, state }: IngestedReceipt): string =>
  `${place}: ${format} (${reason}); ${plural(account.events, 'event')}` +
  `${account.rejects > 0 ? `, ${plural(account.rejects, 'reject')}` : ''}${state === 'already' ? '; known already' : ''}`;

function byFormat(receipts: readonly IngestedReceipt[]): { [format: string]: number } {
  const counts: { [format: string]: number } = {};
  for (const { format } of receipts) counts[format] = (counts[format] ?? 0) + 1;
  return counts;
}

function text<K extends string>(options: Options, name: K): { [key in K]?: string } {
  const value = options[name];
  return (typeof value === 'string' ? { [name]: value } : {}) as { [key in K]?: string };
}

function dateOrder(value: string): string {
  if (/^(?:dmy|mdy|ymd)$/.test(value)) return value;
  throw new InvalidArgumentError('A date order is dmy, mdy or ymd.');
}

function network(value: string): string {
  if (!/^[a-z0-9-]{1,40}$/.test(value))
    throw new InvalidArgumentError('A network is a lower-case name such as aim or slack.');
  return value;
}

function zone(value: string): string {
  if (/^[+-](0\d|1[0-4]):[0-5]\d$/.test(value)) return value;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return value;
  } catch {
    throw new InvalidArgumentError(
      'A zone is an IANA name such as America/New_York, or an offset such as -05:00.',
    );
  }
}
