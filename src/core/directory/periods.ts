/** Days and addresses of the directory. Days are calendar days in UTC, both ends included; null is open. */
import { key } from '../search/fields.ts';

export interface Days {
  readonly from: string | null;
  readonly to: string | null;
}

export const overlap = (one: Days, other: Days): boolean =>
  (one.from === null || other.to === null || one.from <= other.to) &&
  (other.from === null || one.to === null || other.from <= one.to);

/** Whether an instant (UTC, ISO) lies on one of the days. */
export function includes({ from, to }: Days, instant: string): boolean {
  const day = instant.slice(0, 10);
  return (from === null || from <= day) && (to === null || day <= to);
}

/** The form in which addresses of the directory and of records are compared: as searches compare them. */
export const addressKey = (address: string): string => key(address);
