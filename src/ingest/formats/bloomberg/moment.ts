/** Times of Bloomberg's dumps: epoch seconds, with a wall clock beside them. */
import type { Moment } from '../../../core/event.ts';
import { instantOf, offsetText, wallMs, wallText, ZoneClock } from '../../reading/time.ts';

const NEW_YORK = new ZoneClock('America/New_York');
/** `06/04/2013 19:06:14` (IB) or `2013-06-04-15.06.14.000000` (MSG). */
const IB_WALL = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2}):(\d{2})$/u;
const MSG_WALL = /^(\d{4})-(\d{2})-(\d{2})-(\d{2})\.(\d{2})\.(\d{2})(?:\.(\d{1,9}))?$/u;

/**
 * The instant, and the wall clock as written. The zone is what lies between the two: MSG writes New York's time (a
 * masked count of a public dump showed so), IB mostly UTC; neither names it. Milliseconds are taken where a version
 * writes them.
 */
export function momentOf(
  utc: string | undefined,
  wall: string | undefined,
): Moment | 'time-missing' | 'time-invalid' {
  if (utc === undefined) return 'time-missing';
  if (!/^-?\d{1,15}$/u.test(utc)) return 'time-invalid';
  const number = Number(utc);
  const inMs = Math.abs(number) >= 100_000_000_000;
  const ms = inMs ? number : number * 1000;
  const instant = instantOf(ms);
  if (instant === undefined) return 'time-invalid';
  const base = { instant, zoneSource: 'stated', precision: inMs ? 'ms' : 's' } as const;
  const read = wall === undefined ? undefined : wallOf(wall);
  if (read === undefined) return base;
  const zone = zoneBetween(read, Math.floor(ms / 1000) * 1000);
  return { ...base, wall: wallText(read), ...(zone !== undefined && { zone }) };
}

function wallOf(text: string): number | undefined {
  const ib = IB_WALL.exec(text);
  const [year, month, day, ...rest] =
    ib === null ? (MSG_WALL.exec(text)?.slice(1) ?? []) : [ib[3], ib[1], ib[2], ...ib.slice(4)];
  const [hour, minute, second] = rest;
  if (second === undefined) return undefined;
  return wallMs({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
  });
}

/** `America/New_York` where its clocks show `wall` at that instant, else the distance; undefined: no zone has it. */
function zoneBetween(wall: number, utc: number): string | undefined {
  if (NEW_YORK.instant(wall, []) === utc) return NEW_YORK.zone;
  const minutes = (wall - utc) / 60_000;
  return Number.isInteger(minutes) && Math.abs(minutes) <= 14 * 60 ? offsetText(minutes) : undefined;
}
