import type { ArchiveReader } from '../archive/reader.ts';
import type { Sha256 } from '../core/event.ts';
import { AUDIT, baseOf, CONTROL } from '../core/logs.ts';
import type { Account, LogName } from '../core/record.ts';

/** Which receipts' entries are sealed in which logs, read from commits; `refresh` reads only what is new. */
export class SealedReceipts {
  readonly #reader: ArchiveReader;
  readonly #next = new Map<LogName, number>();
  readonly #logs = new Map<Sha256, Set<string>>();

  constructor(reader: ArchiveReader) {
    this.#reader = reader;
  }

  async refresh(): Promise<void> {
    for (const log of await this.#reader.logs()) {
      const base = baseOf(log);
      if (base === CONTROL || base === AUDIT) continue;
      for await (const commit of this.#reader.commits(log, this.#next.get(log) ?? 0)) {
        this.#next.set(log, commit.n + 1);
        for (const { receipt, entry } of commit.receipts) {
          if (!entry) continue;
          const logs = this.#logs.get(receipt) ?? new Set();
          this.#logs.set(receipt, logs.add(base));
        }
      }
    }
  }

  /** Whether every log that the account names has sealed the receipt's entry. */
  has(receipt: Sha256, account: Account): boolean {
    const logs = this.#logs.get(receipt);
    return logs !== undefined && Object.keys(account.logs).every((log) => logs.has(log));
  }
}
