/** Times as tools write them out of databases: ISO 8601, and the ways of SQL Server, Oracle and spreadsheets. */
import type { Moment, Repair } from '../../core/event.ts';
import type { DateOrder } from '../../core/receipt.ts';
import { type DateDigits, DateOrders, dateMs, sayAssumed } from './date-order.ts';
import { dayMs } from './log-clock.ts';
import { numberOf, parseTimestamp, wallMs } from './time.ts';

export interface TableTime {
  /** The clock as if UTC, milliseconds. */
  readonly wall: number;
  /** As written, where the value names one: `+02:00`, `Z`. */
  readonly offset?: string;
  readonly precision: Moment['precision'];
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const CLOCK = String.raw`(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[:.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\.?)?`;
const OFFSET = String.raw`(?:\s*(Z|[+-]\d{2}:?\d{2}))?`;
/** `6/4/2008 8:15:40 PM`, `04.06.2008 20:15:40`: a spreadsheet's or a console's locale. */
const DIGITS = new RegExp(
  String.raw`^(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4}),?(?:\s+${CLOCK}${OFFSET})?$`,
  'u',
);
/** `Jun  4 2008  8:17PM`: SQL Server's CAST to text. */
const MONTH_FIRST = new RegExp(
  String.raw`^([A-Za-z]{3})\s+(\d{1,2}),?\s+(\d{4})(?:\s+${CLOCK}${OFFSET})?$`,
  'u',
);
/** `04-JUN-08 08.15.40.953000 PM`: Oracle's default. */
const MONTH_INSIDE = new RegExp(
  String.raw`^(\d{1,2})[- ]([A-Za-z]{3})[- ](\d{2,4})(?:\s+${CLOCK}${OFFSET})?$`,
  'u',
);
/** `20080604 20:16:00.100`: SQL Server's form that no locale changes. */
const PACKED = new RegExp(String.raw`^(\d{4})(\d{2})(\d{2})(?:[ T]${CLOCK}${OFFSET})?$`, 'u');

/** PostgreSQL's `+02`. */
const SHORT_OFFSET = /^[ T:\d.][+-]\d{2}$/u;

/** Reads the times of one source. The order of dates of digits is decided by all that were seen. */
export class TableTimes {
  readonly #orders = new DateOrders();

  /** Looks at a value before any is read. */
  see(text: string | undefined): void {
    const match = text === undefined ? null : DIGITS.exec(text.trim());
    if (match !== null) this.#orders.see([match[1] ?? '', match[2] ?? '', match[3] ?? '']);
  }

  /** Undefined: no time that is known here. */
  read(text: string, stated: DateOrder | undefined, repairs: Repair[]): TableTime | undefined {
    const plain = text.trim();
    const iso = parseTimestamp(SHORT_OFFSET.test(plain.slice(-4)) ? `${plain}:00` : plain);
    if (iso !== undefined) return iso;
    const packed = PACKED.exec(plain);
    if (packed !== null) {
      const [, year = '', month = '', day = '', ...clock] = packed;
      return timeOf(dateOf(year, Number(month), day), clock);
    }
    const named = MONTH_FIRST.exec(plain);
    if (named !== null) {
      const [, month = '', day = '', year = '', ...clock] = named;
      return timeOf(dateOf(year, MONTHS.indexOf(month.toLowerCase()) + 1, day), clock);
    }
    const inside = MONTH_INSIDE.exec(plain);
    if (inside !== null) {
      const [, day = '', month = '', year = '', ...clock] = inside;
      return timeOf(dateOf(year, MONTHS.indexOf(month.toLowerCase()) + 1, day), clock);
    }
    const digits = DIGITS.exec(plain);
    if (digits === null) return undefined;
    const [, a = '', b = '', c = '', ...clock] = digits;
    const date: DateDigits = [a, b, c];
    const { order, from } = this.#orders.decide(stated);
    sayAssumed(date, from, repairs);
    return timeOf(dateMs(date, order), clock);
  }
}

/** Two digits of a year are from 1970 to 2069. */
const dateOf = (year: string, month: number, day: string): number | undefined =>
  wallMs({
    year: numberOf(year) + (year.length > 2 ? 0 : numberOf(year) < 70 ? 2000 : 1900),
    month,
    day: numberOf(day),
    hour: 0,
    minute: 0,
    second: 0,
  });

/** `clock`: hour, minute, second, fraction, half of the day, offset; without an hour it is midnight. */
function timeOf(
  date: number | undefined,
  [hour, minute, second, fraction, half, offset]: readonly (string | undefined)[],
): TableTime | undefined {
  const clock = hour === undefined ? 0 : dayMs(hour, minute ?? '', second, half);
  if (date === undefined || clock === undefined) return undefined;
  const ms = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  const precision =
    hour === undefined ? 'day' : second === undefined ? 'min' : fraction === undefined ? 's' : 'ms';
  return { wall: date + clock + ms, precision, ...(offset !== undefined && { offset }) };
}
