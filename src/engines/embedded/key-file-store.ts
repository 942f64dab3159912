/**
 * `keys.json`: written once, never changed. The passphrase passes scrypt; AES-256-GCM encrypts all secrets as one
 * text, with everything else of the file as associated data, so that nothing in it can be exchanged unseen. The
 * certificates stand in the clear: they are public, and a person may want to read them.
 */
import { createCipheriv, createDecipheriv, scrypt, X509Certificate } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HoldfastError } from '../../core/errors.ts';
import { canonical } from '../../core/json.ts';
import type { Random } from '../../core/ports/clock.ts';
import { errnoOf, storageError } from '../../core/storage-error.ts';

/** What the file keeps. Secrets are raw: Ed25519 seeds, P-256 private numbers, an HMAC key; 32 bytes each. */
export interface StoredKeys {
  readonly secrets: Readonly<Record<'ledger' | 'node' | 'root' | 'seal' | 'dedup', Uint8Array>>;
  readonly chain: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
}

const FILE = 'keys.json';
/** 64 MiB and some 200 ms on a small machine: paid once a process. */
const COST = { N: 65_536, r: 8, p: 1 };
const MAX_MEMORY = 512 * 1024 * 1024;

const base64 = z.base64().max(1_000_000);
const headerSchema = z.strictObject({
  v: z.literal(1),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    // Bounded: a planted file must not make the process take all memory.
    N: z.int().min(1024).max(262_144),
    r: z.int().min(1).max(16),
    p: z.int().min(1).max(4),
    salt: base64,
  }),
  cipher: z.literal('aes-256-gcm'),
  nonce: base64,
  chain: z.array(base64).min(1).max(10),
  crls: z.array(base64).max(10),
});
const fileSchema = headerSchema.extend({ tag: base64, secrets: base64 });
const secret = z.base64().length(44);
const secretsSchema = z.strictObject({
  ledger: secret,
  node: secret,
  root: secret,
  seal: secret,
  dedup: secret,
});

/** Writes the file durably; `archive-exists` where one is there. */
export async function writeKeyFile(
  dir: string,
  keys: StoredKeys,
  passphrase: string,
  random: Random,
): Promise<void> {
  const header: z.infer<typeof headerSchema> = {
    v: 1,
    kdf: { name: 'scrypt', ...COST, salt: encode(random.bytes(16)) },
    cipher: 'aes-256-gcm',
    nonce: encode(random.bytes(12)),
    chain: keys.chain.map(encode),
    crls: keys.crls.map(encode),
  };
  const cipher = createCipheriv('aes-256-gcm', await derive(passphrase, header), decode(header.nonce));
  cipher.setAAD(Buffer.from(canonical(header)));
  const plain = canonical(
    Object.fromEntries(Object.entries(keys.secrets).map(([name, bytes]) => [name, encode(bytes)])),
  );
  const secrets = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  const text = `${JSON.stringify({ ...header, tag: encode(cipher.getAuthTag()), secrets: encode(secrets) }, null, 2)}\n`;
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await chmod(dir, 0o700);
    await writeOnce(
      join(dir, FILE),
      text,
      `${join(dir, FILE)}.${Buffer.from(random.bytes(6)).toString('hex')}`,
    );
    await syncFolder(dir);
  } catch (error) {
    throw storageError(error, 'writing the key file');
  }
}

/** A temporary name, fsync, then `link(2)`: the file appears whole or not at all, and never replaces another. */
async function writeOnce(path: string, text: string, temporary: string): Promise<void> {
  const file = await open(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
  try {
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, path);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    throw new HoldfastError('archive-exists', 'The key folder already holds keys; nothing was changed.', {
      hint: 'Choose another folder: keys are never replaced.',
    });
  } finally {
    await unlink(temporary);
  }
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Reads and decrypts. Errors: see `openKeys`. Nothing of the file's contents reaches a message. */
export async function readKeyFile(dir: string, passphrase: string): Promise<StoredKeys> {
  const { tag, secrets, ...header } = await readFileOf(dir);
  const decipher = createDecipheriv('aes-256-gcm', await derive(passphrase, header), decode(header.nonce), {
    authTagLength: 16,
  });
  decipher.setAAD(Buffer.from(canonical(header)));
  let plain: string;
  try {
    decipher.setAuthTag(decode(tag));
    plain = Buffer.concat([decipher.update(decode(secrets)), decipher.final()]).toString('utf8');
  } catch {
    throw new HoldfastError('wrong-passphrase', 'The keys cannot be opened with this passphrase.', {
      hint: 'Set HOLDFAST_PASSPHRASE to the passphrase that the archive was made with; a changed key file gives the same answer.',
    });
  }
  const read = secretsSchema.parse(JSON.parse(plain));
  return {
    secrets: {
      ledger: decode(read.ledger),
      node: decode(read.node),
      root: decode(read.root),
      seal: decode(read.seal),
      dedup: decode(read.dedup),
    },
    chain: header.chain.map(decode),
    crls: header.crls.map(decode),
  };
}

async function readFileOf(dir: string): Promise<z.infer<typeof fileSchema>> {
  let text: string;
  try {
    text = await readFile(join(dir, FILE), 'utf8');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR')
      throw storageError(error, 'reading the key file');
    throw new HoldfastError('key-missing', 'The key folder holds no keys.', {
      hint: 'Point to the folder that `holdfast init` made, or bring keys.json back from a backup with keys.',
    });
  }
  try {
    const file = fileSchema.parse(JSON.parse(text));
    for (const certificate of file.chain) new X509Certificate(decode(certificate));
    return file;
  } catch {
    // The cause is withheld: a parser's message may quote the file.
    throw new HoldfastError('damaged-archive', 'The key file is not of its form.', {
      hint: 'Bring keys.json back from a backup with keys.',
    });
  }
}

function derive(passphrase: string, header: z.infer<typeof headerSchema>): Promise<Buffer> {
  const { N, r, p, salt } = header.kdf;
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), decode(salt), 32, { N, r, p, maxmem: MAX_MEMORY }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const decode = (text: string): Buffer => Buffer.from(text, 'base64');
