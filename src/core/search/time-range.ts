/**
 * How sure a time is: the earliest and the latest instant that a record may have happened at. A minute written without
 * seconds may be any of its 60,000 ms; a zone that was assumed may be any on earth (UTC−12 to UTC+14).
 */
import type { Moment } from '../event.ts';
import { offsetAt } from './zones.ts';

/** Milliseconds since 1970 UTC, both included. */
export interface TimeRange {
  readonly earliest: number;
  readonly latest: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WIDTH = { ms: 0, s: 999, min: MINUTE - 1, day: 24 * HOUR - 1 } as const;

/** No time lies farther from the instant that its record states; ms. A zone is up to 18 h off, a day 24 h wide. */
export const FARTHEST = 72 * HOUR;

/** East of UTC up to 14 h, west of it up to 12 h. */
const EASTMOST = 14 * HOUR;
const WESTMOST = 12 * HOUR;

export function timeRange(moment: Moment): TimeRange {
  const at = Date.parse(moment.instant);
  const latest = at + WIDTH[moment.precision];
  if (moment.zoneSource !== 'assumed') return { earliest: at, latest };
  const offset = moment.zone === undefined ? undefined : offsetAt(moment.zone, at);
  if (offset === undefined)
    return { earliest: at - EASTMOST - WESTMOST, latest: latest + EASTMOST + WESTMOST };
  return { earliest: at + offset - EASTMOST, latest: latest + offset + WESTMOST };
}
