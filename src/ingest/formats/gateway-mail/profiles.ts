/**
 * How gateways write a conversation into a mail. None of these vendors published a grammar: a profile says by which
 * words its mails are known and which lines its bodies hold. A new one is a row here, never code.
 */
import { CLOCK, DATE } from './stamps.ts';

/** Groups that a line may have: those of a stamp (`stamps.ts`), `who`, `to`, `text`, `file`, `size`. */
export interface LineForm {
  readonly kind: 'message' | 'join' | 'leave' | 'file';
  readonly pattern: RegExp;
}

export interface Profile {
  readonly name: string;
  /** The product, as people know it. */
  readonly system: string;
  /** Found in the headers of its mails. */
  readonly headers: RegExp;
  /** The network of its conversations, where it serves one alone. */
  readonly network?: string;
}

const STAMP = String.raw`[[(]?${DATE}${CLOCK}[\])]?`;
const WHO = String.raw`(?<who>[^\s:<>[\]()][^:<>[\]\n]{0,199}?)`;

const form = (kind: LineForm['kind'], source: string): LineForm => ({
  kind,
  pattern: new RegExp(`^${source}$`, 'u'),
});

const fileLine = (name: string): string =>
  String.raw`${STAMP}[ \t]*[-–]?[ \t]*${WHO} (?:has )?(?:sent|transferred|offered)(?: the| a)? file:? ${name}(?: \((?<size>\d{1,15}) bytes\))?(?<rest>[ ,;:–-].{0,500})?`;

/** Lines as bodies hold them, the most telling first. */
export const LINES: readonly LineForm[] = [
  // A name in quotes may hold blanks; one without them ends at what looks like its extension, else at the first blank.
  form('file', fileLine(`"(?<file>[^"]{1,255})"`)),
  form('file', fileLine(String.raw`(?<file>[^"(]{1,250}?\.[A-Za-z0-9]{1,8}(?![^\s,;:)]))`)),
  form('file', fileLine(`"?(?<file>[^"(]{1,255}?)"?`)),
  form(
    'join',
    String.raw`${STAMP}[ \t]*[-–*]{0,3}[ \t]*${WHO} (?:has )?(?:joined|entered)(?: the (?:conversation|chat|room|conference))?\.?`,
  ),
  form(
    'leave',
    String.raw`${STAMP}[ \t]*[-–*]{0,3}[ \t]*${WHO} (?:has )?(?:left|departed|exited)(?: the (?:conversation|chat|room|conference))?\.?`,
  ),
  form(
    'message',
    String.raw`${STAMP}[ \t]*[-–]?[ \t]*${WHO} ?(?:->|=>|→|»)[ \t]?(?<to>[^\s:<>[\]()][^:<>[\]\n]{0,199}?):(?:[ \t](?<text>.*))?`,
  ),
  form('message', String.raw`${STAMP}[ \t]*[-–]?[ \t]*<${WHO}>[ \t]*(?<text>.*)`),
  form('message', String.raw`${STAMP}[ \t]{1,4}${WHO}>[ \t](?<text>.*)`),
  form('message', String.raw`${STAMP}[ \t]*[-–]?[ \t]*${WHO}(?: (?:says|said|wrote))?:(?:[ \t](?<text>.*))?`),
  form('message', String.raw`${WHO} \[${DATE}${CLOCK}\]:?[ \t]*(?<text>.*)`),
  form('message', String.raw`${STAMP}\t${WHO}\t(?<text>.*)`),
  form('message', String.raw`${WHO}\t${STAMP}\t(?<text>.*)`),
  form('message', String.raw`${WHO} \(${DATE}${CLOCK}\):?[ \t]*(?<text>.*)`),
];

/** A line that is a name and a time, its text on the lines after it: only where the name is one of the people's. */
export const HEAD_LINE: LineForm = form(
  'message',
  String.raw`(?<who>[^\s<>[\]()][^<>[\]\n]{0,199}?)[ \t,]{1,4}${STAMP}[ \t]*:?[ \t]*`,
);

/** What a line begins with that gives its time first, and what follows. */
export const STAMPED = new RegExp(String.raw`^(?<stamp>${STAMP})[ \t]*[-–*]{0,3}[ \t]*(?<text>\S.*)$`, 'u');
/** A line that is a time, and the name with its text on the next line: only where the name is one of the people's. */
export const STAMP_LINE = new RegExp(`^${STAMP}$`, 'u');
export const SPOKEN_LINE = new RegExp(String.raw`^${WHO}:(?:[ \t](?<text>.*))?$`, 'u');

/** Which product a mail comes from, where its headers say so. */
export const PROFILES: readonly Profile[] = [
  {
    name: 'conversation-history',
    system: 'Conversation History of Lync and Skype for Business',
    headers:
      /^Subject:\s*(?:Conversation|Missed conversation) with |IPM\.Note\.Microsoft\.(?:Conversation|Missed)/imu,
    network: 'skype-for-business',
  },
  { name: 'akonix', system: 'Akonix L7', headers: /akonix/iu },
  { name: 'imlogic', system: 'IMlogic / Symantec IM Manager', headers: /imlogic|(?:symantec )?im manager/iu },
  { name: 'messagelabs', system: 'MessageLabs', headers: /messagelabs/iu },
  { name: 'verizon', system: 'Verizon', headers: /verizon/iu },
  { name: 'usa-net', system: 'USA.NET', headers: /\busa\.net\b/iu },
  { name: 'bantu', system: 'Bantu', headers: /\bbantu\b/iu },
  { name: 'effusia', system: 'Effusia Business Messenger', headers: /effusia/iu },
  { name: 'pivot', system: 'Pivot IMTrader', headers: /imtrader|pivot ?solutions|pivot\.im/iu },
  { name: 'barracuda', system: 'Barracuda IM Firewall', headers: /barracuda/iu },
  { name: 'cymphonix', system: 'Cymphonix Network Composer', headers: /cymphonix/iu },
  { name: 'facetime', system: 'FaceTime IMAuditor', headers: /imauditor|facetime communications|vantage/iu },
];
