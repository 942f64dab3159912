import { InvalidArgumentError } from 'commander';
import type { Grant } from '../../core/control/register.ts';
import { LANGUAGES } from '../../core/search/language.ts';
import { parseQuery } from '../../core/search/parse.ts';
import { actCommand, expected, known, lookCommand } from '../act-command.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';
import { printable } from '../io.ts';

const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];

const add = actCommand({
  name: 'grant add',
  summary: 'let an auditor see what a scope finds, for a time',
  permission: 'grant.add',
  action: 'grant.add',
  configure: (command) =>
    command
      .argument('<grant>', 'its name')
      .requiredOption('--account <account>', 'the auditor')
      .requiredOption('--scope <query>', 'what he may see (docs/search.md)')
      .option('--from <instant>', 'from when on: a UTC day or instant', instant)
      .option('--to <instant>', 'until when: a UTC day or instant, itself excluded', instant)
      .option('--may-download', 'he may also take exports away')
      .option(
        '--production <name>',
        'a production that he may see as well; may be given several times',
        several,
        [],
      )
      .requiredOption('--reason <text>', 'why'),
  details({ args, options }) {
    parseQuery(String(options.scope));
    return {
      grant: args[0] ?? '',
      expects: 0,
      account: String(options.account),
      scope: String(options.scope),
      language: LANGUAGES.current,
      from: options.from === undefined ? null : String(options.from),
      to: options.to === undefined ? null : String(options.to),
      mayDownload: options.mayDownload === true,
      productions: [...(options.production as readonly string[])],
      reason: String(options.reason),
    };
  },
  done: ({ register }, { grant, account }) => ({
    thing: { grant: register.grants.get(grant) ?? null },
    says: `${account} may see what the grant ${grant} names.`,
  }),
});

const revoke = actCommand({
  name: 'grant revoke',
  summary: 'end a grant',
  permission: 'grant.revoke',
  action: 'grant.revoke',
  configure: (command) => command.argument('<grant>').requiredOption('--reason <text>', 'why'),
  details({ register, args, options }) {
    const grant = known(register.grants, args[0] ?? '', 'grant');
    return { grant: grant.grant, expects: expected(options, grant), reason: String(options.reason) };
  },
  done: ({ register }, { grant }) => ({
    thing: { grant: register.grants.get(grant) ?? null },
    says: `Ended the grant ${grant}.`,
  }),
});

const list = lookCommand({
  name: 'grant list',
  summary: 'list grants, those that have ended too',
  permission: 'grant.read',
  recorded: 'grants-listed',
  configure: (command) => command.option('--account <account>', 'only those of one account'),
  look: async ({ register, context, options }) => ({
    details: {},
    answer() {
      for (const grant of register.grants.values())
        if (options.account === undefined || grant.account === options.account)
          print(context, grant, () => [printable(lineOf(grant))]);
    },
  }),
});

function lineOf({ grant, account, scope, from, to, mayDownload, revoked }: Grant): string {
  const time = `${from ?? 'now'} to ${to ?? 'its end'}`;
  const state = revoked === null ? '' : `  (ended by ${revoked.actor} at ${revoked.at})`;
  return `${grant.padEnd(16)} ${account}  ${time}${mayDownload ? ', may download' : ''}: ${scope.text}${state}`;
}

function instant(value: string): string {
  const written = /^\d{4}-\d{2}-\d{2}$/u.test(value) ? `${value}T00:00:00.000Z` : value;
  if (!/^\d{4}-\d{2}-\d{2}T.*Z$/u.test(written) || Number.isNaN(Date.parse(written)))
    throw new InvalidArgumentError('An instant is a UTC day (2026-03-01) or 2026-03-01T09:30:00Z.');
  return new Date(Date.parse(written)).toISOString();
}

export const grantCommands: readonly CommandSpec[] = [add, list, revoke];
