import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { IDENTITY_NAME } from '../../archive/read/identity.ts';
import { openRestoredLogs, restoreVault } from '../../archive/restore.ts';
import { readOutsideCheckpoints } from '../../archive/verify/against.ts';
import { HoldfastError } from '../../core/errors.ts';
import type { CommandSpec } from '../command.ts';
import { print } from '../context.ts';
import { Progress } from '../progress.ts';

/** Makes an archive of a backup: verified first, then continued in the next generation of every log. */
export const restore: CommandSpec = {
  name: 'restore',
  summary: 'make an archive of a backup: verify it, copy it, open the next generation of every log',
  needs: 'nothing',
  configure(command) {
    command
      .argument('<backup>', 'folder that backup wrote')
      .option('--against <path>', 'what an outsider holds: the backup must extend it');
  },
  async run(context, [path], options) {
    const source = resolve(context.cwd, String(path));
    const vault = [join(source, 'vault'), source].find((folder) => existsSync(join(folder, IDENTITY_NAME)));
    if (vault === undefined) {
      throw new HoldfastError('bad-usage', `${source} is no backup.`, {
        hint: 'Name the folder that holdfast backup wrote.',
      });
    }
    const settings = context.settings();
    const folders = context.deployment.folders(settings);
    const progress = new Progress(context.io, context.clock);
    const against =
      options.against === undefined
        ? undefined
        : await readOutsideCheckpoints(resolve(context.cwd, String(options.against)));
    const restored = await restoreVault({
      from: context.deployment.vaultAt(vault),
      to: context.deployment.vaultAt(folders.vault),
      ...(against && { against }),
      progress: ({ objects }) => progress.show(`copied ${objects.toLocaleString('en')} objects`),
    });
    if (restored.outcome === 'refused') {
      print(context, { restored: false, verification: restored.verification }, () =>
        restored.verification.faults
          .slice(0, 20)
          .map(({ code, where, what }) => `  [${code}] ${where}: ${what}`),
      );
      throw new HoldfastError('fault-found', 'The backup has faults; nothing was restored.', {
        hint: 'Use another backup.',
      });
    }
    const keys = join(source, 'keys');
    if (existsSync(keys) && !existsSync(join(folders.keys, 'keys.json')))
      await cp(keys, folders.keys, { recursive: true });
    const canWrite = existsSync(join(folders.keys, 'keys.json'));
    const logs = canWrite
      ? await context.deployment.openGenerations(
          settings,
          context.passphrase(),
          context.caller,
          openRestoredLogs,
        )
      : [];
    const { copied, verification } = restored;
    print(
      context,
      {
        restored: true,
        id: copied.identity.id,
        objects: copied.objects,
        logs,
        readOnly: !canWrite,
        verification,
      },
      () => [
        `Restored archive ${copied.identity.id}: ${copied.objects.toLocaleString('en')} objects, verified.`,
        canWrite
          ? `Opened ${logs.join(', ')}.`
          : 'There are no keys: it can be read and verified, and no longer be added to.',
      ],
    );
    return 0;
  },
};
