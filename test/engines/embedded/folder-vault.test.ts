import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderVault } from '../../../src/engines/embedded/folder-vault.ts';
import { vaultContract } from '../../contract/vault.ts';

vaultContract('The folder vault', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-vault-'));
  return {
    vault: new FolderVault(join(folder, 'vault')),
    open: async () => new FolderVault(join(folder, 'vault')),
    dispose: () => rm(folder, { recursive: true }),
  };
});

describe('The folder vault', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-vault-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('leaves files that nobody may write', async () => {
    const vault = new FolderVault(folder);
    await vault.put([{ name: 'captures/a', bytes: Buffer.from('x') }]);
    expect((await stat(join(folder, 'captures/a'))).mode & 0o222).toBe(0);
  });

  test('lengthens a retain-until date and never shortens it', async () => {
    const vault = new FolderVault(folder);
    await vault.put([{ name: 'captures/a', bytes: Buffer.from('x') }]);
    await vault.lock('captures/a', '2150-06-30T23:59:59.999Z');
    await vault.lock('captures/a', '2149-01-01T00:00:00.000Z');
    expect(await vault.lockedUntil('captures/a')).toBe('2150-06-30T23:59:59.999Z');
    await vault.get('captures/a');
    await vault.lock('captures/a', '2160-01-01T00:00:00.000Z');
    expect(await vault.lockedUntil('captures/a')).toBe('2160-01-01T00:00:00.000Z');
  });

  test('removes what a crash left, and nothing that is being written', async () => {
    const vault = new FolderVault(folder);
    await vault.put([{ name: 'captures/a', bytes: Buffer.from('x') }]);
    await writeFile(join(folder, '.tmp/old'), 'x');
    await utimes(join(folder, '.tmp/old'), 1_000, 1_000);
    await writeFile(join(folder, '.tmp/young'), 'x');
    expect(await vault.clean(Date.now() - 60_000)).toBe(1);
    expect(await Array.fromAsync(vault.list(''))).toEqual(['captures/a']);
    await stat(join(folder, '.tmp/young'));
  });
});
