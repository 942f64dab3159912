import { type Command, InvalidArgumentError } from 'commander';
import { newestActs } from '../../archive/read/newest-acts.ts';
import { isListed, shownAct } from '../../core/control/listed-act.ts';
import { actorOf, may } from '../../core/control/step.ts';
import { count } from '../../core/counted.ts';
import { ACT_LOGS, AUDIT, CONTROL } from '../../core/logs.ts';
import { lookCommand } from '../act-command.ts';
import type { CommandSpec, Options } from '../command.ts';
import { integer } from '../command.ts';
import { print } from '../context.ts';
import { printable } from '../io.ts';
import { recordName } from './record-name.ts';

/** `audit list`: the sealed acts of people and jobs. */
export const audit: CommandSpec = lookCommand({
  name: 'audit list',
  summary: 'list the sealed acts of people and jobs: searches, views, exports, changes',
  permission: 'audit.read',
  recorded: 'audit-listed',
  configure: (command: Command) =>
    command
      .option(
        '--log <log>',
        `${AUDIT} (what was read) or ${CONTROL} (what was changed); default: both`,
        actLog,
      )
      .option('--since <date>', 'only acts from this UTC day on (YYYY-MM-DD)', day)
      .option('--action <name>', 'only acts of this name')
      .option('--account <account>', 'only acts by or about an account')
      .option('--record <record>', 'only acts that looked at a record: LOG/LEAF', recordName)
      .option('--matter <matter>', 'only acts on a matter, its holds and productions')
      .option('--limit <n>', 'the newest n', integer(1, 1_000_000), 100),
  async look({ register, options, archive, context, acting }) {
    const filter = filterOf(options);
    const logs = options.log === undefined ? ACT_LOGS : [String(options.log)];
    const actor = actorOf(register, acting.actor);
    const reader = {
      texts: actor !== undefined && may(actor, 'audit.read-queries'),
      holds: actor !== undefined && may(actor, 'hold.read'),
    };
    const { acts, total } = await newestActs(
      archive.reader,
      logs,
      (act) => isListed(act, filter, register) && shownAct(act, reader) !== undefined,
      Number(options.limit),
    );
    return {
      details: { ...(options.log === undefined ? {} : { log: String(options.log) }), ...filter },
      answer() {
        for (const { name, act } of acts) {
          const shown = shownAct(act, reader);
          if (shown === undefined) continue;
          const { at, actor: by, action, details } = shown;
          print(context, { record: name, at, actor: by, action, details }, () => [
            printable(`${name.padEnd(12)} ${at}  ${by}  ${action}  ${JSON.stringify(details)}`),
          ]);
        }
        context.io.err(`showing ${count(acts.length)} of ${count(total)}`);
      },
    };
  },
});

function filterOf(options: Options): { readonly [name: string]: string } {
  const given = (['since', 'action', 'account', 'record', 'matter'] as const).flatMap((name) =>
    options[name] === undefined ? [] : [[name, String(options[name])] as const],
  );
  return Object.fromEntries(given);
}

function actLog(text: string): string {
  if (text !== AUDIT && text !== CONTROL) throw new InvalidArgumentError(`It is ${AUDIT} or ${CONTROL}.`);
  return text;
}

function day(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('A day is written YYYY-MM-DD.');
  return text;
}
