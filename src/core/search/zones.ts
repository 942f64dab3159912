/** Time zones, from the tz data that comes with the runtime. */
const MINUTE = 60_000;
const FIXED = /^(?:utc|gmt)?([+-])(\d{2}):?(\d{2})$/iu;
const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** Offset of a zone (IANA name, `Z`, `UTC`, `+hh:mm`) at an instant, in ms east of UTC; undefined for no zone. */
export function offsetAt(zone: string, instant: number): number | undefined {
  if (/^(?:z|utc|gmt)$/iu.test(zone)) return 0;
  const fixed = FIXED.exec(zone);
  if (fixed) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    return minutes > 18 * 60 || Number(fixed[3]) > 59
      ? undefined
      : (fixed[1] === '-' ? -1 : 1) * minutes * MINUTE;
  }
  const format = formatOf(zone);
  if (format === undefined) return undefined;
  const parts: { [type: string]: string } = {};
  for (const { type, value } of format.formatToParts(instant)) parts[type] = value;
  const year = Number(parts.year) * (parts.era === 'B' ? -1 : 1);
  const wall = new Date(0);
  wall.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
  wall.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second));
  return wall.getTime() - Math.floor(instant / 1000) * 1000;
}

/** True for anything that {@link offsetAt} knows. */
export function isZone(zone: string): boolean {
  return offsetAt(zone, 0) !== undefined;
}

/**
 * The instant at which a wall clock (ms as if it were UTC) shows in a zone. Where it shows twice (clocks set back) the
 * earlier one, where never (set forward) the instant of the jump's far side.
 */
export function instantOf(wall: number, zone: string): number {
  const day = 24 * 60 * MINUTE;
  const before = offsetAt(zone, wall - day) ?? 0;
  const after = offsetAt(zone, wall + day) ?? 0;
  for (const offset of before >= after ? [before, after] : [after, before]) {
    if (offsetAt(zone, wall - offset) === offset) return wall - offset;
  }
  return wall - before;
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(zone)) return formats.get(zone);
  if (formats.size >= 1000) formats.clear();
  let format: Intl.DateTimeFormat | undefined;
  try {
    format =
      zone.length > 64
        ? undefined
        : new Intl.DateTimeFormat('en-US', {
            timeZone: zone,
            era: 'narrow',
            year: 'numeric',
            month: 'numeric',
            day: 'numeric',
            hour: 'numeric',
            minute: 'numeric',
            second: 'numeric',
            hourCycle: 'h23',
          });
  } catch {
    // Not a zone: the caller says so with the place where it was written.
    format = undefined;
  }
  formats.set(zone, format);
  return format;
}
