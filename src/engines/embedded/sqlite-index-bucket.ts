import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { HoldfastError } from '../../core/errors.ts';
import type { EventId } from '../../core/event.ts';
import { sha256Hex } from '../../core/hash.ts';
import type { BucketStatus, Heads, IndexAudit, PageRequest } from '../../core/ports/index.ts';
import type { Bucket, LogName } from '../../core/record.ts';
import { documentDigest, type IndexDocument } from '../../core/search/document.ts';
import { searchFields } from '../../core/search/fields.ts';
import type { Plan } from '../../core/search/plan.ts';
import {
  type Found,
  firstInOrder,
  firstRow,
  PER_SECOND,
  periodOf,
  rowRange,
  secondOf,
  timesOf,
} from './sqlite-index-order.ts';
import { Checks, conditionOf, sqlOf, type Value } from './sqlite-index-plan.ts';
import { openBucket } from './sqlite-index-schema.ts';
import { familyTerm, keyOfTerm, MARK, markTerm, quoted, rowText, termsOf } from './sqlite-index-terms.ts';
import { Vocabulary } from './sqlite-index-vocabulary.ts';

const CHANGES = ['edit', 'deletion'].map((kind) => quoted(markTerm(MARK.kind, kind)));
/** Families that are asked for in one expression. */
const MOST_FAMILIES = 200;

/** A log's row: its number, the leaf up to which documents are here, and how many are. */
interface LogRow {
  readonly id: number;
  next: number;
  held: number;
}

interface Query {
  readonly from: string;
  /** The column with the row number. */
  readonly id: string;
  readonly values: Value[];
}

/** One bucket's file and its connection. */
export class SqliteIndexBucket {
  readonly bucket: Bucket;
  readonly #readOnly: boolean;
  readonly #db: DatabaseSync;
  readonly #checks = new Checks();
  readonly #vocabulary: Vocabulary;
  readonly #logs = new Map<string, LogRow>();
  readonly #logNames = new Map<number, string>();
  readonly #conversations = new Map<string, number>();
  readonly #nextRow = new Map<number, number>();
  readonly #statements = new Map<string, StatementSync>();
  /** Rows were moved this many seconds at most. */
  #moved = 0;
  /** How far times may lie before and after what is written, at most, in ms. */
  #before = 0;
  #after = 0;
  /** SQLite's number of what another connection wrote last, as it was loaded. */
  #version: unknown;

  constructor(file: string, bucket: Bucket, readOnly: boolean) {
    this.bucket = { class: bucket.class, quarter: bucket.quarter };
    this.#readOnly = readOnly;
    this.#db = openBucket(file, readOnly);
    this.#db.function('checked', { deterministic: false, varargs: false }, (number, first, second) =>
      this.#checks.answer(Number(number), first, second),
    );
    this.#vocabulary = new Vocabulary(this.#db);
    this.#load();
  }

  /** Another process or thread may have written since. */
  #loadNewer(): void {
    const version = this.#prepare('PRAGMA data_version').get()?.data_version;
    if (version === this.#version) return;
    this.#load();
    this.#version = version;
  }

  #load(): void {
    this.#logs.clear();
    this.#conversations.clear();
    this.#nextRow.clear();
    for (const row of this.#prepare('SELECT id, log, next, held FROM logs').all()) {
      this.#logs.set(String(row.log), { id: Number(row.id), next: Number(row.next), held: Number(row.held) });
      this.#logNames.set(Number(row.id), String(row.log));
    }
    this.#moved = Number(this.#meta('moved') ?? 0);
    this.#before = Number(this.#meta('before') ?? 0);
    this.#after = Number(this.#meta('after') ?? 0);
  }

  #meta(name: string): unknown {
    return this.#prepare('SELECT value FROM meta WHERE name = ?').get(name)?.value;
  }

  #setMeta(name: string, value: number): void {
    this.#prepare('INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)').run(name, value);
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    if (this.#statements.size >= 200) this.#statements.clear();
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Adds what is new, all or nothing. */
  add(documents: readonly IndexDocument[]): void {
    const fresh = documents.filter(({ log, leaf }) => leaf >= (this.#logs.get(log)?.next ?? 0));
    if (fresh.length === 0) return;
    // FTS5 wants ascending row numbers: a lower one makes it write out what it gathered so far.
    const rows = fresh
      .map((document) => ({ document, fields: searchFields(document) }))
      .sort((a, b) => a.fields.at - b.fields.at)
      .map((each) => ({ ...each, row: 0 }));
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const each of rows) each.row = this.#takeRow(each.fields.at);
      rows.sort((a, b) => a.row - b.row);
      const record = this.#prepare(
        'INSERT INTO records(id, log, leaf, at, before, after, conversation) VALUES (?, ?, ?, ?, ?, ?, ?)',
      );
      const text = this.#prepare('INSERT INTO documents(id, document) VALUES (?, ?)');
      const words = this.#prepare('INSERT INTO fts(rowid, t) VALUES (?, ?)');
      let [before, after] = [this.#before, this.#after];
      for (const { document, fields, row } of rows) {
        const log = this.#logRow(document.log);
        const early = fields.at - fields.earliest;
        const late = fields.latest - fields.at;
        before = Math.max(before, early);
        after = Math.max(after, late);
        record.run(
          row,
          log.id,
          document.leaf,
          fields.at,
          early,
          late,
          this.#conversation(fields.conversation),
        );
        text.run(row, JSON.stringify(document));
        const terms = termsOf(document, fields);
        words.run(row, rowText(terms));
        this.#vocabulary.add(terms.patterned);
        log.next = Math.max(log.next, document.leaf + 1);
        log.held++;
      }
      for (const { id, next, held } of this.#logs.values())
        this.#prepare('UPDATE logs SET next = ?, held = ? WHERE id = ?').run(next, held, id);
      if (before > this.#before) this.#setMeta('before', before);
      if (after > this.#after) this.#setMeta('after', after);
      this.#setMeta('moved', this.#moved);
      this.#db.exec('COMMIT');
      [this.#before, this.#after] = [before, after];
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#vocabulary.forget();
      this.#load();
      throw error;
    }
    if (this.#nextRow.size > 100_000) this.#nextRow.clear();
    if (this.#conversations.size > 100_000) this.#conversations.clear();
  }

  #takeRow(at: number): number {
    const wanted = secondOf(at);
    for (let second = wanted; ; second++) {
      const end = firstRow(second) + PER_SECOND;
      const row = this.#nextRow.get(second) ?? this.#firstFree(second);
      if (row >= end) continue;
      this.#nextRow.set(second, row + 1);
      this.#moved = Math.max(this.#moved, second - wanted);
      return row;
    }
  }

  #firstFree(second: number): number {
    const last = this.#prepare('SELECT max(id) AS id FROM records WHERE id >= ? AND id < ?').get(
      firstRow(second),
      firstRow(second) + PER_SECOND,
    )?.id;
    return typeof last === 'number' ? last + 1 : firstRow(second);
  }

  #logRow(log: string): LogRow {
    const known = this.#logs.get(log);
    if (known) return known;
    const { lastInsertRowid } = this.#prepare('INSERT INTO logs(log, next, held) VALUES (?, 0, 0)').run(log);
    const made = { id: Number(lastInsertRowid), next: 0, held: 0 };
    this.#logs.set(log, made);
    this.#logNames.set(made.id, log);
    return made;
  }

  #conversation(key: string): number {
    const known = this.#conversationRow(key);
    if (known !== undefined) return known;
    const made = Number(this.#prepare('INSERT INTO conversations(key) VALUES (?)').run(key).lastInsertRowid);
    this.#conversations.set(key, made);
    return made;
  }

  #conversationRow(key: string): number | undefined {
    const known = this.#conversations.get(key);
    if (known !== undefined) return known;
    const row = this.#prepare('SELECT id FROM conversations WHERE key = ?').get(key)?.id;
    if (typeof row !== 'number') return undefined;
    this.#conversations.set(key, row);
    return row;
  }

  #period(): { from: number | null; to: number | null } {
    const { first, last } = this.#prepare(ENDS).get() ?? {};
    if (typeof first !== 'number' || typeof last !== 'number') return { from: null, to: null };
    return timesOf(first, last, { before: this.#before, after: this.#after, moved: this.#moved });
  }

  /** FROM and WHERE of a plan; undefined where nothing can fit. `after`: only rows from this place on. */
  #query(
    plan: Plan,
    page: Pick<PageRequest, 'heads' | 'after' | 'backwards'>,
    needsRecords: boolean,
  ): Query | undefined {
    this.#checks.clear();
    if (this.#readOnly) this.#loadNewer();
    const condition = conditionOf(plan, {
      class: this.bucket.class,
      vocabulary: this.#vocabulary,
      checks: this.#checks,
      conversationRow: (key) => this.#conversationRow(key),
      period: () => this.#period(),
    });
    const covered = this.#covered(page.heads);
    if (covered === undefined || (condition.is === 'sql' && condition.sql === '0')) return undefined;
    const isFts = condition.is === 'fts' || condition.is === 'both';
    const joins = needsRecords || covered !== '' || condition.is === 'both';
    const id = isFts ? 'fts.rowid' : 'r.id';
    const where: string[] = [];
    const values: Value[] = [];
    if (isFts) {
      where.push('fts.fts MATCH ?');
      values.push(condition.match);
    }
    const rows = rowRange(periodOf(plan), page, {
      before: this.#before,
      after: this.#after,
      moved: this.#moved,
    });
    if (rows.from > 0) {
      where.push(`${id} >= ?`);
      values.push(rows.from);
    }
    if (rows.to !== undefined) {
      where.push(`${id} < ?`);
      values.push(rows.to);
    }
    if (condition.is !== 'fts') {
      const rest = condition.is === 'both' ? condition : sqlOf(condition);
      where.push(rest.sql);
      values.push(...rest.values);
    }
    if (covered !== '') where.push(covered);
    const from = isFts ? (joins ? 'fts CROSS JOIN records r ON r.id = fts.rowid' : 'fts') : 'records r';
    return { from: `${from} WHERE ${where.join(' AND ')}`, id, values };
  }

  /** A condition where heads cover less than the bucket holds; undefined where they cover none of it. */
  #covered(heads: Heads): string | undefined {
    const logs = [...this.#logs].map(([log, { id, next }]) => ({ id, next, size: heads[log] ?? 0 }));
    if (logs.every(({ next, size }) => size >= next)) return '';
    const some = logs.filter(({ size }) => size > 0);
    if (some.length === 0) return undefined;
    return `(${some.map(({ id, size }) => `(r.log = ${id} AND r.leaf < ${Math.floor(size)})`).join(' OR ')})`;
  }

  count(plan: Plan, heads: Heads): number {
    const query = this.#query(plan, { heads }, false);
    if (query === undefined) return 0;
    return Number(this.#prepare(`SELECT count(*) AS n FROM ${query.from}`).get(...query.values)?.n ?? 0);
  }

  /** The first rows that fit, in order. */
  search(plan: Plan, page: PageRequest): Found[] {
    const query = this.#query(plan, page, true);
    if (query === undefined) return [];
    const sql = `SELECT r.id, r.at, r.log, r.leaf FROM ${query.from} ORDER BY ${query.id}${page.backwards ? ' DESC' : ''}`;
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    return firstInOrder(this.#named(statement.iterate(...query.values)), page, this.#moved);
  }

  /** Rows come as arrays: id, at, log, leaf. */
  *#named(rows: Iterable<unknown>): Iterable<Found> {
    for (const [row, at, log, leaf] of rows as Iterable<[number, number, number, number]>)
      yield { row, at, log: this.#logNames.get(log) ?? '', leaf };
  }

  /** Keys of the conversations with a record that fits. */
  conversations(plan: Plan, heads: Heads): string[] {
    const query = this.#query(plan, { heads }, true);
    if (query === undefined) return [];
    const sql = `SELECT key FROM conversations WHERE id IN (SELECT r.conversation FROM ${query.from})`;
    return this.#db
      .prepare(sql)
      .all(...query.values)
      .map(({ key }) => String(key));
  }

  /** Keys of the addresses of senders and recipients, some of them twice. */
  addresses(): string[] {
    return [MARK.senderAddress, MARK.toAddress].flatMap((mark) =>
      [...this.#vocabulary.after(mark)].map(keyOfTerm),
    );
  }

  document(row: number): IndexDocument {
    const text = this.#prepare('SELECT document FROM documents WHERE id = ?').get(row)?.document;
    if (typeof text !== 'string')
      throw new HoldfastError('damaged-archive', 'The index lacks a document that it found.', {
        hint: 'Run holdfast rebuild-index.',
      });
    return JSON.parse(text) as IndexDocument;
  }

  find(log: LogName, leaf: number): IndexDocument | undefined {
    const row = this.#prepare(
      'SELECT r.id FROM records r JOIN logs l ON l.id = r.log WHERE l.log = ? AND r.leaf = ?',
    ).get(log, leaf)?.id;
    return typeof row === 'number' ? this.document(row) : undefined;
  }

  /** Edits and deletions of these families. */
  changes(families: readonly EventId[]): IndexDocument[] {
    const wanted = new Set(families);
    const found: IndexDocument[] = [];
    for (let i = 0; i < families.length; i += MOST_FAMILIES) {
      const some = families.slice(i, i + MOST_FAMILIES).map((family) => quoted(familyTerm(family)));
      const match = `(${CHANGES.join(' OR ')}) AND (${some.join(' OR ')})`;
      for (const { id } of this.#prepare('SELECT rowid AS id FROM fts WHERE fts MATCH ?').all(match)) {
        const document = this.document(Number(id));
        if (wanted.has(document.family)) found.push(document);
      }
    }
    return found;
  }

  /** At most `limit` documents of a log from leaf `from`, ascending. */
  scan(log: LogName, from: number, limit: number): IndexAudit[] {
    return this.#prepare(
      `SELECT r.leaf, d.document FROM records r LEFT JOIN documents d ON d.id = r.id
       WHERE r.log = (SELECT id FROM logs WHERE log = ?) AND r.leaf >= ? ORDER BY r.leaf LIMIT ?`,
    )
      .all(log, from, limit)
      .map(({ leaf, document }) => ({ leaf: Number(leaf), digest: auditDigest(document) }));
  }

  /** Leaves of the log from here on are not in this bucket. */
  next(log: LogName): number {
    return this.#logs.get(log)?.next ?? 0;
  }

  logs(): LogName[] {
    if (this.#readOnly) this.#loadNewer();
    return [...this.#logs.keys()];
  }

  status(): BucketStatus {
    const documents = Number(this.#prepare('SELECT coalesce(sum(held), 0) AS n FROM logs').get()?.n ?? 0);
    const pages = Number(this.#prepare('PRAGMA page_count').get()?.page_count ?? 0);
    const size = Number(this.#prepare('PRAGMA page_size').get()?.page_size ?? 0);
    return { ...this.bucket, documents, bytes: pages * size, bare: 0 };
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

/** Each by itself is looked up in the tree; together they would be looked for. */
const ENDS = 'SELECT (SELECT min(id) FROM records) AS first, (SELECT max(id) FROM records) AS last';

/** `documentDigest` of what is stored; of what is no document, another. */
function auditDigest(stored: unknown): string {
  try {
    return documentDigest(JSON.parse(String(stored)) as IndexDocument);
  } catch {
    return sha256Hex(`no document: ${String(stored)}`);
  }
}
