/** Columns of LcsLog: the tables themselves, LCS 2003's, and the answers of the queries that people join them with. */
import type { Tables } from '../../reading/tables.ts';

export const TABLES: Tables['columns'] = {
  messages: 'sessionidtime sessionidseq messageidtime messageidseq fromid toid contenttypeid body'.split(' '),
  users: 'userid useruri'.split(' '),
  contenttypes: 'contenttypeid contenttype'.split(' '),
  conferences: 'sessionidtime sessionidseq conferenceuri conferencestarttime conferenceendtime'.split(' '),
  conferencemessages: 'messageid sessionidtime sessionidseq date fromid contenttypeid body'.split(' '),
  conferencemessagerecipientlist: 'messageid userid'.split(' '),
  sessiondetails: [],
  filetransfers: 'sessionidtime sessionidseq filename cookie accepted'.split(' '),
  // LCS 2003 (RtcLog): two tables by turns, whose columns are not published.
  messages0: [],
  messages1: [],
};

/** What queries call a column, in the order in which it is taken. */
export const ALIASES = {
  time: 'messageidtime date messagetime time datetime messagedate sent senttime timestamp messageidtimeutc'.split(
    ' ',
  ),
  from: 'fromuser fromuri fromuseruri from sender senderuri useruri1 user1uri'.split(' '),
  to: 'touser touri touseruri to recipient recipienturi receiver useruri2 user2uri'.split(' '),
  contentType: 'contenttype contenttypename'.split(' '),
  body: 'body message messagebody messagetext content text'.split(' '),
  conference: 'conferenceuri conference'.split(' '),
} as const;

/** Names that only LcsLog or a query over it has: a time, two people and a body could be anybody's. */
const TELLING = new Set(
  'messageidtime sessionidtime contenttype contenttypeid fromuri fromuser fromuseruri'.split(' '),
);

/** Whether these are the columns of a query that joined messages with users. */
export function isJoined(columns: ReadonlySet<string>): boolean {
  const has = (names: readonly string[]): boolean => names.some((name) => columns.has(name));
  return (
    has(ALIASES.time) &&
    has(ALIASES.from) &&
    has(ALIASES.to) &&
    has(ALIASES.body) &&
    [...columns].some((name) => TELLING.has(name))
  );
}

/** The table whose columns these are: CSV does not say. */
export function tableOf(columns: ReadonlySet<string>, name: string): string | undefined {
  if (isJoined(columns)) return JOINED;
  if (columns.has('messageidtime')) return 'messages';
  if (columns.has('useruri')) return 'users';
  if (columns.has('conferenceuri')) return 'conferences';
  if (columns.has('fromid') && columns.has('messageid')) return 'conferencemessages';
  if (columns.has('contenttype') && columns.size === 2) return 'contenttypes';
  if (columns.has('messageid') && columns.has('userid')) return 'conferencemessagerecipientlist';
  const turn = /messages([01])\b/iu.exec(name)?.[1];
  if (turn !== undefined) return `messages${turn}`;
  return ['message', 'sipmessage', 'request', 'body', 'data'].some((each) => columns.has(each))
    ? 'messages0'
    : undefined;
}

/** Rows of a query's answer, of which no table is so called. */
export const JOINED = 'joined messages';
