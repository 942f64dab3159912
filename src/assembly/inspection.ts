import { existsSync } from 'node:fs';
import { readIdentity } from '../archive/read/identity.ts';
import type { Inspection } from '../cli/archive.ts';
import type { Settings } from '../config/settings.ts';
import { FolderVault } from '../engines/embedded/folder-vault.ts';
import { SqliteIndex } from '../engines/embedded/sqlite-index.ts';
import { embeddedFolders } from './embedded.ts';

/** Vault and index for reading, beside whoever holds the archive. `says`: that a server is waited for. */
export async function inspectArchive(settings: Settings, says: (what: string) => void): Promise<Inspection> {
  if (settings.mode === 'distributed') {
    const { openIndex } = await import('./distributed-engines.ts');
    const vault = new FolderVault(settings.vault);
    const index = await openIndex(settings, await readIdentity(vault), says);
    return { vault, index, close: () => index.close() };
  }
  const folders = embeddedFolders(settings.data);
  const vault = new FolderVault(folders.vault);
  if (!existsSync(folders.index)) return { vault, close: async () => {} };
  const index = new SqliteIndex({ folder: folders.index, readOnly: true });
  return { vault, index, close: () => index.close() };
}
