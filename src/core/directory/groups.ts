import type { Event } from '../event.ts';
import type { Directory } from './fold.ts';

/**
 * Groups (desks, entities) of the custodians who took part in an event, by the directory in force; undefined where the
 * directory cannot say.
 */
export function groupsOf(_directory: Directory, _event: Event): ReadonlySet<string> | undefined {
  return undefined;
}
