import { Command, CommanderError } from 'commander';
import { HoldfastError } from '../core/errors.ts';
import type { CommandSpec, Options } from './command.ts';
import { COMMANDS, GROUPS } from './commands/index.ts';
import type { Io } from './io.ts';

/** A command line that was read: which command, with what. Running it is `run.ts`'s. */
export interface Invocation {
  readonly command: CommandSpec;
  readonly args: readonly unknown[];
  readonly options: Options;
}

/** Help was asked for and printed, or nothing was to do. */
export const ANSWERED = Symbol('answered');

/**
 * Reads a command line. Throws `bad-usage` with a hint for what cannot be read; prints help and version to `out` and
 * answers {@link ANSWERED}.
 */
export function read(argv: readonly string[], io: Io): Invocation | typeof ANSWERED {
  let found: Invocation | undefined;
  const errors: string[] = [];
  const program = new Command('holdfast')
    .description('The archive for instant messages: everything captured is kept, found, and proved.')
    .version('0.1.0', '-V, --version', 'print the version')
    .helpCommand('help [command]', 'how a command is used')
    .showSuggestionAfterError(true);
  const groups = new Map<string, Command>();
  for (const spec of COMMANDS) {
    const [first = '', second] = spec.name.split(' ');
    const command = (second === undefined ? program : groupOf(program, groups, first))
      .command(second ?? first)
      .summary(spec.summary)
      .description(spec.summary)
      .option('--data <dir>', 'folder of an embedded archive (default: HOLDFAST_DATA, else ./data)')
      .option('--config <file>', 'configuration file (default: HOLDFAST_CONFIG)')
      .option('--json', 'one JSON document on stdout, or one a line for lists');
    spec.configure(command);
    command.action(() => {
      found = { command: spec, args: command.processedArgs, options: command.opts() };
    });
  }
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => errors.push(text),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    });
  }
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return ANSWERED;
    throw new HoldfastError('bad-usage', sentence(error, errors), { hint: usageHint(argv) });
  }
  return found ?? ANSWERED;
}

/** The command that others stand below: `hold` of `hold place`. */
function groupOf(program: Command, groups: Map<string, Command>, name: string): Command {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const summary = GROUPS[name] ?? name;
  const group = program.command(name).summary(summary).description(summary);
  groups.set(name, group);
  return group;
}

function sentence(error: CommanderError, errors: readonly string[]): string {
  if (error.code === 'commander.help') return 'Name a command.';
  const text = (errors[0] ?? error.message)
    .replace(/^error: /, '')
    .trim()
    .split('\n')
    .join(' ');
  const cut = text.length > 300 ? `${text.slice(0, 300)}…` : text;
  return `${cut.charAt(0).toUpperCase()}${cut.slice(1)}${/[.?)]$/.test(cut) ? '' : '.'}`;
}

function usageHint(argv: readonly string[]): string {
  const [first = '', second = ''] = argv;
  const known =
    COMMANDS.find(({ name }) => name === `${first} ${second}` || name === first) ??
    COMMANDS.find(({ name }) => name.startsWith(`${first} `));
  return known === undefined
    ? "'holdfast help' lists the commands."
    : `'holdfast help ${known.name.split(' ')[0]}' shows how it is used.`;
}
