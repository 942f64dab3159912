import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../core/errors.ts';
import type { Random } from '../core/ports/clock.ts';

const FILE = 'passphrase';

/** The passphrase given, else the one that `init` wrote beside the keys. */
export function findPassphrase(keys: string, given: string | undefined): string {
  if (given !== undefined) return given;
  const path = join(keys, FILE);
  if (!existsSync(path)) {
    throw new HoldfastError('key-missing', 'No passphrase for the keys of this archive is given.', {
      hint: `Set HOLDFAST_PASSPHRASE, or put the passphrase into ${path} (mode 0600).`,
    });
  }
  return readFileSync(path, 'utf8').trim();
}

/**
 * Draws a passphrase and writes it beside the keys (0600). For archives made without one: convenience, not secrecy. One
 * that is there from an `init` that was cut short is used.
 */
export async function writePassphrase(
  keys: string,
  random: Random,
): Promise<{ passphrase: string; file: string }> {
  const file = join(keys, FILE);
  await mkdir(keys, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) {
    await writeFile(file, `${Buffer.from(random.bytes(24)).toString('base64url')}\n`, {
      mode: 0o600,
      flag: 'wx',
    });
  }
  return { passphrase: findPassphrase(keys, undefined), file };
}
