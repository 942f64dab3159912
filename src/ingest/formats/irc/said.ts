/** What a line says, once its time is taken off. */
import { toldIn } from './told.ts';

export type Said =
  | { readonly kind: 'message' | 'action' | 'notice-from'; readonly who: string; readonly text: string }
  /** Sent by the account itself, to somebody. */
  | { readonly kind: 'sent'; readonly to: string; readonly text: string; readonly isNotice: boolean }
  | { readonly kind: 'join' | 'leave'; readonly who: string; readonly by?: string; readonly room?: string }
  | { readonly kind: 'topic'; readonly who?: string; readonly topic: string }
  | { readonly kind: 'invite'; readonly who: string; readonly invited: string }
  | { readonly kind: 'notice'; readonly type: string };

/** Colours, weights and what else clients put before a letter: mIRC's codes, and XChat's mark of hidden text. */
const codes = (...all: readonly number[]): string => String.fromCharCode(...all);
const COLOUR = codes(0x03);
const RESET = codes(0x0f);
/** KVIrc keeps its links: `\r!n\ralice\r`. */
const LINK = String.raw`\r(?:![\w#]{0,4}\r)?`;
const CODES = new RegExp(
  `${COLOUR}(?:\\d{1,2}(?:,\\d{1,2})?)?|${LINK}|[${codes(0x02, 0x08, 0x0f, 0x11, 0x16, 0x1d, 0x1e, 0x1f)}]`,
  'gu',
);
/** In scrollback an action has its nickname in a colour of its own; anything else behind a star is the client's word. */
const COLOURED_NICK = new RegExp(`^${COLOUR}\\d{1,2}[^\\s${RESET}]{1,64}${RESET} `, 'u');

/** Nearly no line has any, and looking for one of a few characters is quicker than for a pattern. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is looked for
const HAS_CODES = /[\x02-\x1f]/;

/** The text without codes of colour and weight. */
export const withoutCodes = (text: string): string =>
  HAS_CODES.test(text) ? text.replaceAll(CODES, '') : text;

const SPOKEN = /^<[ @+%&~!]*([^<>\s][^<>]{0,63})>[ \t]?(.*)$/su;
const NOTICE = /^-([^\s<>()*!#&+,.:?@~-][^\s<>():]{0,63})(?::[#&]\S{1,120})?(?:\(\S{1,200}\))?-[ \t](.*)$/su;
/** XChat's `>ben<` and `->ben<-`. */
const SENT = /^(-)?>([^\s<>]{1,64})<-?[ \t](.*)$/su;
/** mIRC's `-> *ben*` and `-> -ben-`. */
const SENT_TO = /^-> ([*-])([^\s*]{1,64})\1[ \t](.*)$/su;
/** From somebody to the account alone. */
const PRIVATE = /^\*([^\s*<>]{1,64})\*[ \t](.*)$/su;
/** bip: `< ben!b@host: text`, `> alice: text`, `< * ben!b@host waves`. */
const BIP = /^[<>] ([^\s!:*]{1,64})(?:!\S{1,200}?)?: (.*)$/su;
const BIP_ACTION = /^[<>] \* ([^\s!:*]{1,64})(?:!\S{1,200})? (.*)$/su;
/** Textual's `• carol: waves`, Eggdrop's `Action: carol waves`. */
const TEXTUAL = /^\u2022 (\S{1,64}?): (.*)$/su;
const EGGDROP = /^Action: (\S{1,64}) (.*)$/su;
/** Quassel's mark of an action. */
const QUASSEL = /^-\*-[ \t]+(\S{1,64})[ \t](.*)$/su;
const FORMS: readonly (readonly [pattern: RegExp, kind: 'message' | 'action' | 'notice-from'])[] = [
  [SPOKEN, 'message'],
  [NOTICE, 'notice-from'],
  [QUASSEL, 'action'],
  [PRIVATE, 'message'],
  [BIP, 'message'],
  [BIP_ACTION, 'action'],
  [TEXTUAL, 'action'],
  [EGGDROP, 'action'],
];

/** What a client says of itself behind one star, where others put who acts. */
const OWN_WORD =
  /^(?:(?:Now|Re)?talking (?:in|on) |Now talking |Topic (?:is |for \S{1,120} set )|Set by .{1,100} on |Channel [#&]|Disconnected|Connecting to |Attempting to |Retrieving |Rejoined |Dns |Logging |Looking up |Users on |You (?:are|have|were) |End of |Loaded |Closing |Resuming |Unable to |Du (?:sprichst|bist|wurdest) |Thema (?:für|von) |Vous (?:parlez|êtes) |Le sujet |Ahora |Estás |Você )/iu;
/** Who is shown with his host comes, goes or is renamed, in whatever language that is said. */
const MASKED = /^\S{1,64} [([]?\S{1,64}@\S{1,120}[)\]]?(?: |$)/u;
const ACTION = /^\*[ \t]+([^\s<>()*!#&+,.:?@~-][^\s<>()]{0,63}) (.*)$/su;
/** ChatZilla’s words for what the server said, and how it marks what the account itself did: `*ada shrugs`. */
export const CHATZILLA = /^(?:-->\||<--\||\|<--|=-=|\[[A-Z]{3,12}\])(?= |\t)/u;
const OWN_ACTION = /^\*([^\s<>()*!#&+,.:?@~-][^\s<>()*]{0,63}) (.*)$/su;
const MARK = /^(?:-->\||<--\||\|<--|=-=|\[[A-Z]{3,12}\]|-->|<--|<->|<-\*|---|--|-!-|===|\*{1,3})[ \t]+/u;

/** Reads a line. */
export function saidIn(rest: string): Said {
  for (const [pattern, kind] of FORMS) {
    const match = pattern.exec(rest);
    if (match?.[1] !== undefined) return { kind, who: match[1].trim(), text: match[2] ?? '' };
  }
  const [, dash, to, text = ''] = SENT.exec(rest) ?? SENT_TO.exec(rest) ?? [];
  if (to !== undefined) return { kind: 'sent', to, text, isNotice: dash === '-' };
  const own = OWN_ACTION.exec(rest);
  if (own?.[1] !== undefined) return { kind: 'action', who: own[1], text: own[2] ?? '' };
  const mark = MARK.exec(rest)?.[0] ?? '';
  const told = toldIn(rest.slice(mark.length));
  if (told !== undefined) return told;
  const after = rest.slice(mark.length, 256);
  if (mark.trim() !== '*' || OWN_WORD.test(after) || MASKED.test(after))
    return { kind: 'notice', type: 'system' };
  const action = ACTION.exec(rest);
  // Two blanks are XChat's own word, which no nickname precedes.
  if (action?.[1] === undefined || /^\*\s{2,}/u.test(rest)) return { kind: 'notice', type: 'system' };
  return { kind: 'action', who: action[1], text: action[2] ?? '' };
}

/**
 * WeeChat, XChat and Konversation put nickname or mark, a tab, and the text: brought into the form of the others.
 * `isWorded`: what stands there is a word of the client's, where it is no nickname in angles.
 */
export function fromColumns(rest: string, isWorded = false): string {
  const tab = rest.indexOf('\t');
  if (tab === -1 || tab > 64) return rest;
  const column = withoutCodes(rest.slice(0, tab)).trim();
  const text = rest.slice(tab + 1);
  // Two stars: what the client says itself.
  if (column === '*' && rest.startsWith(COLOUR) && !COLOURED_NICK.test(text)) return `** ${text}`;
  if (/^(?:-->|<--|--|---|=!=|\*)$/u.test(column) || column === '')
    return `${column === '' ? '--' : column} ${text}`;
  if (/^(?:<.|->?.{1,64}-$|>.{1,64}<$|\*.{1,64}\*$)/u.test(column)) return `${column} ${text}`;
  return isWorded ? `*** ${text}` : `<${column}> ${text}`;
}
