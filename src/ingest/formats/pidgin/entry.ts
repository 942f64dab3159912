/** One entry of a log, as text or as HTML: its time, who, and what. */
import type { Repair } from '../../../core/event.ts';
import { decodeEntities, htmlText } from '../../reading/html.ts';
import { clockOf } from './heading.ts';

/** How an entry begins: `(10:15:07) `, in HTML within a font of its own. */
export interface Head {
  /** Milliseconds of the day; undefined: no clock shows it. */
  readonly clock: number | undefined;
  /** Three numbers as written, where the entry has a date. */
  readonly date: readonly [number, number, number] | undefined;
  /** Colour of the font around it, in lower case; HTML only. */
  readonly colour: string | undefined;
  /** Where in the line what was said begins. */
  readonly text: number;
}

/** What an entry says. */
export interface Entry {
  readonly direction: 'sent' | 'received' | 'unknown';
  /** Absent: a line of the client itself. */
  readonly alias?: string;
  readonly automatic: boolean;
  readonly action: boolean;
  readonly error: boolean;
  readonly text: string;
  /** HTML of the text, where it has any. */
  readonly html?: string;
}

const STAMP = String.raw`\((?:(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4}),? )?(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?\)`;
/** Without a colour, whose group stands first. */
const TEXT_START = new RegExp(`^()${STAMP} ?`, 'u');
const HTML_START = new RegExp(
  `^(?:<font color="?(#[0-9A-Fa-f]{6})"?>)?\\s*<font size="?2"?>${STAMP}</font>`,
  'iu',
);

/** The head that a line has; undefined: it begins no entry. */
export function headOf(line: string, html: boolean): Head | undefined {
  const match = html
    ? line.startsWith('<')
      ? HTML_START.exec(line)
      : null
    : line.startsWith('(')
      ? TEXT_START.exec(line)
      : null;
  if (match === null) return undefined;
  const [whole, colour, a, b, c, hour = '', minute = '', second, half] = match;
  const isDated = a !== undefined && b !== undefined && c !== undefined;
  return {
    clock: clockOf(hour, minute, second, half),
    date: isDated ? [Number(a), Number(b), Number(c)] : undefined,
    colour: colour?.toLowerCase(),
    text: whole.length,
  };
}

const SENT = '#16569e';
const RECEIVED = '#a82f2f';
const ERROR = '#ff0000';
const AUTO = '<AUTO-REPLY>';

/** Reads an entry of an HTML log: its first line and the lines that follow until the next time. */
export function htmlEntry({ colour, text: start }: Head, source: string, repairs: Repair[]): Entry {
  let rest = source.slice(start).trim();
  const unbroken = withoutBreak(rest);
  if (unbroken === undefined) repairs.push({ code: 'unclosed-markup' });
  rest = unbroken ?? rest;
  const bold = /^<b>(.*?)<\/b>/isu.exec(rest);
  const inner = bold?.[1];
  if (colour === ERROR)
    return {
      direction: 'unknown',
      automatic: false,
      action: false,
      error: true,
      text: htmlText(closed(rest), repairs).trim(),
    };
  const direction = colour === SENT ? 'sent' : colour === RECEIVED ? 'received' : 'unknown';
  const base = { direction, automatic: false, action: false, error: false } as const;
  if (bold === null || inner === undefined) return { ...base, text: htmlText(closed(rest), repairs).trim() };
  const after = rest.slice(bold[0].length);
  const named = htmlText(inner, repairs);
  if (named.startsWith('***')) {
    const body = bodyOf(after);
    return { ...base, action: true, alias: named.slice(3).trim(), ...bodyFields(body, repairs) };
  }
  // A name ends with a colon and its font ends after it; a line of the client has neither.
  const name = named.trimEnd().endsWith(':') ? named.trim().slice(0, -1).trimEnd() : '';
  if (name === '' || (colour === undefined && !/^\s*<\/font>/iu.test(after) && after.trim() === ''))
    return { ...base, text: htmlText(closed(rest), repairs).trim() };
  const automatic = name.endsWith(AUTO);
  return {
    ...base,
    alias: (automatic ? name.slice(0, -AUTO.length).trimEnd() : name).replace(/->$/u, ''),
    automatic,
    ...bodyFields(bodyOf(after), repairs),
  };
}

/** The entry without the `<br/>` that ends it (and the end of the page after that); undefined where it has none. */
function withoutBreak(source: string): string | undefined {
  let text = source.trimEnd();
  for (;;) {
    const end = /<\/(?:body|html)>$/iu.exec(text.slice(-16));
    if (end === null) break;
    text = text.slice(0, -end[0].length).trimEnd();
  }
  const found = /<br ?\/?>$/iu.exec(text.slice(-16));
  return found === null ? undefined : text.slice(0, -found[0].length);
}

const closed = (fragment: string): string => fragment.replace(/<\/font>\s*$/iu, '');

/** The message after the name: one blank separates them. */
const bodyOf = (after: string): string => after.replace(/^\s*<\/font>/iu, '').replace(/^ /u, '');

function bodyFields(body: string, repairs: Repair[]): Pick<Entry, 'text' | 'html'> {
  const text = htmlText(body, repairs);
  return { text: text.replaceAll(/^\n|\n+$/gu, ''), ...(body !== text && { html: body }) };
}

/** Reads an entry of a text log. */
export function textEntry({ text: start }: Head, source: string): Entry {
  const rest = source.slice(start);
  if (rest.startsWith('***')) {
    const action = /^\*\*\*(\S+) (.*)$/su.exec(rest);
    if (action?.[1] !== undefined) return entry(action[1], action[2] ?? '', false, true);
  }
  const colon = rest.indexOf(':');
  const name = rest.slice(0, Math.max(colon, 0));
  const isNamed =
    name !== '' &&
    name.length <= MAX_NAME &&
    !name.includes('\n') &&
    (rest.length === colon + 1 || rest[colon + 1] === ' ') &&
    !SYSTEM_START.test(rest) &&
    !ABOUT_SOMEBODY.test(name);
  if (!isNamed) return entry(undefined, rest, false, false);
  const automatic = name.endsWith(AUTO_SENT) && name.length > AUTO_SENT.length;
  const alias = automatic ? name.slice(0, -AUTO_SENT.length) : name;
  return entry(alias, rest.slice(colon + 2), automatic, false);
}

function entry(alias: string | undefined, text: string, automatic: boolean, action: boolean): Entry {
  const shared = { direction: 'unknown', automatic, action, error: false, text } as const;
  return alias === undefined ? shared : { ...shared, alias };
}

const AUTO_SENT = ` ${AUTO}`;
const MAX_NAME = 256;
/** Lines of the client that hold a colon themselves. */
const SYSTEM_START =
  /^(?:The topic (?:for .{1,512} )?is:|Unable to send message:|You (?:have been kicked|kicked|have (?:parted|left))|Kicked by )/u;
/** What stands before the colon is no name but what the client says of somebody. */
const ABOUT_SOMEBODY =
  /. (?:has changed the topic to$|left the room \(|entered the room|has (?:signed|gone|become) |is now known as |mode \()/u;

/** The title of an HTML log, from its heading. */
export function headingTitle(line: string): string | undefined {
  const match = /<(?:h1|h3|title)>(.{1,2048}?)<\/(?:h1|h3|title)>/isu.exec(line);
  return match?.[1] === undefined ? undefined : decodeEntities(match[1], []);
}
