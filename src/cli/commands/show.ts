import type { SealedRecord } from '../../core/record.ts';
import { audit } from '../audit.ts';
import { type CommandSpec, integer } from '../command.ts';
import { print } from '../context.ts';
import { printable } from '../io.ts';
import { heldFor } from '../judging.ts';
import { recordLine } from '../record-line.ts';
import { searcherOf } from '../searching.ts';
import { recordName } from './record-name.ts';

/** Shows one record as it is sealed, checked against its log, and on request the conversation around it. */
export const show: CommandSpec = {
  name: 'show',
  summary: 'show one record as it was sealed, and the conversation around it',
  needs: 'archive',
  configure(command) {
    command
      .argument('<record>', 'name of the record: LOG/LEAF, as search prints it', recordName)
      .option('--no-holds', 'say nothing of holds, which takes reading the whole vault')
      .option(
        '--context <n>',
        'also show up to n records of the conversation before and after',
        integer(1, 1_000),
      );
  },
  run(context, [record], options) {
    return context.withArchive(async (archive) => {
      const name = String(record);
      const sealed = await archive.reader.record(name);
      const around = Number(options.context ?? 0);
      const held = options.holds === false ? undefined : await heldFor(archive, context);
      const covering = await (await held?.())?.holdsOfRecord(logOf(name), sealed);
      const shown = { name, ...sealed, ...(covering && { holds: covering }) };
      await audit(context, archive, 'record-viewed', { record: name, context: around });
      if (around === 0) {
        print(context, shown, () => lines(name, sealed, covering));
        return 0;
      }
      const { lines: conversation } = await searcherOf(
        archive,
        held === undefined ? {} : { holds: held },
      ).context(name, {
        before: around,
        after: around,
      });
      print(context, { ...shown, context: conversation }, () => [
        ...lines(name, sealed, covering),
        '',
        ...conversation.flatMap((line) =>
          recordLine(line, `${line.log}/${line.leaf}` === name ? '▸ ' : '  '),
        ),
      ]);
      return 0;
    });
  },
};

const logOf = (name: string): string => name.slice(0, name.lastIndexOf('/'));

function lines(
  name: string,
  sealed: SealedRecord,
  holds: readonly string[] | null | undefined,
): readonly string[] {
  const { record } = sealed;
  const shown = Object.entries(record).map(
    ([field, value]) =>
      `  ${field.padEnd(13)} ${printable(typeof value === 'string' ? value : JSON.stringify(value))}`,
  );
  const held = holds && holds.length > 0 ? [`  ${'held by'.padEnd(13)} ${printable(holds.join(', '))}`] : [];
  return [`${name}  (${sealed.type}; read from the vault and checked against its log)`, ...shown, ...held];
}
