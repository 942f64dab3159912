/**
 * WhatsApp’s database `msgstore.db` of an Android telephone, decrypted: the tables since 2022 and those before. Names of
 * contacts come from `wa.db` where that lies beside it.
 */
import type { Format, Frame, Outcome, SourceFile } from '../format.ts';
import { FilesBeside } from '../reading/files-beside.ts';
import { wholeFile } from '../reading/frames.ts';
import type { Place } from '../reading/provenance.ts';
import { openSqlite, SqliteFault, type SqliteRow } from '../reading/sqlite.ts';
import {
  databasesOf,
  looksLike,
  type RowUnit,
  sqliteFrames,
  type Tables,
  textColumn,
} from '../reading/sqlite-units.ts';
import { nameOf } from '../source-name.ts';
import { Addresses } from './whatsapp-db/addresses.ts';
import { outcomesOf, unitsOf } from './whatsapp-db/message.ts';
import { callOutcome, reactionOutcome, receiptOutcome } from './whatsapp-db/others.ts';
import { NETWORK, People } from './whatsapp-db/people.ts';
import {
  calls,
  isNew,
  isOld,
  newMessages,
  oldMessages,
  owner,
  reactions,
  receipts,
} from './whatsapp-db/queries.ts';

const NAMES = /^msgstore[^/]*\.db$/iu;
const CONTACTS = /(?:^|\/)wa\.db$/u;
const MEDIA = /(?:^|\/)Media\//u;
/** The table of messages, before 2022 and since. */
const SCHEMA =
  /CREATE TABLE (?:IF NOT EXISTS )?"?messages?"? ?\([^;]{0,2000}?\b(?:key_remote_jid|chat_row_id)\b/u;
const MAX_NAMES = 500_000;

export const whatsappDb: Format = {
  name: 'whatsapp-db',
  title: 'WhatsApp database (msgstore.db)',
  networks: [NETWORK],
  systems: [
    {
      name: 'WhatsApp (msgstore.db, Android)',
      proven: 'synthetic only',
      note: 'Made from the published schema of a parser’s tests; the database must be decrypted.',
    },
  ],
  unit: 'A row of messages (or each person it adds or removes), a reaction, a read receipt, a call, and each other file of the folder.',
  limits: [
    'The database holds the last text of an edited message only: it becomes one edit without the message before; of a deleted one it holds nothing but when.',
    'Where no group says who the owner is, state the number with --account; else what he sent has no sender.',
    'In the older tables the list of people who were added or removed is not read: the event names who did it.',
    'Encrypted copies (.crypt12, .crypt14, .crypt15) are not read.',
    'Columns that are null, zero or empty are left out of what is kept beside an event.',
  ],
  detect(probe) {
    const found = looksLike(probe, [SCHEMA], NAMES);
    if (found === undefined) return undefined;
    return found === 'schema'
      ? {
          confidence: 0.95,
          reason: 'a SQLite database with the tables of WhatsApp (“chat_row_id” or “key_remote_jid”)',
        }
      : { confidence: 0.6, reason: 'a SQLite database by the name of WhatsApp’s (msgstore.db)' };
  },
  folder: {
    marks: (name) => NAMES.test(name) || name === 'Databases',
    groups: (names) =>
      names
        .filter((name) => NAMES.test(name.slice(name.lastIndexOf('/') + 1)))
        .map((name) => {
          const roots = rootsOf(name);
          return [
            name,
            ...names.filter(
              (each) =>
                each === `${name}-wal` ||
                each === `${name}-shm` ||
                each === `${roots[0]}wa.db` ||
                roots.some((root) => each.startsWith(`${root}Media/`)),
            ),
          ];
        })
        .filter((group) => group.length > 1),
  },
  async *frames(source) {
    const media = source.files.filter((file) => MEDIA.test(nameOf(file)));
    const contacts = source.files.filter((file) => source.files.length > 1 && CONTACTS.test(nameOf(file)));
    const beside = new FilesBeside(media);
    const names = new Map<string, string>();
    for (const file of contacts) yield [await contactFrame(file, names)];
    const others = source.files.filter((file) => !media.includes(file) && !contacts.includes(file));
    const { databases, rest } = databasesOf(others);
    for (const { file, log } of databases)
      yield* sqliteFrames(source, file, log, (db) => rowsOf(db, file, beside, names));
    yield rest;
    yield [...beside.rest()];
  },
};

/** The folder of the database, and the one above it where that is called Databases: paths of media start there. */
function rootsOf(name: string): string[] {
  const root = name.slice(0, name.lastIndexOf('/') + 1);
  return [root, ...(root.endsWith('Databases/') ? [root.slice(0, -'Databases/'.length)] : [])];
}

/** Names of contacts, read for the names only. */
async function contactFrame(file: SourceFile, names: Map<string, string>): Promise<Frame> {
  let outcome: Outcome = { type: 'excluded', reason: 'directory-file' };
  try {
    const db = await openSqlite(file);
    try {
      if (db.tables.get('wa_contacts')?.has('jid') === true)
        for (const row of db.rows(`SELECT * FROM wa_contacts LIMIT ${MAX_NAMES}`)) {
          const jid = textColumn(row, 'jid')?.toLowerCase();
          const name = textColumn(row, 'display_name') ?? textColumn(row, 'wa_name');
          if (jid !== undefined && name !== undefined) names.set(jid, name);
        }
    } finally {
      await db.close();
    }
  } catch (error) {
    if (!(error instanceof SqliteFault)) throw error;
    outcome = { type: 'reject', code: 'file-damaged', detail: error.message };
  }
  return wholeFile(file, outcome);
}

function* rowsOf(
  db: Tables,
  file: SourceFile,
  beside: FilesBeside,
  names: ReadonlyMap<string, string>,
): Iterable<RowUnit> {
  const addresses = new Addresses(db);
  const people = new People(ownerOf(db, addresses), file.settings.account, names);
  const roots = rootsOf(nameOf(file));
  const callsListed = calls(db) !== undefined;
  const table = isNew(db) ? 'message' : isOld(db) ? 'messages' : undefined;
  if (table !== undefined)
    for (const row of db.rows(table === 'message' ? newMessages(db) : oldMessages(db))) {
      const part = `${table}/${row.number}`;
      const reading = { row: addresses.in(row), part, people, beside, roots, callsListed };
      yield { part, units: unitsOf(reading.row), read: (place) => outcomesOf(reading, place) };
    }
  const others: [
    name: string,
    sql: string | undefined,
    outcome: (row: SqliteRow, part: string, people: People, place: Place) => Outcome,
  ][] = [
    ['message_add_on', reactions(db), reactionOutcome],
    ['receipts', receipts(db), receiptOutcome],
    ['call_log', calls(db), callOutcome],
  ];
  for (const [name, sql, outcome] of others)
    if (sql !== undefined)
      for (const row of db.rows(sql)) {
        const part = `${name}/${row.number}`;
        yield { part, units: 1, read: (place) => [outcome(addresses.in(row), part, people, place)] };
      }
}

function ownerOf(db: Tables, addresses: Addresses): string | undefined {
  const sql = owner(db);
  if (sql === undefined) return undefined;
  for (const row of db.facts(sql)) return textColumn(addresses.in(row), 'owner');
  return undefined;
}
