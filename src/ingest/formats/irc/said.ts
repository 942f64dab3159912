/** What a line says, once its time is taken off. */

export type Said =
  | { readonly kind: 'message' | 'action' | 'notice-from'; readonly who: string; readonly text: string }
  | { readonly kind: 'join' | 'leave'; readonly who: string; readonly by?: string; readonly room?: string }
  | { readonly kind: 'topic'; readonly who?: string; readonly topic: string }
  | { readonly kind: 'invite'; readonly who: string; readonly invited: string }
  | { readonly kind: 'notice'; readonly type: string };

/** Colours, weights and what else clients put before a letter: mIRC's codes, and XChat's mark of hidden text. */
const codes = (...all: readonly number[]): string => String.fromCharCode(...all);
const COLOUR = codes(0x03);
const RESET = codes(0x0f);
const CODES = new RegExp(
  `${COLOUR}(?:\\d{1,2}(?:,\\d{1,2})?)?|[${codes(0x02, 0x08, 0x0f, 0x11, 0x16, 0x1d, 0x1e, 0x1f)}]`,
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

const NICK = String.raw`([^\s<>()*!#&+,.:?@~-][^\s<>()]{0,63})`;
const SPOKEN = /^<[ @+%&~!]*([^<>\s][^<>]{0,63})>[ \t]?(.*)$/su;
const NOTICE = new RegExp(String.raw`^-${NICK}(?:\(\S{1,200}\))?- (.*)$`, 'su');
const MASK = String.raw`(?: [([]\S{1,200}[)\]])?`;
const JOIN = new RegExp(String.raw`^${NICK}${MASK} {1,2}(?:has )?joined(?: (\S{1,200}))?`, 'u');
const LEFT = new RegExp(String.raw`^${NICK}${MASK} {1,2}has (?:left|quit)(?: ([#&]\S{1,200}))?`, 'u');
const KICKED = new RegExp(
  String.raw`^${NICK} (?:has kicked ${NICK}|was kicked (?:from \S{1,200} )?by ${NICK})`,
  'u',
);
/** What a client says of itself behind one star, where others put who acts. */
const OWN_WORD =
  /^(?:(?:Now|Re)?talking (?:in|on) |Now talking |Topic is |Set by .{1,100} on |Disconnected|Connecting to |Attempting to |Retrieving |Rejoined |Dns |Logging |Looking up |Users on |You (?:are|have|were) |End of |Loaded |Closing |Resuming |Unable to )/iu;
const QUIT = new RegExp(String.raw`^${NICK} \(\S{1,200}\) Quit\b`, 'u');
const RENAMED = new RegExp(String.raw`^${NICK} is now known as ${NICK}`, 'u');
const TOPIC = new RegExp(
  String.raw`^${NICK} (?:has )?change[sd] (?:the )?topic (?:(?:of|for|on) \S{1,200} )?(?:from [^\n]{0,600} )?to:? ?(.*)$`,
  'su',
);
const TOPIC_IS = /^Topic (?:(?:for|of) \S{1,200} )?is:? ?'?(.*?)'?$/su;
const INVITED = new RegExp(String.raw`^${NICK} (?:has )?invited ${NICK}`, 'u');
const ZNC = /^\*\*\* (Joins|Parts|Quits): (\S{1,64})/u;
const ZNC_TOPIC = /^\*\*\* (\S{1,64}) changes topic to '(.*)'$/su;
const ACTION = new RegExp(String.raw`^\*[ \t]+${NICK} (.*)$`, 'su');
const MARK = /^(?:-->|<--|---|--|-!-|===|\*{1,3})[ \t]+/u;
/** Quassel's mark of an action. */
const QUASSEL = /^-\*-[ \t]+(\S{1,64})[ \t](.*)$/su;

/** Reads a line. */
export function saidIn(rest: string): Said {
  const spoken = SPOKEN.exec(rest);
  if (spoken?.[1] !== undefined) return { kind: 'message', who: spoken[1].trim(), text: spoken[2] ?? '' };
  const notice = NOTICE.exec(rest);
  if (notice?.[1] !== undefined) return { kind: 'notice-from', who: notice[1], text: notice[2] ?? '' };
  const znc = ZNC.exec(rest);
  if (znc?.[2] !== undefined) return { kind: znc[1] === 'Joins' ? 'join' : 'leave', who: znc[2] };
  const zncTopic = ZNC_TOPIC.exec(rest);
  if (zncTopic?.[1] !== undefined) return { kind: 'topic', who: zncTopic[1], topic: zncTopic[2] ?? '' };
  const quassel = QUASSEL.exec(rest);
  if (quassel?.[1] !== undefined) return { kind: 'action', who: quassel[1], text: quassel[2] ?? '' };
  const mark = MARK.exec(rest)?.[0].trim();
  if (mark === undefined) return { kind: 'notice', type: 'system' };
  const told = toldIn(rest.slice(MARK.exec(rest)?.[0].length ?? 0));
  if (told !== undefined) return told;
  if (mark !== '*' || OWN_WORD.test(rest.replace(MARK, '').slice(0, 200)))
    return { kind: 'notice', type: 'system' };
  const action = ACTION.exec(rest);
  // Two blanks are XChat's own word, which no nickname precedes.
  if (action?.[1] === undefined || /^\*\s{2,}/u.test(rest)) return { kind: 'notice', type: 'system' };
  return { kind: 'action', who: action[1], text: action[2] ?? '' };
}

function toldIn(text: string): Said | undefined {
  const head = text.slice(0, 1024);
  const joined = JOIN.exec(head);
  if (joined?.[1] !== undefined)
    return { kind: 'join', who: joined[1], ...(joined[2] !== undefined && { room: joined[2] }) };
  const left = LEFT.exec(head);
  if (left?.[1] !== undefined)
    return { kind: 'leave', who: left[1], ...(left[2] !== undefined && { room: left[2] }) };
  const quit = QUIT.exec(head)?.[1];
  if (quit !== undefined) return { kind: 'leave', who: quit };
  const kicked = KICKED.exec(head);
  if (kicked?.[1] !== undefined) {
    if (kicked[2] !== undefined) return { kind: 'leave', who: kicked[2], by: kicked[1] };
    if (kicked[3] !== undefined) return { kind: 'leave', who: kicked[1], by: kicked[3] };
  }
  if (RENAMED.test(head)) return { kind: 'notice', type: 'renamed' };
  const topic = TOPIC.exec(text);
  if (topic?.[1] !== undefined) return { kind: 'topic', who: topic[1], topic: topic[2] ?? '' };
  const is = TOPIC_IS.exec(text);
  if (is !== null) return { kind: 'topic', topic: is[1] ?? '' };
  const invited = INVITED.exec(head);
  if (invited?.[1] !== undefined && invited[2] !== undefined)
    return { kind: 'invite', who: invited[1], invited: invited[2] };
  if (/^mode[/ ]| sets mode:? | gives voice | gives channel operator/u.test(head))
    return { kind: 'notice', type: 'mode' };
  return undefined;
}

/** WeeChat puts nickname or mark, a tab, and the text: brought into the form of the others. */
export function fromColumns(rest: string): string {
  const tab = rest.indexOf('\t');
  if (tab === -1 || tab > 64) return rest;
  const column = withoutCodes(rest.slice(0, tab)).trim();
  const text = rest.slice(tab + 1);
  // Two stars: what the client says itself.
  if (column === '*' && rest.startsWith(COLOUR) && !COLOURED_NICK.test(text)) return `** ${text}`;
  if (/^(?:-->|<--|--|---|=!=|\*)$/u.test(column) || column === '')
    return `${column === '' ? '--' : column} ${text}`;
  if (column.startsWith('<')) return `${column} ${text}`;
  return `<${column}> ${text}`;
}
