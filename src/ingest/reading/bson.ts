/** Files of a mongodump: BSON documents one after the other. Format: bsonspec.org, version 1.1. */
import { deserialize } from 'bson';
import type { Repair } from '../../core/event.ts';
import { MAX_DEPTH, MAX_UNIT, type SourceFile } from '../format.ts';
import type { JsonObject } from './json.ts';

export interface BsonUnit {
  readonly offset: number;
  readonly length: number;
  readonly bytes: Buffer | undefined;
  readonly problem?: 'unit-too-long' | 'truncated' | 'file-damaged';
}

/** An empty document: its length and its end. */
const SMALLEST = 5;
const MAX_BATCH = 1024;

/** The documents of a file. A length that cannot be ends the reading: nothing says where the next document begins. */
export async function* bsonDocuments(file: SourceFile): AsyncIterable<readonly BsonUnit[]> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  /** Bytes of a document that is too long, still to be passed over, and where it began. */
  let skip = 0;
  let began = 0;
  let damaged: number | undefined;
  let size = 0;
  for await (const chunk of file.open()) {
    size += chunk.length;
    if (damaged !== undefined) continue;
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let at = 0;
    let batch: BsonUnit[] = [];
    for (;;) {
      if (skip > 0) {
        const passed = Math.min(skip, rest.length - at);
        at += passed;
        skip -= passed;
        if (skip > 0) break;
        const length = offset + at - began;
        batch.push({ offset: began, length, bytes: undefined, problem: 'unit-too-long' });
      }
      if (rest.length - at < 4) break;
      const length = rest.readInt32LE(at);
      if (length < SMALLEST) {
        damaged = offset + at;
        break;
      }
      if (length > MAX_UNIT) {
        began = offset + at;
        skip = length;
        continue;
      }
      if (rest.length - at < length) break;
      batch.push({ offset: offset + at, length, bytes: rest.subarray(at, at + length) });
      at += length;
      if (batch.length >= MAX_BATCH) {
        yield batch;
        batch = [];
      }
    }
    offset += at;
    rest = rest.subarray(at);
    if (batch.length > 0) yield batch;
  }
  if (damaged !== undefined)
    yield [{ offset: damaged, length: size - damaged, bytes: undefined, problem: 'file-damaged' }];
  else if (skip > 0) yield [{ offset: began, length: size - began, bytes: undefined, problem: 'truncated' }];
  else if (rest.length > 0) yield [{ offset, length: rest.length, bytes: undefined, problem: 'truncated' }];
}

/** A document as plain values: dates as ISO text, ids as hex, bytes as base64, what is no safe integer as text. */
export function readBson(bytes: Buffer, repairs: Repair[]): JsonObject | 'too-deep' | 'record-malformed' {
  try {
    const value = deserialize(bytes, { promoteValues: true, bsonRegExp: true, validation: { utf8: false } });
    return plain(value, 0, repairs) as JsonObject;
  } catch (error) {
    return error instanceof TooDeep || isStackOverflow(error) ? 'too-deep' : 'record-malformed';
  }
}

class TooDeep extends Error {}

const isStackOverflow = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'message' in error &&
  /call stack/u.test(String(error.message));

function plain(value: unknown, depth: number, repairs: Repair[]): unknown {
  if (depth > MAX_DEPTH) throw new TooDeep();
  if (typeof value === 'string') {
    if (value.isWellFormed()) return value;
    repairs.push({ code: 'lone-surrogate' });
    return value.toWellFormed();
  }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (value instanceof Date || 'toISOString' in value) return isoOf(value as Date);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((each) => plain(each, depth + 1, repairs));
  if ('_bsontype' in value) return textOfType(value);
  const result: { [name: string]: unknown } = {};
  for (const [name, child] of Object.entries(value))
    result[name.toWellFormed()] = plain(child, depth + 1, repairs);
  return result;
}

function isoOf(date: Date): string {
  const ms = Number(date);
  return Number.isNaN(ms) || Math.abs(ms) > 8.64e15 ? 'invalid' : new Date(ms).toISOString();
}

/** ObjectId, Long, Decimal128, Binary, … each has a text of its own. */
function textOfType(value: object): string {
  if ('toHexString' in value && typeof value.toHexString === 'function') return String(value.toHexString());
  if ('buffer' in value && value.buffer instanceof Uint8Array)
    return Buffer.from(value.buffer).toString('base64');
  return JSON.stringify(value).slice(0, 4096);
}
