/** Rows that belong to the rows of another table: both are walked beside each other, once. */
import type { SqliteRow } from './sqlite.ts';
import { numberColumn, type Tables } from './sqlite-units.ts';

export class FollowingRows {
  readonly #rows: Iterator<SqliteRow>;
  readonly #column: string;
  #next: SqliteRow | undefined;

  /** `sql`: in the order of `column`, the number of the row that each belongs to; undefined: there is no such table. */
  constructor(db: Tables, sql: string | undefined, column: string) {
    this.#column = column;
    this.#rows = sql === undefined ? [][Symbol.iterator]() : db.facts(sql)[Symbol.iterator]();
    this.#next = this.#step();
  }

  #step(): SqliteRow | undefined {
    const next = this.#rows.next();
    return next.done === true ? undefined : next.value;
  }

  /** The rows of a number; to be asked for in rising order. */
  of(number: number): SqliteRow[] {
    const found: SqliteRow[] = [];
    while (this.#next !== undefined) {
      const owner = numberColumn(this.#next, this.#column) ?? -1;
      if (owner > number) break;
      if (owner === number && found.length < MAX_FOLLOWING) found.push(this.#next);
      this.#next = this.#step();
    }
    return found;
  }
}

/** Rows of one number that are held at a time. */
const MAX_FOLLOWING = 10_000;
