/**
 * Android's own database of messages, `mmssms.db`: text messages in `sms`, multimedia messages in `pdu` with `part` and
 * `addr`. Columns: Android's Telephony provider, tried on a database of 2013.
 */
import type { Format, SourceFile } from '../format.ts';
import { FilesBeside } from '../reading/files-beside.ts';
import { FollowingRows } from '../reading/following-rows.ts';
import { Ordinals } from '../reading/ordinals.ts';
import {
  databasesOf,
  databaseWithFiles,
  looksLike,
  numberColumn,
  type RowUnit,
  sqliteFrames,
  type Tables,
} from '../reading/sqlite-units.ts';
import { nameOf } from '../source-name.ts';
import { NETWORK, Owner } from './sms/people.ts';
import { multimediaOutcome, textOutcome } from './sms-db/row.ts';
import { Threads } from './sms-db/threads.ts';

const NAMES = /^mmssms\.db$/iu;
const PARTS = /(?:^|\/)(?:app_parts|parts)\//u;

export const smsDb: Format = {
  name: 'sms-db',
  title: 'Android messages database (mmssms.db)',
  networks: [NETWORK],
  systems: [
    { name: 'Android SMS and MMS', proven: 'real sample', note: 'A real file with text messages only.' },
  ],
  unit: 'A row of sms, a row of pdu, and each other file of the folder.',
  limits: [
    'The database does not say whose telephone it is: state the number with --account, else what was sent has no sender.',
    'A received message bears the time of its arrival; when it was sent is kept beside it.',
    'Columns that are null, zero or empty are left out of what is kept beside an event.',
  ],
  detect(probe) {
    const found = looksLike(
      probe,
      [
        /CREATE TABLE (?:IF NOT EXISTS )?"?sms"? ?\([^;]{0,2000}?\baddress\b/u,
        /CREATE TABLE (?:IF NOT EXISTS )?"?(?:pdu|threads)"? ?\(/u,
      ],
      NAMES,
    );
    if (found === undefined) return undefined;
    return found === 'schema'
      ? {
          confidence: 0.95,
          reason: 'a SQLite database with Android’s tables of messages (“sms”, “pdu”, “threads”)',
        }
      : { confidence: 0.6, reason: 'a SQLite database by the name of Android’s messages (mmssms.db)' };
  },
  folder: databaseWithFiles(NAMES, (path) => PARTS.test(`/${path}`)),
  async *frames(source) {
    const held = source.files.filter((file) => source.files.length > 1 && PARTS.test(`/${nameOf(file)}`));
    const beside = new FilesBeside(held);
    const { databases, rest } = databasesOf(source.files.filter((file) => !held.includes(file)));
    for (const { file, log } of databases)
      yield* sqliteFrames(source, file, log, (db) => rowsOf(db, file, beside));
    yield rest;
    yield [...beside.rest()];
  },
};

function* rowsOf(db: Tables, file: SourceFile, beside: FilesBeside): Iterable<RowUnit> {
  const owner = new Owner(file.settings.account);
  const threads = new Threads(db);
  const ordinals = new Ordinals();
  const root = nameOf(file).replace(/[^/]*$/u, '');
  if (db.tables.has('sms'))
    for (const row of db.rows('SELECT * FROM sms ORDER BY _id')) {
      const part = `sms/${row._id}`;
      const reading = { row, part, owner, threads, ordinals };
      yield { part, units: 1, read: (place) => [textOutcome(reading, place)] };
    }
  if (!db.tables.has('pdu')) return;
  const parts = new FollowingRows(db, ofMessages(db, 'part', 'mid'), 'mid');
  const addresses = new FollowingRows(db, ofMessages(db, 'addr', 'msg_id'), 'msg_id');
  for (const row of db.rows('SELECT * FROM pdu ORDER BY _id')) {
    const id = numberColumn(row, '_id') ?? -1;
    const part = `pdu/${id}`;
    const reading = { row, part, owner, threads, ordinals };
    const more = { parts: parts.of(id), addresses: addresses.of(id), beside, root };
    yield { part, units: 1, read: (place) => [multimediaOutcome(reading, more, place)] };
  }
}

const ofMessages = (db: Tables, table: string, column: string): string | undefined =>
  db.tables.get(table)?.has(column) === true
    ? `SELECT * FROM ${table} WHERE ${column} IS NOT NULL ORDER BY ${column}, _id`
    : undefined;
