import { resolve } from 'node:path';
import { count, plural } from '../../core/counted.ts';
import { HoldfastError } from '../../core/errors.ts';
import { exportBundle } from '../../export/bundle/export-bundle.ts';
import type { Bound } from '../../search/bound.ts';
import { known } from '../act-command.ts';
import { recordingDenials } from '../acting.ts';
import type { Archive } from '../archive.ts';
import { audit } from '../audit.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';
import { describe, makingOf, reportSettings, requireWholeIndex, sealHeads, selected } from '../exporting.ts';

import { Progress } from '../progress.ts';
import { searcherOf } from '../searching.ts';
import { awaitIndexed, indexWatcher } from '../wait.ts';

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
      const { zone } = archive.settings;
      const within = await recordingDenials(
        context,
        archive,
        { actor: context.actor, via: {} },
        'export',
        () => grantBounds(archive, options.grant as readonly string[]),
      );
      const searcher = searcherOf(archive, within === undefined ? {} : { within });
      // A report answers for all that is sealed: an index that is behind would leave records out in silence.
      await awaitIndexed(archive, indexWatcher(context, new Progress(context.io, context.clock)));
      const explained = await searcher.explain(query);
      const selection = await searcher.select(query);
      await requireWholeIndex(archive, selection.heads);
      await audit(context, archive, 'export-started', { query, total: selection.total, context: whole });
      const { directory } = await archive.control.refresh();
      await sealHeads(context, archive);
      const made = await exportBundle({
        ...(await makingOf(context, archive)),
        hits: selected(context, selection, zone, whole),
        out,
        selection: describe(explained, whole, options.printQuery === true),
        settings: reportSettings(archive),
        zone,
        directory,
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
        `${plural(made.records, 'record')} (${plural(made.records - made.context, 'hit')}, ${count(made.context)} around them) on ${plural(made.pages, 'page')} in ${made.dir}`,
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
      denies: { grant: name },
    });
  });
}
