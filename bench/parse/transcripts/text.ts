import { dateOf, isoOf, loginOf, nameOf, type Said, STEP, type Transcript, timeOf } from './transcript.ts';

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

/** WeeChat's log of a channel: dates on every line. */
export const irc: Transcript = {
  kind: 'text',
  path: 'logs/irc.harbour.#desk.weechatlog',
  head: '',
  between: '\n',
  tail: '\n',
  entry: ({ who, at, text }: Said) => `${dateOf(at)} ${timeOf(at)}\t${nick(who)}\t${text}`,
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

/** The first of a day is within a step of midnight. */
const isNewDay = (at: number): boolean => at % 86_400_000 < STEP;
