import type { Moment, Repair } from '../../core/event.ts';

/** The moment of what no source dates: a roster as it was exported. The beginning of 1970, and the repair says so. */
export function undated(repairs: Repair[]): Moment {
  repairs.push({ code: 'time-unknown' });
  return { instant: '1970-01-01T00:00:00.000Z', zoneSource: 'assumed', precision: 'day' };
}
