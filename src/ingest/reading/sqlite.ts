/**
 * SQLite databases from a hostile source. The file is copied to temporary space and opened read-only; only plain tables
 * are readable, so that a view or a virtual table with the name of a real one can neither run code nor never end.
 */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import type { SourceFile } from '../format.ts';

export type SqliteRow = { readonly [column: string]: SQLOutputValue };

export interface SqliteFile {
  /** Name of a plain table → names of its columns. */
  readonly tables: ReadonlyMap<string, ReadonlySet<string>>;
  /**
   * Rows of a query over `tables`, one by one; 64-bit integers come as bigint where they are no safe integer. Throws
   * {@link SqliteFault} where pages are damaged; rows before the damage have been given.
   */
  rows(sql: string, ...values: SQLInputValue[]): IterableIterator<SqliteRow>;
  close(): Promise<void>;
}

/** The database cannot be read (further). The message is SQLite's own and quotes no content. */
export class SqliteFault extends Error {}

/** The first bytes of every SQLite database. */
export const isSqlite = (head: Uint8Array): boolean =>
  Buffer.from(head.subarray(0, 16)).toString('latin1') === 'SQLite format 3\0';

/** Longest text or blob of a row, bytes: a longer one ends the reading of its table. */
const MAX_VALUE = 32 * 1024 * 1024;

/**
 * Opens a file as a database; throws {@link SqliteFault} where it is none or its schema cannot be read. `log`: the
 * write-ahead log that lay beside it, whose changes then count.
 */
export async function openSqlite(file: SourceFile, log?: SourceFile): Promise<SqliteFile> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  let db: DatabaseSync | undefined;
  try {
    const path = join(folder, 'copy.db');
    await copyTo(path, file, log === undefined);
    if (log !== undefined) await copyTo(`${path}-wal`, log, false);
    db = new DatabaseSync(path, {
      // A log is taken into an index beside the copy, which a reader alone may not write.
      readOnly: log === undefined,
      limits: { length: MAX_VALUE },
      enableForeignKeyConstraints: false,
      allowExtension: false,
      defensive: true,
    });
    db.exec(
      'PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA query_only = ON',
    );
    const tables = tablesOf(db);
    const opened = db;
    return {
      tables,
      rows: (sql, ...values) => rowsOf(opened, sql, values),
      async close() {
        opened.close();
        await dispose();
      },
    };
  } catch (error) {
    db?.close();
    await dispose();
    throw asFault(error);
  }
}

async function copyTo(path: string, file: SourceFile, alone: boolean): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    let first = true;
    for await (const chunk of file.open()) {
      const bytes = Buffer.from(chunk);
      // A copy whose write-ahead log was left behind says so in its header; without that file it is read as it stands.
      if (first && alone && bytes.length > 19 && bytes[18] === 2) bytes[18] = bytes[19] = 1;
      first = false;
      await handle.write(bytes);
    }
  } finally {
    await handle.close();
  }
}

function tablesOf(db: DatabaseSync): Map<string, Set<string>> {
  const tables = new Map<string, Set<string>>();
  const found = db
    .prepare(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'create virtual%' LIMIT 2000",
    )
    .all();
  for (const { name } of found) {
    if (typeof name !== 'string') continue;
    const columns = db.prepare('SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0').all(name);
    tables.set(
      name,
      new Set(columns.flatMap((column) => (typeof column.name === 'string' ? [column.name] : []))),
    );
  }
  return tables;
}

function* rowsOf(db: DatabaseSync, sql: string, values: SQLInputValue[]): IterableIterator<SqliteRow> {
  try {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    for (const row of statement.iterate(...values)) yield safeNumbers(row);
  } catch (error) {
    throw asFault(error);
  }
}

function safeNumbers(row: Record<string, SQLOutputValue>): SqliteRow {
  for (const [name, value] of Object.entries(row))
    if (typeof value === 'bigint' && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER)
      row[name] = Number(value);
  return row;
}

/** What SQLite itself says becomes a fault of the file; anything else (no space, no memory) is none. */
function asFault(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('code' in error)) return error;
  if (error.code !== 'ERR_SQLITE_ERROR') return error;
  const text = 'message' in error && typeof error.message === 'string' ? error.message : 'unreadable';
  return new SqliteFault(text.replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, 120));
}
