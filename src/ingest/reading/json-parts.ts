/**
 * A JSON document of any length, walked without holding it: the caller says of each object and list whether to walk
 * inside, to take it whole, or to take its elements as units. Damage ends the walk with what was read so far kept.
 */
import { MAX_DEPTH, MAX_UNIT } from '../format.ts';
import type { Element } from './json.ts';
import { newScan, valueEnd } from './json-value.ts';
import { measure, type TextStream } from './text.ts';

/** Keys from the top; an element of a list is `*`. */
export type JsonPath = readonly string[];

export type JsonPart =
  /** An element of a list whose elements are units. */
  | ({ readonly type: 'unit'; readonly path: JsonPath } & Element)
  /** A value that was taken whole: a scalar, or a list or object that is not walked. */
  | ({ readonly type: 'fact'; readonly path: JsonPath } & Element)
  /** A list or object that is walked begins, and ends. */
  | { readonly type: 'enter' | 'leave'; readonly path: JsonPath; readonly offset: number }
  /** What follows cannot be walked: to the end of the file. */
  | {
      readonly type: 'damage';
      readonly offset: number;
      readonly length: number;
      readonly problem: 'json-malformed' | 'truncated' | 'too-deep';
    };

/** What to do with a list or object: `units` only for lists. */
export type Walk = 'inside' | 'units' | 'whole';

const [QUOTE, BACKSLASH, COMMA, COLON, LF] = [34, 92, 44, 58, 10];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [123, 125, 91, 93];
const MAX_KEY = 4096;
const MAX_BATCH = 256;
const isSpace = (c: number): boolean => c === 32 || c === LF || c === 13 || c === 9;

/** A list or object that is being walked. */
interface Level {
  readonly list: boolean;
  /** Path of the elements of a list. */
  readonly elements: JsonPath | undefined;
  readonly units: boolean;
  readonly path: JsonPath;
}

type State = 'value' | 'first' | 'key' | 'in-key' | 'colon' | 'next' | 'taken' | 'end' | 'damaged';

/** The parts of a document in order. `walk` is asked once for every list and object that is not inside a whole one. */
export async function* jsonParts(
  stream: TextStream,
  walk: (path: JsonPath, list: boolean) => Walk,
): AsyncIterable<readonly JsonPart[]> {
  const levels: Level[] = [];
  let state: State = 'value';
  let key = '';
  let keyBytes: number[] = [];
  let pieces: Buffer[] = [];
  let held = 0;
  let dropped = 0;
  let overlong = false;
  let scan = newScan();
  let escaped = false;
  let taking: 'unit' | 'fact' = 'fact';
  let position = stream.start;
  let started = stream.start;
  let problem: 'json-malformed' | 'too-deep' = 'json-malformed';

  const pathHere = (): JsonPath => {
    const level = levels.at(-1);
    if (level === undefined) return [];
    return level.elements ?? [...level.path, key];
  };
  const keep = (piece: Buffer): void => {
    if (!overlong && held + piece.length > MAX_UNIT) {
      overlong = true;
      for (const each of pieces) dropped += measure(stream, each);
      pieces = [];
      held = 0;
    }
    if (overlong) dropped += measure(stream, piece);
    else if (piece.length > 0) {
      pieces.push(piece);
      held += piece.length;
    }
  };
  const take = (cut: boolean): JsonPart => {
    const bytes = overlong ? undefined : pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    const length = bytes === undefined ? dropped : measure(stream, bytes);
    const wrong = overlong
      ? 'unit-too-long'
      : cut
        ? 'truncated'
        : scan.deepest > MAX_DEPTH
          ? 'too-deep'
          : undefined;
    pieces = [];
    held = 0;
    dropped = 0;
    overlong = false;
    const part = { type: taking, path: pathHere(), offset: started, length, bytes };
    return wrong === undefined ? part : { ...part, problem: wrong };
  };

  for await (const chunk of stream.chunks) {
    let batch: JsonPart[] = [];
    let from = 0;
    let i = 0;
    const advance = (to: number): void => {
      position += stream.wide ? measure(stream, chunk.subarray(from, to)) : to - from;
      from = to;
    };
    const damage = (why: typeof problem): State => {
      advance(i);
      started = position;
      problem = why;
      return 'damaged';
    };
    /** Begins the value at index i. */
    const begin = (c: number): State => {
      const list = c === OPEN_LIST;
      const level = levels.at(-1);
      const asUnit = level?.units === true;
      const how = asUnit || (!list && c !== OPEN) ? 'whole' : walk(pathHere(), list);
      if (how === 'whole') {
        advance(i);
        started = position;
        taking = asUnit ? 'unit' : 'fact';
        scan = newScan();
        return 'taken';
      }
      advance(i);
      if (levels.length >= MAX_DEPTH) {
        return damage('too-deep');
      }
      const path = pathHere();
      batch.push({ type: 'enter', path, offset: position });
      levels.push({
        list,
        elements: list ? [...path, '*'] : undefined,
        units: list && how === 'units',
        path,
      });
      i++;
      return 'first';
    };
    const close = (list: boolean): State => {
      if (levels.at(-1)?.list !== list) {
        return damage('json-malformed');
      }
      const level = levels.pop();
      advance(i);
      batch.push({ type: 'leave', path: level?.path ?? [], offset: position });
      i++;
      return levels.length === 0 ? 'end' : 'next';
    };
    while (i < chunk.length && state !== 'damaged') {
      if (state === 'taken') {
        const end = valueEnd(chunk, i, scan);
        if (end === -1) break;
        keep(chunk.subarray(from, end));
        advance(end);
        batch.push(take(false));
        state = levels.length === 0 ? 'end' : 'next';
        i = end;
        if (batch.length >= MAX_BATCH) {
          yield batch;
          batch = [];
        }
        continue;
      }
      const c = chunk[i] as number;
      if (state === 'in-key') {
        if (escaped) escaped = false;
        else if (c === BACKSLASH) escaped = true;
        else if (c === QUOTE) {
          const name = keyOf(keyBytes);
          if (name === undefined) state = damage('json-malformed');
          else {
            key = name;
            state = 'colon';
            i++;
          }
          continue;
        }
        if (c === LF || keyBytes.length >= MAX_KEY) state = damage('json-malformed');
        else {
          keyBytes.push(c);
          i++;
        }
      } else if (isSpace(c)) i++;
      else if (state === 'value') {
        if (c === CLOSE || c === CLOSE_LIST || c === COMMA || c === COLON) state = damage('json-malformed');
        else state = begin(c);
      } else if (state === 'first' || state === 'next' || state === 'key') {
        const list = levels.at(-1)?.list === true;
        if (c === (list ? CLOSE_LIST : CLOSE)) state = close(list);
        else if (state === 'next' && c === COMMA) {
          state = list ? 'value' : 'key';
          i++;
        } else if (state === 'next') state = damage('json-malformed');
        else if (list && c === COMMA) i++;
        else if (list) state = begin(c);
        else if (c === QUOTE) {
          keyBytes = [];
          escaped = false;
          state = 'in-key';
          i++;
        } else state = damage('json-malformed');
      } else if (state === 'colon') {
        if (c !== COLON) state = damage('json-malformed');
        else {
          state = 'value';
          i++;
        }
      } else state = damage('json-malformed');
    }
    if (state === 'taken') keep(chunk.subarray(from));
    advance(chunk.length);
    if (batch.length > 0) yield batch;
  }
  if (state === 'taken' && levels.length === 0 && scan.depth === 0 && !scan.inString) yield [take(false)];
  else if (state === 'taken') yield [take(true)];
  else if (state === 'damaged')
    yield [{ type: 'damage', offset: started, length: position - started, problem }];
  if (state !== 'damaged' && levels.length > 0)
    yield [{ type: 'damage', offset: position, length: 0, problem: 'truncated' }];
}

function keyOf(bytes: readonly number[]): string | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  if (!text.includes('\\')) return text;
  try {
    const value: unknown = JSON.parse(`"${text}"`);
    return typeof value === 'string' ? value.toWellFormed() : undefined;
  } catch {
    return undefined;
  }
}
