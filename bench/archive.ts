import { deployment } from '../src/assembly/deployment.ts';
import { systemClock, systemRandom } from '../src/assembly/system.ts';
import type { Archive } from '../src/cli/archive.ts';
import type { Settings } from '../src/config/settings.ts';
import { settingsSchema } from '../src/config/settings.ts';

const PASSPHRASE = 'for the benchmark only';

/** Runs `use` on an open archive in this process, as the command line would. */
export function withArchive<T>(settings: object, use: (archive: Archive) => Promise<T>): Promise<T> {
  const world = { environment: {}, clock: systemClock, random: systemRandom };
  const parsed: Settings = settingsSchema.parse(settings);
  const caller = {
    io: {
      out: () => {},
      err: (line: string) => console.error(`  ${line}`),
      transient: () => {},
      drained: async () => {},
    },
    cwd: process.cwd(),
    actor: 'os:bench@localhost',
    signal: new AbortController().signal,
  };
  return deployment(world).withArchive(parsed, PASSPHRASE, caller, use);
}
