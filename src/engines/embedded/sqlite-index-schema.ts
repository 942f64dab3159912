import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { DOCUMENT_VERSION } from '../../core/search/document.ts';
import { TOKENIZER_VERSION } from '../../core/search/tokenizer.ts';
import { CREATE_FTS } from './sqlite-index-terms.ts';

/** What makes two indices of the same records differ; Unicode's tables come with the runtime. */
export const INDEX_VERSION = `2.${DOCUMENT_VERSION}.${TOKENIZER_VERSION} unicode ${process.versions.unicode}`;

/**
 * One bucket's tables. `records` is narrow, as searches look into it row by row; `documents` holds what answers print.
 * `after` and `before` are how far (ms) a record's time may really lie after and before `at`.
 */
const SCHEMA = `
CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE logs(id INTEGER PRIMARY KEY, log TEXT NOT NULL UNIQUE, next INTEGER NOT NULL,
  held INTEGER NOT NULL);
CREATE TABLE conversations(id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
CREATE TABLE records(id INTEGER PRIMARY KEY, log INTEGER NOT NULL, leaf INTEGER NOT NULL, at INTEGER NOT NULL,
  before INTEGER NOT NULL, after INTEGER NOT NULL, conversation INTEGER NOT NULL);
CREATE UNIQUE INDEX names ON records(log, leaf);
CREATE TABLE documents(id INTEGER PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE terms(term TEXT PRIMARY KEY) WITHOUT ROWID;
${CREATE_FTS};
INSERT INTO fts(fts, rank) VALUES ('pgsz', 8192);
`;

/** How long another process's write is waited for. */
const BUSY_MS = 30_000;

const POSITIONS_SCHEMA = `
CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE positions(log TEXT PRIMARY KEY, size INTEGER NOT NULL, rejects INTEGER NOT NULL,
  held TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta(name, value) VALUES ('version', '${INDEX_VERSION}');
`;

/**
 * Nothing waits for the disk: a process that is killed loses nothing, but a machine that fails may lose the newest
 * documents of one file and not those of another. So a position says what each bucket held (`held`: file → next leaf),
 * and an index that holds less when it is opened starts anew. Files are not mapped: mapped pages count as the memory of
 * the process, and reading them through the cache costs searches a sixth of their time.
 */
const PRAGMAS = `
PRAGMA page_size = 8192;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -16384;
PRAGMA temp_store = MEMORY;
PRAGMA wal_autocheckpoint = 4000;
`;

function open(file: string, schema: string, readOnly: boolean): DatabaseSync {
  if (readOnly) return openToRead(file);
  const db = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    db.exec(PRAGMAS);
    const { n } = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number };
    if (n === 0) db.exec(`BEGIN IMMEDIATE; ${schema}; COMMIT;`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A WAL database wants to write beside itself even to be read; at rest, on a medium that is not writable, it need not. */
function openToRead(file: string): DatabaseSync {
  try {
    return probed(new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS }));
  } catch (error) {
    if (existsSync(`${file}-wal`)) throw error;
    const url = pathToFileURL(file);
    url.searchParams.set('immutable', '1');
    return probed(new DatabaseSync(url, { readOnly: true }));
  }
}

function probed(db: DatabaseSync): DatabaseSync {
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export const openBucket = (file: string, readOnly: boolean): DatabaseSync => open(file, SCHEMA, readOnly);

export const openPositions = (file: string, readOnly: boolean): DatabaseSync =>
  open(file, POSITIONS_SCHEMA, readOnly);
