/**
 * The directory as CSV (RFC 4180): a row for each address of a custodian, or one row for somebody without an address. Every
 * row that cannot be taken is named; nothing is guessed, and the caller takes all of a file or nothing.
 */
import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { checkCustodian, type StatedAddress, type StatedCustodian } from '../core/directory/form.ts';
import { HoldfastError } from '../core/errors.ts';

/** Column → what stands in it: shown by help and documents. */
export const COLUMNS = {
  id: 'HR id; required',
  name: 'full name; several separated by |; required in one row of the person',
  entity: 'legal entity',
  desk: 'desk or department',
  supervisor: 'HR id of the supervisor',
  counsel: 'yes for lawyers of the firm, else no',
  employed_from: 'first day of employment, YYYY-MM-DD',
  employed_to: 'last day of employment',
  groups: 'further groups, separated by |',
  network: 'network of the address; empty or * for all',
  address: 'address as the network shows it',
  address_from: 'first day on which it is his',
  address_to: 'last day on which it is his',
  shared: 'yes where several people use the address at the same time',
} as const satisfies Record<string, string>;

type Column = keyof typeof COLUMNS;
type Row = { readonly [column in Column]?: string };

export interface RefusedRow {
  /** Line of the file, from 1. */
  readonly line: number;
  /** Why, without what the row says. */
  readonly why: string;
}

export interface ReadDirectory {
  readonly custodians: readonly StatedCustodian[];
  readonly refused: readonly RefusedRow[];
}

const MOST_BYTES = 256 * 1024 * 1024;
const LONGEST_ROW = 64 * 1024;

/** Reads a file. Throws `bad-usage` where it is no such CSV at all. */
export function readDirectoryCsv(bytes: Uint8Array): ReadDirectory {
  const rows = rowsOf(bytes);
  const people = new Map<string, Gathered>();
  const refused: RefusedRow[] = [];
  for (const { line, row } of rows) {
    const id = row.id ?? '';
    if (id === '') {
      refused.push({ line, why: 'id is empty' });
      continue;
    }
    const person = people.get(id) ?? new Gathered(id, line);
    people.set(id, person);
    refused.push(...person.take(row).map((why) => ({ line, why })));
  }
  const custodians: StatedCustodian[] = [];
  for (const person of people.values()) {
    if (person.isRefused) continue;
    const custodian = person.custodian();
    const checked = checkCustodian(custodian);
    if (checked.ok) custodians.push(custodian);
    else
      refused.push({ line: person.line, why: `not of the form that the directory takes: ${checked.where}` });
  }
  return { custodians, refused: refused.sort((a, b) => a.line - b.line) };
}

function rowsOf(bytes: Uint8Array): { line: number; row: Row }[] {
  if (bytes.length > MOST_BYTES) throw notCsv('it is larger than 256 MiB');
  let unknown: string | undefined;
  try {
    const records: { record: Row; info: { lines: number } }[] = parse(textOf(bytes), {
      bom: true,
      columns: (head: string[]) =>
        head.map((cell) => {
          const name = cell
            .trim()
            .toLowerCase()
            .replaceAll(/[\s-]+/gu, '_');
          if (!Object.hasOwn(COLUMNS, name)) unknown ??= cell;
          return name;
        }),
      info: true,
      max_record_size: LONGEST_ROW,
      skip_empty_lines: true,
      trim: true,
    });
    if (unknown !== undefined) throw notCsv('it has a column that is not known');
    return records.map(({ record, info }) => ({ line: info.lines, row: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw notCsv(`the record around line ${String(error.lines ?? '?')} cannot be read (${error.code})`);
  }
}

/** UTF-16 by its mark, UTF-8, else Windows-1252: what spreadsheets write. */
function textOf(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder(isUtf8(bytes) ? 'utf-8' : 'windows-1252').decode(bytes);
}

const notCsv = (why: string): HoldfastError =>
  new HoldfastError('bad-usage', `The file is no directory that can be read: ${why}.`, {
    hint: `It is CSV with a head line; columns are ${Object.keys(COLUMNS).join(', ')}.`,
  });

/** What the rows of one person come to. A row may leave out what another says, and may not contradict it. */
class Gathered {
  readonly line: number;
  readonly #id: string;
  readonly #said = new Map<Column, string>();
  readonly #addresses: StatedAddress[] = [];
  #refused = false;

  constructor(id: string, line: number) {
    this.#id = id;
    this.line = line;
  }

  /** Returns what is wrong with the row, in words without its content. */
  take(row: Row): string[] {
    const wrong = this.#wrongIn(row);
    if (wrong.length > 0) this.#refused = true;
    return wrong;
  }

  get isRefused(): boolean {
    return this.#refused;
  }

  #wrongIn(row: Row): string[] {
    const wrong: string[] = [];
    for (const column of PERSON) {
      const value = row[column] ?? '';
      const known = this.#said.get(column);
      if (value === '') continue;
      if (known !== undefined && known !== value)
        wrong.push(`${column} contradicts an earlier row of this person`);
      else this.#said.set(column, value);
    }
    for (const column of ['counsel', 'shared'] as const)
      if (yes(row[column]) === undefined) wrong.push(`${column} is neither yes nor no`);
    for (const column of DAYS)
      if (!/^(?:|\d{4}-\d\d-\d\d)$/u.test(row[column] ?? ''))
        wrong.push(`${column} is no day like 2020-12-31`);
    const address = row.address ?? '';
    if (address === '') {
      if ((row.address_from ?? '') + (row.address_to ?? '') + (row.network ?? '') !== '')
        wrong.push('address is empty');
      return wrong;
    }
    if (wrong.length > 0) return wrong;
    const network = (row.network ?? '').toLowerCase();
    this.#addresses.push({
      network: network === '' || network === '*' ? null : network,
      address,
      from: orNull(row.address_from),
      to: orNull(row.address_to),
      shared: yes(row.shared) ?? false,
    });
    return [];
  }

  custodian(): StatedCustodian {
    const said = (column: Column): string | null => orNull(this.#said.get(column));
    const list = (column: Column): string[] =>
      (said(column) ?? '')
        .split('|')
        .map((one) => one.trim())
        .filter((one) => one !== '');
    return {
      id: this.#id,
      names: list('name'),
      entity: said('entity'),
      desk: said('desk'),
      supervisor: said('supervisor'),
      counsel: yes(said('counsel') ?? '') ?? false,
      employedFrom: said('employed_from'),
      employedTo: said('employed_to'),
      groups: list('groups'),
      addresses: this.#addresses,
    };
  }
}

const PERSON = [
  'name',
  'entity',
  'desk',
  'supervisor',
  'counsel',
  'employed_from',
  'employed_to',
  'groups',
] as const satisfies readonly Column[];
const DAYS = [
  'employed_from',
  'employed_to',
  'address_from',
  'address_to',
] as const satisfies readonly Column[];

const orNull = (value: string | undefined): string | null =>
  value === undefined || value === '' ? null : value;

function yes(value: string | undefined): boolean | undefined {
  if (value === undefined || value === '' || /^(?:no|n|false|0)$/iu.test(value)) return false;
  return /^(?:yes|y|true|1)$/iu.test(value) ? true : undefined;
}
