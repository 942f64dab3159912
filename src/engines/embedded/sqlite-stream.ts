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

/** A chunk's row id is its log's number and the offset of its first message, so that one table holds every log in order. */
const OFFSET_SPAN = 2 ** 40;
const LARGEST_LOG = 2 ** 12;
/**
 * Messages and UTF-16 units of a chunk. A row for each message would cost more than all else that carrying does; larger
 * chunks would be read twice where a batch ends within one.
 */
const CHUNK = { messages: 500, units: 256 * 1024 };
/** A log this short after a `trim`, with this many pages free, is a good moment to give room back to the disk. */
const GIVE_BACK = { messages: 2 * CHUNK.messages, pages: 256 };
/** Offsets a `trim` passes in one transaction: longer ones would hold up appends. */
const TRIM_STEP = 50_000;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS logs (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, low INTEGER NOT NULL, next INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS chunks (id INTEGER PRIMARY KEY, lengths TEXT NOT NULL, body TEXT NOT NULL) STRICT;`;

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
    this.#insert = this.#db.prepare('INSERT INTO chunks (id, lengths, body) VALUES (?, ?, ?)');
    this.#read = this.#db.prepare(
      'SELECT id, lengths, body FROM chunks WHERE id >= (SELECT max(id) FROM chunks WHERE id >= ? AND id <= ?) AND id < ? ORDER BY id',
    );
    this.#bounds = this.#db.prepare('SELECT id, low, next FROM logs WHERE name = ?');
  }

  async append(log: LogName, messages: readonly string[]): Promise<void> {
    if (messages.length === 0) return;
    this.#transaction(() => {
      const found = this.#find(log) ?? this.#addLog(log);
      const base = found.id * OFFSET_SPAN + found.next;
      for (const { first, lengths, body } of chunksOf(messages)) {
        this.#insert.run(base + first, JSON.stringify(lengths), body);
      }
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
        // The chunk that holds the new low end stays whole.
        this.#db
          .prepare('DELETE FROM chunks WHERE id >= ? AND id < (SELECT max(id) FROM chunks WHERE id <= ?)')
          .run(base, base + to);
        this.#db.prepare('UPDATE logs SET low = max(low, ?) WHERE id = ?').run(to, found.id);
      });
    }
    if (found.next - end <= GIVE_BACK.messages) this.#giveBack();
  }

  /** What was sealed leaves the file, not only the table: until then it could be read there. */
  #giveBack(): void {
    try {
      const free = Number(this.#db.prepare('PRAGMA freelist_count').get()?.freelist_count ?? 0);
      if (free < GIVE_BACK.pages) return;
      this.#db.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);');
    } catch (error) {
      throw sqliteError(error);
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
    const start = base + from;
    try {
      for (const row of this.#read.iterate(base, start, base + found.next)) {
        let offset = Number(row.id);
        for (const message of messagesOf(String(row.lengths), String(row.body))) {
          if (offset++ < start) continue;
          if (messages.length === room.entries) return { messages, bytes, full: false };
          const size = Buffer.byteLength(message);
          const isFirst = room.evenIfLarger && messages.length === 0;
          if (bytes + size > room.bytes && !isFirst) return { messages, bytes, full: true };
          bytes += size;
          messages.push(message);
        }
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

interface NewChunk {
  /** Place of its first message among those appended. */
  readonly first: number;
  /** UTF-16 units of each message. */
  readonly lengths: number[];
  readonly body: string;
}

function* chunksOf(messages: readonly string[]): Generator<NewChunk> {
  let first = 0;
  while (first < messages.length) {
    const lengths: number[] = [];
    let units = 0;
    for (let i = first; i < messages.length && lengths.length < CHUNK.messages && units < CHUNK.units; i++) {
      const { length } = messages[i] as string;
      lengths.push(length);
      units += length;
    }
    yield { first, lengths, body: messages.slice(first, first + lengths.length).join('') };
    first += lengths.length;
  }
}

/** The messages of a chunk. Cut by UTF-16 units, which storing as UTF-8 keeps: half a pair becomes U+FFFD, one unit too. */
function* messagesOf(lengths: string, body: string): Generator<string> {
  let end = 0;
  for (const length of JSON.parse(lengths) as number[]) {
    yield body.slice(end, end + length);
    end += length;
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    const isNew = !existsSync(path);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // SQLite would let everybody read; its -wal and -shm take the mode of the database.
    if (isNew) closeSync(openSync(path, 'a', 0o600));
    const db = new DatabaseSync(path, { timeout: 10_000 });
    db.exec(
      'PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8000;',
    );
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
