/** Dates of headings, in the language of the client. */
import { LocaleDates } from '../../reading/locale-date.ts';
import { TableTimes } from '../../reading/table-time.ts';

const DAY = 86_400_000;

/** `Monday, August 14, 2006`, `Montag, 2. März 2015`, with or without a time, as midnight, as if UTC. */
export function dateOf(text: string | undefined): number | undefined {
  const bare = text?.replaceAll(/\s+/gu, ' ').trim();
  if (bare === undefined || bare === '') return undefined;
  const english = /^(?:\p{L}+,\s*)?([A-Z][a-z]+ \d{1,2}, \d{4})\b/u.exec(bare)?.[1];
  const ms = english === undefined ? Number.NaN : Date.parse(`${english} UTC`);
  if (Number.isFinite(ms)) return ms;
  const dates = new LocaleDates();
  const found = (dates.read(bare) ?? dates.read(`${bare} 00:00:00`))?.wall ?? numbered(bare);
  return found === undefined ? undefined : Math.floor(found / DAY) * DAY;
}

/** Digits alone name a day only where no other order would fit. */
function numbered(text: string): number | undefined {
  const repairs: { code: string }[] = [];
  const times = new TableTimes();
  times.see(text);
  const found = times.read(text, undefined, repairs);
  return repairs.length > 0 ? undefined : found?.wall;
}
