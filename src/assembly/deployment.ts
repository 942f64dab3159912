import type { Archive, Deployment } from '../cli/archive.ts';
import type { Caller } from '../cli/caller.ts';
import type { World } from '../cli/context.ts';
import { run } from '../cli/run.ts';
import { FolderVault } from '../engines/embedded/folder-vault.ts';
import { embeddedFolders } from './embedded.ts';
import { EmbeddedDeployment } from './embedded-deployment.ts';

/** The one place where the mode is chosen. The clients of Kafka and Elasticsearch are loaded only where they are used. */
export function deployment(world: Omit<World, 'deployment'>): Deployment {
  const runHeld = (argv: readonly string[], caller: Caller, archive: Archive): Promise<number> =>
    run(argv, caller, { ...world, deployment: chosen }, archive);
  const embedded = new EmbeddedDeployment(runHeld);
  const distributed = async () =>
    new (await import('./distributed-deployment.ts')).DistributedDeployment(runHeld);
  const chosen: Deployment = {
    init: async (settings, passphrase, caller) =>
      settings.mode === 'embedded'
        ? embedded.init(settings, passphrase, caller)
        : (await distributed()).init(settings, passphrase, caller),
    elsewhere: async (settings, argv, caller) =>
      settings.mode === 'embedded' ? embedded.elsewhere(settings, argv, caller) : undefined,
    withArchive: async (settings, passphrase, caller, use) =>
      settings.mode === 'embedded'
        ? embedded.withArchive(settings, passphrase, caller, use)
        : (await distributed()).withArchive(settings, passphrase, caller, use),
    start: async (settings, passphrase, roles, caller) =>
      settings.mode === 'embedded'
        ? embedded.start(settings, passphrase, roles, caller)
        : (await distributed()).start(settings, passphrase, roles, caller),
    inspect: async (settings, io) =>
      settings.mode === 'embedded' ? embedded.inspect(settings) : (await distributed()).inspect(settings, io),
    openGenerations: async (settings, passphrase, caller, open) =>
      settings.mode === 'embedded'
        ? embedded.openGenerations(settings, passphrase, caller, open)
        : (await distributed()).openGenerations(settings, passphrase, caller, open),
    vaultAt: (folder) => new FolderVault(folder),
    folders: (settings) => (settings.mode === 'embedded' ? embeddedFolders(settings.data) : settings),
  };
  return chosen;
}
