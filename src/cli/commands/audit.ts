import { type Command, InvalidArgumentError } from 'commander';
import { AUDIT, baseOf, CONTROL } from '../../core/logs.ts';
import type { Act } from '../../core/record.ts';
import type { Archive } from '../archive.ts';
import { audit as recordAudit } from '../audit.ts';
import { type CommandSpec, integer } from '../command.ts';
import { type Context, print } from '../context.ts';
import { printable } from '../io.ts';

/** `audit list`: the sealed acts of people and jobs. */
export const audit: CommandSpec = {
  name: 'audit',
  summary: 'list the sealed acts of people and jobs: searches, views, exports, changes',
  needs: 'archive',
  configure(command: Command) {
    command
      .argument('<list>', "the word 'list'", listWord)
      .option('--log <log>', `${AUDIT} (what was read) or ${CONTROL} (what was changed)`, actLog, AUDIT)
      .option('--since <date>', 'only acts from this UTC day on (YYYY-MM-DD)', day)
      .option('--action <name>', 'only acts of this name')
      .option('--limit <n>', 'the newest n', integer(1, 1_000_000), 100);
  },
  run(context, _args, options) {
    return context.withArchive(async (archive) => {
      const since = options.since === undefined ? '' : String(options.since);
      const action = options.action;
      const limit = Number(options.limit);
      const log = String(options.log);
      await recordAudit(context, archive, 'audit-listed', { log, since: since === '' ? null : since });
      const found = await newest(
        archive,
        log,
        (act) => act.at >= since && (action === undefined || act.action === action),
        limit,
      );
      for (const { name, act } of found.lines) show(context, name, act);
      context.io.err(
        `showing ${found.lines.length.toLocaleString('en')} of ${found.total.toLocaleString('en')}`,
      );
      return 0;
    });
  },
};

async function newest(
  archive: Archive,
  base: string,
  fits: (act: Act) => boolean,
  limit: number,
): Promise<{ lines: { name: string; act: Act }[]; total: number }> {
  let lines: { name: string; act: Act }[] = [];
  let total = 0;
  for (const log of await archive.reader.logs()) {
    if (baseOf(log) !== base) continue;
    const { size } = await archive.reader.head(log);
    for await (const sealed of archive.reader.scan(log, 0, size)) {
      if (sealed.type !== 'act' || !fits(sealed.record)) continue;
      total += 1;
      lines.push({ name: `${log}/${sealed.leaf}`, act: sealed.record });
      if (lines.length > 2 * limit) lines = lines.slice(-limit);
    }
  }
  return { lines: lines.slice(-limit), total };
}

function show(context: Context, name: string, act: Act): void {
  print(
    context,
    { record: name, at: act.at, actor: act.actor, action: act.action, details: act.details },
    () => [
      printable(`${name.padEnd(12)} ${act.at}  ${act.actor}  ${act.action}  ${JSON.stringify(act.details)}`),
    ],
  );
}

function listWord(text: string): string {
  if (text !== 'list') throw new InvalidArgumentError("The only word here is 'list'.");
  return text;
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
