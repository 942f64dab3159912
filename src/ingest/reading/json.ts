/** JSON from a hostile source: elements of a huge array one by one, numbers that stay what they were, bounded depth. */
import type { Json, Repair } from '../../core/event.ts';
import { MAX_DEPTH, MAX_UNIT } from '../format.ts';
import { newScan, valueEnd } from './json-value.ts';
import { measure, type TextStream } from './text.ts';

export type JsonObject = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An element of a top-level array, or what stands in its place. */
export interface Element {
  readonly offset: number;
  readonly length: number;
  readonly bytes: Buffer | undefined;
  readonly problem?: 'unit-too-long' | 'truncated' | 'too-deep' | 'json-shape' | 'json-malformed';
}

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COMMA] = [34, 92, 123, 125, 91, 93, 44];
/** Small elements are many in a chunk, and each costs more than its bytes. */
const MAX_BATCH = 256;
const isSpace = (c: number): boolean => c === 32 || c === 10 || c === 13 || c === 9;

/**
 * Elements of the array that a file holds. A quote that is never closed is taken to end at its line, since JSON has no
 * line break inside a string: so damage stays in its element.
 */
export async function* arrayElements(stream: TextStream): AsyncIterable<readonly Element[]> {
  let state: 'start' | 'between' | 'element' | 'after' | 'other' = 'start';
  let pieces: Buffer[] = [];
  let held = 0;
  let dropped = 0;
  let overlong = false;
  let scan = newScan();
  /** Stored offset of the byte at which the piece being scanned begins. */
  let position = stream.start;
  let started = stream.start;

  const keep = (piece: Buffer): void => {
    if (!overlong && held + piece.length > MAX_UNIT) {
      overlong = true;
      for (const each of pieces) dropped += measure(stream, each);
      pieces = [];
      held = 0;
    }
    if (overlong) dropped += measure(stream, piece);
    else {
      pieces.push(piece);
      held += piece.length;
    }
  };
  const take = (problem?: Element['problem']): Element => {
    const bytes = overlong ? undefined : pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    const length = bytes === undefined ? dropped : measure(stream, bytes);
    const found = overlong
      ? 'unit-too-long'
      : (problem ?? (scan.deepest > MAX_DEPTH ? 'too-deep' : undefined));
    pieces = [];
    held = 0;
    dropped = 0;
    overlong = false;
    scan = newScan();
    return found === undefined
      ? { offset: started, length, bytes }
      : { offset: started, length, bytes, problem: found };
  };

  for await (const chunk of stream.chunks) {
    let batch: Element[] = [];
    let from = 0;
    let i = 0;
    /** Moves the stored position to index `to` of the chunk. */
    const advance = (to: number): void => {
      position += measure(stream, chunk.subarray(from, to));
      from = to;
    };
    while (i < chunk.length) {
      if (state === 'element') {
        const end = valueEnd(chunk, i, scan);
        if (end === -1) break;
        keep(chunk.subarray(from, end));
        advance(end);
        batch.push(take());
        state = 'between';
        i = end;
        if (batch.length >= MAX_BATCH) {
          yield batch;
          batch = [];
        }
        continue;
      }
      const c = chunk[i] as number;
      if (isSpace(c)) i++;
      else if (state === 'start') {
        if (c === OPEN_LIST) {
          state = 'between';
          i++;
        } else {
          advance(i);
          started = position;
          state = 'other';
        }
      } else if (state === 'between') {
        if (c === COMMA) i++;
        else if (c === CLOSE_LIST) {
          state = 'after';
          i++;
        } else {
          advance(i);
          started = position;
          scan = newScan();
          state = 'element';
          // A stray closing brace would end an element of no bytes for ever.
          if (c === CLOSE) {
            state = 'other';
          }
        }
      } else if (state === 'after') {
        advance(i);
        started = position;
        state = 'other';
      } else break;
    }
    if (state === 'element' || state === 'other') keep(chunk.subarray(from));
    advance(chunk.length);
    if (state === 'other') {
      // No array (any more): one reject for all that follows, passed over without holding it.
      overlong = true;
      for (const each of pieces) dropped += measure(stream, each);
      pieces = [];
      held = 0;
    }
    if (batch.length > 0) yield batch;
  }
  if (state === 'element') yield [take('truncated')];
  else if (state === 'other') yield [{ ...take(), bytes: undefined, problem: 'json-shape' }];
  else if (state === 'between')
    yield [{ offset: position, length: 0, bytes: undefined, problem: 'truncated' }];
}

/** Lists and objects in one unit: each costs many times its two bytes once it is parsed. */
const MAX_VALUES = 200_000;

/** Why a text must not be parsed: too deep, or too many values. Counted outside strings, before anything recursive. */
export function tooMuch(text: string): 'too-deep' | 'too-many-values' | undefined {
  if (text.length < MAX_DEPTH * 2 || !opensOften(text)) return undefined;
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === BACKSLASH) i++;
      else if (c === QUOTE) inString = false;
    } else if (c === QUOTE) inString = true;
    else if (c === OPEN || c === OPEN_LIST) {
      if (++depth > MAX_DEPTH) return 'too-deep';
      if (++values > MAX_VALUES) return 'too-many-values';
    } else if (c === CLOSE || c === CLOSE_LIST) depth--;
  }
  return undefined;
}

/** Whether there are enough brackets, in strings or not, for any limit to be passed: nearly never. */
function opensOften(text: string): boolean {
  let found = 0;
  for (const bracket of ['{', '['])
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1))
      if (++found > MAX_DEPTH) return true;
  return false;
}

/** Parses a unit. Lone surrogates (possible as escapes only) are replaced and recorded. */
export function parseJson(text: string, repairs: Repair[]): unknown {
  const value: unknown = JSON.parse(text);
  if (!/\\u[dD]/u.test(text)) return value;
  let found = false;
  const mend = (node: unknown): unknown => {
    if (typeof node === 'string') {
      if (node.isWellFormed()) return node;
      found = true;
      return node.toWellFormed();
    }
    if (Array.isArray(node)) return node.map(mend);
    if (!isObject(node)) return node;
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [mend(key), mend(child)]));
  };
  const mended = mend(value);
  if (found) repairs.push({ code: 'lone-surrogate' });
  return mended;
}

/**
 * A parsed value as it may stand in `extra`. Numbers that are no safe integer become the text of the source, found by
 * parsing `text` again with their source text: rare, so the fast path stays fast.
 */
export function asExtra(value: JsonObject, text: string, repairs: Repair[]): { [key: string]: Json } {
  if (isSafe(value)) return value as { [key: string]: Json };
  repairs.push({ code: 'number-as-text' });
  const exact: unknown = JSON.parse(text, (_key, child: unknown, context?: { source?: string }) =>
    typeof child === 'number' && !(Number.isSafeInteger(child) && !Object.is(child, -0))
      ? (context?.source ?? String(child))
      : child,
  );
  return membersWithNumbersOf(value, exact);
}

/** A value with the source text of its unsafe numbers; all else is as it was mended, and no more than was kept. */
function withNumbersOf(value: unknown, exact: unknown): Json {
  if (typeof value === 'number')
    return isSafe(value) ? value : typeof exact === 'string' ? exact : `${value}`;
  if (Array.isArray(value))
    return value.map((child, i) => withNumbersOf(child, Array.isArray(exact) ? exact[i] : undefined));
  return isObject(value) ? membersWithNumbersOf(value, exact) : (value as Json);
}

function membersWithNumbersOf(value: JsonObject, exact: unknown): { [key: string]: Json } {
  const result: { [key: string]: Json } = {};
  for (const [key, child] of Object.entries(value))
    result[key] = withNumbersOf(child, isObject(exact) ? exact[key] : undefined);
  return result;
}

function isSafe(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (Array.isArray(value)) return value.every(isSafe);
  if (typeof value !== 'object' || value === null) return true;
  for (const child of Object.values(value)) if (!isSafe(child)) return false;
  return true;
}
