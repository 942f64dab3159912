/** Times as the bodies of mails write them: dates of digits or with the name of a month, and clocks. */
import type { DateOrder } from '../../../core/receipt.ts';
import type { DateDigits } from '../../reading/date-order.ts';
import { monthOf } from '../../reading/month-name.ts';
import { numberOf, offsetMinutes, offsetText, wallMs } from '../../reading/time.ts';

/** Named groups of a line: see the patterns. */
export type Groups = Readonly<Record<string, string | undefined>>;

const MONTH = String.raw`\p{L}{3,12}`;
const WEEKDAY = String.raw`(?:\p{L}{2,10}\.?,? )?`;
/** `05/03/2006`, `2006-05-03`: in groups `d1` to `d3`. */
const DIGITS = String.raw`(?<d1>\d{1,4})[-/.](?<d2>\d{1,2})[-/.](?<d3>\d{1,4})`;
/** `3 May 2006`, `03-May-2006`; `May 3, 2006`; `May 03`, whose year stands behind the clock or nowhere. */
const NAMED = String.raw`(?<da>\d{1,2})[ -](?<ma>${MONTH})\.?,?[ -](?<ya>\d{4})|(?<mb>${MONTH})\.? (?<db>\d{1,2}),? (?<yb>\d{4})|(?<mc>${MONTH}) {1,2}(?<dc>\d{1,2})`;
const DAY = `(?:${WEEKDAY}(?:${DIGITS}|${NAMED}))`;
const ZONE = String.raw`UTC|GMT|Z|[ECMP][SD]T|[+-]\d{2}:?\d{2}`;

export const DATE = `(?:${DAY}(?:[ T,]{1,2}(?:at )?))?`;
export const CLOCK = String.raw`(?<h>\d{1,2}):(?<m>\d{2})(?::(?<s>\d{2})(?:[.,](?<f>\d{1,7}))?)?(?: ?(?<half>[AaPp]\.?[Mm]\.?))?(?: ?(?<zone>${ZONE}))?(?:(?<=\p{L}{3} {1,2}\d{1,2} [\d:]{5,8}(?: [A-Z]{1,4})?) (?<yc>[12]\d{3}))?`;

/** A line that is a day alone, between dashes or brackets or bare. */
const DAY_LINE = new RegExp(
  `^[-=*_#\\s[(]{0,80}(?:Date|Day)?[ \\t]*:?[ \\t]*${DAY}[-=*_#\\s\\])]{0,80}$`,
  'iu',
);

/** The date of a line that is a day alone. */
export function dayLine(line: string): Groups | undefined {
  return line.length > 200 ? undefined : DAY_LINE.exec(line)?.groups;
}

/** Whether a line gives a day. */
export const hasDate = (groups: Groups): boolean => groups.d1 !== undefined || monthIn(groups) !== undefined;

const monthIn = ({ ma, mb, mc }: Groups): string | undefined => ma ?? mb ?? mc;

/** Whether what stands where a month would is one. */
export const isSound = (groups: Groups): boolean => {
  const month = monthIn(groups);
  return month === undefined || monthOf(month) !== undefined;
};

/** The digits of a date, where it is one of digits. */
export const digitsOf = ({ d1, d2, d3 }: Groups): DateDigits | undefined =>
  d1 === undefined || d2 === undefined || d3 === undefined ? undefined : [d1, d2, d3];

/** Midnight of a date of digits, as if UTC. */
export function midnightOf([a, b, c]: DateDigits, order: DateOrder): number | undefined {
  const [year, month, day] = a.length === 4 ? [a, b, c] : order === 'mdy' ? [c, a, b] : [c, b, a];
  const full = year.length > 2 ? Number(year) : Number(year) + (Number(year) < 70 ? 2000 : 1900);
  return at(full, Number(month), Number(day));
}

/** Midnight of the date that a line gives, as if UTC; `near`: the day of the mail, for a date without a year. */
export function dateIn(groups: Groups, order: DateOrder, near: number | undefined): number | undefined {
  const digits = digitsOf(groups);
  if (digits !== undefined) return midnightOf(digits, order);
  const month = monthOf(monthIn(groups) ?? '');
  const day = numberOf(groups.da ?? groups.db ?? groups.dc);
  const year = groups.ya ?? groups.yb ?? groups.yc;
  if (month === undefined || !Number.isFinite(day)) return undefined;
  if (year !== undefined) return at(numberOf(year), month, day);
  if (near === undefined) return undefined;
  const same = at(new Date(near).getUTCFullYear(), month, day);
  // The mail is younger than what it holds.
  return same !== undefined && same > near + 86_400_000
    ? at(new Date(near).getUTCFullYear() - 1, month, day)
    : same;
}

/** Names of zones that mail has (RFC 5322, 4.3). */
const ZONES: Readonly<Record<string, string>> = {
  UTC: '+00:00',
  GMT: '+00:00',
  UT: '+00:00',
  Z: '+00:00',
  EST: '-05:00',
  EDT: '-04:00',
  CST: '-06:00',
  CDT: '-05:00',
  MST: '-07:00',
  MDT: '-06:00',
  PST: '-08:00',
  PDT: '-07:00',
};

/** The offset that a zone as written means; undefined: no clock has it. */
export function zoneOf(written: string): string | undefined {
  const named = ZONES[written.toUpperCase()];
  if (named !== undefined) return named;
  const minutes = offsetMinutes(written);
  return minutes === undefined ? undefined : offsetText(minutes);
}

const at = (year: number, month: number, day: number): number | undefined =>
  wallMs({ year, month, day, hour: 0, minute: 0, second: 0 });
