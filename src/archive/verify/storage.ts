import { createHash } from 'node:crypto';
import type { FaultCode } from '../../core/faults.ts';
import type { Findings } from '../../core/findings.ts';
import type { Vault } from '../../core/ports/vault.ts';

/** No object that is read whole is larger: commits, segments, receipts, tiles. */
const MOST_BYTES = 128 * 1024 * 1024;
/** Names whose presence was checked lately. */
const MOST_REMEMBERED = 50_000;

/** Reads the vault for verification: whatever happens becomes a fault, never an exception. */
export class Storage {
  readonly #vault: Vault;
  readonly #findings: Findings;
  readonly #present = new Set<string>();

  constructor(vault: Vault, findings: Findings) {
    this.#vault = vault;
    this.#findings = findings;
  }

  /** The bytes; undefined where there are none, or (a fault) where they cannot be read. */
  async get(name: string): Promise<Uint8Array | undefined> {
    try {
      const size = await this.#vault.size(name);
      if (size === undefined) return undefined;
      if (size > MOST_BYTES) {
        this.#findings.fault(
          'unreadable',
          name,
          `It is of ${size} bytes: larger than anything the archive writes.`,
        );
        return undefined;
      }
      return await this.#vault.get(name);
    } catch (error) {
      this.#unreadable(name, error);
      return undefined;
    }
  }

  /** Names below a prefix, ascending; ends with a fault where the listing fails. */
  async *list(prefix: string, after?: string): AsyncIterable<string> {
    try {
      yield* this.#vault.list(prefix, after);
    } catch (error) {
      this.#unreadable(prefix, error);
    }
  }

  /** Faults once where nothing has this name. */
  async mustExist(name: string, code: FaultCode, what: string): Promise<void> {
    if (this.#present.has(name)) return;
    if (this.#present.size >= MOST_REMEMBERED) this.#present.clear();
    this.#present.add(name);
    try {
      if ((await this.#vault.size(name)) === undefined) this.#findings.fault(code, name, what);
    } catch (error) {
      this.#unreadable(name, error);
    }
  }

  /** Hex SHA-256 of an object of any length; undefined (a fault) where it cannot be read. */
  async hash(name: string): Promise<string | undefined> {
    const hash = createHash('sha256');
    try {
      for await (const chunk of this.#vault.read(name)) hash.update(chunk);
    } catch (error) {
      this.#unreadable(name, error);
      return undefined;
    }
    return hash.digest('hex');
  }

  #unreadable(name: string, error: unknown): void {
    this.#findings.fault(
      'unreadable',
      name,
      `It cannot be read: ${error instanceof Error ? error.message : 'unknown error'}`,
    );
  }
}
