import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { backupArchive } from '../../archive/backup.ts';
import { HoldfastError } from '../../core/errors.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';
import type { Io } from '../io.ts';
import { Progress } from '../progress.ts';

/** Copies the vault, consistent at its commits, and verifies the copy. */
export const backup: CommandSpec = {
  name: 'backup',
  summary:
    'copy the archive, consistent at its commits, and verify the copy; again into the same folder copies what is new',
  needs: 'files',
  configure(command) {
    command
      .requiredOption('--out <dir>', 'folder of the backup')
      .option('--with-keys', 'copy the encrypted keys too; without them a restored archive can only be read');
  },
  async run(context, _args, options) {
    const out = resolve(context.cwd, String(options.out));
    const settings = context.settings();
    const progress = new Progress(context.io, context.clock);
    const { vault, close } = await context.deployment.inspect(settings, context.io);
    try {
      await mkdir(out, { recursive: true, mode: 0o700 });
      const made = await backupArchive({
        from: vault,
        to: context.deployment.vaultAt(join(out, 'vault')),
        progress: ({ objects, bytes }) =>
          progress.show(`copied ${objects.toLocaleString('en')} objects, ${(bytes / 1e6).toFixed(1)} MB`),
      });
      if (options.withKeys === true)
        await copyKeys(context.deployment.folders(settings).keys, join(out, 'keys'), context.io);
      const { objects, bytes, heads, verification } = made;
      const answer = {
        dir: out,
        objects,
        bytes,
        keys: options.withKeys === true,
        heads: heads.map(({ log, size }) => ({ log, size })),
        verification,
      };
      print(context, answer, () => [
        `Backup in ${out}: ${objects.toLocaleString('en')} objects copied, ${verification.ok ? 'verified' : 'WITH FAULTS'}.`,
        ...heads.map(({ log, size }) => `  ${log.padEnd(10)} ${size.toLocaleString('en')} records`),
        ...verification.faults.slice(0, 20).map(({ code, where, what }) => `  [${code}] ${where}: ${what}`),
      ]);
      if (!verification.ok)
        throw new HoldfastError('fault-found', 'The copy has faults, so it is no backup.', {
          hint: "Run 'holdfast verify' on the archive itself.",
        });
      return 0;
    } finally {
      await close();
    }
  },
};

/** The key file is encrypted; a passphrase that `init` wrote beside it comes along, and then the copy opens itself. */
async function copyKeys(from: string, to: string, io: Io): Promise<void> {
  await cp(from, to, { recursive: true });
  if (existsSync(join(to, 'passphrase'))) {
    io.err(`Warning: ${join(to, 'passphrase')} opens the keys in this backup. Keep it apart from them.`);
  }
}
