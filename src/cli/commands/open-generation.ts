import { openNextGeneration } from '../../archive/seal/generation.ts';
import { HoldfastError } from '../../core/errors.ts';
import { parseLogName } from '../../core/logs.ts';
import type { LogName } from '../../core/record.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';

/** What a person decides after an incident: the log goes on in its next generation, and control says so. */
export const openGeneration: CommandSpec = {
  name: 'open-generation',
  summary: 'after an incident: close a log where it stopped and go on in its next generation',
  needs: 'files',
  configure(command) {
    command.argument('<logs...>', 'logs that have stopped: m0, audit, control; stop all archivers first');
  },
  async run(context, [named]) {
    const logs = (named as string[]).map(openLog);
    const opened = await context.deployment.openGenerations(
      context.settings(),
      context.passphrase(),
      context.caller,
      async (tools) => {
        const names: LogName[] = [];
        // Control first: the acts that open the others are sealed there.
        for (const log of logs.sort((a, b) => Number(b === 'control') - Number(a === 'control'))) {
          const name = await openNextGeneration(tools, log, 'decided');
          if (name !== undefined) names.push(name);
        }
        return names;
      },
    );
    print(context, { opened }, () => [
      `Opened ${opened.join(', ') || 'nothing'}. What was carried and not sealed is carried again when an archiver starts.`,
    ]);
    return 0;
  },
};

function openLog(text: string): LogName {
  const log = parseLogName(text);
  if (log === undefined || log.generation !== 1) {
    throw new HoldfastError('bad-usage', `'${text.slice(0, 40)}' is no log.`, {
      hint: 'Name m0 and so on, audit, or control.',
    });
  }
  return log.base;
}
