/**
 * Jabber XCP and Cisco IM and Presence: the external database of the message archiver (`jm`) and of text conferencing
 * (`tc_msgarchive` and its neighbours), as a dump (`pg_dump`, with COPY or INSERT) or as CSV.
 */
import type { Format } from '../format.ts';
import { isSqlite } from '../reading/sqlite.ts';
import { namesTable, tableFolder, tableFrames } from '../reading/table-frames.ts';
import { csvNames } from '../reading/tables.ts';
import { ArchiveReader, TABLES } from './cisco-jabber/archive.ts';

export const ciscoJabber: Format = {
  name: 'cisco-jabber',
  title: 'Cisco Jabber and Jabber XCP message archiver',
  networks: ['xmpp'],
  systems: [
    {
      name: 'Cisco Jabber (IM and Presence message archiver)',
      proven: 'synthetic only',
      note: 'Columns by Cisco’s documentation and public migrators; no real rows were seen. Read from PostgreSQL itself, too.',
    },
    { name: 'Jabber XCP', proven: 'synthetic only', note: 'The same tables.' },
  ],
  unit: 'A row of a table.',
  limits: [
    'A PostgreSQL database is read while it is in use with ingest postgresql://…; each time all of it, what is known already is no new record. Oracle and SQL Server: from a dump or CSV.',
    'Times bear no zone: state that of the database with --zone, else UTC is assumed and marked.',
    'Of the two copies of a message between two the recipient’s is read; the sender’s is read where there is no other within two seconds.',
    'Members of rooms have no time: they stand at the beginning of 1970, and the repair says so.',
  ],
  detect({ text, head }) {
    if (isSqlite(head)) return undefined;
    const table = namesTable(text, Object.keys(TABLES));
    if (table !== undefined && (table.toLowerCase() !== 'jm' || /\b(?:body_string|from_jid)\b/iu.test(text)))
      return { confidence: 0.9, reason: `a database dump with the message archiver’s table ${table}` };
    const names = csvNames(text) ?? [];
    return names.includes('from_jid') && names.includes('to_jid') && names.includes('sent_date')
      ? { confidence: 0.9, reason: 'CSV with the columns of Cisco’s message archiver' }
      : undefined;
  },
  folder: tableFolder(Object.keys(TABLES)),
  tables: Object.keys(TABLES),
  frames: (source) => tableFrames(source, new ArchiveReader()),
};
