import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { HoldfastError } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import type { Random } from '../core/ports/clock.ts';
import type { AccessStore } from './access-store.ts';

const keySchema = z.object({ account: z.string(), secret: z.string() });

/** Keys of connectors: `hf_<id>_<secret>`. Only the secret's SHA-256 is kept; the secret is 256 random bits. */
export class ApiKeys {
  readonly #store: AccessStore;
  readonly #random: Random;

  constructor(store: AccessStore, random: Random) {
    this.#store = store;
    this.#random = random;
  }

  /** A new key of an account, good once it is kept. The secret is in the answer and nowhere else. */
  draw(account: string): { id: string; key: string; keep(): Promise<void> } {
    const id = Buffer.from(this.#random.bytes(8)).toString('hex');
    const secret = Buffer.from(this.#random.bytes(32)).toString('base64url');
    return {
      id,
      key: `hf_${id}_${secret}`,
      keep: async () => {
        await this.#store.put(keyName(id), { account, secret: sha256Hex(secret) });
      },
    };
  }

  /** The account whose key this is. Throws `session-ended`. Hostile input. */
  async read(key: string): Promise<{ account: string; id: string }> {
    const [, id, secret] = /^hf_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/.exec(key) ?? [];
    if (id === undefined || secret === undefined) throw refused();
    const found = await this.#store.get(keyName(id), keySchema);
    if (found === undefined || !timingSafeEqual(Buffer.from(sha256Hex(secret)), Buffer.from(found.secret)))
      throw refused();
    if (await this.#store.has(revokedName(id))) throw refused();
    return { account: found.account, id };
  }

  /** From now on no node takes the key. Throws `not-found`. */
  async revoke(id: string): Promise<void> {
    if (!/^[0-9a-f]{16}$/.test(id) || !(await this.#store.has(keyName(id)))) {
      throw new HoldfastError('not-found', 'There is no such key.', {
        hint: 'List the keys of the account.',
      });
    }
    await this.#store.put(revokedName(id), {});
  }

  /** Keys that are good, ascending by id; of one account, or of all. */
  async list(account?: string): Promise<{ id: string; account: string }[]> {
    const keys: { id: string; account: string }[] = [];
    for await (const name of this.#store.list('api-keys')) {
      const id = name.split('/')[1];
      if (id === undefined || name !== keyName(id) || (await this.#store.has(revokedName(id)))) continue;
      const found = await this.#store.get(name, keySchema);
      if (found !== undefined && (account === undefined || found.account === account))
        keys.push({ id, account: found.account });
    }
    return keys;
  }
}

const keyName = (id: string): string => `api-keys/${id}/key`;
const revokedName = (id: string): string => `api-keys/${id}/revoked`;

const refused = (): HoldfastError =>
  new HoldfastError('session-ended', 'The API key is not good, or no longer.', {
    hint: 'Ask an administrator for a new one.',
  });
