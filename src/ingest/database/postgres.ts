/**
 * A PostgreSQL database that is in use, as files to ingest: one for each table that a format reads, in the form of a
 * dump, as they were at one moment. Only reads: a read-only transaction, rows through a cursor, in bounded memory.
 */
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { HoldfastError } from '../../core/errors.ts';
import { FORMATS } from '../formats/index.ts';
import type { Skipped } from '../ingest-types.ts';
import type { Input, InputFile } from '../walk.ts';
import { COPY_END, copyHead, copyLine, quoted } from './copy-text.ts';

/** Rows that are in memory at a time. */
const FETCH = 500;
/** Bytes that are gathered before they are written. */
const BUFFER = 1024 * 1024;
const CONNECT_MS = 15_000;

/**
 * The database at `url` as one input, whose files are gone once the next is asked for. Throws `bad-usage` for a URL that
 * is none, `source-away` where the server does not answer or refuses, `not-found` where no table is one that is read.
 */
export async function* databaseInput(url: string, skip: (skipped: Skipped) => void): AsyncIterable<Input> {
  const place = placeOf(url);
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
  try {
    yield { files: await dump(url, place, folder, skip) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is recorded as the place: server and database, never who signs in nor how. */
function placeOf(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (error) {
    throw new HoldfastError('bad-usage', 'The database is not named by a URL.', {
      hint: 'Write it like postgresql://reader@db.firm.example:5432/archive; the password may stand in ~/.pgpass.',
      cause: error,
    });
  }
  const name = parsed.pathname.replaceAll(/^\/+|\/+$/gu, '');
  return `postgresql://${parsed.hostname || 'localhost'}:${parsed.port || '5432'}/${name}`;
}

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly readable: boolean;
  readonly columns: readonly string[];
}

async function dump(
  url: string,
  place: string,
  folder: string,
  skip: (skipped: Skipped) => void,
): Promise<InputFile[]> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'holdfast',
    connectionTimeoutMillis: CONNECT_MS,
    // Values as the server writes them: nothing is made into a number or a date on the way.
    types: { getTypeParser: () => (value: string | Buffer) => value.toString() },
  });
  // A connection that breaks fails the query that is under way.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(
      "SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET bytea_output = 'hex'; SET synchronize_seqscans = off;" +
        'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY',
    );
    const tables = await tablesOf(client);
    const files: InputFile[] = [];
    for (const [i, table] of tables.entries()) {
      const path = `${place}/${table.schema}.${table.name}.sql`;
      if (!table.readable) skip({ path, reason: 'unreadable', detail: 'permission' });
      else files.push(await dumpTable(client, table, path, join(folder, String(i))));
    }
    await client.query('ROLLBACK');
    if (files.length === 0)
      throw new HoldfastError('not-found', `No table of ${place} is one that a format reads.`, {
        hint: 'Check the database and what the account may select; nothing was ingested.',
      });
    return files;
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw new HoldfastError('source-away', `${place} cannot be read (${codeOf(error)}).`, {
      hint: 'Check server, account and password (~/.pgpass or PGPASSWORD); nothing was ingested.',
      cause: error,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A code only: a message can quote what stands in the database. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no answer';

/** The tables that some format reads, in the order of their names. */
async function tablesOf(client: pg.Client): Promise<Table[]> {
  const known = [...new Set(FORMATS.flatMap(({ tables }) => tables ?? []))];
  const { rows } = await client.query<{ schema: string; name: string; readable: string; columns: string }>(
    `SELECT n.nspname AS schema, c.relname AS name, has_table_privilege(c.oid, 'SELECT')::text AS readable,
            (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::text AS columns
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition AND lower(c.relname) = ANY ($1)
        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      ORDER BY n.nspname, c.relname`,
    [known],
  );
  return rows.map(({ schema, name, readable, columns }) => ({
    schema,
    name,
    readable: readable === 'true',
    columns: namesIn(columns),
  }));
}

function namesIn(json: string): string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.map(String) : [];
}

async function dumpTable(
  client: pg.Client,
  { schema, name, columns }: Table,
  path: string,
  raw: string,
): Promise<InputFile> {
  const handle = await open(raw, 'wx', 0o600);
  try {
    const size = await writeRows(client, handle, {
      head: copyHead(schema, name, columns),
      query: `SELECT ${columns.map(quoted).join(', ')} FROM ${quoted(schema)}.${quoted(name)}`,
    });
    return { path, raw: Buffer.from(raw), size };
  } finally {
    await handle.close();
  }
}

async function writeRows(
  client: pg.Client,
  handle: FileHandle,
  { head, query }: { readonly head: string; readonly query: string },
): Promise<number> {
  let size = 0;
  let text = head;
  const write = async (): Promise<void> => {
    const bytes = Buffer.from(text, 'utf8');
    await handle.writeFile(bytes);
    size += bytes.length;
    text = '';
  };
  await client.query(`DECLARE rows NO SCROLL CURSOR FOR ${query}`);
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({
      text: `FETCH ${FETCH} FROM rows`,
      rowMode: 'array',
    });
    for (const row of rows) {
      text += copyLine(row);
      if (text.length >= BUFFER) await write();
    }
    if (rows.length < FETCH) break;
  }
  await client.query('CLOSE rows');
  text += COPY_END;
  await write();
  return size;
}
