/**
 * A file of secrets under the passphrase: written once, never changed. The passphrase passes scrypt; AES-256-GCM
 * encrypts all secrets as one text, with everything else of the file as associated data, so that nothing in it can be
 * exchanged unseen.
 */
import { createCipheriv, createDecipheriv, scrypt } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HoldfastError } from '../../core/errors.ts';
import type { Json } from '../../core/event.ts';
import { canonical } from '../../core/json.ts';
import type { Random } from '../../core/ports/clock.ts';
import { errnoOf, storageError } from '../../core/storage-error.ts';

/** 64 MiB and some 200 ms on a small machine: paid once a process. */
const COST = { N: 65_536, r: 8, p: 1 };
const MAX_MEMORY = 512 * 1024 * 1024;

const base64 = z.base64().max(1_000_000);
const fileSchema = z.looseObject({
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
  tag: base64,
  secrets: base64,
});
const secretsSchema = z.record(z.string(), z.base64().length(44));

/** What a file keeps: secrets of 32 bytes by name, and what may be read without the passphrase. */
export interface SealedFile {
  readonly secrets: { readonly [name: string]: Uint8Array };
  readonly open: { readonly [name: string]: Json };
}

/** Writes `dir/file` durably (dir 0700, file 0600); `archive-exists` where one is there. */
export async function writeSealedFile(
  dir: string,
  file: string,
  contents: SealedFile,
  passphrase: string,
  random: Random,
): Promise<void> {
  const kdf = { name: 'scrypt', ...COST, salt: encode(random.bytes(16)) };
  const header = { v: 1, kdf, cipher: 'aes-256-gcm', nonce: encode(random.bytes(12)), ...contents.open };
  const cipher = createCipheriv('aes-256-gcm', await derive(passphrase, kdf), decode(header.nonce));
  cipher.setAAD(Buffer.from(canonical(header)));
  const plain = canonical(
    Object.fromEntries(Object.entries(contents.secrets).map(([name, bytes]) => [name, encode(bytes)])),
  );
  const secrets = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  const text = `${JSON.stringify({ ...header, tag: encode(cipher.getAuthTag()), secrets: encode(secrets) }, null, 2)}\n`;
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await chmod(dir, 0o700);
    const path = join(dir, file);
    await writeOnce(path, text, `${path}.${Buffer.from(random.bytes(6)).toString('hex')}`);
    await syncFolder(dir);
  } catch (error) {
    throw storageError(error, 'writing the key file');
  }
}

/**
 * Reads and decrypts `dir/file`. Throws `key-missing`, `wrong-passphrase`, `damaged-archive`. Nothing of the file's
 * contents reaches a message.
 */
export async function readSealedFile(dir: string, file: string, passphrase: string): Promise<SealedFile> {
  const { tag, secrets, ...header } = await readFileOf(dir, file);
  const { v: _v, kdf, cipher: _cipher, nonce, ...open } = header;
  const decipher = createDecipheriv('aes-256-gcm', await derive(passphrase, kdf), decode(nonce), {
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
  const read = Object.entries(secretsSchema.parse(JSON.parse(plain)));
  return {
    open: open as SealedFile['open'],
    secrets: Object.fromEntries(read.map(([name, text]) => [name, decode(text)])),
  };
}

/** What every damaged key file is answered with. The cause is withheld: a parser's message may quote the file. */
export function damagedFile(file: string): HoldfastError {
  return new HoldfastError('damaged-archive', `The key file ${file} is not of its form.`, {
    hint: `Bring ${file} back from a backup with keys.`,
  });
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

async function readFileOf(dir: string, file: string): Promise<z.infer<typeof fileSchema>> {
  let text: string;
  try {
    text = await readFile(join(dir, file), 'utf8');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR')
      throw storageError(error, 'reading the key file');
    throw new HoldfastError('key-missing', 'The key folder holds no keys.', {
      hint: `Point to the folder that \`holdfast init\` made, or bring ${file} back from a backup with keys.`,
    });
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    throw damagedFile(file);
  }
}

function derive(passphrase: string, kdf: { N: number; r: number; p: number; salt: string }): Promise<Buffer> {
  const { N, r, p, salt } = kdf;
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), decode(salt), 32, { N, r, p, maxmem: MAX_MEMORY }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const decode = (text: string): Buffer => Buffer.from(text, 'base64');
