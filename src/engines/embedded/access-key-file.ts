/** `access.json`: the keys of accounts and tokens, beside the archive's own. Losing it costs sign-ins, never evidence. */
import type { KeyObject } from 'node:crypto';
import { isHoldfastError } from '../../core/errors.ts';
import type { Random } from '../../core/ports/clock.ts';
import { newP256, p256Of } from './p256.ts';
import { damagedFile, readSealedFile, type SealedFile, writeSealedFile } from './sealed-file.ts';

const FILE = 'access.json';

export interface AccessKeys {
  /** P-256, private: signs access tokens. */
  readonly token: KeyObject;
  /** 32 bytes: encrypts what the access store keeps. */
  readonly store: Uint8Array;
}

/** Opens the keys; makes them first where there are none, as in an archive of an older version. Errors: see `openKeys`. */
export async function openAccessKeys(dir: string, passphrase: string, random: Random): Promise<AccessKeys> {
  try {
    return keysOf(await readSealedFile(dir, FILE, passphrase));
  } catch (error) {
    if (!isHoldfastError(error, 'key-missing')) throw error;
  }
  const secrets = { token: newP256(random).number, store: random.bytes(32) };
  try {
    await writeSealedFile(dir, FILE, { secrets, open: {} }, passphrase, random);
  } catch (error) {
    // Another node made them at the same moment: its keys are the ones.
    if (!isHoldfastError(error, 'archive-exists')) throw error;
  }
  return keysOf(await readSealedFile(dir, FILE, passphrase));
}

function keysOf({ secrets: { token, store } }: SealedFile): AccessKeys {
  if (token === undefined || store === undefined) throw damagedFile(FILE);
  return { token: p256Of(token).key, store };
}
