/** Instants and wall clocks. Nothing here knows the present time. */
import type { Moment, Repair } from '../../core/event.ts';

const FIRST = -62_135_596_800_000;
const LAST = 253_402_300_799_999;

/** UTC text of milliseconds since 1970; undefined outside years 0001 to 9999. */
export function instantOf(ms: number): string | undefined {
  if (!(ms >= FIRST && ms <= LAST)) return undefined;
  const whole = Math.trunc(ms);
  const day = Math.floor(whole / DAY);
  if (day !== shown.day) shown = { day, text: new Date(day * DAY).toISOString().slice(0, 11) };
  const time = whole - day * DAY;
  const milliseconds = time % 1000;
  const second = (time - milliseconds) / 1000;
  const minute = Math.floor(second / 60);
  const clock = shown.text + (MINUTES[minute] as string) + (TWO[second - minute * 60] as string);
  return milliseconds === 0 ? `${clock}.000Z` : `${clock}.${String(milliseconds).padStart(3, '0')}Z`;
}

const MINUTE = 60_000;
const DAY = 86_400_000;
/** The day written last: entries of a log stand side by side, and a date costs more than all the rest. */
let shown = { day: Number.NaN, text: '' };
const TWO = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));
/** `15:04:` of each minute of a day. */
const MINUTES = Array.from({ length: 1440 }, (_, i) => `${TWO[Math.floor(i / 60)]}:${TWO[i % 60]}:`);

/** A wall clock reading without a zone. */
export interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms?: number;
}

/** The reading as if it were UTC, milliseconds; undefined where no calendar has it. */
export function wallMs(wall: Wall): number | undefined {
  const { year, month, day, hour, minute, second } = wall;
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 60))
    return undefined;
  const midnight = midnightOf(year, month, day);
  return midnight === undefined
    ? undefined
    : midnight + ((hour * 60 + minute) * 60 + second) * 1000 + (wall.ms ?? 0);
}

/** The date read last. */
let read = { year: Number.NaN, month: 0, day: 0, midnight: undefined as number | undefined };

function midnightOf(year: number, month: number, day: number): number | undefined {
  if (day === read.day && month === read.month && year === read.year) return read.midnight;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  read = { year, month, day, midnight: date.getUTCDate() === day ? date.getTime() : undefined };
  return read.midnight;
}

/** Midnight of a day written YYYY-MM-DD, milliseconds as if UTC; undefined where no calendar has it. */
export function dayOf(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/u.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  return wallMs({ year, month, day, hour: 0, minute: 0, second: 0 });
}

/** Milliseconds as the wall clock text `2006-01-02T15:04:05`. */
export const wallText = (ms: number): string => (instantOf(ms) ?? '').slice(0, 19);

/** `+hh:mm`, `-0500`, `Z` as minutes east of UTC; undefined: no such offset. */
export function offsetMinutes(zone: string): number | undefined {
  if (/^(z|utc|gmt)$/iu.test(zone)) return 0;
  const match = /^([+-])(\d{2}):?(\d{2})$/u.exec(zone);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return minutes > 18 * 60 || Number(match[3]) > 59 ? undefined : match[1] === '-' ? -minutes : minutes;
}

/** `+05:30` from minutes. */
export const offsetText = (minutes: number): string =>
  `${minutes < 0 ? '-' : '+'}${String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0')}:${String(Math.abs(minutes) % 60).padStart(2, '0')}`;

/** Whether `zone` can be used: an offset or an IANA name that this machine knows. */
export function isZone(zone: string): boolean {
  if (offsetMinutes(zone) !== undefined) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Reads wall clocks of one zone. Keeps what it looked up: formatting by zone is slow. */
export class ZoneClock {
  readonly zone: string;
  readonly #fixed: number | undefined;
  readonly #format: Intl.DateTimeFormat | undefined;
  readonly #offsets = new Map<number, number>();
  /** The day asked for last, where no clock was changed around it. */
  #steady = { day: Number.NaN, minutes: 0 };

  constructor(zone: string) {
    this.zone = zone;
    this.#fixed = offsetMinutes(zone);
    this.#format =
      this.#fixed === undefined
        ? new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset', era: 'short' })
        : undefined;
  }

  /** Minutes east of UTC at an instant. Offsets change on whole quarter hours only. */
  #offsetAt(ms: number): number {
    if (this.#fixed !== undefined || this.#format === undefined) return this.#fixed ?? 0;
    const slot = Math.floor(ms / 900_000);
    const known = this.#offsets.get(slot);
    if (known !== undefined) return known;
    const name = this.#format.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
    const match = /GMT([+-]\d{2}:\d{2})/u.exec(name);
    const minutes = match?.[1] === undefined ? 0 : (offsetMinutes(match[1]) ?? 0);
    if (this.#offsets.size > 50_000) this.#offsets.clear();
    this.#offsets.set(slot, minutes);
    return minutes;
  }

  /** The instant at which this zone's clocks show `wall` (milliseconds as if UTC). */
  instant(wall: number, repairs: Repair[]): number {
    if (this.#fixed !== undefined) return wall - this.#fixed * MINUTE;
    const day = Math.floor(wall / DAY);
    if (day === this.#steady.day) return wall - this.#steady.minutes * MINUTE;
    const since = this.#offsetAt((day - 1) * DAY);
    if (since === this.#offsetAt((day + 2) * DAY)) {
      this.#steady = { day, minutes: since };
      return wall - since * MINUTE;
    }
    const before = this.#offsetAt(wall - DAY);
    const after = this.#offsetAt(wall + DAY);
    const first = wall - before * MINUTE;
    if (before === after) return first;
    const fits = [before, after].filter((o) => this.#offsetAt(wall - o * MINUTE) === o);
    if (fits.length === 2) {
      repairs.push({ code: 'time-ambiguous' });
      return Math.min(...fits.map((o) => wall - o * MINUTE));
    }
    if (fits.length === 0) repairs.push({ code: 'time-skipped' });
    return wall - (fits[0] ?? before) * MINUTE;
  }
}

/** Clocks by zone: making one takes longer than reading a hundred times with it. */
const clocks = new Map<string, ZoneClock>();
const MOST_CLOCKS = 100;

/** The clock of a zone, made once. Throws RangeError where this machine does not know the zone. */
export function zoneClock(zone: string): ZoneClock {
  let clock = clocks.get(zone);
  if (clock === undefined) {
    clock = new ZoneClock(zone);
    if (clocks.size === MOST_CLOCKS) clocks.clear();
    clocks.set(zone, clock);
  }
  return clock;
}

const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d{2}:?\d{2})?$/u;

/** A time as it was written. `offset` as written; absent: a wall clock. */
interface Timestamp {
  readonly wall: number;
  readonly offset?: string;
  readonly precision: Moment['precision'];
}

/** A time text of ISO 8601, or undefined. */
export function parseTimestamp(text: string): Timestamp | undefined {
  return commonTimestamp(text) ?? anyTimestamp(text);
}

/** `2006-01-02T15:04:05`, with a fraction of up to three digits and `Z` or not: nearly all, in a fraction of the time. */
function commonTimestamp(text: string): Timestamp | undefined {
  const { length } = text;
  if (
    length < 19 ||
    length > 24 ||
    text[4] !== '-' ||
    text[7] !== '-' ||
    text[13] !== ':' ||
    text[16] !== ':'
  )
    return undefined;
  if (text[10] !== 'T' && text[10] !== ' ') return undefined;
  const zulu = text[length - 1] === 'Z';
  const end = zulu ? length - 1 : length;
  const places = end - 20;
  if (end !== 19 && (text[19] !== '.' || places < 1 || places > 3)) return undefined;
  const ms = end === 19 ? 0 : digits(text, 20, end) * (places === 3 ? 1 : places === 2 ? 10 : 100);
  const wall = wallMs({
    year: digits(text, 0, 4),
    month: digits(text, 5, 7),
    day: digits(text, 8, 10),
    hour: digits(text, 11, 13),
    minute: digits(text, 14, 16),
    second: digits(text, 17, 19),
    ms,
  });
  if (wall === undefined || Number.isNaN(wall)) return undefined;
  const precision = end === 19 ? 's' : 'ms';
  return zulu ? { wall, offset: 'Z', precision } : { wall, precision };
}

/** The number between two places; not a number where something else than digits stands there. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** `Number` of a text that is digits nearly always: many times as quick where a zero stands first, as in `06`. */
export function numberOf(text: string | undefined): number {
  const number = text === undefined || text.length > 15 ? Number.NaN : digits(text, 0, text.length);
  return Number.isNaN(number) ? Number(text) : number;
}

function anyTimestamp(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, offset] = match;
  const wall = wallMs({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second ?? 0),
    ms: fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0')),
  });
  if (wall === undefined) return undefined;
  const precision = fraction !== undefined ? 'ms' : second !== undefined ? 's' : 'min';
  return { wall, precision, ...(offset !== undefined && { offset }) };
}
