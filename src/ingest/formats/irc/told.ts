/** What clients tell of who came, went, was thrown out, renamed himself or set a topic: each in words of its own. */
import type { Said } from './said.ts';

/** A nickname, perhaps with the mask that some clients leave on it. */
const NICK = String.raw`([^\s<>()*!#&+,.:?@~-][^\s<>()!]{0,63})(?:!\S{1,200})?`;
const MASK = String.raw`(?: (?:[([]\S{1,200}[)\]]|<\S{1,200}>))?`;
const JOIN = new RegExp(String.raw`^${NICK}${MASK} {1,2}(?:has )?(?:just )?joined(?: (\S{1,200}))?`, 'u');
const LEFT = new RegExp(
  String.raw`^${NICK}${MASK} {1,2}(?:has (?:just )?(?:left|quit)(?: ([#&]\S{1,200}))?|(?:left|quit)(?: ([#&]\S{1,200})| irc| the channel)?(?:[.:]| \(|$))`,
  'iu',
);
/** mIRC's short form, ZNC, EnergyMech. */
const COLON = /^(Joins|Parts|Quits): ([^\s(]{1,64})/u;
const KICKED = new RegExp(
  String.raw`^${NICK} (?:has )?kicked (?!from )${NICK}|^${NICK}${MASK} (?:was |has been |has just been )?kicked (?:(?:off|from) (?:the channel |\S{1,200} ))?by ${NICK}`,
  'u',
);
const QUIT = new RegExp(String.raw`^${NICK} \(\S{1,200}\) Quit\b`, 'u');
const RENAMED = new RegExp(
  `^(?:${NICK}${MASK} (?:is (?:now )?known as|changed nick to) |Nick change: )`,
  'u',
);
const TOPIC = new RegExp(
  String.raw`^${NICK}${MASK} (?:(?:has )?change[sd]|sets?) (?:the )?(?:channel )?topic (?:(?:of|for|on) \S{1,200} )?(?:from [^\n]{0,600} )?to:? ?(.*)$`,
  'su',
);
/** Eggdrop and BitchX. */
const TOPIC_BY = /^Topic (?:changed on \S{1,200} )?by ([^\s!:]{1,64})[!:]\S*:? (.*)$/su;
const TOPIC_IS =
  /^(?:Topic (?:(?:for|of) [#&]\S{1,200} )?is:?|(?:The )?channel topic is|Topic for [#&]\S{1,200}:) ?'?(.*?)'?$/isu;
const INVITED = new RegExp(`^${NICK}${MASK} (?:has )?invited ${NICK}`, 'u');
const MODE =
  /^(?:mode[/ ]|ServerMode\/|#\S{1,120}: mode change )| sets? (?:channel )?modes?:?[ [+-]| has set (?:channel )?mode | gives? (?:voice|channel operator)/iu;

/** A topic stands in the quotes of those clients that quote it. */
function unquoted(topic: string): string {
  return /^".*"\.?$/su.test(topic)
    ? topic.slice(1, topic.lastIndexOf('"'))
    : topic.replace(/^'(.*)'$/su, '$1');
}

export function toldIn(text: string): Said | undefined {
  const head = text.slice(0, 1024);
  const short = COLON.exec(head);
  if (short?.[2] !== undefined) return { kind: short[1] === 'Joins' ? 'join' : 'leave', who: short[2] };
  const joined = JOIN.exec(head);
  if (joined?.[1] !== undefined)
    return { kind: 'join', who: joined[1], ...(joined[2] !== undefined && { room: joined[2] }) };
  const left = LEFT.exec(head);
  if (left?.[1] !== undefined) {
    const room = left[2] ?? left[3];
    return { kind: 'leave', who: left[1], ...(room !== undefined && { room }) };
  }
  const quit = QUIT.exec(head)?.[1];
  if (quit !== undefined) return { kind: 'leave', who: quit };
  const kicked = KICKED.exec(head);
  if (kicked !== null) {
    const [, by, who, whom, byWhom] = kicked;
    if (by !== undefined && who !== undefined) return { kind: 'leave', who, by };
    if (whom !== undefined && byWhom !== undefined)
      return { kind: 'leave', who: whom, by: byWhom.replace(/[:.]$/u, '') };
  }
  if (RENAMED.test(head)) return { kind: 'notice', type: 'renamed' };
  const topic = TOPIC.exec(text);
  if (topic?.[1] !== undefined) return { kind: 'topic', who: topic[1], topic: unquoted(topic[2] ?? '') };
  const by = TOPIC_BY.exec(text);
  if (by?.[1] !== undefined) return { kind: 'topic', who: by[1], topic: by[2] ?? '' };
  const is = TOPIC_IS.exec(text);
  if (is !== null) return { kind: 'topic', topic: unquoted(is[1] ?? '') };
  const invited = INVITED.exec(head);
  if (invited?.[1] !== undefined && invited[2] !== undefined)
    return { kind: 'invite', who: invited[1], invited: invited[2] };
  if (MODE.test(head)) return { kind: 'notice', type: 'mode' };
  return undefined;
}
