/**
 * JCS (RFC 8785) for the JSON that Holdfast seals: strings, booleans, null, safe integers, arrays and plain objects.
 * Numbers that are no safe integer never get here (a format keeps their source text), so number formatting is exact.
 */
import type { Json } from './event.ts';

const isSorted = (keys: readonly string[]): boolean => {
  for (let i = 1; i < keys.length; i++) if ((keys[i - 1] as string) > (keys[i] as string)) return false;
  return true;
};

/** Names as they are written, colon included: few names stand in nearly every object. Bounded, as names may be hostile. */
const names = new Map<string, string>();
const MOST_NAMES = 1_000;

function nameText(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const text = `${JSON.stringify(name)}:`;
  if (names.size < MOST_NAMES) names.set(name, text);
  return text;
}

/** The same value with U+FFFD for each half of a surrogate pair, in names too. */
export function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toWellFormed(), wellFormed(member)]),
  );
}

/** Canonical JSON text. Keys sort by UTF-16 code units; members that are `undefined` are left out. */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value))
      throw new TypeError(`canonical JSON takes safe integers only, not ${value}`);
    return String(value === 0 ? 0 : value);
  }
  if (Array.isArray(value)) {
    let text = '[';
    for (let i = 0; i < value.length; i++) text += (i === 0 ? '' : ',') + canonical(value[i]);
    return `${text}]`;
  }
  if (typeof value === 'object') {
    const object = value as { readonly [key: string]: unknown };
    let keys = Object.keys(object);
    if (!isSorted(keys)) keys = keys.sort();
    let text = '{';
    for (const key of keys) {
      const member = object[key];
      if (member === undefined) continue;
      if (text !== '{') text += ',';
      text += nameText(key) + canonical(member);
    }
    return `${text}}`;
  }
  throw new TypeError(`canonical JSON cannot hold a ${typeof value}`);
}
