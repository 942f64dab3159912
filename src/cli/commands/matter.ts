import { InvalidArgumentError } from 'commander';
import type { Matter } from '../../core/control/register.ts';
import { isZone } from '../../core/search/zones.ts';
import { actCommand, expected, known, lookCommand } from '../act-command.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';
import { printable } from '../io.ts';
import { reachableProductions } from '../producing.ts';

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const open = actCommand({
  name: 'matter open',
  summary: 'open a matter: a name for the house, a reference for everybody else',
  permission: 'matter.open',
  action: 'matter.open',
  configure: (command) =>
    command
      .argument('<matter>', 'internal name; it is never printed in what leaves the archive')
      .requiredOption('--reference <text>', 'external reference: the only name that leaves the archive')
      .option('--zone <zone>', "in which its days are counted, for ever (default: the archive's)", zone)
      .option('--member <account>', 'who may act in it; may be given several times', several, []),
  details: ({ args, options, archive }) => ({
    matter: args[0] ?? '',
    expects: 0,
    reference: String(options.reference),
    zone: options.zone === undefined ? archive.settings.zone : String(options.zone),
    members: [...(options.member as readonly string[])],
  }),
  done: ({ register }, { matter }) => ({
    thing: { matter: register.matters.get(matter) ?? null },
    says: `Opened the matter ${matter}.`,
  }),
});

const change = actCommand({
  name: 'matter change',
  summary: 'change the reference or the members of a matter',
  permission: 'matter.change',
  action: 'matter.change',
  configure: (command) =>
    command
      .argument('<matter>')
      .option('--reference <text>', 'external reference')
      .option('--member <account>', 'all who may act in it from now on', several, []),
  details({ register, args, options }) {
    const matter = known(register.matters, args[0] ?? '', 'matter');
    const members = options.member as readonly string[];
    return {
      matter: matter.matter,
      expects: expected(options, matter),
      reference: options.reference === undefined ? matter.reference : String(options.reference),
      members: [...(members.length === 0 ? matter.members : members)],
    };
  },
  done: ({ register }, { matter }) => ({
    thing: { matter: register.matters.get(matter) ?? null },
    says: `Changed the matter ${matter}.`,
  }),
});

const list = lookCommand({
  name: 'matter list',
  summary: 'list matters',
  permission: 'matter.read',
  recorded: 'matters-listed',
  configure: (command) => command,
  look: async ({ register, context }) => ({
    details: {},
    answer() {
      for (const matter of register.matters.values())
        print(context, matter, () => [printable(lineOf(matter))]);
    },
  }),
});

const show = lookCommand({
  name: 'matter show',
  summary: 'show a matter and what belongs to it',
  permission: 'matter.read',
  recorded: 'matter-viewed',
  configure: (command) => command.argument('<matter>'),
  async look({ register, args, context, acting }) {
    const matter = known(register.matters, args[0] ?? '', 'matter');
    const productions = reachableProductions(context, register, acting).filter(
      (one) => one.matter === matter.matter,
    );
    return {
      details: { matter: matter.matter },
      answer: () =>
        print(context, { ...matter, productions }, () =>
          [
            lineOf(matter),
            `  days in ${matter.zone}; members ${matter.members.join(', ') || 'nobody'}; opened by ${matter.opened.actor} at ${matter.opened.at}`,
            ...productions.map(
              ({ production, prefix, first, last }) =>
                `  production ${production}: ${prefix} ${first} to ${last}`,
            ),
          ].map(printable),
        ),
    };
  },
});

const lineOf = ({ matter, reference }: Matter): string => `${matter.padEnd(20)} ${reference}`;

function zone(value: string): string {
  if (isZone(value)) return value;
  throw new InvalidArgumentError(
    'A zone is an IANA name such as America/New_York, or an offset such as -05:00.',
  );
}

export const matterCommands: readonly CommandSpec[] = [open, change, list, show];
