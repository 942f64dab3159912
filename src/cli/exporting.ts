/** What exports and productions share at the command line. */
import { recordHeads } from '../archive/acts.ts';
import { openReader } from '../archive/read/open-reader.ts';
import type { Head } from '../archive/reader.ts';
import { awaitAct } from '../archive/sealing.ts';
import { count, plural } from '../core/counted.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Heads } from '../core/ports/index.ts';
import type { ExplainedPart } from '../core/search/explain.ts';
import type { ExportRequest } from '../export/bundle/export-bundle.ts';
import type { ReportSettings, SelectionDescription } from '../export/report/facts.ts';
import { httpTimestamper } from '../export/timestamp.ts';
import { missingDocuments } from '../search/missing.ts';
import type { Explanation, Selection } from '../search/searcher.ts';
import type { Archive } from './archive.ts';
import { actTools } from './audit.ts';
import { type Context, check } from './context.ts';
import { Progress } from './progress.ts';
import { lateness } from './wait.ts';

/** Seals the heads of all logs into control: every export carries them. */
export async function sealHeads(context: Context, archive: Archive): Promise<void> {
  const act = await recordHeads(archive.reader, archive.stream, context.actor, actTools(archive));
  await awaitAct(archive.reader, 'control', act, lateness(context, archive));
}

export async function newestHeads({ reader }: Archive): Promise<Head[]> {
  const heads: Head[] = [];
  for (const log of await reader.logs()) heads.push(await reader.head(log));
  return heads;
}

/**
 * Throws `index-incomplete` where the index has lost documents, or has more than are sealed: what leaves the house is
 * selected by an index that has all of it, or not at all.
 */
export async function requireWholeIndex(archive: Archive, heads: Heads): Promise<void> {
  const missing = await missingDocuments(archive.reader, archive.index, heads);
  if (missing === 0) return;
  throw new HoldfastError(
    'index-incomplete',
    missing > 0
      ? `The index has lost ${plural(missing, 'document')}, so the selection could be short of them.`
      : `The index has ${plural(-missing, 'document')} more than events are sealed.`,
    { hint: "'holdfast verify' names them, 'holdfast rebuild-index' makes the index anew from the vault." },
  );
}

/** The records of a selection, with the rest of their slices in `zone` where `whole` says so. */
export async function* selected(
  context: Context,
  selection: Selection,
  zone: string,
  whole: boolean,
): ExportRequest['hits'] {
  for await (const one of selection.records(whole ? zone : undefined)) {
    check(context.signal);
    yield one;
  }
}

/** `1`, `1.1`, `1.2`, `2`: a part that lies within another is numbered below it. Parts come before what lies in them. */
function numbersOf(parts: readonly Pick<ExplainedPart, 'start' | 'end'>[]): string[] {
  const around: { readonly end: number; readonly number: string; inside: number }[] = [];
  let top = 0;
  return parts.map(({ start, end }) => {
    while ((around.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= start) around.pop();
    const outer = around.at(-1);
    const number = outer === undefined ? `${++top}` : `${outer.number}.${++outer.inside}`;
    around.push({ end, number, inside: 0 });
    return number;
  });
}

/** How a selection reads in the report. */
export function describe(explained: Explanation, whole: boolean, printQuery: boolean): SelectionDescription {
  const { unsearched, presenceLeftOut } = explained;
  const numbers = numbersOf(explained.parts);
  const criteria = explained.parts.map(({ reads, period }, i) => {
    const when = period === undefined ? '' : ` That is from ${period.from} to ${period.to} (${period.zone}).`;
    return `${numbers[i]}  ${sentence(reads)}${when}`;
  });
  const notSearched = [
    ...(unsearched.attachments > 0
      ? [
          `The contents of files; ${plural(unsearched.attachments, 'record has', 'records have')} files, whose names were searched.`,
        ]
      : []),
    ...(unsearched.bare > 0
      ? [`The text of ${plural(unsearched.bare, 'record')} that the index could not take.`]
      : []),
    ...(presenceLeftOut !== null && presenceLeftOut > 0
      ? [`${count(presenceLeftOut)} presence events.`]
      : []),
  ];
  return {
    criteria,
    ...(printQuery ? { query: explained.query } : {}),
    notSearched,
    context: whole
      ? 'Each hit is shown with its edits, deletions, reactions and read marks, whenever they were made, and with the whole of its conversation on the same calendar day, but for presence and read marks. Hits are marked.'
      : 'Each hit is shown with its edits, deletions, reactions and read marks, whenever they were made, and without what was said around it. Hits are marked.',
  };
}

/** An export reads in the order of the vault, and keeps what it has read for as long as the report takes; bytes. */
const CACHES = { segmentBytes: 4 * 1024 * 1024, commitBytes: 4 * 1024 * 1024 };

/** What the bundle is sealed and printed with, and how its progress is shown. */
export async function makingOf(
  context: Context,
  archive: Archive,
): Promise<Pick<ExportRequest, 'reader' | 'seal' | 'timestamper' | 'clock' | 'random' | 'progress'>> {
  const { vault, identity, keys, settings, random } = archive;
  const progress = new Progress(context.io, context.clock);
  return {
    reader: await openReader(vault, identity, CACHES),
    seal: keys.seal,
    ...(settings.timestampAuthority === undefined
      ? {}
      : { timestamper: httpTimestamper(settings.timestampAuthority, random) }),
    clock: context.clock,
    random: context.random,
    progress: (step, done, total) =>
      progress.show(`${step}: ${count(done)}${total === undefined ? '' : ` of ${count(total)}`}`),
  };
}

/** What the settings have printed in every report. */
export function reportSettings({ settings: { firm, report } }: Archive): ReportSettings {
  return { ...given(report), firm: given(firm) };
}

/** The members that have a value: an optional setting that is absent is not printed as anything. */
export const given = <T extends object>(settings: T) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
