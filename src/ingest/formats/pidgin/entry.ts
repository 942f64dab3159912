/** One entry of a log, as text or as HTML: its time, who, and what. */
import type { Repair } from '../../../core/event.ts';
import { decodeEntities, htmlText } from '../../reading/html.ts';
import { clockOf } from './heading.ts';

export interface Entry {
  /** Milliseconds of the day. */
  readonly clock: number;
  /** Three numbers as written, where the entry has a date. */
  readonly date?: readonly [number, number, number];
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
const TEXT_START = new RegExp(`^${STAMP} ?`, 'u');
const HTML_START = new RegExp(
  `^(?:<font color="?(#[0-9A-Fa-f]{6})"?>)?\\s*<font size="?2"?>${STAMP}</font>`,
  'iu',
);

/** Whether a line begins an entry. */
export const startsEntry = (line: string, html: boolean): boolean =>
  html ? /^<font/iu.test(line) && HTML_START.test(line) : line.startsWith('(') && TEXT_START.test(line);

const SENT = '#16569e';
const RECEIVED = '#a82f2f';
const ERROR = '#ff0000';
const AUTO = '<AUTO-REPLY>';

function stampOf(match: RegExpExecArray, at: number): Pick<Entry, 'clock' | 'date'> | undefined {
  const [a, b, c, ...clock] = match.slice(at, at + 7);
  const ms = clockOf([undefined, ...clock]);
  if (ms === undefined) return undefined;
  if (a === undefined || b === undefined || c === undefined) return { clock: ms };
  return { clock: ms, date: [Number(a), Number(b), Number(c)] };
}

/** Reads an entry of an HTML log; undefined where its time is none. */
export function htmlEntry(source: string, repairs: Repair[]): Entry | undefined {
  const match = HTML_START.exec(source);
  const stamp = match === null ? undefined : stampOf(match, 2);
  if (match === null || stamp === undefined) return undefined;
  const colour = match[1]?.toLowerCase();
  let rest = source.slice(match[0].length).trim();
  const unbroken = withoutBreak(rest);
  if (unbroken === undefined) repairs.push({ code: 'unclosed-markup' });
  rest = unbroken ?? rest;
  const bold = /^<b>(.*?)<\/b>/isu.exec(rest);
  const inner = bold?.[1];
  if (colour === ERROR)
    return {
      ...stamp,
      direction: 'unknown',
      automatic: false,
      action: false,
      error: true,
      text: htmlText(closed(rest), repairs).trim(),
    };
  const direction = colour === SENT ? 'sent' : colour === RECEIVED ? 'received' : 'unknown';
  const base = { ...stamp, direction, automatic: false, action: false, error: false } as const;
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

/** Reads an entry of a text log: its first line and the lines that follow until the next time. */
export function textEntry(source: string): Entry | undefined {
  const match = TEXT_START.exec(source);
  const stamp = match === null ? undefined : stampOf(match, 1);
  if (match === null || stamp === undefined) return undefined;
  const rest = source.slice(match[0].length);
  const base = { ...stamp, direction: 'unknown', automatic: false, action: false, error: false } as const;
  if (rest.startsWith('***')) {
    const action = /^\*\*\*(\S+) (.*)$/su.exec(rest);
    if (action?.[1] !== undefined) return { ...base, action: true, alias: action[1], text: action[2] ?? '' };
  }
  const named =
    /^([^:\n]{1,256}?)( <AUTO-REPLY>)?: (.*)$/su.exec(rest) ??
    /^([^:\n]{1,256}?)( <AUTO-REPLY>)?:()$/su.exec(rest);
  if (named?.[1] === undefined || isSystemText(rest)) return { ...base, text: rest };
  return { ...base, alias: named[1], automatic: named[2] !== undefined, text: named[3] ?? '' };
}

/** Lines of the client that hold a colon themselves. */
const isSystemText = (text: string): boolean =>
  SYSTEM_START.test(text) || (ABOUT_SOMEBODY.test(text) && ABOUT_NAMED.test(text));

const SYSTEM_START =
  /^(?:The topic (?:for .{1,512} )?is:|Unable to send message:|You (?:have been kicked|kicked|have (?:parted|left))|Kicked by )/u;
const SAID_OF_SOMEBODY = String.raw` (?:has changed the topic to:|left the room \(|entered the room|has (?:signed|gone|become) |is now known as |mode \()`;
/** Looked for first: with a name before it, the pattern tries a name of every length on every message. */
const ABOUT_SOMEBODY = new RegExp(SAID_OF_SOMEBODY, 'u');
const ABOUT_NAMED = new RegExp(`^[^\\n]{1,256}${SAID_OF_SOMEBODY}`, 'u');

/** The title of an HTML log, from its heading. */
export function headingTitle(line: string): string | undefined {
  const match = /<(?:h1|h3|title)>(.{1,2048}?)<\/(?:h1|h3|title)>/isu.exec(line);
  return match?.[1] === undefined ? undefined : decodeEntities(match[1], []);
}
