/**
 * Times of an export: `date` is the clock of the machine that exported, `date_unixtime` (since 2021) the instant. Where
 * both are there, the zone is their difference.
 */
import type { Moment, Repair } from '../../../core/event.ts';
import type { JsonObject } from '../../reading/json.ts';
import type { JsonUnit } from '../../reading/json-units.ts';
import { instantOf, offsetText, parseTimestamp, wallText, zoneClock } from '../../reading/time.ts';

/** Seconds since 1970 as milliseconds: exports write them as text. */
function unixMs(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^-?\d{1,12}$/u.test(text) ? Number(text) * 1000 : undefined;
}

/** Minutes between the wall clock and UTC, where the pair allows it. */
function offsetOf(wall: number | undefined, ms: number | undefined): number | undefined {
  if (wall === undefined || ms === undefined) return undefined;
  const minutes = (wall - ms) / 60_000;
  return Number.isInteger(minutes) && Math.abs(minutes) <= 18 * 60 ? minutes : undefined;
}

function stated(date: unknown, unixtime: unknown): { wall: number | undefined; ms: number | undefined } {
  const wall = typeof date === 'string' ? parseTimestamp(date)?.wall : undefined;
  return { wall, ms: unixMs(unixtime) };
}

function momentOf(
  date: unknown,
  unixtime: unknown,
  zone: string | undefined,
  repairs: Repair[],
  assumed?: number,
): Moment | undefined {
  const { wall, ms } = stated(date, unixtime);
  if (ms !== undefined) {
    const instant = instantOf(ms);
    if (instant === undefined) return undefined;
    const offset = offsetOf(wall, ms);
    const clock =
      wall === undefined || offset === undefined ? {} : { wall: wallText(wall), zone: offsetText(offset) };
    return { instant, ...clock, zoneSource: 'stated', precision: 's' };
  }
  if (wall === undefined) return undefined;
  const named = zone ?? offsetText(assumed ?? 0);
  const instant = instantOf(zoneClock(named).instant(wall, repairs));
  if (instant === undefined) return undefined;
  return {
    instant,
    wall: wallText(wall),
    zone: named,
    zoneSource: zone === undefined ? 'assumed' : 'setting',
    precision: 's',
  };
}

const zoneOf = (unit: JsonUnit): string | undefined => unit.place.file.settings.zone;

/** When a message was sent. */
export function sentMoment(raw: JsonObject, unit: JsonUnit): Moment | 'time-missing' | 'time-invalid' {
  if (raw.date === undefined && raw.date_unixtime === undefined) return 'time-missing';
  return momentOf(raw.date, raw.date_unixtime, zoneOf(unit), [...unit.repairs]) ?? 'time-invalid';
}

/** When it was edited last. Exports of 2020 and 2021 write 1970 where it never was. */
export function editMoment(
  raw: JsonObject,
  sent: Moment,
  unit: JsonUnit,
): Moment | undefined | 'time-invalid' {
  const { edited, edited_unixtime: unixtime } = raw;
  if (edited === undefined && unixtime === undefined) return undefined;
  const at = momentOf(edited, unixtime, zoneOf(unit), []);
  if (at === undefined) return 'time-invalid';
  return at.instant < '1971' && sent.instant > at.instant ? undefined : at;
}

/** When somebody reacted: by the clock of the export, in the zone of the message. */
export function reactionMoment(
  by: JsonObject,
  raw: JsonObject,
  sent: Moment,
  unit: JsonUnit,
): Moment | undefined {
  if (by.date === undefined) return sent;
  const { wall, ms } = stated(raw.date, raw.date_unixtime);
  return momentOf(by.date, by.date_unixtime, zoneOf(unit), [], offsetOf(wall, ms));
}
