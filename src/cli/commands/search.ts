import { count, plural } from '../../core/counted.ts';
import { notIndexed, sealedHeads } from '../../search/lag.ts';
import type { SearchLine } from '../../search/line.ts';
import { recorded } from '../../search/recorded.ts';
import type { CountAnswer, SearchAnswer, Unsearched } from '../../search/searcher.ts';
import { audit } from '../audit.ts';
import { type CommandSpec, integer } from '../command.ts';
import { type Context, print } from '../context.ts';
import { printable } from '../io.ts';
import { heldFor } from '../judging.ts';
import { recordLine } from '../record-line.ts';
import { searcherOf } from '../searching.ts';

/** Finds records by words and fields; every answer says what it covers and what it could not look into. */
export const search: CommandSpec = {
  name: 'search',
  summary: 'find records by words and fields (docs/search.md)',
  needs: 'archive',
  configure(command) {
    command
      .argument('<query>', `words, "phrases", NEAR/n, OR, NOT, fields such as from: or since:`)
      .option('--limit <n>', 'at most n records', integer(1, 10_000), 50)
      .option('--after <cursor>', 'go on after the answer that gave this cursor')
      .option('--count', 'only how many there are')
      .option('--no-holds', 'say nothing of holds, which takes reading the whole vault')
      .option('--explain', 'how each part of the query is read');
  },
  run(context, [text], options) {
    const query = String(text);
    return context.withArchive(async (archive) => {
      const holds = options.holds === false ? undefined : await heldFor(archive, context);
      const searcher = searcherOf(archive, holds === undefined ? {} : { holds });
      if (options.explain === true) {
        const explained = await searcher.explain(query);
        const missing = notIndexed(await sealedHeads(archive.reader), explained.heads);
        await audit(context, archive, 'search-explained', { ...recorded(query), total: explained.total });
        print(context, { ...explained, notIndexed: missing }, () => [
          ...explained.parts.map(
            ({ text: part, reads, period }) =>
              `${part}\n  ${reads}${period === undefined ? '' : `\n  from ${period.from} to ${period.to} (${period.zone})`}`,
          ),
          `${plural(explained.total, 'record fits', 'records fit')}`,
          ...left(explained.unsearched, explained.presenceLeftOut),
        ]);
        nobody(context, explained);
        warn(context, missing);
        return 0;
      }
      if (options.count === true) {
        const counted = await searcher.count(query);
        const missing = notIndexed(await sealedHeads(archive.reader), counted.heads);
        await audit(context, archive, 'search-counted', { ...recorded(query), total: counted.total });
        print(context, { ...counted, notIndexed: missing }, () => [`${count(counted.total)}`]);
        nobody(context, counted);
        warn(context, missing);
        return 0;
      }
      const limit = Number(options.limit);
      const after = options.after === undefined ? {} : { after: String(options.after) };
      const answer = await searcher.search(query, { limit, ...after });
      // Later pages are of the heads of the first.
      const missing =
        options.after === undefined ? notIndexed(await sealedHeads(archive.reader), answer.heads) : 0;
      await audit(context, archive, 'searched', {
        ...recorded(query),
        total: answer.total,
        shown: answer.lines.length,
        heads: { ...answer.heads },
        directory: answer.directory,
      });
      show(context, answer);
      warn(context, missing);
      return 0;
    });
  },
};

/** Records to stdout, one a line; what the answer says of itself to stderr. */
function show(context: Context, answer: SearchAnswer): void {
  for (const line of answer.lines) print(context, line, () => recordLine(line));
  context.io.err(`showing ${count(answer.lines.length)} of ${count(answer.total)}`);
  nobody(context, answer);
  if (answer.directory > 0) context.io.err(`people by version ${answer.directory} of the directory`);
  for (const line of left(answer.unsearched, answer.presenceLeftOut)) context.io.err(line);
  if (answer.lines.some((line: SearchLine) => line.uncertain))
    context.io.err('records marked ~ lie near an end of the period, and their time is not sure');
  if (answer.cursor !== undefined) context.io.err(`more: --after ${answer.cursor}`);
}

/** A name that is misspelt finds nothing, which is not the same as that nothing was said. */
function nobody(context: Context, { unknownPeople = [] }: CountAnswer): void {
  for (const name of unknownPeople)
    context.io.err(
      printable(`the directory knows nobody called ${name}; 'holdfast custodian list' shows whom it has`),
    );
}

/** An answer that leaves something out says so. */
function warn(context: Context, missing: number): void {
  if (missing > 0)
    context.io.err(
      `${count(missing)} sealed entries are not indexed yet and were not searched; 'holdfast status' says how far it is`,
    );
}

function left({ rejects, attachments, bare }: Unsearched, presence: number | null): string[] {
  const parts = [
    ...(presence !== null && presence > 0
      ? [`${count(presence)} presence events were left out; ask for them with kind:presence`]
      : []),
    ...(rejects > 0
      ? [`${plural(rejects, 'part of a capture', 'parts of captures')} could not be read and so not searched`]
      : []),
    ...(attachments > 0
      ? [`of ${plural(attachments, 'record')} with files only the files' names were searched`]
      : []),
    ...(bare > 0 ? [`${plural(bare, 'record')} could not be searched by text`] : []),
  ];
  return parts;
}
