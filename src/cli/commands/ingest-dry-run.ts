import { count, plural } from '../../core/counted.ts';
import type { Statement } from '../../core/record.ts';
import { type Counts, dryRun, type Forecast } from '../../ingest/dry-run.ts';
import type { StatedSettings } from '../../ingest/settings.ts';
import { type Context, check, print } from '../context.ts';
import { printable } from '../io.ts';
import { Progress } from '../progress.ts';

/** `ingest --dry-run`: one line a file (with `--json` one document a line), then the sums. */
export async function ingestDryRun(
  context: Context,
  paths: readonly string[],
  settings: StatedSettings,
): Promise<number> {
  const progress = new Progress(context.io, context.clock);
  const totals = { files: 0, units: 0, events: 0, rejects: 0, excluded: 0, unread: 0 };
  const stated: Statement[] = [];
  let skipped = 0;
  await dryRun({
    paths,
    settings,
    file: (forecast) => {
      totals.files++;
      totals.units += forecast.units;
      totals.events += forecast.events;
      totals.rejects += sum(forecast.rejects);
      totals.excluded += sum(forecast.excluded);
      if (forecast.format === null && forecast.events === 0 && sum(forecast.rejects) > 0) totals.unread++;
      print(context, { type: 'file', ...forecast }, () => lines(forecast).map(printable));
    },
    skipped: ({ path, reason }) => {
      skipped++;
      context.io.err(printable(`would be skipped: ${path}: ${reason}`));
    },
    stated: (statement) => {
      if (statement.stated !== statement.found) stated.push(statement);
    },
    progress: (files) => {
      check(context.signal);
      progress.show(`looked at ${plural(files, 'file')}`);
    },
  });
  progress.done();
  print(context, { type: 'total', ...totals, skipped, differences: stated }, () => [
    `${plural(totals.files, 'file')} would come in: ${plural(totals.units, 'unit')} = ${plural(totals.events, 'event')} + ${plural(totals.rejects, 'reject')} + ${count(totals.excluded)} excluded`,
    ...(totals.unread > 0 ? [`${plural(totals.unread, 'file')} cannot be read`] : []),
    ...stated.map((each) => printable(differs(each))),
    'Nothing was stored.',
  ]);
  return 0;
}

/** A difference between what a source states of itself and what was found. */
export const differs = ({ what, stated, found }: Statement): string =>
  `the source states ${count(stated)} ${what}, and ${count(found)} were found`;

function lines(file: Forecast): string[] {
  const { period, accounts, people } = file;
  const given = Object.entries(file.settings).map(([name, value]) => `${name} ${String(value)}`);
  const assumed = Object.entries(file.zones).filter(([zone]) => zone.endsWith('(assumed)'));
  return [
    `${file.name}: ${file.format ?? 'not read'} (${file.reason})`,
    `    ${plural(file.events, 'event')}${list(', rejects', file.rejects)}${list(', excluded', file.excluded)}`,
    ...(period === null
      ? []
      : [
          `    ${period.from} to ${period.to}; ${file.networks.join(', ')}; ${
            accounts.total === 0 ? '' : `copy of ${names(accounts)}; `
          }${people.more ? 'more than ' : ''}${plural(people.total, 'person', 'people')}: ${names(people)}`,
        ]),
    ...(given.length > 0 ? [`    stated: ${given.join(', ')}`] : []),
    ...assumed.map(
      ([zone, events]) =>
        `    assumed: zone ${zone.replace(' (assumed)', '')} for ${plural(events, 'event')}`,
    ),
    ...(Object.keys(file.repairs).length > 0 ? [`    repairs: ${inWords(file.repairs)}`] : []),
  ];
}

const names = ({ total, first }: Forecast['people']): string =>
  `${first.slice(0, 5).join(', ')}${total > 5 ? ', …' : ''}`;

const list = (what: string, counts: Counts): string =>
  Object.keys(counts).length === 0 ? '' : `${what}: ${inWords(counts)}`;

const inWords = (counts: Counts): string =>
  Object.entries(counts)
    .map(([what, number]) => `${what} ${count(number)}`)
    .join(', ');

const sum = (counts: Counts): number => Object.values(counts).reduce((total, number) => total + number, 0);
