/** Objects of Apple's Foundation as they stand in a typedstream. Layouts: dgelessus/python-typedstream, `foundation.py`. */
import type { TypedObject, TypedValue } from './typedstream.ts';

export const isTyped = (value: TypedValue | undefined, name: string): value is TypedObject =>
  typeof value === 'object' && value !== null && 'classes' in value && value.classes.includes(name);

/** The text of an NSString, plain or attributed; undefined for anything else. */
export function stringOf(value: TypedValue | undefined): string | undefined {
  if (isTyped(value, 'NSString')) {
    const text = value.groups[0]?.[0];
    return typeof text === 'string' ? text : undefined;
  }
  if (!isTyped(value, 'NSAttributedString')) return undefined;
  const inner = value.groups[0]?.[0];
  return isTyped(inner, 'NSString') ? stringOf(inner) : undefined;
}

/** A stretch of an attributed text: UTF-16 units, and the attributes by name. */
export interface Run {
  readonly length: number;
  readonly attributes: ReadonlyMap<string, TypedValue>;
}

/** Runs of one text: a hostile list can name the same text many times. */
const MAX_RUNS = 2000;

/** The runs of an NSAttributedString: number of the attributes and length, and the attributes where they are new. */
export function runsOf(value: TypedValue | undefined): Run[] {
  if (!isTyped(value, 'NSAttributedString')) return [];
  const known = new Map<number, ReadonlyMap<string, TypedValue>>();
  const runs: Run[] = [];
  const { groups } = value;
  for (let i = 1; i < groups.length && runs.length < MAX_RUNS; i++) {
    const [number, length] = groups[i] ?? [];
    if (typeof number !== 'number' || typeof length !== 'number') continue;
    const next = groups[i + 1]?.[0];
    if (!known.has(number) && isTyped(next, 'NSDictionary')) {
      known.set(number, dictionaryOf(next));
      i++;
    }
    runs.push({ length, attributes: known.get(number) ?? new Map() });
  }
  return runs;
}

/** Entries of an NSDictionary whose keys are strings. */
export function dictionaryOf(value: TypedValue | undefined): Map<string, TypedValue> {
  const entries = new Map<string, TypedValue>();
  if (!isTyped(value, 'NSDictionary')) return entries;
  for (let i = 1; i + 1 < value.groups.length; i += 2) {
    const key = stringOf(value.groups[i]?.[0]);
    if (key !== undefined) entries.set(key, value.groups[i + 1]?.[0] ?? null);
  }
  return entries;
}

/** Elements of an NSArray. */
export const arrayOf = (value: TypedValue | undefined): TypedValue[] =>
  isTyped(value, 'NSArray') ? value.groups.slice(1).map((group) => group[0] ?? null) : [];

/** Seconds since 2001 of an NSDate. */
export function dateOf(value: TypedValue | undefined): number | undefined {
  const seconds = isTyped(value, 'NSDate') ? value.groups[0]?.[0] : undefined;
  return typeof seconds === 'number' ? seconds : undefined;
}
