import { loadSettings, passphraseFrom, type SettingFlags } from '../config/load.ts';
import type { Archive } from './archive.ts';
import type { Caller } from './caller.ts';
import type { Options } from './command.ts';
import type { Context, World } from './context.ts';
import { ANSWERED, read } from './program.ts';
import { report } from './report.ts';

/**
 * Runs one command line to its exit code. Never throws: an error is a sentence, a hint and a code on stderr. `held`:
 * the archive that this process holds already, when it runs a command for another.
 */
export async function run(
  argv: readonly string[],
  caller: Caller,
  world: World,
  held?: Archive,
): Promise<number> {
  try {
    const invocation = read(argv, caller.io);
    if (invocation === ANSWERED) return 0;
    const { command, args, options } = invocation;
    const context = contextFor(options, caller, world, held);
    if (command.needs === 'archive' && command.alone?.(options) !== true && held === undefined) {
      const code = await world.deployment.elsewhere(context.settings(), argv, caller);
      if (code !== undefined) return code;
    }
    return (await command.run(context, args, options)) ?? 0;
  } catch (error) {
    return report(error, caller.io, argv.includes('--json'));
  }
}

function contextFor(options: Options, caller: Caller, world: World, held: Archive | undefined): Context {
  const settings = () =>
    held?.settings ?? loadSettings(options as SettingFlags, world.environment, caller.cwd);
  const passphrase = () => passphraseFrom(world.environment);
  return {
    ...caller,
    ...world,
    caller,
    json: options.json === true,
    settings,
    settingsFor: (data) => loadSettings({ data }, world.environment, caller.cwd),
    passphrase,
    withArchive: (use) =>
      held === undefined ? world.deployment.withArchive(settings(), passphrase(), caller, use) : use(held),
  };
}
