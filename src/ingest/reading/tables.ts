/**
 * Rows of a server's tables, however they were taken out: a dump as SQL, a table as CSV with a line of names, what a
 * console printed, or the SQLite file itself. Names of tables and columns are in lower case.
 */
import type { Repair } from '../../core/event.ts';
import type { RejectCode } from '../../core/rejects.ts';
import type { SourceFile } from '../format.ts';
import { nameOf } from '../source-name.ts';
import { consoleNames, consoleRows } from './console-table.ts';
import { csvFields, csvRecords, separatorOf } from './csv.ts';
import { sqlParts } from './sql-dump.ts';
import { isSqlite, openSqlite, SqliteFault } from './sqlite.ts';
import { decode, decodeHead, openText, readHead } from './text.ts';

/** What a format knows of its system's tables. */
export interface Tables {
  /** Table → its columns in the order of the published schema, for rows that come without names. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** The table whose rows have these columns: CSV does not say. */
  tableOf(columns: ReadonlySet<string>, name: string): string | undefined;
}

export interface Row {
  readonly table: string;
  /** Value of a column; undefined where it is NULL or there is no such column. */
  value(column: string): string | undefined;
  readonly columns: readonly string[];
  readonly repairs: Repair[];
}

export type TablePart = { readonly offset: number; readonly length: number; readonly part?: string } & (
  | { readonly type: 'row'; readonly row: Row }
  | { readonly type: 'problem'; readonly code: RejectCode; readonly detail?: string }
);

/** All rows of a file, in its order. */
export async function* tableParts(file: SourceFile, tables: Tables): AsyncIterable<readonly TablePart[]> {
  const head = await readHead(file, 65_536);
  const text = isSqlite(head) ? undefined : decodeHead(head);
  if (text === undefined) yield* sqliteParts(file, tables);
  else if (consoleNames(text) !== undefined) yield* consoleParts(file, tables);
  else if (looksLikeSql(text)) yield* dumpParts(file, tables);
  else yield* csvParts(file, tables, text);
}

/** Whether a text is a dump as SQL, as far as its beginning shows. */
export const looksLikeSql = (text: string): boolean =>
  /^(?:--|\/\*|#|\s*(?:INSERT\s+INTO|INSERT\s+\[|REPLACE\s+INTO|COPY\s|CREATE\s|SET\s|USE\s|BEGIN\b|PRAGMA\s|DROP\s|LOCK\s|GO\b|START\s|ALTER\s))/imu.test(
    text,
  ) && /\b(?:INSERT\s|COPY\s|CREATE\s)/iu.test(text);

/** The names in the first line of a CSV, or of a console's tables; undefined where it is no line of names. */
export function csvNames(text: string): readonly string[] | undefined {
  const printed = consoleNames(text);
  if (printed !== undefined) return printed;
  const line = text.split(/\r?\n/u, 1)[0] ?? '';
  const names = csvFields(line, separatorOf(line)).map((name) => name.trim().toLowerCase());
  return names.length > 1 && names.every((name) => /^[a-z_][\w$ .]{0,63}$/u.test(name)) ? names : undefined;
}

/** Where each column stands, by the list of columns: all rows of a table share theirs. */
const positions = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

function positionsOf(columns: readonly string[]): ReadonlyMap<string, number> {
  const known = positions.get(columns);
  if (known !== undefined) return known;
  const found = new Map<string, number>();
  for (const [i, name] of columns.entries()) if (!found.has(name)) found.set(name, i);
  positions.set(columns, found);
  return found;
}

function rowOf(
  table: string,
  columns: readonly string[],
  values: readonly (string | null | undefined)[],
  repairs: readonly Repair[],
): Row {
  const at = positionsOf(columns);
  return {
    table,
    columns,
    value: (column) => values[at.get(column) ?? -1] ?? undefined,
    repairs: [...repairs],
  };
}

async function* dumpParts(file: SourceFile, tables: Tables): AsyncIterable<readonly TablePart[]> {
  for await (const parts of sqlParts(await openText(file))) {
    yield parts.map((part): TablePart => {
      const { offset, length } = part;
      if (part.type === 'problem') return { type: 'problem', code: part.code, offset, length };
      const known = tables.columns[part.table];
      const columns = part.columns ?? (known?.length === part.values.length ? known : undefined);
      // A table that is not this system's needs no names.
      if (columns === undefined && known !== undefined)
        return { type: 'problem', code: 'record-malformed', detail: 'columns unknown', offset, length };
      return {
        type: 'row',
        row: rowOf(part.table, columns ?? [], part.values, part.repairs),
        offset,
        length,
      };
    });
  }
}

/** CSV and consoles have no NULL: an empty field and the usual ways to write it are absent. */
const presentOf = (field: string): string | null =>
  field === '' || field === 'NULL' || field === '\\N' ? null : field;

async function* consoleParts(file: SourceFile, tables: Tables): AsyncIterable<readonly TablePart[]> {
  for await (const rows of consoleRows(await openText(file)))
    yield rows.map(({ offset, length, names, values, repairs }): TablePart => {
      if (values === undefined) return { type: 'problem', code: 'record-malformed', offset, length };
      const table = tables.tableOf(new Set(names), nameOf(file)) ?? '';
      return { type: 'row', row: rowOf(table, names, values.map(presentOf), repairs), offset, length };
    });
}

async function* csvParts(
  file: SourceFile,
  tables: Tables,
  head: string,
): AsyncIterable<readonly TablePart[]> {
  const stream = await openText(file);
  const separator = separatorOf(head);
  let names: readonly string[] | undefined;
  let table: string | undefined;
  for await (const records of csvRecords(stream)) {
    const parts: TablePart[] = [];
    for (const { offset, length, bytes, problem } of records) {
      if (bytes === undefined) {
        parts.push({ type: 'problem', code: problem ?? 'unit-too-long', offset, length });
        continue;
      }
      const repairs: Repair[] = [];
      const record = decode(stream, bytes, repairs);
      const fields = csvFields(record, separator);
      if (names === undefined) {
        const isHeadless = csvNames(decode(stream, bytes, [])) === undefined;
        const bare = isHeadless ? unnamed(tables, nameOf(file), fields.length) : undefined;
        names = bare?.columns ?? fields.map((name) => name.trim().toLowerCase());
        table = bare?.table ?? tables.tableOf(new Set(names), nameOf(file));
        if (bare === undefined && (table !== undefined || !isHeadless)) continue;
      }
      if (table === undefined || fields.length !== names.length)
        parts.push({ type: 'problem', code: 'record-malformed', offset, length });
      else {
        const row = rowOf(table, names, fields.map(presentOf), repairs);
        parts.push({ type: 'row', row, offset, length });
      }
    }
    yield parts;
  }
}

/** A table without a line of names (bcp writes none): by the file's name, where the count of columns fits. */
function unnamed(
  tables: Tables,
  name: string,
  count: number,
): { readonly table: string; readonly columns: readonly string[] } | undefined {
  const table = (/([^/.]+)\.\w+$/u.exec(name)?.[1] ?? '').toLowerCase();
  const columns = tables.columns[table];
  return columns !== undefined && columns.length === count ? { table, columns } : undefined;
}

/** Rows a batch. */
const BATCH = 512;

async function* sqliteParts(file: SourceFile, tables: Tables): AsyncIterable<readonly TablePart[]> {
  const place = { offset: 0, length: file.size };
  try {
    const db = await openSqlite(file);
    try {
      for (const [written, columns] of db.tables) {
        const table = written.toLowerCase();
        if (tables.columns[table] === undefined) continue;
        let batch: TablePart[] = [];
        let n = 0;
        try {
          for (const each of db.rows(`SELECT * FROM "${written.replaceAll('"', '""')}"`)) {
            const names = [...columns].map((name) => name.toLowerCase());
            const values = [...columns].map((name) => textOf(each[name]));
            batch.push({
              type: 'row',
              row: rowOf(table, names, values, []),
              part: `${table}/${n++}`,
              ...place,
            });
            if (batch.length < BATCH) continue;
            yield batch;
            batch = [];
          }
        } catch (error) {
          if (!(error instanceof SqliteFault)) throw error;
          batch.push({
            type: 'problem',
            code: 'file-damaged',
            detail: error.message,
            part: `${table}/${n}`,
            ...place,
          });
        }
        yield batch;
      }
    } finally {
      await db.close();
    }
  } catch (error) {
    if (!(error instanceof SqliteFault)) throw error;
    yield [{ type: 'problem', code: 'file-damaged', detail: error.message, ...place }];
  }
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8').toWellFormed();
  return String(value);
}
