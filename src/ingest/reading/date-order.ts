/** Dates of digits: in which order a file writes day, month and year. */
import type { Repair } from '../../core/event.ts';
import type { DateOrder } from '../../core/receipt.ts';
import { numberOf, wallMs } from './time.ts';

/** Three numbers as written. */
export type DateDigits = readonly [string, string, string];

/** The order of a file's dates, and what says so. */
export interface DecidedOrder {
  readonly order: DateOrder;
  readonly from: 'record' | 'setting' | 'assumed';
}

/**
 * Decides the order of a file's dates by all of them: a number past 12 is a day; else the order in which the dates go
 * forward; else what was stated; else day before month, which is said in a repair.
 */
export class DateOrders {
  #dayFirst = 0;
  #monthFirst = 0;
  #back: Record<'dmy' | 'mdy', number> = { dmy: 0, mdy: 0 };
  #last: Record<'dmy' | 'mdy', number> = { dmy: 0, mdy: 0 };

  #seen: DateDigits = ['', '', ''];

  /** Takes one date of the file, in their order. */
  see(digits: DateDigits): void {
    const [a, b, c] = digits;
    const [x, y, z] = this.#seen;
    // Most lines repeat the day of the one before, and add nothing.
    if (a.length === 4 || (a === x && b === y && c === z)) return;
    this.#seen = digits;
    // What is no date in either order says nothing.
    if (Number(a) > 12 && Number(b) <= 12) this.#dayFirst++;
    else if (Number(b) > 12 && Number(a) <= 12) this.#monthFirst++;
    for (const order of ['dmy', 'mdy'] as const) {
      const [day, month] = order === 'dmy' ? [a, b] : [b, a];
      const number = (fullYear(c) * 13 + Number(month)) * 32 + Number(day);
      if (number < this.#last[order]) this.#back[order]++;
      this.#last[order] = number;
    }
  }

  /** Takes what only one order brings together with something else that the source says. */
  prove(order: 'dmy' | 'mdy'): void {
    if (order === 'dmy') this.#dayFirst++;
    else this.#monthFirst++;
  }

  /** The order, and where it comes from. */
  decide(stated: DateOrder | undefined): DecidedOrder {
    if (this.#dayFirst !== this.#monthFirst)
      return { order: this.#dayFirst > this.#monthFirst ? 'dmy' : 'mdy', from: 'record' };
    if (stated !== undefined) return { order: stated, from: 'setting' };
    const { dmy, mdy } = this.#back;
    if (dmy !== mdy) return { order: dmy < mdy ? 'dmy' : 'mdy', from: 'record' };
    return { order: 'dmy', from: 'assumed' };
  }
}

/** Two digits are a year from 1970 to 2069. */
const fullYear = (year: string): number =>
  year.length > 2 ? numberOf(year) : numberOf(year) + (numberOf(year) < 70 ? 2000 : 1900);

/**
 * Milliseconds (as if UTC) at which the day begins; undefined where no calendar has it. A date that fits only the other
 * order is read in that one.
 */
export function dateMs(digits: DateDigits, order: DateOrder): number | undefined {
  const [a, b, c] = digits;
  if (a.length === 4) return day(a, b, c);
  if (order === 'ymd') return day(a, b, c);
  return order === 'dmy' ? (day(c, b, a) ?? day(c, a, b)) : (day(c, a, b) ?? day(c, b, a));
}

const day = (year: string, month: string, date: string): number | undefined =>
  wallMs({
    year: fullYear(year),
    month: numberOf(month),
    day: numberOf(date),
    hour: 0,
    minute: 0,
    second: 0,
  });

/** Whether the order matters for a date. */
export const isAmbiguous = ([a, b]: DateDigits): boolean =>
  a.length !== 4 && numberOf(a) <= 12 && numberOf(b) <= 12 && a !== b;

/** Says so where the order of an ambiguous date is assumed. */
export function sayAssumed(digits: DateDigits, from: DecidedOrder['from'], repairs: Repair[]): void {
  if (from === 'assumed' && isAmbiguous(digits)) repairs.push({ code: 'date-order-assumed' });
}
