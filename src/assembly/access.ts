import { join } from 'node:path';
import { Access } from '../access/access.ts';
import { openAccessKeys } from '../engines/embedded/access-key-file.ts';
import { FolderVault } from '../engines/embedded/folder-vault.ts';
import { systemClock, systemRandom } from './system.ts';

/**
 * Who the accounts of an archive are, opened when it is first asked for: most commands have no accounts in them, and the
 * passphrase takes its time. Every node of the archive sees the same folder of keys. `passphrase`: the one of the keys.
 */
export function accessTo(keys: string, passphrase: string, archive: string): () => Promise<Access> {
  let opened: Promise<Access> | undefined;
  return () => {
    opened ??= openAccessKeys(keys, passphrase, systemRandom).then(
      (accessKeys) =>
        new Access({
          vault: new FolderVault(join(keys, 'access')),
          keys: accessKeys,
          archive,
          clock: systemClock,
          random: systemRandom,
        }),
    );
    return opened;
  };
}
