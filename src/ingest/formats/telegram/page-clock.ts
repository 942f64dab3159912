/** Times of an HTML export: `24.04.2025 13:49:04 UTC+06:00`; before 2021 without a zone. */
import type { Moment, Repair } from '../../../core/event.ts';
import { LogClock } from '../../reading/log-clock.ts';
import { isZone } from '../../reading/time.ts';
import type { FileSettings } from '../../rules.ts';

const STAMP =
  /<div class="pull_right date details" title="(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d):(\d\d)( (?:UTC|GMT)([+-]\d\d:\d\d)?)?/u;

export class PageClock {
  readonly #settings: FileSettings;
  /** By zone: a page has one or two. */
  readonly #clocks = new Map<string | undefined, LogClock>();

  constructor(settings: FileSettings) {
    this.#settings = settings;
  }

  #clock(zone: string | undefined): LogClock {
    const known = this.#clocks.get(zone);
    if (known !== undefined) return known;
    const clock = new LogClock(this.#settings, zone === undefined ? undefined : { zone, source: 'stated' });
    if (this.#clocks.size < 64) this.#clocks.set(zone, clock);
    return clock;
  }

  /** When a message was sent, by the beginning of its block. */
  of(head: string, repairs: Repair[]): Moment | 'time-missing' | 'time-invalid' {
    const stamp = STAMP.exec(head);
    if (stamp === null) return 'time-missing';
    const [day, month, year, hour, minute, second] = stamp.slice(1, 7).map(Number);
    const wall = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
    const date = new Date(wall);
    if (date.getUTCDate() !== day || date.getUTCMonth() + 1 !== month || date.getUTCHours() !== hour)
      return 'time-invalid';
    const zone = statedZone(head);
    if (zone !== undefined && !isZone(zone)) return 'time-invalid';
    return this.#clock(zone).moment(wall, 's', repairs) ?? 'time-invalid';
  }

  /** A day that a page shows: in the zone that its messages state. */
  day(wall: number, zone: string | undefined, repairs: Repair[]): Moment | undefined {
    return this.#clock(zone).moment(wall, 'day', repairs);
  }
}

/** The zone of a message's time: `UTC+06:00`, bare `UTC`. */
export function statedZone(text: string): string | undefined {
  const stamp = STAMP.exec(text);
  return stamp?.[7] === undefined ? undefined : (stamp[8] ?? '+00:00');
}
