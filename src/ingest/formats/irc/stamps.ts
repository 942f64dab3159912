/**
 * Times as fewer clients put them before a line. Forms: the sources of bip (`log.c`), KVIrc, Konversation
 * (`chatwindow.cpp`), Supybot, and the patterns of the statistics program pisg for BitchX and mIRC.
 */
import type { DateDigits } from '../../reading/date-order.ts';
import { dayMs } from '../../reading/log-clock.ts';
import { monthOf } from '../../reading/month-name.ts';
import { numberOf, wallMs } from '../../reading/time.ts';

/** A line with its time taken off. */
export interface Timed {
  /** Milliseconds since 1970, where the line has an epoch. */
  readonly epoch?: number;
  /** Month and day of the line, where it has no year. */
  readonly date?: readonly [month: number, day: number];
  /** Start of the day, milliseconds as if UTC, where the line has a whole date. */
  readonly day?: number | undefined;
  /** The date of the line in digits whose order the file decides. */
  readonly digits?: DateDigits;
  /** The date of the line in words. */
  readonly words?: string;
  /** Milliseconds of the day; `invalid` where no clock shows it; absent where the line has no time. */
  readonly clock?: number | 'invalid';
  readonly seconds: boolean;
  /** What is no message begins with a word of the client’s and a tab (Konversation). */
  readonly isWorded?: true;
  readonly rest: string;
}

export const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2}))?`;
const DIGITS = new RegExp(
  String.raw`^(\[)?(\d{1,2})([-/.])(\d{1,2})\3(\d{4}|\d{2}),? ${CLOCK}(?: ?([AaPp][Mm]))?\]? +`,
  'u',
);
const NAMED = new RegExp(String.raw`^\[(\d{1,2})-(\p{L}{3,5})-(\d{4}) ${CLOCK}\] +`, 'u');
const BITCHX = new RegExp(String.raw`^\[(\d{1,2}) (\p{L}{3,5})/${CLOCK}\] ?`, 'u');
const WORDS = new RegExp(
  String.raw`^\[([^[\]]{8,60})\] \[${CLOCK}(?:[ \u202f]?([AaPp][Mm]))?(?: [^\]]{1,40})?\] `,
  'u',
);

/** Takes such a time off a line; undefined: it has none. */
export function rarelyTimed(line: string): Timed | undefined {
  const digits = DIGITS.exec(line);
  if (digits !== null) {
    const [all, bracket, first = '', dash, second = '', year = '', hour, minute, seconds, half] = digits;
    const rest = line.slice(all.length);
    // bip: always the day first.
    if (bracket === undefined && dash === '-')
      return dated(dayOf(year, Number(second), first), clockOf(hour, minute, seconds, half), seconds, rest);
    if (bracket === undefined && !/^[<*-]/u.test(rest)) return undefined;
    return {
      clock: clockOf(hour, minute, seconds, half),
      seconds: seconds !== undefined,
      digits: [first, second, year],
      rest,
    };
  }
  if (!line.startsWith('[')) return undefined;
  const named = NAMED.exec(line);
  if (named !== null) {
    const [all, date = '', name = '', year = '', hour, minute, second] = named;
    const day = dayOf(year, monthOf(name) ?? 0, date);
    return dated(day, clockOf(hour, minute, second), second, line.slice(all.length));
  }
  const bitchx = BITCHX.exec(line);
  if (bitchx !== null) {
    const [all, date, name = '', hour, minute, second] = bitchx;
    const month = monthOf(name);
    if (month === undefined) return undefined;
    return {
      clock: clockOf(hour, minute, second),
      seconds: second !== undefined,
      date: [month, Number(date)],
      rest: line.slice(all.length).trimStart(),
    };
  }
  const words = WORDS.exec(line);
  if (words === null) return undefined;
  const [all, text = '', hour, minute, second, half] = words;
  return {
    clock: clockOf(hour, minute, second, half),
    seconds: second !== undefined,
    words: text,
    isWorded: true,
    rest: line.slice(all.length),
  };
}

/** Milliseconds of the day; `invalid` where no clock shows it. */
export const clockOf = (
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  half?: string,
): number | 'invalid' => dayMs(hour ?? '', minute ?? '', second, half) ?? 'invalid';

/** Start of a day, milliseconds as if UTC; undefined where no calendar has it. */
export const dayOf = (year: string, month: string | number, date: string): number | undefined =>
  wallMs({
    year: numberOf(year),
    month: typeof month === 'string' ? numberOf(month) : month,
    day: numberOf(date),
    hour: 0,
    minute: 0,
    second: 0,
  });

const dated = (
  day: number | undefined,
  clock: number | 'invalid',
  second: string | undefined,
  rest: string,
): Timed => ({ clock: day === undefined ? 'invalid' : clock, seconds: second !== undefined, day, rest });
