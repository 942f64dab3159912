import { z } from 'zod';
import { HoldfastError } from '../core/errors.ts';
import { type AccessStore, folderOf, numbered, numberOf } from './access-store.ts';

/** How an account proves that it is itself. */
const credentialSchema = z.object({
  account: z.string(),
  /** PHC string, `password.ts`. */
  password: z.string(),
  /** The password was given by somebody else: good for choosing another one only. */
  oneTime: z.boolean(),
  /** Base64 of the TOTP secret; `confirmed` once the account has shown a code of it. */
  totp: z.object({ secret: z.string(), confirmed: z.boolean() }).optional(),
});
export type Credential = z.infer<typeof credentialSchema>;

/** `credentials/<account>/<n>`: the newest counts. */
export class Credentials {
  readonly #store: AccessStore;

  constructor(store: AccessStore) {
    this.#store = store;
  }

  /** The newest, and its number; undefined for an account without one. */
  async read(account: string): Promise<{ n: number; credential: Credential } | undefined> {
    const name = await this.#store.last(`credentials/${folderOf(account)}`);
    const credential = name === undefined ? undefined : await this.#store.get(name, credentialSchema);
    return name === undefined || credential === undefined ? undefined : { n: numberOf(name), credential };
  }

  /** Writes what follows number `after` (-1: the first). Throws `conflict` where somebody else wrote first. */
  async write(credential: Credential, after: number): Promise<void> {
    const name = `credentials/${folderOf(credential.account)}/${numbered(after + 1)}`;
    if ((await this.#store.put(name, credential)) === 'stored') return;
    throw new HoldfastError(
      'conflict',
      'The password or second factor was changed by somebody else meanwhile.',
      {
        hint: 'Look at the account and try again.',
      },
    );
  }

  /** Takes a code's step for ever: false where it was taken before, on any node. */
  async takeStep(account: string, step: number): Promise<boolean> {
    return (await this.#store.put(`codes/${folderOf(account)}/${step}`, {})) === 'stored';
  }
}
