import { type Command, InvalidArgumentError } from 'commander';
import type { Context } from './context.ts';

/** Values of options by camel-case name; each command reads its own by the schema beside it. */
export type Options = { readonly [name: string]: unknown };

/** A command of the command line: how it is written, and what it does. */
export interface CommandSpec {
  /** One word, or two: `hold place` stands below `hold`. */
  readonly name: string;
  readonly summary: string;
  /** `archive`: opens the archive and may run in its holder. `files`: reads files and takes no lock. */
  readonly needs: 'archive' | 'files' | 'nothing';
  /** Whether these options make it do without the archive. */
  alone?(options: Options): boolean;
  /** Declares arguments and options; the global ones are there already. */
  configure(command: Command): void;
  /** Resolves to the exit code (0 where nothing is returned). */
  run(context: Context, args: readonly unknown[], options: Options): Promise<number | undefined>;
}

/** A parser for whole numbers in a range, for `option()`. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,15}$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}
