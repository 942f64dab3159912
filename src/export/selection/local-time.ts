/**
 * Wall-clock time in a zone. The offset is asked of `Intl` once per quarter of an hour and kept: zones change their
 * offset on such boundaries only.
 */
export interface LocalTime {
  /** `2006-01-02` */
  readonly day: string;
  /** `15:04:05` */
  readonly time: string;
  /** `+01:00`, `−05:00` with a true minus sign, `+00:00`. */
  readonly offset: string;
}

const QUARTER = 15 * 60_000;
const KEPT = 20_000;
const MINUTE = 60_000;

/** Converts instants (ISO text or milliseconds) to the wall clock of `zone` (IANA name or `+hh:mm`). */
export class LocalClock {
  readonly zone: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  constructor(zone: string) {
    this.zone = zone;
    this.#format = new Intl.DateTimeFormat('en', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  }

  at(instant: string | number): LocalTime {
    const ms = typeof instant === 'number' ? instant : Date.parse(instant);
    const offset = this.#offsetAt(ms);
    const text = new Date(ms + offset).toISOString();
    const year = text.length - 'T00:00:00.000Z'.length;
    return { day: text.slice(0, year), time: text.slice(year + 1, year + 9), offset: offsetText(offset) };
  }

  #offsetAt(ms: number): number {
    const quarter = Math.floor(ms / QUARTER);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const at = quarter * QUARTER;
    const parts = new Map(this.#format.formatToParts(at).map((part) => [part.type, part.value]));
    const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type) ?? 0);
    const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
    const wall = new Date(0);
    wall.setUTCFullYear(year, number('month') - 1, number('day'));
    wall.setUTCHours(number('hour'), number('minute'), number('second'));
    const offset = wall.getTime() - at;
    if (this.#offsets.size >= KEPT) this.#offsets.clear();
    this.#offsets.set(quarter, offset);
    return offset;
  }
}

function offsetText(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / MINUTE);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offset < 0 ? '\u2212' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `Friday, 2 January 2026` of `2026-01-02`. */
export function longDay(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const [, month = '1', date2 = '1'] = /-(\d\d)-(\d\d)$/.exec(day) ?? [];
  const year = day.slice(0, -6).replace(/^0+(?=\d)/, '');
  return `${WEEKDAYS[date.getUTCDay()]}, ${Number(date2)} ${MONTHS[Number(month) - 1]} ${year}`;
}
