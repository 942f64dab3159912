/** How the clients write lines and dates. */
import { LocaleDates } from '../../reading/locale-date.ts';
import { dayMs } from '../../reading/log-clock.ts';
import { monthOf } from '../../reading/month-name.ts';
import { offsetMinutes } from '../../reading/time.ts';
import { CHATZILLA, withoutCodes } from './said.ts';
import { CLOCK, clockOf, dayOf, rarelyTimed, type Timed } from './stamps.ts';

const MONTH_DAY = new RegExp(String.raw`^ ?(\p{L}{3,4})\.? +(\d{1,2}) ${CLOCK} +`, 'u');
const EPOCH = /^T (\d{1,12}) /u;
/** Fractions are passed over; an offset makes it an instant. */
const OFFSET = String.raw`(?:[.,]\d{1,9})?(Z|[+-]\d{2}:?\d{2})?`;
const ISO = new RegExp(String.raw`^(\d{4})-(\d{2})-(\d{2})[T ]${CLOCK}${OFFSET}(?:\t|  ?)`, 'u');
const BRACKET = new RegExp(
  String.raw`^\[(?:(\d{4})-(\d{2})-(\d{2})[T ])?${CLOCK}${OFFSET}(?: ?([AaPp][Mm]))?\] ?`,
  'u',
);
const BARE = new RegExp(String.raw`^${CLOCK}(?: ?([AaPp][Mm]))?(?= [<\- *[])`, 'u');

/** The number of its kind that KVIrc puts before a line (its `kvi_out.h`). */
const KVIRC = /^(\d{1,3}) (?=\[\d|\d{4}-)/u;
const KVIRC_ACTIONS = new Set(['32', '145', '146', '147']);

/** Takes the time off a line; undefined: it has none in any form that is known. */
export function timed(line: string): Timed | undefined {
  const first = line.charCodeAt(0);
  // mIRC colours whole lines.
  if (first === 3) return timed(withoutCodes(line));
  if (first === 84) {
    const match = EPOCH.exec(line);
    if (match !== null)
      return { epoch: Number(match[1]) * 1000, seconds: true, rest: line.slice(match[0].length) };
  }
  if (first === 91) {
    const match = BRACKET.exec(line);
    if (match === null) return rarelyTimed(line);
    const [all, year, month, date, hour, minute, second, offset, half] = match;
    const day = year === undefined ? undefined : dayOf(year, month ?? '', date ?? '');
    return stamped(day, clockOf(hour, minute, second, half), second, offset, line.slice(all.length));
  }
  if (first >= 48 && first <= 57) {
    const iso = ISO.exec(line);
    if (iso !== null) {
      const [all, year = '', month = '', date = '', hour, minute, second, offset] = iso;
      const day = dayOf(year, month, date);
      const clock = day === undefined ? 'invalid' : clockOf(hour, minute, second);
      return stamped(day, clock, second, offset, line.slice(all.length));
    }
    const bare = BARE.exec(line);
    if (bare === null) {
      const kind = KVIRC.exec(line)?.[1];
      if (kind === undefined) return rarelyTimed(line);
      const found = timed(line.slice(kind.length + 1));
      return found !== undefined && KVIRC_ACTIONS.has(kind) ? { ...found, rest: `* ${found.rest}` } : found;
    }
    const [all, hour, minute, second, half] = bare;
    const rest = line.slice(all.length).replace(/^ /u, '');
    return { clock: clockOf(hour, minute, second, half), seconds: second !== undefined, rest };
  }
  const match = MONTH_DAY.exec(line);
  if (match === null) return undefined;
  const [all, name = '', date, hour, minute, second] = match;
  const month = monthOf(name);
  if (month === undefined) return undefined;
  return {
    clock: clockOf(hour, minute, second),
    seconds: second !== undefined,
    date: [month, Number(date)],
    rest: line.slice(all.length),
  };
}

/** A line that has a whole date, or none; with an offset a date is an instant. */
function stamped(
  day: number | undefined,
  clock: number | 'invalid',
  second: string | undefined,
  offset: string | undefined,
  rest: string,
): Timed {
  const seconds = second !== undefined;
  const minutes = offset === undefined ? undefined : offsetMinutes(offset);
  return day === undefined || clock === 'invalid' || minutes === undefined
    ? { clock, seconds, day, rest }
    : { epoch: day + clock - minutes * 60_000, seconds, rest };
}

/** A line that says when the log was opened or closed, or which day begins. */
export interface Heading {
  /** Start of the day, milliseconds as if UTC. */
  readonly day: number;
  /** Milliseconds of the day. */
  readonly clock: number;
  /** `Session Ident: #desk`. */
  readonly channel?: string;
}

const C_TIME = /(\p{L}{2,4})\.? +(\p{L}{3,5})\.? +(\d{1,2}) +(?:(\d{2}):(\d{2}):(\d{2}) +)?(\d{4})[\s#]*$/u;
const OPENS =
  /^(?:\*{4} [^\n]{1,40} |--- (?:Log (?:opened|closed)|Day changed) |Session (?:Start|Time|Close): |IRC log (?:started|ended) |### Log session |\*{3} on |\[[\d:]{5,8}\] --- )/u;
const SAYS_NOTHING = /^(?:Session Ident: |# |\*{3} Logfile started)/u;
/** Quassel, in its language: `[00:00:00] - {Day changed to Wednesday, March 6, 2024}`. */
const QUASSEL_DAY = /^(?:\[[\d:]{5,8}\] - )?\{\D{3,40}? ((?:\p{L}{3,14},? )?[^{}]{8,40})\}$/u;
/** First characters of headings. */
const MARKS = new Set(['*', '-', 'S', '#', 'I', '[', '{']);

/** Whether a line is a heading, and what it says; `undefined` day where its date is not understood. */
export function headingOf(line: string): { readonly isHeading: boolean; readonly heading?: Heading } {
  const first = line.charAt(0);
  if (!MARKS.has(first)) return { isHeading: false };
  const changed = line.endsWith('}') ? QUASSEL_DAY.exec(line) : null;
  if (changed !== null) return quasselDay(changed[1] ?? '');
  // Eggdrop stamps the day as any other line.
  if (first === '[' && !line.startsWith('] --- ', 6) && !line.startsWith('] --- ', 9))
    return { isHeading: false };
  if (SAYS_NOTHING.test(line)) return { isHeading: true };
  if (!OPENS.test(line)) return { isHeading: false };
  const match = C_TIME.exec(line);
  if (match === null) return { isHeading: /^(?:----|--- |IRC log |### )/u.test(line) };
  const [, , name = '', date = '', hour = '0', minute = '0', second = '0', year = ''] = match;
  const month = monthOf(name);
  const day = month === undefined ? undefined : dayOf(year, month, date);
  const clock = dayMs(hour, minute, second);
  if (day === undefined || clock === undefined) return { isHeading: true };
  return { isHeading: true, heading: { day, clock } };
}

/** A day in words; of a language that is not known the clock, which steps back, says as much. */
function quasselDay(words: string): ReturnType<typeof headingOf> {
  const parts = words.split(' ');
  // Before the date stand words of the client's that no pattern tells from its first ones.
  for (let from = 0; from < Math.min(4, parts.length); from++) {
    const wall = new LocaleDates().read(`${parts.slice(from).join(' ')} 0:00`)?.wall;
    if (wall !== undefined) return { isHeading: true, heading: { day: wall, clock: 0 } };
  }
  return { isHeading: true };
}

const OPENED: readonly (readonly [pattern: RegExp, client: string, confidence: number])[] = [
  [/^\*{4} (?:BEGIN|END(?:ING)?) LOGGING AT /u, 'XChat or HexChat', 0.9],
  [/^--- (?:Log opened|Day changed) /u, 'irssi', 0.9],
  [/^Session (?:Start|Ident): /u, 'mIRC', 0.85],
  [/^IRC log started \p{L}{3} /u, 'BitchX or ircII', 0.85],
  [/^T \d{9,10} /u, 'XChat (scrollback)', 0.8],
];
const COLUMNS = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}\S{0,12}\t[^\t]{0,64}\t/u;
/** What stands after a time in no other kind of log. */
const SPOKEN =
  /^(?:<[ @+%&~!\r]*(?:!n?c?\r)?[^<>\s]{1,40}\r?>[ \t]|-!- |\*\*\* (?:Joins|Parts|Quits): |[<>] (?:\* )?\S{1,120}: |\*[ \t]\S|\*\*\* \S|-\S{1,40}- |\u2022 \S{1,40}: |Action: \S)/u;
/** That alone could be in a log of another kind, too. */
const STARRED = /^\*{1,3}[ \t]/u;

/** Which client writes such lines. */
export function dialectOf(lines: readonly string[]): { client: string; confidence: number } | undefined {
  let spoken = 0;
  let starred = 0;
  let tabbed = 0;
  let coded = 0;
  let bare = 0;
  for (const line of lines) {
    for (const [pattern, client, confidence] of OPENED) if (pattern.test(line)) return { client, confidence };
    if (COLUMNS.test(line)) tabbed++;
    else {
      const found = timed(line);
      if (CHATZILLA.test(line)) coded++;
      else if (/^<[^\s<>/!?]{1,40}> /u.test(line)) bare++;
      const rest = found?.rest.trimStart() ?? '';
      const isWorded = found?.isWorded === true && rest.includes('\t');
      if (!isWorded && !SPOKEN.test(rest)) continue;
      if (STARRED.test(rest)) starred++;
      else spoken++;
    }
  }
  if (coded > 0 && bare > 0 && spoken === 0) return { client: 'ChatZilla without times', confidence: 0.75 };
  if (tabbed > 0) return { client: 'WeeChat', confidence: 0.8 };
  if (spoken > 0 && spoken + starred > 1) return { client: 'an IRC client', confidence: 0.75 };
  const alone = spoken === 1 && lines.filter((line) => line.trim() !== '').length <= 2;
  return alone ? { client: 'an IRC client', confidence: 0.5 } : undefined;
}
