/**
 * Row numbers that sort by time, so that FTS5, which answers in the order of row numbers, answers in the order that
 * searches want: the second since 1970 (0 to 2³² − 1; other times share the ends), then a number within it. When a
 * second is full the row goes to the next one; how far rows were moved is kept, and the reader looks that much further.
 */
import type { Cursor, PageRequest } from '../../core/ports/index.ts';
import type { Plan } from '../../core/search/plan.ts';

export const PER_SECOND = 2 ** 21;
const LAST_SECOND = 2 ** 32 - 1;

/** The second that a time (ms since 1970 UTC) sorts under. */
export const secondOf = (at: number): number => Math.min(Math.max(Math.floor(at / 1000), 0), LAST_SECOND);

export const firstRow = (second: number): number => second * PER_SECOND;

export const secondOfRow = (row: number): number => Math.floor(row / PER_SECOND);

/** A found row with its place in the order of answers. */
export interface Found extends Cursor {
  readonly row: number;
}

export function comparePlaces(a: Cursor, b: Cursor): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.log !== b.log) return a.log < b.log ? -1 : 1;
  return a.leaf - b.leaf;
}

/** The instants [from, to) that everything a plan finds lies in, as far as its outermost parts say. */
export function periodOf(plan: Plan): { from: number | null; to: number | null } {
  if (plan.op === 'time') return plan;
  let from: number | null = null;
  let to: number | null = null;
  if (plan.op === 'and')
    for (const part of plan.parts) {
      const inner = periodOf(part);
      if (inner.from !== null) from = from === null ? inner.from : Math.max(from, inner.from);
      if (inner.to !== null) to = to === null ? inner.to : Math.min(to, inner.to);
    }
  return { from, to };
}

/** Rows [from, to) that a period and a cursor leave to look at; wide, as times are ranges and rows may be moved. */
export function rowRange(
  period: { from: number | null; to: number | null },
  page: Pick<PageRequest, 'after' | 'backwards'>,
  width: { before: number; after: number; moved: number },
): { from: number; to: number | undefined } {
  let from = period.from === null ? 0 : firstRow(secondOf(period.from - width.after));
  let to = period.to === null ? undefined : firstRow(secondOf(period.to + width.before) + width.moved + 1);
  if (page.after && page.backwards) {
    const end = firstRow(secondOf(page.after.at) + width.moved + 1);
    to = to === undefined ? end : Math.min(to, end);
  } else if (page.after) from = Math.max(from, firstRow(secondOf(page.after.at)));
  return { from, to };
}

/** Instants [from, to) in which the times of these rows and all between surely lie; null: open. */
export function timesOf(
  first: number,
  last: number,
  width: { before: number; after: number; moved: number },
): { from: number | null; to: number | null } {
  const from = secondOfRow(first) - width.moved;
  const to = secondOfRow(last);
  return {
    // Times before 1970, and those of the far future, share a second.
    from: from <= 0 ? null : from * 1_000 - width.before,
    to: to >= LAST_SECOND ? null : (to + 1) * 1_000 + width.after,
  };
}

/** The first `limit` of rows that come nearly in order: those of one second in any, and moved ones late. */
export function firstInOrder(rows: Iterable<Found>, page: PageRequest, moved: number): Found[] {
  const sign = page.backwards ? -1 : 1;
  const done: Found[] = [];
  let held: Found[] = [];
  const release = (isFinal: (found: Found) => boolean): void => {
    const final = held.filter(isFinal).sort((a, b) => sign * comparePlaces(a, b));
    if (final.length === 0) return;
    held = held.filter((found) => !isFinal(found));
    for (const found of final) if (done.length < page.limit) done.push(found);
  };
  let second: number | undefined;
  for (const found of rows) {
    if (page.after && sign * comparePlaces(found, page.after) <= 0) continue;
    const current = secondOfRow(found.row);
    if (second !== undefined && current !== second) {
      // Rows are moved to later seconds only, so what is still to come lies at `current - moved` or beyond.
      release(({ at }) => (page.backwards ? secondOf(at) > current : secondOf(at) < current - moved));
      if (done.length >= page.limit) return done;
    }
    second = current;
    held.push(found);
  }
  release(() => true);
  return done;
}
