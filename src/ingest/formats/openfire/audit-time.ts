/** `Feb 29, 2008 02:00:00:123 PM`, in the language and zone of the server (`AuditorImpl`). */
import { dayMs } from '../../reading/log-clock.ts';
import { wallMs } from '../../reading/time.ts';

const STAMP =
  /^([\p{L}\p{M}.]{1,16}|\d{1,2}月?) (\d{1,2}), (\d{4}) (\d{1,2}):(\d{2}):(\d{2}):(\d{3}) ?(.{0,12})$/u;
const LANGUAGES = 'en de fr es it pt nl pl cs sk ru zh ja tr sv da fi'.split(' ');

let months: ReadonlyMap<string, number> | undefined;

/** Short names of months in the languages that Openfire has. */
function monthsByName(): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const language of LANGUAGES)
    for (const style of ['short', 'long'] as const)
      for (let month = 1; month <= 12; month++) {
        const name = new Intl.DateTimeFormat(language, { month: style, day: 'numeric', timeZone: 'UTC' })
          .formatToParts(Date.UTC(2001, month - 1, 15))
          .find(({ type }) => type === 'month')?.value;
        const key = name?.toLowerCase().replaceAll('.', '');
        if (key !== undefined && !found.has(key)) found.set(key, month);
      }
  return found;
}

/** Wall clock as if UTC, milliseconds; undefined where it is none that is known. */
export function auditWall(stamp: string): number | undefined {
  const match = STAMP.exec(stamp.trim());
  if (match === null) return undefined;
  const [, name = '', day, year, hour = '', minute = '', second, ms, half] = match;
  months ??= monthsByName();
  const month = months.get(name.toLowerCase().replaceAll('.', '')) ?? Number.parseInt(name, 10);
  const time = dayMs(hour, minute, second, half);
  if (time === undefined || !Number.isInteger(month)) return undefined;
  const midnight = wallMs({ year: Number(year), month, day: Number(day), hour: 0, minute: 0, second: 0 });
  return midnight === undefined ? undefined : midnight + time + Number(ms);
}
