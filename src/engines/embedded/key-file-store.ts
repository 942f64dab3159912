/** `keys.json`: the archive's own keys. The certificates stand in the clear: they are public, and a person may read them. */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Random } from '../../core/ports/clock.ts';
import { damagedFile, readSealedFile, writeSealedFile } from './sealed-file.ts';

/** What the file keeps. Secrets are raw: Ed25519 seeds, P-256 private numbers, an HMAC key; 32 bytes each. */
export interface StoredKeys {
  readonly secrets: Readonly<Record<'ledger' | 'node' | 'root' | 'seal' | 'dedup', Uint8Array>>;
  readonly chain: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
}

const FILE = 'keys.json';

const base64 = z.base64().max(1_000_000);
const openSchema = z.strictObject({
  chain: z.array(base64).min(1).max(10),
  crls: z.array(base64).max(10),
});
const secret = z.instanceof(Uint8Array);
const secretsSchema = z.strictObject({
  ledger: secret,
  node: secret,
  root: secret,
  seal: secret,
  dedup: secret,
});

/** Writes the file durably; `archive-exists` where one is there. */
export function writeKeyFile(
  dir: string,
  { secrets, chain, crls }: StoredKeys,
  passphrase: string,
  random: Random,
): Promise<void> {
  const open = { chain: chain.map(encode), crls: crls.map(encode) };
  return writeSealedFile(dir, FILE, { secrets, open }, passphrase, random);
}

/** Reads and decrypts. Errors: see `openKeys`. */
export async function readKeyFile(dir: string, passphrase: string): Promise<StoredKeys> {
  const { open, secrets } = await readSealedFile(dir, FILE, passphrase);
  try {
    const { chain, crls } = openSchema.parse(open);
    for (const certificate of chain) new X509Certificate(decode(certificate));
    return { secrets: secretsSchema.parse(secrets), chain: chain.map(decode), crls: crls.map(decode) };
  } catch {
    throw damagedFile(FILE);
  }
}

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const decode = (text: string): Buffer => Buffer.from(text, 'base64');
