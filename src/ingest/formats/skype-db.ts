/**
 * Skype's database `main.db` (versions 4 to 8 of the desktop client): messages, calls, file transfers, text messages.
 * Tables: Skyperious (`skypedata.py`), log2timeline/plaso (`skype.py`), tried on a database of 2013.
 */
import type { Format, Outcome } from '../format.ts';
import { Ordinals } from '../reading/ordinals.ts';
import type { Place } from '../reading/provenance.ts';
import type { SqliteRow } from '../reading/sqlite.ts';
import {
  databaseFolder,
  databasesOf,
  looksLike,
  type RowUnit,
  sqliteFrames,
  type Tables,
} from '../reading/sqlite-units.ts';
import { NETWORK } from './skype/content.ts';
import { callOutcome } from './skype-db/call.ts';
import { Directory } from './skype-db/directory.ts';
import { outcomesOf, unitsOf } from './skype-db/message.ts';
import { transferOutcome } from './skype-db/transfer.ts';

const NAMES = /^main\.db$/iu;

export const skypeDb: Format = {
  name: 'skype-db',
  title: 'Skype database (main.db)',
  networks: [NETWORK],
  systems: [{ name: 'Skype', proven: 'real sample', note: 'The desktop client’s main.db.' }],
  unit: 'A row of Messages (or each person it adds or removes), a transfer, call or text message of which no message speaks, and a contact.',
  limits: [
    'The database holds the last text of an edited message only: it becomes one edit without the message before; of a deleted one it holds nothing but when.',
    'Files are references; their bytes are not in the database.',
    'Who takes part in a conversation is listed without a time and is not taken as an event.',
    'Columns that are null, zero or empty are left out of what is kept beside an event.',
    'The older .dbb and chatsync files are not read.',
  ],
  detect(probe) {
    const found = looksLike(
      probe,
      [/CREATE TABLE (?:IF NOT EXISTS )?"?Messages"? ?\([^)]*\bbody_xml\b/u],
      NAMES,
    );
    if (found === undefined) return undefined;
    return found === 'schema'
      ? { confidence: 0.95, reason: 'a SQLite database with Skype’s table Messages (“body_xml”)' }
      : { confidence: 0.6, reason: 'a SQLite database by the name of Skype’s (main.db)' };
  },
  folder: databaseFolder(NAMES),
  async *frames(source) {
    const { databases, rest } = databasesOf(source.files);
    for (const { file, log } of databases)
      yield* sqliteFrames(source, file, log, (db) => rowsOf(db, file.settings.account));
    yield rest;
  },
};

function* rowsOf(db: Tables, account: string | undefined): Iterable<RowUnit> {
  const directory = new Directory(db, account);
  const ordinals = new Ordinals();
  const known = callMessages(db);
  const messages = db.tables.has('Messages');
  if (messages)
    for (const row of db.rows('SELECT * FROM Messages ORDER BY id')) {
      const part = `Messages/${row.id}`;
      yield { part, units: unitsOf(row), read: (place) => outcomesOf(row, part, directory, ordinals, place) };
    }
  const single = (
    row: SqliteRow,
    part: string,
    outcome: (
      row: SqliteRow,
      part: string,
      directory: Directory,
      ordinals: Ordinals,
      place: Place,
    ) => Outcome,
  ): RowUnit => ({ part, units: 1, read: (place) => [outcome(row, part, directory, ordinals, place)] });
  if (db.tables.get('Transfers')?.has('chatmsg_guid') === true) {
    const sql = messages
      ? 'SELECT * FROM Transfers WHERE chatmsg_guid IS NULL OR chatmsg_guid NOT IN (SELECT guid FROM Messages WHERE guid IS NOT NULL) ORDER BY id'
      : 'SELECT * FROM Transfers ORDER BY id';
    for (const row of db.rows(sql)) yield single(row, `Transfers/${row.id}`, transferOutcome);
  }
  if (db.tables.get('Calls')?.has('begin_timestamp') === true)
    for (const row of db.rows(callsSql(db)))
      yield isKnown(known, row)
        ? { part: `Calls/${row.id}`, units: 1, read: () => [{ type: 'excluded', reason: 'bookkeeping' }] }
        : single(row, `Calls/${row.id}`, callOutcome);
  if (db.tables.get('SMSes')?.has('chatmsg_id') === true)
    for (const { id, chatmsg_id: message } of db.rows('SELECT id, chatmsg_id FROM SMSes ORDER BY id')) {
      // Every text message is a row of Messages too; one that is not has lost it.
      const outcome: Outcome =
        message === null
          ? { type: 'reject', code: 'conversation-unknown', detail: 'chatmsg_id' }
          : { type: 'excluded', reason: 'bookkeeping' };
      yield { part: `SMSes/${id}`, units: 1, read: () => [outcome] };
    }
  if (db.tables.get('Contacts')?.has('skypename') === true)
    for (const { id } of db.rows('SELECT id FROM Contacts ORDER BY id'))
      yield {
        part: `Contacts/${id}`,
        units: 1,
        read: () => [{ type: 'excluded', reason: 'directory-file' }],
      };
}

/** Calls, with who was called and for how long. */
const callsSql = (db: Tables): string =>
  db.tables.get('CallMembers')?.has('call_db_id') === true
    ? "SELECT Calls.*, m.members_of, m.longest FROM Calls LEFT JOIN (SELECT call_db_id, group_concat(identity, ' ') AS members_of, max(call_duration) AS longest FROM CallMembers GROUP BY call_db_id) m ON m.call_db_id = Calls.id ORDER BY Calls.id"
    : 'SELECT * FROM Calls ORDER BY id';

/** Whether messages speak of a call that began then: by conversation and minute, as many as are kept. */
function callMessages(db: Tables): ReadonlySet<string> {
  const known = new Set<string>();
  if (db.tables.get('Messages')?.has('convo_id') === true)
    for (const row of db.facts(
      `SELECT convo_id, timestamp FROM Messages WHERE type IN (30, 39) LIMIT ${MAX_KEPT}`,
    ))
      known.add(callKey(row.convo_id, row.timestamp));
  return known;
}

const MAX_KEPT = 500_000;
const callKey = (conversation: unknown, seconds: unknown, minutes = 0): string =>
  `${conversation}/${typeof seconds === 'number' ? Math.floor(seconds / 60) + minutes : 0}`;
const isKnown = (known: ReadonlySet<string>, row: SqliteRow): boolean =>
  [-1, 0, 1].some((minutes) => known.has(callKey(row.conv_dbid, row.begin_timestamp, minutes)));
