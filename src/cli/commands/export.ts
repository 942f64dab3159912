import { resolve } from 'node:path';
import { recordHeads } from '../../archive/acts.ts';
import { awaitAct } from '../../archive/sealing.ts';
import { HoldfastError } from '../../core/errors.ts';
import { exportBundle } from '../../export/bundle/export-bundle.ts';
import type { ReportSettings, SelectionDescription } from '../../export/report/facts.ts';
import { httpTimestamper } from '../../export/timestamp.ts';
import type { Bound } from '../../search/bound.ts';
import type { Explanation, Selection } from '../../search/searcher.ts';
import { known } from '../act-command.ts';
import type { Archive } from '../archive.ts';
import { actTools, audit } from '../audit.ts';
import type { CommandSpec } from '../command.ts';
import { type Context, check, print } from '../context.ts';
import { count } from '../io.ts';
import { Progress } from '../progress.ts';
import { searcherOf } from '../searching.ts';
import { awaitIndexed, indexWatcher, lateness } from '../wait.ts';

/** Writes the signed report and everything that proves it, for whoever shall not have to trust us. */
export const exportCommand: CommandSpec = {
  name: 'export',
  summary: 'write what a query finds as a signed report with its proofs, to be verified without the archive',
  needs: 'archive',
  configure(command) {
    command
      .requiredOption('--query <query>', 'what is exported: a query as for search')
      .requiredOption('--out <dir>', 'folder to make; it must not exist')
      .option('--hits-only', 'without the rest of each conversation on the days of the hits')
      .option(
        '--grant <grant>',
        'only what this grant lets its auditor see; may be given several times',
        several,
        [],
      )
      .option('--print-query', 'print the literal query in the report');
  },
  run(context, _args, options) {
    const query = String(options.query);
    const out = resolve(context.cwd, String(options.out));
    const whole = options.hitsOnly !== true;
    return context.withArchive(async (archive) => {
      const progress = new Progress(context.io, context.clock);
      const searcher = searcherOf(archive, await grantBounds(archive, options.grant as readonly string[]));
      // A report answers for all that is sealed: an index that is behind would leave records out in silence.
      await awaitIndexed(archive, indexWatcher(context, progress));
      const explained = await searcher.explain(query);
      const selection = await searcher.select(query);
      await audit(context, archive, 'export-started', { query, total: selection.total, context: whole });
      // Every export carries the heads of all logs under control's head.
      const heads = await recordHeads(archive.reader, archive.stream, context.actor, actTools(archive));
      await awaitAct(archive.reader, 'control', heads, lateness(context, archive));
      const made = await exportBundle({
        reader: archive.reader,
        hits: selected(context, archive, selection, whole),
        out,
        seal: archive.keys.seal,
        ...timestamper(archive),
        selection: describe(explained, whole, options.printQuery === true),
        settings: reportSettings(archive),
        zone: archive.settings.zone,
        clock: context.clock,
        random: context.random,
        progress: (step, done, total) =>
          progress.show(`${step}: ${count(done)}${total === undefined ? '' : ` of ${count(total)}`}`),
      });
      await audit(context, archive, 'exported', {
        records: made.records,
        context: made.context,
        pages: made.pages,
      });
      const answer = {
        dir: made.dir,
        files: made.files,
        records: made.records,
        context: made.context,
        pages: made.pages,
      };
      print(context, answer, () => [
        `${count(made.records)} records (${count(made.records - made.context)} hits, ${count(made.context)} around them) on ${count(made.pages)} pages in ${made.dir}`,
        `Check it without this archive: holdfast verify ${made.dir}, or the public tools that its README.txt names.`,
      ]);
      return 0;
    });
  },
};

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** What these grants show; undefined where none is named: everything. Throws `not-permitted` for one that was revoked. */
async function grantBounds(archive: Archive, names: readonly string[]): Promise<Bound[] | undefined> {
  if (names.length === 0) return undefined;
  const { grants } = await archive.control.refresh();
  return names.map((name) => {
    const { scope, revoked } = known(grants, name, 'grant');
    if (revoked === null) return { is: 'query', text: scope.text, directory: scope.directory };
    throw new HoldfastError('not-permitted', 'The grant was revoked.', {
      hint: "'holdfast grant list' shows which are in force.",
    });
  });
}

async function* selected(context: Context, archive: Archive, selection: Selection, whole: boolean) {
  if (whole) {
    for await (const one of selection.slices(archive.settings.zone)) {
      check(context.signal);
      yield one;
    }
    return;
  }
  for await (const { log, leaf } of selection.hits()) {
    check(context.signal);
    yield { name: `${log}/${leaf}`, context: false };
  }
}

function describe(explained: Explanation, whole: boolean, printQuery: boolean): SelectionDescription {
  const { unsearched, presenceLeftOut } = explained;
  const criteria = explained.parts.map(({ reads, period }) =>
    period === undefined
      ? sentence(reads)
      : `${sentence(reads)} That is from ${period.from} to ${period.to} (${period.zone}).`,
  );
  const notSearched = [
    ...(unsearched.rejects > 0
      ? [`${count(unsearched.rejects)} parts of captures that could not be read.`]
      : []),
    ...(unsearched.attachments > 0
      ? [
          `The contents of files; ${count(unsearched.attachments)} records have files, whose names were searched.`,
        ]
      : []),
    ...(unsearched.bare > 0
      ? [`The text of ${count(unsearched.bare)} records that the index could not take.`]
      : []),
    ...(presenceLeftOut !== null && presenceLeftOut > 0
      ? [`${count(presenceLeftOut)} presence events.`]
      : []),
  ];
  return {
    criteria,
    ...(printQuery ? { query: explained.query } : {}),
    searched: ['All transcripts of this archive that were sealed and indexed at the time of the export.'],
    notSearched,
    context: whole
      ? 'Each hit is shown with the whole of its conversation on the same calendar day; hits are marked.'
      : 'Hits only, without what was said around them.',
  };
}

function timestamper({ settings, random }: Archive) {
  return settings.timestampAuthority === undefined
    ? {}
    : { timestamper: httpTimestamper(settings.timestampAuthority, random) };
}

function reportSettings({ settings: { firm, report } }: Archive): ReportSettings {
  return { ...given(report), firm: given(firm) };
}

/** The members that have a value: an optional setting that is absent is not printed as anything. */
const given = <T extends object>(settings: T) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
