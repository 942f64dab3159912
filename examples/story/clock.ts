/** Offsets from UTC, in hours, of the places in the story on the days on which it happens. */
const OFFSETS: { readonly [place: string]: (date: string) => number } = {
  'New York': () => -4,
  London: (date) => (date >= '2016-03-27' ? 1 : 0),
  seoul: () => 9,
  bangkok: () => 7,
  dubai: () => 4,
  'tel-aviv': () => 3,
};

/** Whole hours that the wall clock of `place` is ahead of UTC. */
export function offset(place: string, date: string): number {
  const found = OFFSETS[place];
  if (found === undefined) throw new Error(`The story knows no clock for ${place}.`);
  return found(date);
}

/** UTC seconds since 1970 of a wall clock time. */
export function epoch(place: string, date: string, time: string): number {
  return Date.parse(`${date}T${time}Z`) / 1000 - offset(place, date) * 3600;
}

/** Seconds of the day as `hh:mm:ss`. */
export function clockTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}

/** `+0100`, `-0400`. */
export function offsetText(place: string, date: string): string {
  const hours = offset(place, date);
  return `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}00`;
}
