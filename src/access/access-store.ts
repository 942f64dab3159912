import type { z } from 'zod';
import { sha256Hex } from '../core/hash.ts';
import type { PutOutcome, Vault } from '../core/ports/vault.ts';
import type { SecretBox } from './secret-box.ts';

/**
 * Where secrets of accounts lie: objects that are written once, in a folder that every node sees, so that what one node
 * takes back is taken back on all. What must happen once (a refresh, a code) is a put that only one can win.
 */
export class AccessStore {
  readonly #vault: Pick<Vault, 'put' | 'get' | 'size' | 'list'>;
  readonly #box: SecretBox;

  constructor(vault: Pick<Vault, 'put' | 'get' | 'size' | 'list'>, box: SecretBox) {
    this.#vault = vault;
    this.#box = box;
  }

  /** Durable when it resolves; `exists`: the name was taken before, by whomever. */
  async put(name: string, value: unknown): Promise<PutOutcome> {
    const [outcome] = await this.#vault.put([{ name, bytes: this.#box.close(name, value) }]);
    return outcome ?? 'exists';
  }

  async get<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const bytes = await this.#vault.get(name);
    return bytes === undefined ? undefined : schema.parse(this.#box.open(name, bytes));
  }

  async has(name: string): Promise<boolean> {
    return (await this.#vault.size(name)) !== undefined;
  }

  /** The last name in a folder; undefined where it is empty. */
  async last(folder: string): Promise<string | undefined> {
    let last: string | undefined;
    for await (const name of this.#vault.list(folder)) last = name;
    return last;
  }

  list(folder: string): AsyncIterable<string> {
    return this.#vault.list(folder);
  }
}

/** A folder's name for an account: account names may hold what no path may. */
export const folderOf = (account: string): string => sha256Hex(account).slice(0, 32);

/** Numbers in names sort as numbers. */
export const numbered = (n: number): string => String(n).padStart(6, '0');

/** The number at the end of a name. */
export const numberOf = (name: string): number => Number(name.slice(name.lastIndexOf('/') + 1));
