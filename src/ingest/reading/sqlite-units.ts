/** SQLite databases as units: rows of their tables, each one by its table and number. */
import type { Json } from '../../core/event.ts';
import type { Format, Frame, Outcome, Probe, Source, SourceFile } from '../format.ts';
import { nameOf } from '../source-name.ts';
import type { Place } from './provenance.ts';
import { isSqlite, openSqlite, SqliteFault, type SqliteFile, type SqliteRow } from './sqlite.ts';

/** One row, or what else is a unit in a database. */
export interface RowUnit {
  /** `table/rowid`: where it stands. */
  readonly part: string;
  readonly units: number;
  read(place: Place): Iterable<Outcome>;
}

/** A database whose small tables are read for what they say of others. */
export interface Tables extends SqliteFile {
  /** Rows like `rows`, but damage only ends them: it is told once at the end, and what they were read for goes on. */
  facts(sql: string): Iterable<SqliteRow>;
}

const BATCH = 256;

/**
 * Frames of one database. `units` gives its rows in order; it may hold what small tables say. Where pages are damaged,
 * what was read until then stands, and one reject says so.
 */
export async function* sqliteFrames(
  source: Source,
  file: SourceFile,
  log: SourceFile | undefined,
  units: (db: Tables) => Iterable<RowUnit>,
): AsyncIterable<readonly Frame[]> {
  const place: Place = { source, file, offset: 0, length: file.size };
  const reject = (detail: string, part: string): Frame => ({
    ...place,
    units: 1,
    read: () => [{ type: 'reject', code: 'file-damaged', detail, part }],
  });
  let db: SqliteFile;
  try {
    db = await openSqlite(file, log);
  } catch (error) {
    if (!(error instanceof SqliteFault)) throw error;
    yield [reject(error.message, 'database')];
    return;
  }
  let found = 0;
  let fault: string | undefined;
  const tables: Tables = {
    ...db,
    *facts(sql) {
      try {
        yield* db.rows(sql);
      } catch (error) {
        if (!(error instanceof SqliteFault)) throw error;
        fault ??= error.message;
      }
    },
  };
  try {
    let batch: Frame[] = [];
    try {
      for (const unit of units(tables)) {
        found++;
        batch.push({ ...place, units: unit.units, read: () => placed(unit, place) });
        if (batch.length < BATCH) continue;
        yield batch;
        batch = [];
      }
    } catch (error) {
      if (!(error instanceof SqliteFault)) throw error;
      found++;
      batch.push(reject(error.message, 'rest'));
    }
    if (fault !== undefined) batch.push(reject(fault, 'facts'));
    if (found === 0 && fault === undefined)
      batch.push({ ...place, units: 1, read: () => [{ type: 'excluded', reason: 'no-entries' }] });
    yield batch;
  } finally {
    await db.close();
  }
}

/** All units of a database stand at the same bytes: a reject without a part of its own gets that of its row. */
function* placed({ part, read }: RowUnit, place: Place): Iterable<Outcome> {
  let several = 0;
  for (const outcome of read(place)) {
    if (outcome.type === 'reject' && outcome.part === undefined)
      yield { ...outcome, part: several === 0 ? part : `${part}/${several}` };
    else yield outcome;
    several++;
  }
}

/** A database and the write-ahead log that lay beside it. */
export interface Database {
  readonly file: SourceFile;
  readonly log?: SourceFile;
}

/** The databases among files, each with its log; other companions (`-shm`, `-journal`, logs) are exclusions. */
export function databasesOf(files: readonly SourceFile[]): { databases: Database[]; rest: Frame[] } {
  const byName = new Map(files.map((file) => [nameOf(file), file]));
  const databases: Database[] = [];
  const rest: Frame[] = [];
  for (const file of files) {
    const name = nameOf(file);
    if (files.length > 1 && COMPANION.test(name)) {
      const read = (): Outcome[] => [{ type: 'excluded', reason: 'read-with' }];
      rest.push({ file, offset: 0, length: file.size, units: 1, read });
      continue;
    }
    const log = byName.get(`${name}-wal`);
    databases.push({ file, ...(log !== undefined && { log }) });
  }
  return { databases, rest };
}

const COMPANION = /-(?:wal|shm|journal)$/u;
const COMPANIONS = ['-wal', '-shm', '-journal'];

/** Groups of a database with the given name and its companions, for the `folder` of a format. */
export const databaseFolder = (names: RegExp): NonNullable<Format['folder']> => ({
  marks: (name) => COMPANION.test(name) && names.test(name.replace(COMPANION, '')),
  groups: (paths) =>
    paths
      .filter((path) => names.test(path.slice(path.lastIndexOf('/') + 1)))
      .map((path) => [path, ...COMPANIONS.map((end) => path + end).filter((each) => paths.includes(each))])
      .filter((group) => group.length > 1),
});

/** A database with such a name, its companions, and the files below its folder that it names; with any of them. */
export const databaseWithFiles = (
  names: RegExp,
  isNamed: (pathBelow: string) => boolean,
): NonNullable<Format['folder']> => ({
  marks: (name) => names.test(name.replace(COMPANION, '')),
  groups: (paths) =>
    paths
      .filter((path) => names.test(path.slice(path.lastIndexOf('/') + 1)))
      .map((path) => {
        const root = path.slice(0, path.lastIndexOf('/') + 1);
        const belongs = (each: string): boolean =>
          COMPANIONS.some((end) => each === path + end) ||
          (each.startsWith(root) && isNamed(each.slice(root.length)));
        return [path, ...paths.filter(belongs)];
      })
      .filter((group) => group.length > 1),
});

/**
 * Whether a file is a database with these words in the part of its schema that the probe shows, or by its usual name
 * where the schema lies further on.
 */
export function looksLike(
  probe: Probe,
  schema: readonly RegExp[],
  names: RegExp,
): 'schema' | 'name' | undefined {
  if (!isSqlite(probe.head)) return undefined;
  const text = Buffer.from(probe.head).toString('latin1');
  if (schema.every((pattern) => pattern.test(text))) return 'schema';
  const name = probe.name.slice(probe.name.lastIndexOf('/') + 1);
  // A schema that lies whole in what was looked at would have been found.
  return names.test(name) && probe.head.length >= 65_536 ? 'name' : undefined;
}

/** A text column; undefined where it is null, empty or no text. */
export function textColumn(row: SqliteRow, column: string): string | undefined {
  const value = row[column];
  return typeof value === 'string' && value !== '' ? value.toWellFormed() : undefined;
}

/** An integer column that is safe to count with. */
export function numberColumn(row: SqliteRow, column: string): number | undefined {
  const value = row[column];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

/** Columns that are not placed and say something: null, 0 and empty text are left out, blobs stay in the database. */
export function otherColumns(
  row: SqliteRow,
  placed: ReadonlySet<string>,
): { [column: string]: Json } | undefined {
  const extra: { [column: string]: Json } = {};
  for (const [column, value] of Object.entries(row)) {
    if (placed.has(column) || value === null || value === 0 || value === '' || value instanceof Uint8Array)
      continue;
    if (typeof value === 'string') extra[column] = value.toWellFormed();
    else extra[column] = Number.isSafeInteger(value) ? Number(value) : String(value);
  }
  return Object.keys(extra).length > 0 ? extra : undefined;
}
