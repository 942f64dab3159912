/** With whom a thread is: its numbers stand in a list of their own. */
import { numberColumn, type Tables, textColumn } from '../../reading/sqlite-units.ts';

const MAX_KEPT = 200_000;

export class Threads {
  readonly #addresses = new Map<number, string>();
  readonly #recipients = new Map<number, readonly string[]>();

  constructor(db: Tables) {
    if (db.tables.get('canonical_addresses')?.has('address') === true)
      for (const row of db.facts(`SELECT _id, address FROM canonical_addresses LIMIT ${MAX_KEPT}`)) {
        const address = textColumn(row, 'address');
        if (address !== undefined) this.#addresses.set(numberColumn(row, '_id') ?? -1, address);
      }
    if (db.tables.get('threads')?.has('recipient_ids') === true)
      for (const row of db.facts(`SELECT _id, recipient_ids FROM threads LIMIT ${MAX_KEPT}`)) {
        const ids = (textColumn(row, 'recipient_ids') ?? String(row.recipient_ids ?? '')).split(' ');
        const known = ids.flatMap((id) => this.#addresses.get(Number(id)) ?? []);
        this.#recipients.set(numberColumn(row, '_id') ?? -1, known);
      }
  }

  /** Numbers of the others in a thread; empty where the thread is not listed. */
  of(thread: number | undefined): readonly string[] {
    return this.#recipients.get(thread ?? -1) ?? [];
  }
}
