import type { Settings } from '../config/settings.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { Archive, Deployment } from './archive.ts';
import type { Caller } from './caller.ts';

/** All that a command line needs of the world. */
export interface World {
  readonly environment: { readonly [name: string]: string | undefined };
  readonly clock: Clock;
  readonly random: Random;
  readonly deployment: Deployment;
}

/** What every command gets. */
export interface Context extends Caller, World {
  readonly caller: Caller;
  readonly json: boolean;
  settings(): Settings;
  /** Settings of the embedded archive in a folder. */
  settingsFor(data: string): Settings;
  passphrase(): string | undefined;
  /** Runs `use` on the open archive: opened here, or the one that this process holds already. */
  withArchive<T>(use: (archive: Archive) => Promise<T>): Promise<T>;
}

/** Prints a result: one JSON document with `--json`, else the lines of `prose`. */
export function print(context: Context, value: unknown, prose: () => readonly string[]): void {
  if (context.json) context.io.out(JSON.stringify(value));
  else for (const line of prose()) context.io.out(line);
}

/** Throws where the caller has gone or asked to stop. */
export function check(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new HoldfastError('interrupted', 'The command was interrupted.', {
      hint: 'Run it again: what was acknowledged is kept, the rest is taken up where it stopped.',
    });
  }
}
