/**
 * Messages of Apple: `chat.db` of a Mac, `sms.db` of a telephone: iMessage, SMS and RCS. Tables: ReagentX/imessage-exporter
 * and log2timeline/plaso (`imessage.py`), tried on a database of 2015 and on texts and edits of later systems.
 */
import type { Format, SourceFile } from '../format.ts';
import { FilesBeside, type Shared } from '../reading/files-beside.ts';
import { FollowingRows } from '../reading/following-rows.ts';
import type { SqliteRow } from '../reading/sqlite.ts';
import {
  databasesOf,
  databaseWithFiles,
  looksLike,
  numberColumn,
  type RowUnit,
  sqliteFrames,
  type Tables,
  textColumn,
} from '../reading/sqlite-units.ts';
import { nameOf } from '../source-name.ts';
import { Directory } from './imessage/directory.ts';
import { MessageUnits } from './imessage/message.ts';

/** `3d0d…` is the name of sms.db in a telephone's backup. */
const NAMES = /^(?:chat\.db|sms\.db|3d0d7e5fb2ce288813306e4d4636395e047a3d28)$/iu;
const ATTACHMENTS = /(?:^|\/)Attachments\//u;

export const imessage: Format = {
  name: 'imessage',
  title: 'Apple Messages database (chat.db, sms.db)',
  networks: ['imessage', 'sms', 'rcs'],
  systems: [{ name: 'iMessage', proven: 'real sample' }],
  unit: 'A row of message; each edit, withdrawal, deletion and read mark that it holds; a row of deleted_messages; each other file of the folder.',
  limits: [
    'Who takes part in a group is listed without a time and is not taken as an event.',
    'Of a reaction the database keeps only the last state.',
    'A message that was withdrawn whole has no text left: it becomes a deletion without the message.',
    'Cards of apps are kept by their name, not drawn.',
    'Columns that are null, zero or empty are left out of what is kept beside an event.',
    'Where the database does not say whose it is, state it with --account.',
  ],
  detect(probe) {
    const found = looksLike(
      probe,
      [
        /CREATE TABLE (?:IF NOT EXISTS )?"?message"? ?\(/u,
        /CREATE TABLE (?:IF NOT EXISTS )?"?chat_message_join"?/u,
      ],
      NAMES,
    );
    if (found === undefined) return undefined;
    return found === 'schema'
      ? {
          confidence: 0.95,
          reason: 'a SQLite database with the tables of Apple’s Messages (“chat_message_join”)',
        }
      : { confidence: 0.6, reason: 'a SQLite database by the name of Apple’s Messages' };
  },
  folder: databaseWithFiles(NAMES, (path) => path.startsWith('Attachments/')),
  async *frames(source) {
    const held = source.files.filter((file) => ATTACHMENTS.test(nameOf(file)));
    const beside = new FilesBeside(held);
    const { databases, rest } = databasesOf(source.files.filter((file) => !held.includes(file)));
    for (const { file, log } of databases)
      yield* sqliteFrames(source, file, log, (db) => rowsOf(db, file, beside));
    yield rest;
    yield [...beside.rest()];
  },
};

function* rowsOf(db: Tables, file: SourceFile, beside: FilesBeside): Iterable<RowUnit> {
  const directory = new Directory(db, file.settings.account);
  const files = new FilesOfMessages(db, nameOf(file).replace(/[^/]*$/u, ''), beside);
  if (db.tables.has('message'))
    for (const row of db.rows(messagesSql(db))) {
      const number = numberColumn(row, 'number') ?? 0;
      const part = `message/${number}`;
      const { number: _number, ...columns } = row;
      const units = new MessageUnits({ row: columns, part, files: files.of(number) }, directory);
      yield { part, units: units.units, read: (place) => units.read(place) };
    }
  if (db.tables.has('deleted_messages'))
    for (const { number } of db.rows('SELECT ROWID AS number FROM deleted_messages ORDER BY ROWID'))
      yield {
        part: `deleted_messages/${number}`,
        units: 1,
        read: () => [{ type: 'excluded', reason: 'bookkeeping' }],
      };
}

/** A message may be in several chats: the first counts, the others are kept beside it. */
function messagesSql(db: Tables): string {
  const has = (table: string, column: string): boolean => db.tables.get(table)?.has(column) === true;
  const joined = has('chat_message_join', 'message_id');
  const recoverable = has('chat_recoverable_message_join', 'delete_date');
  return [
    'SELECT m.ROWID AS number, m.*',
    joined ? ', c.in_chat, c.also_in_chats' : '',
    recoverable ? ', coalesce(c.in_chat, r.chat_id) AS in_chat, r.was_deleted' : '',
    ' FROM message m',
    joined
      ? " LEFT JOIN (SELECT message_id, min(chat_id) AS in_chat, CASE WHEN count(*) > 1 THEN group_concat(chat_id, ' ') END AS also_in_chats FROM chat_message_join GROUP BY message_id) c ON c.message_id = m.ROWID"
      : '',
    recoverable
      ? ' LEFT JOIN (SELECT message_id, min(chat_id) AS chat_id, max(delete_date) AS was_deleted FROM chat_recoverable_message_join GROUP BY message_id) r ON r.message_id = m.ROWID'
      : '',
    ' ORDER BY m.ROWID',
  ].join('');
}

/** Attachments of one message after the other: both lists are in the order of the messages. */
class FilesOfMessages {
  readonly #rows: FollowingRows;
  readonly #root: string;
  readonly #beside: FilesBeside;

  constructor(db: Tables, root: string, beside: FilesBeside) {
    const known =
      db.tables.get('message_attachment_join')?.has('message_id') === true && db.tables.has('attachment');
    const sql =
      'SELECT j.message_id AS of_message, a.* FROM message_attachment_join j JOIN attachment a ON a.ROWID = j.attachment_id ORDER BY j.message_id, a.ROWID';
    this.#rows = new FollowingRows(db, known ? sql : undefined, 'of_message');
    this.#root = root;
    this.#beside = beside;
  }

  of(message: number): Shared[] {
    return this.#rows.of(message).map((row) => this.#shared(row));
  }

  /** `~/Library/Messages/Attachments/…` on a Mac, `~/Library/SMS/Attachments/…` on a telephone. */
  #shared(row: SqliteRow): Shared {
    const path = textColumn(row, 'filename');
    const name = textColumn(row, 'transfer_name') ?? path?.slice(path.lastIndexOf('/') + 1);
    const size = numberColumn(row, 'total_bytes');
    const mediaType = textColumn(row, 'mime_type');
    const below = path === undefined ? -1 : path.indexOf('Attachments/');
    return {
      attachment: {
        ...(name !== undefined && { name }),
        ...(size !== undefined && size >= 0 && { size }),
        ...(mediaType !== undefined && { mediaType }),
        ...(path !== undefined && { reference: path }),
        state: path === undefined ? 'missing' : 'referenced',
      },
      file:
        path === undefined || below === -1 ? undefined : this.#beside.find(this.#root + path.slice(below)),
    };
  }
}
