import { HoldfastError } from '../core/errors.ts';
import type { Cursor, Heads } from '../core/ports/index.ts';

/** A place in the answer to a query, with the heads that it covers and the directory that it goes by: no state is kept between two pages. */
export interface PageCursor {
  readonly heads: Heads;
  /** Version of the directory that the answer is given under. */
  readonly directory: number;
  /** Which judgement of holds the answer rests on; null: it asks for none. */
  readonly held: string | null;
  readonly after: Cursor;
}

export function writeCursor({ heads, directory, held, after }: PageCursor): string {
  return Buffer.from(JSON.stringify([2, heads, directory, held, after.at, after.log, after.leaf])).toString(
    'base64url',
  );
}

/** Hostile input: comes back from outside. Throws `bad-usage`. */
export function readCursor(text: string): PageCursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text.slice(0, 65_536), 'base64url').toString());
    if (Array.isArray(value)) {
      const [version, heads, directory, held, at, log, leaf] = value as unknown[];
      if (
        version === 2 &&
        isHeads(heads) &&
        isWhole(directory) &&
        (held === null || typeof held === 'string')
      )
        if (isWhole(at) && typeof log === 'string' && isWhole(leaf))
          return { heads, directory, held, after: { at, log, leaf } };
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
