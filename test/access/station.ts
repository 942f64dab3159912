import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Access } from '../../src/access/access.ts';
import { FolderVault } from '../../src/engines/embedded/folder-vault.ts';

/** Two nodes over one access store, and a clock that is moved by hand. */
export function station() {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-access-'));
  const time = { now: Date.UTC(2026, 10, 21, 9) };
  const keys = {
    token: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    store: randomBytes(32),
  };
  const node = (archive = 'north') =>
    new Access({
      vault: new FolderVault(join(folder, 'access')),
      keys,
      archive,
      clock: { now: () => time.now },
      random: { bytes: (length) => randomBytes(length) },
    });
  return {
    folder,
    keys,
    node,
    here: node(),
    there: node(),
    pass(ms: number): void {
      time.now += ms;
    },
    now: () => time.now,
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const PASSWORD = 'seven quiet herons';
