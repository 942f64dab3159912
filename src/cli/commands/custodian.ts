import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { count, plural } from '../../core/counted.ts';
import type { Custodian } from '../../core/directory/fold.ts';
import { addressesOf, custodiansNamed } from '../../core/directory/people.ts';
import { HoldfastError } from '../../core/errors.ts';
import { importActs, planImport } from '../../directory/import.ts';
import { COLUMNS, type RefusedRow, readDirectoryCsv } from '../../directory/read-csv.ts';
import { reportOn } from '../../directory/reports.ts';
import { lookCommand } from '../act-command.ts';
import { acted, perform, withActor } from '../acting.ts';
import { type CommandSpec, integer } from '../command.ts';
import { check, print } from '../context.ts';
import { printable } from '../io.ts';
import { Progress } from '../progress.ts';

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const IMPORTING = { name: 'custodian import', permission: 'directory.change' } as const;

/** Takes a file of people: all of it, or nothing where a row cannot be taken. */
const importCommand: CommandSpec = {
  name: IMPORTING.name,
  summary: 'take people and their addresses from a CSV file into the directory',
  needs: 'archive',
  configure(command) {
    withActor(
      command
        .argument('<file>', `CSV with a head line; columns: ${Object.keys(COLUMNS).join(', ')}`)
        .option('--dry-run', 'say what would change, and change nothing')
        .option('--domain <domain>', 'a domain of the firm; may be given several times', several, []),
    );
  },
  run: (context, [file], options) =>
    acted(context, IMPORTING, options, async ({ archive, acting, register: { directory } }) => {
      const path = resolve(context.cwd, String(file));
      const { custodians, refused } = readDirectoryCsv(await bytesOf(path));
      if (refused.length > 0) throw notTaken(refused);
      const plan = planImport(directory, custodians, options.domain as readonly string[]);
      const { changes, ...counts } = plan;
      const dry = options.dryRun === true;
      let version = directory.version;
      let position: string | null = null;
      if (!dry && changes.length > 0) {
        const name = Buffer.from(archive.random.bytes(16)).toString('hex');
        for (const details of importActs(name, directory.version, changes, acting.via)) {
          const written = await perform(context, archive, acting, { action: 'directory.change', details });
          position = written.position;
          version = written.register.directory.version;
        }
      }
      print(context, { ...counts, version, position, dryRun: dry }, () => [
        `${count(counts.added)} new, ${count(counts.changed)} changed, ${count(counts.unchanged)} as before; ` +
          (dry ? 'nothing was changed' : `the directory is at version ${version}`),
      ]);
      return 0;
    }),
};

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new HoldfastError('not-found', `The file ${path} cannot be read.`, {
      hint: 'Check the path and who may read it; nothing was changed.',
      cause: error,
    });
  }
}

const SHOWN = 20;

function notTaken(refused: readonly RefusedRow[]): HoldfastError {
  const lines = refused.slice(0, SHOWN).map(({ line, why }) => `line ${line}: ${why}`);
  if (refused.length > SHOWN) lines.push(`and ${count(refused.length - SHOWN)} more`);
  return new HoldfastError('bad-usage', `Nothing was taken: ${lines.join('; ')}.`, {
    hint: 'Mend these rows and import the file again.',
  });
}

const list = lookCommand({
  name: 'custodian list',
  summary: 'list the people of the directory',
  permission: 'directory.read',
  recorded: 'custodians-listed',
  configure: (command) => command.option('--removed', 'also those who were taken off'),
  look: async ({ register, context, options }) => ({
    details: { directory: register.directory.version },
    answer() {
      for (const one of register.directory.custodians.values())
        if (options.removed === true || one.removed === null)
          print(context, shown(one), () => [printable(lineOf(one))]);
    },
  }),
});

const show = lookCommand({
  name: 'custodian show',
  summary: 'show a person: who he is, which addresses were his and when',
  permission: 'directory.read',
  recorded: 'custodian-viewed',
  configure: (command) => command.argument('<id>', 'HR id or full name'),
  async look({ register, args, context }) {
    const found = custodiansNamed(register.directory, args[0] ?? '', true);
    if (found.length === 0)
      throw new HoldfastError('not-found', 'The directory has nobody of this id or name.', {
        hint: "'holdfast custodian list' shows everybody.",
      });
    return {
      details: { custodians: found.map(({ id }) => id) },
      answer() {
        for (const one of found)
          print(context, one, () =>
            [
              lineOf(one),
              ...one.addresses.map(
                ({ network, address, from, to, shared, since, until }) =>
                  `  ${network ?? 'any network'}: ${address}, ${days(from, to)}${shared ? ', shared' : ''} ` +
                  `(version ${since}${until === null ? '' : ` to ${until - 1}`})`,
              ),
            ].map(printable),
          );
      },
    };
  },
});

const unmatched = lookCommand({
  name: 'custodian unmatched',
  summary: 'addresses seen that belong to nobody, people of whom nothing was captured, leavers still sending',
  permission: 'directory.read',
  recorded: 'custodians-compared',
  configure: (command) =>
    command.option(
      '--limit <n>',
      'addresses to show, those with most events first',
      integer(1, 500_000),
      100,
    ),
  async look({ register, archive, context, options }) {
    const progress = new Progress(context.io, context.clock);
    const today = new Date(context.clock.now()).toISOString().slice(0, 10);
    const report = await reportOn(archive.reader, register.directory, today, (read) => {
      check(context.signal);
      progress.show(`read ${plural(read, 'record')}`);
    });
    progress.done();
    const limit = Number(options.limit);
    return {
      details: { directory: report.version, unmatched: report.unmatched.length },
      answer() {
        const addresses = report.unmatched.slice(0, limit);
        print(context, { ...report, unmatched: addresses, unmatchedTotal: report.unmatched.length }, () =>
          [
            `showing ${count(addresses.length)} of ${count(report.unmatched.length)} addresses that belong to nobody`,
            ...addresses.map(
              (one) =>
                `  ${one.network}: ${one.address}${one.name === null ? '' : ` (${one.name})`}, ${plural(one.events, 'event')}, ` +
                `${one.first.slice(0, 10)} to ${one.last.slice(0, 10)}${one.ofFirm ? '; a domain of the firm' : ''}`,
            ),
            `${plural(report.silent.length, 'person', 'people')} in employment of whom nothing was captured`,
            ...report.silent.slice(0, limit).map(({ id, names }) => `  ${id} ${names[0] ?? ''}`),
            `${plural(report.leavers.length, 'person', 'people')} of whom something was sent after their last day`,
            ...report.leavers.map(
              ({ id, employedTo, events, last }) =>
                `  ${id}, left ${employedTo}: ${plural(events, 'event')}, the last on ${last.slice(0, 10)}`,
            ),
          ].map(printable),
        );
      },
    };
  },
});

const shown = ({ former: _, ...one }: Custodian): object => ({ ...one, addresses: addressesOf(one) });

const days = (from: string | null, to: string | null): string =>
  from === null && to === null ? 'always' : `${from ?? 'ever'} to ${to ?? 'now'}`;

const lineOf = (one: Custodian): string =>
  [
    one.id,
    one.names.join(' | '),
    [one.entity, one.desk].filter((part) => part !== null).join(', '),
    one.employedFrom === null && one.employedTo === null
      ? ''
      : `employed ${days(one.employedFrom, one.employedTo)}`,
    one.counsel ? 'counsel' : '',
    one.supervisor === null ? '' : `supervisor ${one.supervisor}`,
    one.removed === null ? '' : 'taken off',
  ]
    .filter((part) => part !== '')
    .join('; ');

export const custodianCommands: readonly CommandSpec[] = [importCommand, list, show, unmatched];
