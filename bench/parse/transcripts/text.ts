import {
  dateOf,
  isoOf,
  loginOf,
  nameOf,
  type Said,
  STEP,
  seconds,
  type Transcript,
  timeOf,
} from './transcript.ts';

const nick = (who: number): string => loginOf(who).replace('.', '');

/** An export from an Android phone in English (United Kingdom). */
export const whatsapp: Transcript = {
  kind: 'text',
  path: 'WhatsApp Chat with Harbour desk.txt',
  head: '04/03/2024, 06:00 - Messages and calls are end-to-end encrypted. No one outside of this chat, not even WhatsApp, can read or listen to them. Tap to learn more.\n',
  between: '\n',
  tail: '\n',
  entry: ({ who, at, text }: Said) =>
    `${isoOf(at).replace(/^(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}).*$/u, '$3/$2/$1, $4')} - ${nameOf(who)}: ${text}`,
};

/** A channel as Limnoria (Supybot) keeps it: dates on every line, in a form that other parsers read too. */
export const irc: Transcript = {
  kind: 'text',
  path: 'logs/irc.harbour.example/#desk.log',
  head: '',
  between: '\n',
  tail: '\n',
  entry: ({ who, at, text }: Said) => `${dateOf(at)}T${timeOf(at)}  <${nick(who)}> ${text}`,
};

/** A conversation of Pidgin as plain text. */
export const pidgin: Transcript = {
  kind: 'text',
  path: 'logs/aim/brookalice/harbourbob/2024-03-04.060000+0000GMT.txt',
  head: 'Conversation with harbourbob at 04/03/2024 06:00:00 on brookalice (aim)\n',
  between: '\n',
  tail: '\n',
  entry: ({ who, at, text }: Said) =>
    `(${timeOf(at)}) ${who % 2 === 0 ? 'brookalice' : 'harbourbob'}: ${text}`,
};

/** A chat of LINE, with a line for each day. */
export const line: Transcript = {
  kind: 'text',
  path: '[LINE] Chat with Bob Harbour.txt',
  head: '[LINE] Chat history with Bob Harbour\nSaved on: 2024/03/09 10:00\n',
  between: '\n',
  tail: '\n',
  entry: ({ who, at, text, index }: Said) => {
    const day = index === 0 || isNewDay(at) ? `\n${dateOf(at).replaceAll('-', '/')}(Mon)\n` : '';
    return `${day}${timeOf(at).slice(0, 5)}\t${nameOf(who % 2)}\t${text}`;
  },
};

/** What Trillian percent-encodes: all but letters, digits, `-` and `_`. */
const percent = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[.!~*'()]/gu,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Trillian's log of a conversation, each line an element. */
export const trillian: Transcript = {
  kind: 'xml',
  path: 'logs/AIM/Query/harbourbob.xml',
  head: '<session type="start" time="1709532000" medium="AIM" to="harbourbob" from="brookalice"/>\n',
  between: '\n',
  tail: '\n<session type="stop" time="1709618400" medium="AIM" to="harbourbob" from="brookalice"/>\n',
  entry: ({ who, at, text }: Said) => {
    const [direction, from, to] =
      who % 2 === 0 ? ['outgoing', 'brookalice', 'harbourbob'] : ['incoming', 'harbourbob', 'brookalice'];
    return `<message type="${direction}_privateMessage" time="${seconds(at)}" ms="${at % 1000}" medium="AIM" to="${to}" from="${from}" from_display="${percent(nameOf(who % 2))}" text="${percent(text)}"/>`;
  },
};

/** A conversation that Sametime saved as text. */
export const sametime: Transcript = {
  kind: 'text',
  path: 'bob.harbour@harbour.example/2024-03-04.txt',
  head: '!started at Monday, March 4, 2024 6:00:00 AM\n!initiated by Alice Brook\n',
  between: '\n',
  tail: '\n',
  entry: ({ who, at, text }: Said) => `${clock(at)}: ${nameOf(who % 2)}: ${text}`,
};

/** `6:00:37 AM` */
const clock = (at: number): string => {
  const hour = Number(timeOf(at).slice(0, 2));
  return `${hour % 12 === 0 ? 12 : hour % 12}${timeOf(at).slice(2)} ${hour < 12 ? 'AM' : 'PM'}`;
};

/** The first of a day is within a step of midnight. */
const isNewDay = (at: number): boolean => at % 86_400_000 < STEP;
