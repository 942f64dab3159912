import { HoldfastError } from '../errors.ts';

/** A query that cannot be read: says where (characters counted from 1) and what to write instead. */
export function badQuery(at: number, says: string, hint?: string): HoldfastError {
  return new HoldfastError('bad-query', `At character ${at + 1}: ${says}`, {
    hint: hint ?? 'Put what is to be found as it stands into double quotes; docs/search.md has the grammar.',
  });
}
