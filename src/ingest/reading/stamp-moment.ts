import type { Moment, Repair } from '../../core/event.ts';
import { instantOf, offsetMinutes, offsetText, parseTimestamp, wallText, zoneClock } from './time.ts';

/**
 * The moment of a time text of ISO 8601: its own offset, else the zone that the settings state, else UTC, assumed.
 * Undefined where it is no such text or no instant.
 */
export function stampMoment(text: unknown, zone: string | undefined, repairs: Repair[]): Moment | undefined {
  const parsed = typeof text === 'string' ? parseTimestamp(text) : undefined;
  if (parsed === undefined) return undefined;
  const { wall, offset, precision } = parsed;
  if (offset === undefined) {
    const named = zone ?? '+00:00';
    const instant = instantOf(zoneClock(named).instant(wall, repairs));
    const zoneSource = zone === undefined ? 'assumed' : 'setting';
    return instant === undefined
      ? undefined
      : { instant, wall: wallText(wall), zone: named, zoneSource, precision };
  }
  const minutes = offsetMinutes(offset);
  const instant = minutes === undefined ? undefined : instantOf(wall - minutes * 60_000);
  if (minutes === undefined || instant === undefined) return undefined;
  const clock = minutes === 0 ? {} : { wall: wallText(wall), zone: offsetText(minutes) };
  return { instant, ...clock, zoneSource: 'stated', precision };
}

/** The moment of an instant in milliseconds since 1970; undefined outside years 0001 to 9999. */
export function epochMoment(ms: number | undefined, precision: Moment['precision']): Moment | undefined {
  const instant = ms === undefined ? undefined : instantOf(ms);
  return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision };
}

/** Seconds since 1970 as milliseconds, where a source writes 0 for no time. */
export const secondsMs = (value: unknown): number | undefined =>
  typeof value === 'number' && value > 0 ? value * 1000 : undefined;
