/**
 * CSV (RFC 4180, any of the usual separators) as records with their places: framed on bytes in bounded memory, so that
 * a quote that is never closed costs one unit. Reading a record is a split: quotes are doubled inside quotes.
 */
import { MAX_UNIT } from '../format.ts';
import type { TextStream } from './text.ts';
import { measure } from './text.ts';
import { Window } from './window.ts';

export interface CsvRecord {
  readonly offset: number;
  readonly length: number;
  /** Absent: longer than a unit may be, or never closed. */
  readonly bytes: Buffer | undefined;
  readonly problem?: 'unit-too-long' | 'truncated';
}

const QUOTE = 34;
const LF = 10;
/** What is made of a batch lives until the next: many rows would outlive the young generation. */
const BATCH = 128;

/** Records in batches; empty lines are none. */
export async function* csvRecords(stream: TextStream): AsyncIterable<readonly CsvRecord[]> {
  const window = new Window(stream.chunks);
  let offset = stream.start;
  let batch: CsvRecord[] = [];
  const pass = (count: number): { offset: number; length: number } => {
    const length = measure(stream, window.bytes.subarray(0, count));
    const place = { offset, length };
    window.pass(count);
    offset += length;
    return place;
  };
  try {
    for (;;) {
      const found = recordEnd(window.bytes);
      if (found === -1 && window.bytes.length <= MAX_UNIT && (await window.more())) continue;
      if (window.bytes.length === 0) break;
      if (found === -1 && window.bytes.length > MAX_UNIT) {
        const line = window.bytes.indexOf(LF);
        const place = pass(line === -1 ? window.bytes.length : line + 1);
        batch.push({ ...place, bytes: undefined, problem: 'unit-too-long' });
        continue;
      }
      const end = found === -1 ? window.bytes.length : found;
      const bytes = window.bytes.subarray(0, end);
      const open = found === -1 && quotesIn(bytes) % 2 === 1;
      const blank = bytes.toString('latin1', 0, Math.min(end, 4)).trim() === '' && end <= 2;
      const place = pass(end);
      if (open) batch.push({ ...place, bytes: undefined, problem: 'truncated' });
      else if (!blank) batch.push({ ...place, bytes });
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  } finally {
    await window.close();
  }
}

/** Index just after the line feed that ends the record at the start; −1: not in these bytes. */
function recordEnd(bytes: Buffer): number {
  let at = 0;
  for (;;) {
    const line = bytes.indexOf(LF, at);
    // Looked for in this line alone: where nothing is quoted, each line would be looked through to the end of the window.
    const inLine = line === -1 ? bytes.subarray(at) : bytes.subarray(at, line);
    const found = inLine.indexOf(QUOTE);
    if (found === -1) return line === -1 ? -1 : line + 1;
    const quote = at + found;
    const close = bytes.indexOf(QUOTE, quote + 1);
    if (close === -1) return -1;
    at = close + 1;
  }
}

function quotesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(QUOTE); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) count++;
  return count;
}

/** The fields of a record. */
export function csvFields(record: string, separator: string): string[] {
  const text = record.endsWith('\n') ? record.slice(0, record.endsWith('\r\n') ? -2 : -1) : record;
  if (!text.includes('"')) return text.split(separator);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    let field: string;
    if (text[at] === '"') {
      field = '';
      at++;
      for (;;) {
        const end = text.indexOf('"', at);
        if (end === -1) {
          field += text.slice(at);
          at = text.length;
          break;
        }
        field += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        field += '"';
        at++;
      }
      // What stands between a closing quote and the separator belongs to the field.
      const next = text.indexOf(separator, at);
      field += text.slice(at, next === -1 ? text.length : next);
      at = next === -1 ? text.length : next;
    } else {
      const next = text.indexOf(separator, at);
      field = text.slice(at, next === -1 ? text.length : next);
      at = next === -1 ? text.length : next;
    }
    fields.push(field);
    if (at >= text.length) return fields;
    at += separator.length;
  }
}

/** The separator of a head line: the one that it has most of. */
export function separatorOf(head: string): string {
  const line = head.split(/\r?\n/u, 1)[0] ?? '';
  const counts = [',', ';', '\t', '|'].map((mark) => [line.split(mark).length - 1, mark] as const);
  return counts.reduce((best, each) => (each[0] > best[0] ? each : best))[1];
}
