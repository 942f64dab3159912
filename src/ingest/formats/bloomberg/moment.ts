/** Times of Bloomberg's dumps: epoch seconds, with a wall clock beside them. */
import type { Moment, Repair } from '../../../core/event.ts';
import { LogClock } from '../../reading/log-clock.ts';
import { instantOf, numberOf, offsetText, wallMs, wallText, ZoneClock } from '../../reading/time.ts';
import type { FileSettings } from '../../rules.ts';

const NEW_YORK = new ZoneClock('America/New_York');
/** `06/04/2013 19:06:14` (IB) or `2013-06-04-15.06.14.000000` (MSG). */
const IB_WALL = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2}):(\d{2})$/u;
const MSG_WALL = /^(\d{4})-(\d{2})-(\d{2})-(\d{2})\.(\d{2})\.(\d{2})(?:\.(\d{1,9}))?$/u;

/**
 * The instant, and the wall clock as written. The zone is what lies between the two: MSG writes New York's time (a
 * masked count of a public dump showed so), IB mostly UTC; neither names it. Milliseconds are taken where a version
 * writes them. Where the instant is missing, the clock is read in the stated zone, else in that of its kind, as assumed.
 */
export function momentOf(
  utc: string | undefined,
  wall: string | undefined,
  settings: FileSettings,
  repairs: Repair[],
): Moment | 'time-missing' | 'time-invalid' {
  const read = wall === undefined ? undefined : wallOf(wall);
  if (utc === undefined) {
    if (read === undefined) return wall === undefined ? 'time-missing' : 'time-invalid';
    const clock = settings.zone ?? (MSG_WALL.test(wall ?? '') ? NEW_YORK.zone : '+00:00');
    const at = new LogClock({ ...settings, zone: clock }).moment(read, 's', repairs);
    return at === undefined
      ? 'time-invalid'
      : { ...at, zoneSource: settings.zone === undefined ? 'assumed' : 'setting' };
  }
  const match = /^(-?\d{1,15})(?:\.(\d{1,9}))?$/u.exec(utc);
  if (match === null) return 'time-invalid';
  const number = numberOf(match[1]);
  const inMs = Math.abs(number) >= 100_000_000_000;
  const fraction = match[2] === undefined ? 0 : Number(match[2].slice(0, 3).padEnd(3, '0'));
  const ms = inMs ? number : number * 1000 + fraction;
  const instant = instantOf(ms);
  if (instant === undefined) return 'time-invalid';
  const precision = inMs || match[2] !== undefined ? 'ms' : 's';
  const base = { instant, zoneSource: 'stated', precision } as const;
  if (read === undefined) return base;
  const zone = zoneBetween(read, Math.floor(ms / 1000) * 1000);
  return { ...base, wall: wallText(read), ...(zone !== undefined && { zone }) };
}

function wallOf(text: string): number | undefined {
  const ib = IB_WALL.exec(text);
  if (ib !== null) return wallAt(ib[3], ib[1], ib[2], ib[4], ib[5], ib[6]);
  const msg = MSG_WALL.exec(text);
  return msg === null ? undefined : wallAt(msg[1], msg[2], msg[3], msg[4], msg[5], msg[6]);
}

const wallAt = (...parts: readonly (string | undefined)[]): number | undefined => {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(numberOf);
  return wallMs({ year, month, day, hour, minute, second });
};

/** `America/New_York` where its clocks show `wall` at that instant, else the distance; undefined: no zone has it. */
function zoneBetween(wall: number, utc: number): string | undefined {
  if (NEW_YORK.instant(wall, []) === utc) return NEW_YORK.zone;
  const minutes = (wall - utc) / 60_000;
  return Number.isInteger(minutes) && Math.abs(minutes) <= 14 * 60 ? offsetText(minutes) : undefined;
}
