/** Dates of a query: how they are written, and the period that they stand for in a zone. */
import type { Span, WrittenDate } from './query.ts';
import { badQuery } from './query-error.ts';
import { instantOf, isZone } from './zones.ts';

const DATE =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?)?)?(?:[ @]*(Z|[+-]\d\d:?\d\d|\[[^\]]+\]|\p{L}[\w/+-]*))?$/iu;

const HINT =
  'Dates are 2026, 2026-01, 2026-01-05, 2026-01-05T10:30 or 2026-01-05T10:30:15, followed by Z, +02:00 or @Europe/Berlin where the zone matters.';

export function readDate(text: string, span: Span): WrittenDate {
  const found = DATE.exec(text.trim());
  if (!found) throw badQuery(span.start, 'this is not a date', HINT);
  const [year, month, day, hour, minute, second] = found
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const zone = found[7]?.replaceAll(/[[\]]/gu, '');
  if (zone !== undefined && !isZone(zone)) throw badQuery(span.start, 'this time zone is not known', HINT);
  const date: WrittenDate = {
    year: year ?? 0,
    ...(month !== undefined && { month }),
    ...(day !== undefined && { day }),
    ...(hour !== undefined && { hour }),
    ...(minute !== undefined && { minute }),
    ...(second !== undefined && { second }),
    ...(zone !== undefined && { zone }),
  };
  if (!exists(date)) throw badQuery(span.start, 'there is no such date or time', HINT);
  return date;
}

function exists({ year, month = 1, day = 1, hour = 0, minute = 0, second = 0 }: WrittenDate): boolean {
  const date = new Date(utc(year, month, day, 0, 0, 0));
  return (
    year >= 1 &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  );
}

/** The period [from, to) in ms since 1970 UTC that a written date stands for. */
export function periodOf(date: WrittenDate, defaultZone: string): { from: number; to: number; zone: string } {
  const { year, month, day, hour, minute, second } = date;
  const zone = date.zone ?? defaultZone;
  const from = utc(year, month ?? 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
  // A period below a day is a length of time; from a day up it is a calendar's, as days have 23 to 25 hours.
  if (second !== undefined) return during(instantOf(from, zone), 1000, zone);
  if (minute !== undefined) return during(instantOf(from, zone), 60_000, zone);
  let next: number;
  if (day !== undefined) next = utc(year, month ?? 1, day + 1, 0, 0, 0);
  else if (month !== undefined) next = utc(year, month + 1, 1, 0, 0, 0);
  else next = utc(year + 1, 1, 1, 0, 0, 0);
  return { from: instantOf(from, zone), to: instantOf(next, zone), zone };
}

const during = (from: number, length: number, zone: string): { from: number; to: number; zone: string } => ({
  from,
  to: from + length,
  zone,
});

function utc(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime();
}
