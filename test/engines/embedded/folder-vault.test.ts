import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
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

  test('locks what it stores from its first moment, by the longest date that anybody gave', async () => {
    const vault = new FolderVault(folder);
    const put = (until?: string) => vault.put([{ name: 'captures/a', bytes: Buffer.from('x'), until }]);
    await put('2150-06-30T23:59:59.999Z');
    expect(await vault.lockedUntil('captures/a')).toBe('2150-06-30T23:59:59.999Z');
    await put('2149-01-01T00:00:00.000Z');
    await put();
    expect(await vault.lockedUntil('captures/a')).toBe('2150-06-30T23:59:59.999Z');
    await put('2160-01-01T00:00:00.000Z');
    expect(await vault.lockedUntil('captures/a')).toBe('2160-01-01T00:00:00.000Z');
    const stream = async (until: string) => {
      const { sha256 } = await vault.putStream('captures/', Readable.from([Buffer.from('y')]), until);
      return vault.lockedUntil(`captures/${sha256}`);
    };
    expect(await stream('2150-01-01T00:00:00.000Z')).toBe('2150-01-01T00:00:00.000Z');
    expect(await stream('2151-01-01T00:00:00.000Z')).toBe('2151-01-01T00:00:00.000Z');
  });

  test('removes what a crash left, and nothing that is being written', async () => {
    const vault = new FolderVault(folder);
    await vault.put([{ name: 'captures/a', bytes: Buffer.from('x') }]);
    const born = async (name: string): Promise<number> => {
      await writeFile(join(folder, '.tmp', name), 'x');
      // Times that say nothing about when it was written: a retain-until date, and one that has passed.
      await utimes(join(folder, '.tmp', name), 1_000, name === 'old' ? 10_000_000_000 : 1_000);
      return (await stat(join(folder, '.tmp', name))).ctimeMs;
    };
    const old = await born('old');
    let young = old;
    while (young <= old) young = await born('young');
    expect(await vault.clean(young)).toBe(1);
    expect(await Array.fromAsync(vault.list(''))).toEqual(['captures/a']);
    await stat(join(folder, '.tmp/young'));
  });
});
