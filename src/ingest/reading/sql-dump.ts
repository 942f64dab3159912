/**
 * Dumps of databases as SQL: the rows of INSERT … VALUES (MySQL, PostgreSQL, SQL Server, SQLite, HSQLDB, Oracle) and of
 * COPY … FROM stdin, one by one in bounded memory. Nothing is executed; every other statement is passed over.
 */

import type { Repair } from '../../core/event.ts';
import { MAX_UNIT } from '../format.ts';
import { CopyLines } from './sql/copy-lines.ts';
import { type Dialect, dialectOf } from './sql/dialect.ts';
import { lineEnd, statementEnd, tupleEnd } from './sql/scan.ts';
import { columnsOf, copyOf, type InsertHead, insertOf } from './sql/statement.ts';
import { type SqlValue, tupleValues } from './sql/values.ts';
import { decode, measure, type TextStream } from './text.ts';
import { Window } from './window.ts';

export type SqlPart = { readonly offset: number; readonly length: number } & (
  | {
      readonly type: 'row';
      /** Lower case, without schema and quotes. */
      readonly table: string;
      /** Lower case; absent where neither the statement nor a CREATE TABLE before it lists them. */
      readonly columns: readonly string[] | undefined;
      readonly values: readonly SqlValue[];
      readonly repairs: readonly Repair[];
    }
  | { readonly type: 'problem'; readonly code: 'unit-too-long' | 'truncated' | 'record-malformed' }
);

/** A statement's head is this long at most; a longer one is passed over. */
const MAX_HEAD = 256 * 1024;
const BATCH = 128;

export async function* sqlParts(stream: TextStream): AsyncIterable<readonly SqlPart[]> {
  const window = new Window(stream.chunks);
  const tables = new Map<string, readonly string[]>();
  let dialect: Dialect = { backslash: false, unicode: false };
  let offset = stream.start;
  let batch: SqlPart[] = [];

  const pass = (count: number): { offset: number; length: number } => {
    const length = measure(stream, window.bytes.subarray(0, count));
    const place = { offset, length };
    window.pass(count);
    offset += length;
    return place;
  };
  /** Index that `find` gives, reading on; −1 at the end of the input, −2 past the largest unit. */
  const seek = async (find: (bytes: Buffer) => number): Promise<number> => {
    for (;;) {
      const at = find(window.bytes);
      if (at !== -1) return at;
      if (window.bytes.length > MAX_UNIT) return -2;
      if (!(await window.more())) return -1;
    }
  };
  const fill = async (count: number): Promise<void> => {
    while (window.bytes.length < count && (await window.more()));
  };

  try {
    for (;;) {
      await fill(256);
      if (window.bytes.length === 0) break;
      const space = leading(window.bytes, 32);
      if (space > 0) {
        pass(space);
        continue;
      }
      const word = window.bytes.toString('latin1', 0, 256);
      if (word.startsWith('--') || word.startsWith('#')) {
        dialect = dialectOf(word, dialect);
        await skipLine();
      } else if (word.startsWith('/*')) {
        dialect = dialectOf(word, dialect);
        await skipPast('*/');
      } else if (/^(?:INSERT|REPLACE)\b/iu.test(word)) yield* insert();
      else if (/^COPY\b/iu.test(word)) yield* copy();
      else {
        dialect = dialectOf(word, dialect);
        await other(/^CREATE\b/iu.test(word));
      }
      if (batch.length >= BATCH) {
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  } finally {
    await window.close();
  }

  /** Any other statement: to its semicolon, or to a line that begins another one. */
  async function other(create: boolean): Promise<void> {
    const end = await seek((bytes) => statementEnd(bytes, dialect, window.ended));
    const length = end < 0 ? window.bytes.length : Math.max(1, end);
    if (create && length < MAX_HEAD) {
      const statement = window.bytes.toString('utf8', 0, length);
      dialect = dialectOf(statement, dialect);
      const found = columnsOf(statement);
      if (found !== undefined) tables.set(found.table, found.columns);
    }
    pass(length);
  }

  async function* insert(): AsyncIterable<readonly SqlPart[]> {
    let head: InsertHead | undefined;
    for (let size = 4096; head === undefined; size *= 4) {
      await fill(size);
      head = insertOf(window.bytes.toString('utf8', 0, Math.min(size, window.bytes.length)));
      if (head === undefined && (window.bytes.length < size || size >= MAX_HEAD)) {
        await other(false);
        return;
      }
    }
    const { table, columns = tables.get(table), length } = head;
    if (head.backtick) dialect = { ...dialect, backslash: true };
    pass(Buffer.byteLength(length, 'utf8'));
    for (;;) {
      // Awaiting costs more than most rows: only where the window runs out.
      if (window.bytes.length < 64) await fill(64);
      const aside = leading(window.bytes, COMMA);
      if (aside > 0) {
        pass(aside);
        continue;
      }
      const c = window.bytes[0];
      if (c !== OPEN) {
        if (c === SEMICOLON) pass(1);
        return;
      }
      let end = tupleEnd(window.bytes, 0, dialect);
      if (end === -1) end = await seek((bytes) => tupleEnd(bytes, 0, dialect));
      if (end < 0) {
        // A tuple that is never closed costs what stands before the next statement, not the rest.
        const next = nextStatement(window.bytes);
        const place = pass(next === -1 ? window.bytes.length : next);
        batch.push({ type: 'problem', code: end === -2 ? 'unit-too-long' : 'truncated', ...place });
        if (next === -1 && end === -2) await skipLine();
        return;
      }
      const repairs: Repair[] = [];
      const text = decode(stream, window.bytes.subarray(0, end), repairs);
      const place = pass(end);
      const values = tupleValues(text, dialect);
      if (values === undefined || (columns !== undefined && values.length !== columns.length))
        batch.push({ type: 'problem', code: 'record-malformed', ...place });
      else batch.push({ type: 'row', table, columns, values, repairs, ...place });
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }

  async function* copy(): AsyncIterable<readonly SqlPart[]> {
    const end = await seek((bytes) => statementEnd(bytes, dialect, window.ended));
    const length = end < 0 ? window.bytes.length : Math.max(1, end);
    const head = length < MAX_HEAD ? copyOf(window.bytes.toString('utf8', 0, length)) : undefined;
    pass(length);
    if (head === undefined) return;
    await skipLine();
    const { table, columns = tables.get(table) } = head;
    const rows = new CopyLines(table, columns);
    for (;;) {
      const at = await seek((bytes) => lineEnd(bytes, 0));
      const size = at < 0 ? window.bytes.length : at;
      if (size === 0 && at < 0) return;
      if (at === -2) {
        const place = pass(size);
        batch.push({ type: 'problem', code: 'unit-too-long', ...place });
        await skipLine();
        continue;
      }
      const bytes = window.bytes.subarray(0, size);
      const ends = bytes.toString('latin1', 0, 4).trimEnd() === '\\.';
      const repairs: Repair[] = [];
      const text = ends ? '' : decode(stream, bytes, repairs);
      const place = pass(size);
      if (ends) return;
      batch.push({ ...rows.read(text, repairs), ...place });
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }

  async function skipLine(): Promise<void> {
    await skipPast('\n');
  }

  async function skipPast(mark: string): Promise<void> {
    for (;;) {
      const at = window.bytes.indexOf(mark);
      if (at !== -1) {
        pass(at + mark.length);
        return;
      }
      pass(Math.max(0, window.bytes.length - mark.length + 1));
      if (!(await window.more())) {
        pass(window.bytes.length);
        return;
      }
    }
  }
}

const [OPEN, COMMA, SEMICOLON] = [40, 44, 59];

/** Where the next line that begins a statement with rows starts; −1: not in these bytes. */
function nextStatement(bytes: Buffer): number {
  const starts = ['\nINSERT ', '\nCOPY '].map((mark) => bytes.indexOf(mark)).filter((at) => at !== -1);
  return starts.length === 0 ? -1 : Math.min(...starts) + 1;
}

/** Bytes at the start that are blanks or `other`. */
function leading(bytes: Buffer, other: number): number {
  let at = 0;
  for (; at < bytes.length; at++) {
    const c = bytes[at] as number;
    if (c > 32 && c !== other) break;
  }
  return at;
}
