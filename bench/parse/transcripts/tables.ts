import { isoOf, loginOf, nameOf, type Said, type Transcript } from './transcript.ts';

/** `2024-03-04 06:00:37.000` */
const clockOf = (at: number): string => isoOf(at).replace('T', ' ').replace('Z', '');
const jidOf = (who: number): string => `${loginOf(who)}@harbour.example`;
const inCsv = (text: string): string => (/[",\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** What a query of LcsLog gives, who and whom joined from the table of users, as CSV. */
const lcslog: Transcript = {
  kind: 'text',
  path: 'lcslog.csv',
  head: 'Time,FromUser,ToUser,Type,ContentType,Body\n',
  between: '\n',
  tail: '\n',
  entry: ({ who, at, text }: Said) =>
    `${clockOf(at)},${jidOf(who % 2)},${jidOf((who + 1) % 2)},p2p,text/plain,${inCsv(text)}`,
};

const JM =
  'to_jid, from_jid, sent_date, subject, thread_id, msg_type, direction, body_len, message_len, body_string, message_string, body_text, message_text, history_flag';
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The message archiver's table of Cisco Jabber as PostgreSQL dumps it: the body, and the stanza that held it. */
const ciscoJabber: Transcript = {
  kind: 'text',
  path: 'tcmadb.sql',
  head: `--\n-- PostgreSQL database dump\n--\n\nCOPY public.jm (${JM}) FROM stdin;\n`,
  between: '\n',
  tail: '\n\\.\n',
  entry: ({ who, at, text, index }: Said) => {
    const [from, to] = [`${jidOf(who % 2)}/jabber_7`, `${jidOf((who + 1) % 2)}/jabber_3`];
    const body = text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t');
    const stanza = `<message from='${from}' to='${to}' id='m${index}' type='chat'><thread>conn-1</thread><body>${escaped(body)}</body></message>`;
    return `${to}\t${from}\t${clockOf(at)}\t\\N\tconn-1\tc\tI\t${text.length}\t${stanza.length}\t${body}\t${stanza}\t\\N\t\\N\tN`;
  },
};

/** Rows that `mysqldump` puts into one statement: some 16 MB, of which a bench has a part; here fewer, so that there are several. */
const TOGETHER = 2_000;
const MESSAGES = 'INSERT INTO `ofMessageArchive` VALUES ';

/** Openfire's archive as `mysqldump` writes it, without stanzas, as the server keeps it unless told otherwise. */
const openfire: Transcript = {
  kind: 'text',
  path: 'openfire.sql',
  head: '-- MySQL dump 10.13  Distrib 5.7.30, for Linux (x86_64)\nCREATE TABLE `ofMessageArchive` (\n  `messageID` bigint(20) DEFAULT NULL,\n  `conversationID` bigint(20) NOT NULL,\n  `fromJID` varchar(255) NOT NULL,\n  `fromJIDResource` varchar(100) DEFAULT NULL,\n  `toJID` varchar(255) NOT NULL,\n  `toJIDResource` varchar(100) DEFAULT NULL,\n  `sentDate` bigint(20) NOT NULL,\n  `stanza` text,\n  `body` text,\n  `isPMforJID` varchar(255) DEFAULT NULL\n) ENGINE=InnoDB;\n',
  between: '',
  tail: ';\n',
  entry: ({ who, at, text, index }: Said) => {
    const before = index % TOGETHER > 0 ? ',' : index === 0 ? MESSAGES : `;\n${MESSAGES}`;
    const body = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('"', '\\"');
    return `${before}(${index + 1},7,'${jidOf(who % 2)}','Spark','${jidOf((who + 1) % 2)}','Spark',${at},NULL,'${body}',NULL)`;
  },
};

const COLUMNS =
  'Post Creation Time,Post Update Time,Post Update Type,Team Id,Team Name,Team Display Name,Channel Id,Channel Name,Channel Display Name,Channel Type,User Id,User Email,Username,Post Id,Edited By Post Id,Replied to Post Id,Post Message,Post Type,User Type,Previews Post Id';

/** Mattermost's compliance export as CSV. */
const mattermostCsv: Transcript = {
  kind: 'text',
  path: 'csv_export.csv',
  head: `${COLUMNS}\n`,
  between: '\n',
  tail: '\n',
  entry: ({ who, at, text, index }: Said) =>
    `${at},${at},,9yz1d8sbn3gwmpjxqhcnt7u1re,desk,Desk,qw4m6so8ofnp7dmxyjzr5h3kcy,prices,Prices,private,${USER}${who},${jidOf(who)},${loginOf(who)},${POST}${index + 100_000},,,${inCsv(text)},message,user,`,
};
const USER = 'b7c1xw9tq3nfjm8r5kzdh6ye';
const POST = '4hq1z7mxw9cfbn5tkr2d';

/** A channel of Persistent Chat, its table as the compliance adapter writes it out. */
const persistentChat: Transcript = {
  kind: 'xml',
  path: 'compliance-20240304.xml',
  head: '<?xml version="1.0" encoding="utf-8" ?>\n<Conversations xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n  <Conversation>\n    <Channel uri="ma-chan://harbour.example/300" name="Desk" islogged="" />\n    <Messages>\n',
  between: '\n',
  tail: '\n    </Messages>\n  </Conversation>\n</Conversations>\n',
  entry: ({ who, at, text, index }: Said) =>
    `      <Message type="CHAT" content="${escaped(text).replaceAll('"', '&quot;')}" id="${index + 1}">\n        <Sender UserName="${nameOf(who)}" id="${10 + who}" email="${jidOf(who)}" internal="true" uri="sip:${jidOf(who)}" />\n        <DateTimeUTC since1970="${at}" string="${isoOf(at)}" long="${(BigInt(at) + 62_135_596_800_000n) * 10_000n}" />\n      </Message>`,
};

export const tables: { readonly [format: string]: Transcript } = {
  'cisco-jabber': ciscoJabber,
  'mattermost-csv': mattermostCsv,
  'persistent-chat': persistentChat,
  lcslog,
  openfire,
};
