/** Rows of PostgreSQL's COPY in its text form: columns between tabs, `\N` is null. */
import type { Repair } from '../../../core/event.ts';
import type { SqlValue } from './values.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

export class CopyLines {
  readonly #table: string;
  readonly #columns: readonly string[] | undefined;

  constructor(table: string, columns: readonly string[] | undefined) {
    this.#table = table;
    this.#columns = columns;
  }

  read(
    line: string,
    repairs: readonly Repair[],
  ):
    | {
        type: 'row';
        table: string;
        columns: readonly string[] | undefined;
        values: SqlValue[];
        repairs: readonly Repair[];
      }
    | { type: 'problem'; code: 'record-malformed' } {
    const values = line
      .replace(/\r?\n$/u, '')
      .split('\t')
      .map(fieldValue);
    if (this.#columns !== undefined && values.length !== this.#columns.length)
      return { type: 'problem', code: 'record-malformed' };
    return { type: 'row', table: this.#table, columns: this.#columns, values, repairs };
  }
}

function fieldValue(field: string): SqlValue {
  if (field === '\\N') return null;
  if (!field.includes('\\')) return field;
  return field
    .replaceAll(
      /\\(?:([0-7]{1,3})|x([\da-fA-F]{1,2})|(.))/gsu,
      (_all, octal?: string, hex?: string, other?: string) =>
        octal !== undefined
          ? String.fromCharCode(Number.parseInt(octal, 8) & 255)
          : hex !== undefined
            ? String.fromCharCode(Number.parseInt(hex, 16))
            : (ESCAPES[other ?? ''] ?? other ?? ''),
    )
    .toWellFormed();
}
