import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { eventId } from '../../src/core/ids.ts';
import { messages, ndjsonLine, roomName, senderAddress } from '../corpus/messages.ts';
import { timed } from '../output.ts';

/** Messages in one transaction. */
const PER_TRANSACTION = 2_000;

/**
 * The bare insert that embedded ingest is measured against: the same messages, their source line included, into one
 * table with the event's id unique, one index and full-text search, synchronous FULL. Answers messages a second; making the messages is not counted.
 */
export async function bareSqlite(folder: string, count: number): Promise<number> {
  const rows = Array.from(messages(count), (message) => ({
    ...message,
    id: eventId('slack', roomName(message.room), message.id),
    room: roomName(message.room),
    sender: senderAddress(message.sender),
    source: ndjsonLine(message),
  }));
  const database = new DatabaseSync(join(folder, 'bare.db'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(
    'CREATE TABLE message (n INTEGER PRIMARY KEY, id TEXT UNIQUE, room TEXT, sender TEXT, at INTEGER, text TEXT, source TEXT)',
  );
  database.exec('CREATE INDEX message_at ON message (at)');
  database.exec('CREATE VIRTUAL TABLE said USING fts5 (text)');
  const insert = database.prepare(
    'INSERT INTO message (id, room, sender, at, text, source) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const say = database.prepare('INSERT INTO said (rowid, text) VALUES (?, ?)');
  const { ms } = await timed(() => {
    for (let from = 0; from < rows.length; from += PER_TRANSACTION) {
      database.exec('BEGIN');
      for (const { id, room, sender, at, text, source } of rows.slice(from, from + PER_TRANSACTION)) {
        const { lastInsertRowid } = insert.run(id, room, sender, at, text, source);
        say.run(lastInsertRowid, text);
      }
      database.exec('COMMIT');
    }
  });
  database.close();
  return (count / ms) * 1_000;
}
