import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { HoldfastError } from '../../core/errors.ts';
import { baseOf } from '../../core/logs.ts';
import {
  BATCH_LIMITS,
  type Stream,
  type StreamConsumer,
  type StreamConsumption,
} from '../../core/ports/stream.ts';
import type { LogName } from '../../core/record.ts';
import { storageError } from '../../core/storage-error.ts';
import { type Chunk, consumeLog, type LogSource, type Room } from './sqlite-consumption.ts';

/** A message's row id is its log's number and its offset, so that one table holds every log in order. */
const OFFSET_SPAN = 2 ** 40;
const LARGEST_LOG = 2 ** 12;
/** Rows a `trim` deletes in one transaction: longer ones would hold up appends. */
const TRIM_STEP = 20_000;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS logs (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, low INTEGER NOT NULL, next INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;`;

export interface SqliteStreamSettings {
  /** The database file; made when absent. */
  readonly path: string;
  /** The logs that `consume` follows: `m0`, `control`, `audit`. */
  readonly logs: readonly LogName[];
  /** How long a batch waits for more after its first message; ms. */
  readonly lingerMs?: number;
}

/**
 * The stream in one SQLite file. Every append is one transaction, written through to the disk before it resolves
 * (WAL with `synchronous=FULL`). The next offset stands in its own table, so that an offset is never used twice, even
 * after everything was trimmed. Calls block the thread: it lives in the sealing worker.
 */
export class SqliteStream implements Stream {
  readonly #db: DatabaseSync;
  readonly #settings: SqliteStreamSettings;
  readonly #insert: StatementSync;
  readonly #read: StatementSync;
  readonly #bounds: StatementSync;
  readonly #wakers = new Set<() => void>();
  readonly #running = new Set<StreamConsumption>();

  constructor(settings: SqliteStreamSettings) {
    this.#settings = settings;
    this.#db = openDatabase(settings.path);
    this.#insert = this.#db.prepare('INSERT INTO entries (id, body) VALUES (?, ?)');
    this.#read = this.#db.prepare('SELECT body FROM entries WHERE id >= ? AND id < ? ORDER BY id');
    this.#bounds = this.#db.prepare('SELECT id, low, next FROM logs WHERE name = ?');
  }

  async append(log: LogName, messages: readonly string[]): Promise<void> {
    if (messages.length === 0) return;
    this.#transaction(() => {
      const found = this.#find(log) ?? this.#addLog(log);
      const base = found.id * OFFSET_SPAN + found.next;
      for (let i = 0; i < messages.length; i++) this.#insert.run(base + i, messages[i] as string);
      this.#db.prepare('UPDATE logs SET next = ? WHERE id = ?').run(found.next + messages.length, found.id);
    });
    for (const wake of this.#wakers) wake();
  }

  async bounds(log: LogName): Promise<{ low: number; high: number }> {
    const found = this.#find(log);
    return { low: found?.low ?? 0, high: found?.next ?? 0 };
  }

  async consume(consumer: StreamConsumer): Promise<StreamConsumption> {
    const stopping = new AbortController();
    const loops = this.#settings.logs.map((log) => consumeLog(this.#source(log), consumer, stopping.signal));
    const consumption: StreamConsumption = {
      stop: async () => {
        stopping.abort();
        await Promise.all(loops);
        this.#running.delete(consumption);
      },
    };
    this.#running.add(consumption);
    return consumption;
  }

  async trim(log: LogName, below: number): Promise<void> {
    const found = this.#find(log);
    if (found === undefined) return;
    const base = found.id * OFFSET_SPAN;
    const end = Math.min(below, found.next);
    for (let low = found.low; low < end; low += TRIM_STEP) {
      const to = Math.min(low + TRIM_STEP, end);
      this.#transaction(() => {
        this.#db.prepare('DELETE FROM entries WHERE id >= ? AND id < ?').run(base + low, base + to);
        this.#db.prepare('UPDATE logs SET low = max(low, ?) WHERE id = ?').run(to, found.id);
      });
    }
  }

  async close(): Promise<void> {
    for (const consumption of [...this.#running]) await consumption.stop();
    this.#db.close();
  }

  #source(log: LogName): LogSource {
    return {
      log,
      lingerMs: this.#settings.lingerMs ?? BATCH_LIMITS.lingerMs,
      bounds: () => this.bounds(log),
      read: (from, room) => this.#readChunk(log, from, room),
      onAppend: (wake) => {
        this.#wakers.add(wake);
        return () => this.#wakers.delete(wake);
      },
    };
  }

  #readChunk(log: LogName, from: number, room: Room): Chunk {
    const found = this.#find(log);
    const messages: string[] = [];
    let bytes = 0;
    if (found === undefined) return { messages, bytes, full: false };
    const base = found.id * OFFSET_SPAN;
    try {
      for (const row of this.#read.iterate(base + from, base + Math.min(found.next, from + room.entries))) {
        const body = String(row.body);
        const size = Buffer.byteLength(body);
        const isFirst = room.evenIfLarger && messages.length === 0;
        if (bytes + size > room.bytes && !isFirst) return { messages, bytes, full: true };
        bytes += size;
        messages.push(body);
      }
    } catch (error) {
      throw sqliteError(error);
    }
    return { messages, bytes, full: false };
  }

  #find(log: LogName): { id: number; low: number; next: number } | undefined {
    try {
      const row = this.#bounds.get(baseOf(log));
      return row === undefined
        ? undefined
        : { id: Number(row.id), low: Number(row.low), next: Number(row.next) };
    } catch (error) {
      throw sqliteError(error);
    }
  }

  #addLog(log: LogName): { id: number; low: number; next: number } {
    const id = Number(
      this.#db.prepare('INSERT INTO logs (name, low, next) VALUES (?, 0, 0)').run(baseOf(log))
        .lastInsertRowid,
    );
    if (id >= LARGEST_LOG) throw new HoldfastError('internal', 'The stream holds too many logs.');
    return { id, low: 0, next: 0 };
  }

  #transaction(work: () => void): void {
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw sqliteError(error);
    }
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    const isNew = !existsSync(path);
    mkdirSync(dirname(path), { recursive: true });
    const db = new DatabaseSync(path, { timeout: 10_000 });
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8000;');
    db.exec(SCHEMA);
    // SQLite syncs its files; a new name in the folder is ours to make durable.
    if (isNew) syncFolder(dirname(path));
    return db;
  } catch (error) {
    throw sqliteError(error);
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

const SQLITE_FULL = 13;

function sqliteError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const code =
    typeof error === 'object' && error !== null && 'errcode' in error
      ? Number(error.errcode) & 0xff
      : undefined;
  if (code === SQLITE_FULL) {
    return new HoldfastError('storage-full', 'No room is left for the stream.', {
      hint: 'Free space on the disk of the archive, then run the command again; nothing acknowledged is lost.',
      cause: error,
    });
  }
  if (code === undefined) return storageError(error, 'opening the stream');
  return new HoldfastError('storage-failed', `The stream’s database answered with an error (${code}).`, {
    hint: 'Check the disk. If stream.db is damaged, move it away while nothing runs: the archive refills it from the vault.',
    cause: error,
  });
}
