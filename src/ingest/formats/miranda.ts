/**
 * History of Miranda IM and Miranda NG: the database of the profile (dbx_mmap, 0x700 to 0x801; SQLite), the export as
 * JSON, and the contact files of mContacts. Layouts: Miranda NG's sources (`Dbx_mmap`, `Dbx_sqlite`, `Import`).
 */
import type { Format, Source, SourceFile } from '../format.ts';
import { isSqlite } from '../reading/sqlite.ts';
import { databaseFolder, databasesOf, looksLike } from '../reading/sqlite-units.ts';
import { readHead } from '../reading/text.ts';
import { contactFileFrames, isContactFile } from './miranda/contact-file.ts';
import { isDatabase } from './miranda/database.ts';
import { databaseFrames } from './miranda/database-frames.ts';
import { isJson, jsonExportFrames } from './miranda/json-export.ts';
import { sqliteProfileFrames } from './miranda/sqlite-profile.ts';

const PROFILE = /\.(?:dat|db|sqlite)$/iu;
const TABLES = [
  /CREATE TABLE (?:IF NOT EXISTS )?"?events_srt"?/u,
  /CREATE TABLE (?:IF NOT EXISTS )?"?settings"?/u,
];

export const miranda: Format = {
  name: 'miranda',
  title: 'Miranda IM and Miranda NG',
  networks: ['icq', 'aim', 'msn', 'yahoo', 'xmpp', 'irc', 'gadu-gadu', 'any'],
  systems: [
    {
      name: 'Miranda (dbx_mmap profile)',
      proven: 'synthetic only',
      note: 'Made from the structures in its sources.',
    },
    { name: 'Miranda (SQLite profile)', proven: 'synthetic only' },
    { name: 'Miranda (JSON export)', proven: 'synthetic only' },
    { name: 'Miranda (mContacts)', proven: 'synthetic only' },
  ],
  unit: 'An event of the history.',
  limits: [
    'The network is told from the name of the account’s module (ICQ_1, JABBER …), else from --network.',
    'A profile whose events are encrypted gives one reject an event.',
    'Events that were deleted and lie in the slack of a database are not looked for.',
    'A dbx_mmap profile larger than 64 MiB is not read.',
    'The list of contacts is read for names and is not taken as an event: it has no time.',
  ],
  detect(probe) {
    const bytes = Buffer.from(probe.head);
    if (isDatabase(bytes)) return { confidence: 0.98, reason: 'the signature of a database of Miranda' };
    if (isContactFile(bytes))
      return { confidence: 0.8, reason: 'the header of a contact file of Miranda’s mContacts' };
    if (isJson(probe.text))
      return { confidence: 0.85, reason: 'JSON with “info” and “history” as Miranda exports it' };
    return looksLike(probe, TABLES, /(?!)/u) === 'schema'
      ? { confidence: 0.95, reason: 'a SQLite database with the tables of Miranda NG (“events_srt”)' }
      : undefined;
  },
  folder: databaseFolder(PROFILE),
  async *frames(source) {
    const { databases, rest } = databasesOf(source.files);
    for (const { file, log } of databases) yield* fileFrames(source, file, log);
    if (rest.length > 0) yield rest;
  },
};

async function* fileFrames(source: Source, file: SourceFile, log: SourceFile | undefined) {
  const head = Buffer.from(await readHead(file, 64));
  if (isSqlite(head)) yield* sqliteProfileFrames(source, file, log);
  else if (isDatabase(head)) yield* databaseFrames(source, file);
  else if (isContactFile(head)) yield* contactFileFrames(source, file);
  else yield* jsonExportFrames(source, file);
}
