import { HoldfastError } from '../../core/errors.ts';

/** A query that cannot be answered whole: refused, never cut. */
export const tooWide = (says: string): HoldfastError =>
  new HoldfastError('query-too-wide', says, {
    hint: 'Nothing was left out: narrow the query, for example by more letters or a period, and ask again.',
  });
