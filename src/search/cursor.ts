import { HoldfastError } from '../core/errors.ts';
import type { Cursor, Heads } from '../core/ports/index.ts';

/** A place in the answer to a query, with the heads that the answer covers: no state is kept between two pages. */
export interface PageCursor {
  readonly heads: Heads;
  readonly after: Cursor;
}

export function writeCursor({ heads, after }: PageCursor): string {
  return Buffer.from(JSON.stringify([1, heads, after.at, after.log, after.leaf])).toString('base64url');
}

/** Hostile input: comes back from outside. Throws `bad-usage`. */
export function readCursor(text: string): PageCursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text.slice(0, 65_536), 'base64url').toString());
    if (Array.isArray(value)) {
      const [version, heads, at, log, leaf] = value as unknown[];
      if (version === 1 && isHeads(heads) && isWhole(at) && typeof log === 'string' && isWhole(leaf))
        return { heads, after: { at, log, leaf } };
    }
  } catch {
    // Falls through to the one answer for everything that is no cursor.
  }
  throw new HoldfastError('bad-usage', 'This is not a cursor that a search has given.', {
    hint: 'Begin the search again without it.',
  });
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

const isHeads = (value: unknown): value is Heads =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isWhole);
