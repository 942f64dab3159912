/** Rows name people and chats by number; this puts their addresses in place. */
import type { SqliteRow } from '../../reading/sqlite.ts';
import { numberColumn, type Tables, textColumn } from '../../reading/sqlite-units.ts';
import { ADDRESS_COLUMNS, addresses, hiddenNumbers } from './queries.ts';

/** Addresses that are kept. */
const MAX_KEPT = 500_000;

export class Addresses {
  readonly #byNumber = new Map<number, string>();

  constructor(db: Tables) {
    const sql = addresses(db);
    if (sql !== undefined)
      for (const row of db.facts(`${sql} LIMIT ${MAX_KEPT}`)) {
        const address = textColumn(row, 'address');
        if (address !== undefined) this.#byNumber.set(numberColumn(row, 'number') ?? -1, address);
      }
    const hidden = hiddenNumbers(db);
    if (hidden !== undefined)
      for (const row of db.facts(`${hidden} LIMIT ${MAX_KEPT}`)) {
        const address = this.#byNumber.get(numberColumn(row, 'number') ?? -1);
        if (address !== undefined) this.#byNumber.set(numberColumn(row, 'hidden') ?? -1, address);
      }
  }

  /** The row with addresses for numbers; the older tables hold addresses already. */
  in(row: SqliteRow): SqliteRow {
    const result = { ...row };
    for (const column of ADDRESS_COLUMNS) {
      const value = row[column];
      if (typeof value === 'number') result[column] = this.#byNumber.get(value) ?? null;
    }
    const { participants } = row;
    if (typeof participants === 'string' || typeof participants === 'number')
      result.participants = String(participants)
        .split(' ')
        .map((number) => this.#byNumber.get(Number(number)) ?? number)
        .join(' ');
    return result;
  }
}
