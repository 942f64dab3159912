/**
 * WhatsApp's database `ChatStorage.sqlite` of an iPhone, as a backup or an image of the phone holds it. Tables: Core
 * Data's, by the parsers KnugiHK/WhatsApp-Chat-Exporter and log2timeline/plaso.
 */
import type { Format, SourceFile } from '../format.ts';
import { FilesBeside } from '../reading/files-beside.ts';
import { databasesOf, looksLike, type RowUnit, sqliteFrames, type Tables } from '../reading/sqlite-units.ts';
import { nameOf } from '../source-name.ts';
import { NETWORK, People } from './whatsapp-db/people.ts';
import { messageOutcome } from './whatsapp-ios/message.ts';
import { messages, names } from './whatsapp-ios/queries.ts';

const NAMES = /^ChatStorage[^/]*\.sqlite$/iu;
const MEDIA = /(?:^|\/)(?:Message\/)?Media\//u;

export const whatsappIos: Format = {
  name: 'whatsapp-ios',
  title: 'WhatsApp database of iPhones (ChatStorage.sqlite)',
  networks: [NETWORK],
  systems: [
    {
      name: 'WhatsApp (ChatStorage.sqlite, iPhone)',
      proven: 'synthetic only',
      note: 'Made from the columns that public parsers read.',
    },
  ],
  unit: 'A row of ZWAMESSAGE, and each other file of the folder.',
  limits: [
    'The database does not say whose it is: state the number with --account, else what was sent has no sender.',
    'Of a deleted message it holds nothing but when it was sent. Reactions and edits lie in blobs that are not read.',
    'Events of a group (who came, who went) are notices with their number: what the numbers mean is not published.',
    'Columns that are null, zero or empty are left out of what is kept beside an event.',
  ],
  detect(probe) {
    const found = looksLike(probe, [/CREATE TABLE "?ZWAMESSAGE"? ?\(/u], NAMES);
    if (found === undefined) return undefined;
    return found === 'schema'
      ? {
          confidence: 0.95,
          reason: 'a SQLite database with the tables of WhatsApp on an iPhone (“ZWAMESSAGE”)',
        }
      : { confidence: 0.6, reason: 'a SQLite database by the name of WhatsApp’s (ChatStorage.sqlite)' };
  },
  folder: {
    marks: (name) => NAMES.test(name),
    groups: (paths) =>
      paths
        .filter((path) => NAMES.test(path.slice(path.lastIndexOf('/') + 1)))
        .map((path) => {
          const root = path.slice(0, path.lastIndexOf('/') + 1);
          return [
            path,
            ...paths.filter(
              (each) =>
                each === `${path}-wal` ||
                each === `${path}-shm` ||
                (each.startsWith(root) && MEDIA.test(`/${each.slice(root.length)}`)),
            ),
          ];
        })
        .filter((group) => group.length > 1),
  },
  async *frames(source) {
    const media = source.files.filter((file) => source.files.length > 1 && MEDIA.test(`/${nameOf(file)}`));
    const beside = new FilesBeside(media);
    const { databases, rest } = databasesOf(source.files.filter((file) => !media.includes(file)));
    for (const { file, log } of databases)
      yield* sqliteFrames(source, file, log, (db) => rowsOf(db, file, beside));
    yield rest;
    yield [...beside.rest()];
  },
};

function* rowsOf(db: Tables, file: SourceFile, beside: FilesBeside): Iterable<RowUnit> {
  const sql = messages(db);
  if (sql === undefined) return;
  const people = new People(undefined, file.settings.account, names(db));
  const root = nameOf(file).replace(/[^/]*$/u, '');
  for (const row of db.rows(sql)) {
    const part = `ZWAMESSAGE/${row.number}`;
    yield {
      part,
      units: 1,
      read: (place) => [messageOutcome({ row, part, people, beside, root }, place)],
    };
  }
}
