/** How the clients write lines and dates. */
import { dayMs } from '../../reading/log-clock.ts';
import { monthOf } from '../../reading/month-name.ts';
import { offsetMinutes, wallMs } from '../../reading/time.ts';

/** A line with its time taken off. */
export interface Timed {
  /** Milliseconds since 1970, where the line has an epoch. */
  readonly epoch?: number;
  /** Month and day of the line, where it has no year. */
  readonly date?: readonly [month: number, day: number];
  /** Start of the day, milliseconds as if UTC, where the line has a whole date. */
  readonly day?: number;
  /** Milliseconds of the day; `invalid` where no clock shows it; absent where the line has no time. */
  readonly clock?: number | 'invalid';
  readonly seconds: boolean;
  readonly rest: string;
}

const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2}))?`;
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

/** Takes the time off a line; undefined: it has none in any form that is known. */
export function timed(line: string): Timed | undefined {
  const first = line.charCodeAt(0);
  if (first === 84) {
    const match = EPOCH.exec(line);
    if (match !== null)
      return { epoch: Number(match[1]) * 1000, seconds: true, rest: line.slice(match[0].length) };
  }
  if (first === 91) {
    const match = BRACKET.exec(line);
    if (match === null) return undefined;
    const [all, year, month, date, hour, minute, second, offset, half] = match;
    const day = year === undefined ? undefined : dayOf(year, month ?? '', date ?? '');
    const instant = instantIn(day, clockOf(hour, minute, second, half).clock, offset);
    if (instant !== undefined)
      return { epoch: instant, seconds: second !== undefined, rest: line.slice(all.length) };
    return {
      ...clockOf(hour, minute, second, half),
      ...(day !== undefined && { day }),
      rest: line.slice(all.length),
    };
  }
  if (first >= 48 && first <= 57) {
    const iso = ISO.exec(line);
    if (iso !== null) {
      const [all, year = '', month = '', date = '', hour, minute, second, offset] = iso;
      const day = dayOf(year, month, date);
      const instant = instantIn(day, clockOf(hour, minute, second).clock, offset);
      if (instant !== undefined)
        return { epoch: instant, seconds: second !== undefined, rest: line.slice(all.length) };
      if (day === undefined) return { clock: 'invalid', seconds: true, rest: line.slice(all.length) };
      return { ...clockOf(hour, minute, second), day, rest: line.slice(all.length) };
    }
    const bare = BARE.exec(line);
    if (bare === null) return undefined;
    const [all, hour, minute, second, half] = bare;
    return { ...clockOf(hour, minute, second, half), rest: line.slice(all.length).replace(/^ /u, '') };
  }
  const match = MONTH_DAY.exec(line);
  if (match === null) return undefined;
  const [all, name = '', date, hour, minute, second] = match;
  const month = monthOf(name);
  if (month === undefined) return undefined;
  return { ...clockOf(hour, minute, second), date: [month, Number(date)], rest: line.slice(all.length) };
}

/** Milliseconds since 1970 of a whole date with its offset. */
function instantIn(
  day: number | undefined,
  clock: number | 'invalid',
  offset: string | undefined,
): number | undefined {
  const minutes = offset === undefined ? undefined : offsetMinutes(offset);
  return day === undefined || clock === 'invalid' || minutes === undefined
    ? undefined
    : day + clock - minutes * 60_000;
}

const clockOf = (
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  half?: string,
): { clock: number | 'invalid'; seconds: boolean } => ({
  clock: dayMs(hour ?? '', minute ?? '', second, half) ?? 'invalid',
  seconds: second !== undefined,
});

export const dayOf = (year: string, month: string | number, date: string): number | undefined =>
  wallMs({ year: Number(year), month: Number(month), day: Number(date), hour: 0, minute: 0, second: 0 });

/** A line that says when the log was opened or closed, or which day begins. */
export interface Heading {
  /** Start of the day, milliseconds as if UTC. */
  readonly day: number;
  /** Milliseconds of the day. */
  readonly clock: number;
  /** `Session Ident: #desk`. */
  readonly channel?: string;
}

const C_TIME = /(\p{L}{2,4})\.? +(\p{L}{3,5})\.? +(\d{1,2}) +(?:(\d{2}):(\d{2}):(\d{2}) +)?(\d{4})\s*$/u;
const OPENS =
  /^(?:\*{4} [^\n]{1,40} |--- (?:Log (?:opened|closed)|Day changed) |Session (?:Start|Time|Close): )/u;

/** Whether a line is a heading, and what it says; `undefined` day where its date is not understood. */
export function headingOf(line: string): { readonly isHeading: boolean; readonly heading?: Heading } {
  const first = line.charAt(0);
  if (first !== '*' && first !== '-' && first !== 'S' && first !== '#') return { isHeading: false };
  if (/^(?:Session Ident: |# )/u.test(line)) return { isHeading: true };
  if (!OPENS.test(line)) return { isHeading: false };
  const match = C_TIME.exec(line);
  if (match === null) return { isHeading: line.startsWith('----') || line.startsWith('--- ') };
  const [, , name = '', date = '', hour = '0', minute = '0', second = '0', year = ''] = match;
  const month = monthOf(name);
  const day = month === undefined ? undefined : dayOf(year, month, date);
  const clock = dayMs(hour, minute, second);
  if (day === undefined || clock === undefined) return { isHeading: true };
  return { isHeading: true, heading: { day, clock } };
}

/** Which client writes such lines. */
export function dialectOf(lines: readonly string[]): { client: string; confidence: number } | undefined {
  let spoken = 0;
  let tabbed = 0;
  for (const line of lines) {
    if (/^\*{4} (?:BEGIN|END(?:ING)?) LOGGING AT /u.test(line))
      return { client: 'XChat or HexChat', confidence: 0.9 };
    if (/^--- (?:Log opened|Day changed) /u.test(line)) return { client: 'irssi', confidence: 0.9 };
    if (/^Session (?:Start|Ident): /u.test(line) && !/\(/u.test(line))
      return { client: 'mIRC', confidence: 0.85 };
    if (/^T \d{9,10} /u.test(line)) return { client: 'XChat (scrollback)', confidence: 0.8 };
    if (/^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}\S{0,12}\t[^\t]{0,64}\t/u.test(line)) tabbed++;
    else if (
      /^(?:\[(?:\d{4}-\d{2}-\d{2}[T ])?\d{2}:\d{2}(?::\d{2})?[^\]\s]{0,16}\]|\d{2}:\d{2}(?::\d{2})?|\p{L}{3} \d{2} \d{2}:\d{2}:\d{2}) {1,2}(?:<[ @+%&~!]?[^<>\s]{1,40}>[ \t]|\* \S|-!- |\*\*\* (?:Joins|Parts|Quits): )/u.test(
        line,
      )
    )
      spoken++;
  }
  if (tabbed > 0) return { client: 'WeeChat', confidence: 0.8 };
  return spoken > 1 ? { client: 'an IRC client', confidence: 0.75 } : undefined;
}
