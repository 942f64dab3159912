/** Times of logs: wall clocks in the zone that is known for them, and epochs. */
import type { Moment, Repair } from '../../core/event.ts';
import type { FileSettings } from '../rules.ts';
import { instantOf, isZone, numberOf, wallText, ZoneClock } from './time.ts';

/** Reads the wall clocks of one file. A zone that the source or its path states wins over one that a person stated. */
export class LogClock {
  readonly #clock: ZoneClock;
  readonly #source: Moment['zoneSource'];
  /** The moment made last, where nothing had to be said of it: several entries stand in one minute, or second. */
  #last: { readonly wall: number; readonly moment: Moment } | undefined;

  constructor(settings: FileSettings, found?: { readonly zone: string; readonly source: 'stated' | 'path' }) {
    // A damaged log can state an offset that no clock has: it says nothing then.
    const known = found !== undefined && isZone(found.zone) ? found : undefined;
    const zone =
      known?.zone ?? (settings.zone !== undefined && isZone(settings.zone) ? settings.zone : undefined);
    this.#clock = new ZoneClock(zone ?? '+00:00');
    this.#source = known?.source ?? (zone === undefined ? 'assumed' : 'setting');
  }

  /** `wall`: milliseconds as if UTC. Undefined: no instant that can be kept. */
  moment(wall: number, precision: Moment['precision'], repairs: Repair[]): Moment | undefined {
    const last = this.#last;
    if (last !== undefined && last.wall === wall && last.moment.precision === precision) return last.moment;
    const said = repairs.length;
    const ms = this.#clock.instant(wall, repairs);
    const instant = instantOf(ms);
    if (instant === undefined) return undefined;
    const moment: Moment = {
      instant,
      wall: ms === wall ? instant.slice(0, 19) : wallText(wall),
      zone: this.#clock.zone,
      zoneSource: this.#source,
      precision,
    };
    if (repairs.length === said) this.#last = { wall, moment };
    return moment;
  }
}

/** The moment of milliseconds since 1970. */
export function epochMoment(ms: number, precision: 'ms' | 's' = 's'): Moment | undefined {
  const instant = instantOf(ms);
  return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision };
}

const AM = /^(?:a|am|上午|오전|午前|πμ|پ|ص|vorm|öö|de)/u;
const PM = /^(?:p|pm|下午|오후|午後|μμ|م|nachm|ös|du)/u;

/** The half of the day read last: a log writes one or two. */
let readHalf: { written: string; which: 'am' | 'pm' | 'none' | 'unknown' } = { written: '', which: 'none' };

function halfOf(written: string): typeof readHalf.which {
  if (written === readHalf.written) return readHalf.which;
  const name = written.trim().toLowerCase().replaceAll(/[.\s]/gu, '');
  const which = name === '' ? 'none' : PM.test(name) ? 'pm' : AM.test(name) ? 'am' : 'unknown';
  readHalf = { written, which };
  return which;
}

/**
 * Milliseconds of the day; undefined where no clock shows it. `half`: `AM`, `p.m.`, `下午` …, whatever stands for it;
 * with a half of the day an hour of 0 or past 12 is taken as written, as some clients write it.
 */
export function dayMs(hour: string, minute: string, second?: string, half?: string): number | undefined {
  let h = numberOf(hour);
  const m = numberOf(minute);
  const s = second === undefined ? 0 : numberOf(second);
  if (half !== undefined && h <= 12) {
    const which = halfOf(half);
    if (which === 'unknown') return undefined;
    if (which === 'pm' && h < 12) h += 12;
    else if (which === 'am' && h === 12) h = 0;
  }
  return h > 23 || m > 59 || s > 60 ? undefined : ((h * 60 + m) * 60 + s) * 1000;
}

const DAY = 86_400_000;
/** Lines that stand in the wrong order by less than this are no new day. */
const STEP_BACK = 3_600_000;

/** Days of a log that gives a date now and then and times otherwise: a clock that steps back has passed midnight. */
export class DayRoll {
  #last: number | undefined;
  /** Midnight has passed since the last date. */
  #inferred = false;

  /** A date that the source gives; `clock`: the time of day that it gives with it. */
  begin(day: number, clock = 0): void {
    this.#last = Math.floor(day / DAY) * DAY + clock;
    this.#inferred = false;
  }

  get known(): boolean {
    return this.#last !== undefined;
  }

  /** The wall clock of a time of day, milliseconds as if UTC; undefined before any date. */
  wall(clock: number, repairs: Repair[]): number | undefined {
    if (this.#last === undefined) return undefined;
    let wall = Math.floor(this.#last / DAY) * DAY + clock;
    if (wall < this.#last - STEP_BACK) {
      wall += DAY;
      this.#inferred = true;
    }
    if (this.#inferred) repairs.push({ code: 'date-inferred' });
    this.#last = Math.max(this.#last, wall);
    return wall;
  }
}
