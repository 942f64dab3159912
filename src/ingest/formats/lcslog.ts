/**
 * The archiving database of Live Communications Server, Office Communications Server, Lync and Skype for Business
 * (LcsLog), as a script with its rows, as CSV files of its tables, or as a dump of another database with the same tables.
 */
import type { Format } from '../format.ts';
import { isSqlite } from '../reading/sqlite.ts';
import { namesTable, tableFolder, tableFrames } from '../reading/table-frames.ts';
import { csvNames, looksLikeSql } from '../reading/tables.ts';
import { isJoined, TABLES } from './lcslog/columns.ts';
import { LogReader } from './lcslog/rows.ts';

export const lcslog: Format = {
  name: 'lcslog',
  title: 'LCS, OCS, Lync and Skype for Business archiving (LcsLog)',
  networks: ['skype-for-business', 'any'],
  systems: [
    {
      name: 'Microsoft LCS 2005, OCS 2007, Lync, Skype for Business (LcsLog)',
      proven: 'synthetic only',
      note: 'Tables by Microsoft’s published schema; no real rows were seen.',
    },
    {
      name: 'Microsoft LCS 2003 (RtcLog)',
      proven: 'synthetic only',
      note: 'SIP by its standard; how the columns are called is not published.',
    },
    {
      name: 'Reuters Messaging / LSEG Messenger (LcsLog)',
      proven: 'synthetic only',
      note: 'It ran on Microsoft’s server: state the network with --network. Refinitiv’s own feed is not public.',
    },
  ],
  unit: 'A row of a table; a conference is a beginning and an end.',
  limits: [
    'LCS 2003 (RtcLog) keeps SIP requests in columns that are not published: the one that holds SIP and the first that holds a time are read.',
    'The answer of a query is read where its columns name a time, two people and a body; a conference without its address is a message between the two.',
    'A table without a line of names is read where it is named after the table and has as many columns as the published schema.',
    'What sqlcmd printed is read by the widths of its columns; it cuts values at 256 characters unless told otherwise (-y), and rows that it wrapped (-w) are rejects.',
    'Where the table of users is missing, people are their numbers.',
    'Of RTF the text is read; pictures and ink are not.',
  ],
  detect({ text, head }) {
    if (isSqlite(head)) return undefined;
    const table = namesTable(text, [
      'Messages',
      'ConferenceMessages',
      'ConferenceMessageRecipientList',
      'Conferences',
    ]);
    if (table !== undefined && /\bMessageIdTime\b|\bConferenceMessages\b|\bSessionIdTime\b/iu.test(text))
      return { confidence: 0.9, reason: `a database dump with the table ${table} of LcsLog` };
    const names = csvNames(text) ?? [];
    if (isJoined(new Set(names)))
      return { confidence: 0.9, reason: 'CSV with messages of LcsLog beside those who wrote them' };
    if (/\bMESSAGE\s+sips?:\S{1,500}\s+SIP\/2\.0/u.test(text) && (names.length > 0 || looksLikeSql(text)))
      return { confidence: 0.85, reason: 'rows that hold SIP messages, as LCS 2003 keeps them (RtcLog)' };
    const known =
      names.includes('messageidtime') || (names.includes('conferenceuri') && names.includes('sessionidtime'));
    return known ? { confidence: 0.9, reason: 'CSV with the columns of a table of LcsLog' } : undefined;
  },
  folder: tableFolder(Object.keys(TABLES), [
    'contenttypes',
    'conferencemessages',
    'conferencemessagerecipientlist',
  ]),
  frames: (source) => tableFrames(source, new LogReader()),
};
