/** What a source said that has no place of its own in an event, under the source's names. */
import type { Json, Repair } from '../../core/event.ts';
import { asExtra, type JsonObject } from './json.ts';

/**
 * The fields of an object that are not `placed`; null, empty text and empty lists say nothing and are left out.
 * `text`: the source text of the object, for numbers that are no safe integers.
 */
export function remainder(
  value: JsonObject,
  placed: ReadonlySet<string>,
  text: string,
  repairs: Repair[],
): { [key: string]: Json } | undefined {
  const rest: { [key: string]: unknown } = {};
  let found = false;
  for (const key of Object.keys(value)) {
    const each = value[key];
    if (placed.has(key) || each === null || each === '' || (Array.isArray(each) && each.length === 0))
      continue;
    rest[key] = each;
    found = true;
  }
  return found ? asExtra(rest, text, repairs) : undefined;
}
