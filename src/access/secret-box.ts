import { createCipheriv, createDecipheriv } from 'node:crypto';
import { HoldfastError } from '../core/errors.ts';
import type { Random } from '../core/ports/clock.ts';

const NONCE = 12;
const TAG = 16;

/** AES-256-GCM under one key. The object's name is associated data: no object can stand in for another. */
export class SecretBox {
  readonly #key: Uint8Array;
  readonly #random: Random;

  /** `key`: 32 bytes. */
  constructor(key: Uint8Array, random: Random) {
    this.#key = key;
    this.#random = random;
  }

  close(name: string, value: unknown): Uint8Array {
    const nonce = Buffer.from(this.#random.bytes(NONCE));
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    cipher.setAAD(Buffer.from(name));
    const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]);
  }

  /** Throws `damaged-archive` for anything but what `close` made under this name. */
  open(name: string, bytes: Uint8Array): unknown {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE), {
        authTagLength: TAG,
      });
      decipher.setAAD(Buffer.from(name));
      decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
      const text = Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]);
      return JSON.parse(text.toString('utf8'));
    } catch {
      // The cause is withheld: it may quote the secret.
      throw new HoldfastError('damaged-archive', 'An entry of the access store cannot be read.', {
        hint: 'Bring the folder keys/access back from a backup with keys; passwords can also be set anew.',
      });
    }
  }
}
