/** Numbers of pages: `ABC000123`. A number is never used twice in a matter; the fold of `production.create` sees to that. */
export interface Bates {
  readonly prefix: string;
  /** Digits, zeros in front. */
  readonly width: number;
  /** Of the first page of the report. */
  readonly first: number;
}

/** The number of a page of the report; pages count from 1. */
export function batesNumber({ prefix, width, first }: Bates, page: number): string {
  return prefix + String(first + page - 1).padStart(width, '0');
}
