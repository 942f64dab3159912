/**
 * Tables as consoles print them (sqlcmd, osql, SQL*Plus, psql): names, under them a line of dashes that says how wide
 * each column is, and rows padded to it. A value may hold separators, quotes and line ends: only its place counts.
 * https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-utility, https://www.postgresql.org/docs/current/app-psql.html
 */
import type { Repair } from '../../core/event.ts';
import { lines } from './lines.ts';
import type { TextStream } from './text.ts';

interface Columns {
  readonly names: readonly string[];
  readonly starts: readonly number[];
  readonly separator: string;
  /** False: the dashes are as long as the names and say nothing of the rows (sqlcmd -W). */
  readonly isPadded: boolean;
  /** Length of a row whose last column is padded too, and which may hold line ends; else a row is a line. */
  readonly width: number | undefined;
}

export interface ConsoleRow {
  readonly offset: number;
  readonly length: number;
  readonly names: readonly string[];
  /** Undefined: the row does not fit the columns. */
  readonly values: readonly string[] | undefined;
  readonly repairs: readonly Repair[];
}

/** Dashes, and one and the same sign between them; osql begins each line with a blank. */
const RULE = /^ ?-+([ ,;:|+\t])-+(?:\1-+)*\s*$/u;
const NAME = /^[a-z_][\w$ .#]{0,127}$/iu;
/** What a console says after the rows: `(12 rows)`, `(12 rows affected)`, in whichever language, and when it ended. */
const CLOSING = /^\s*\(\d+ [^()]{1,40}\)\s*$|^Completion time: /u;

/** The columns that a line of names and the line under it state. */
function columnsOf(names: string, rule: string): Columns | undefined {
  const between = RULE.exec(rule)?.[1];
  if (between === undefined) return undefined;
  // psql draws `+` where its rows have `|`.
  const separator = between === '+' ? '|' : between;
  const width = rule.trimEnd().length;
  const starts = [rule.startsWith(' ') ? 1 : 0];
  for (let at = rule.indexOf(between, 1); at !== -1 && at < width; at = rule.indexOf(between, at + 1))
    starts.push(at + 1);
  const cells = cellsAt(names, starts, separator);
  if (cells === undefined || !cells.every((name) => NAME.test(name.trim()))) return undefined;
  const isPadded = between === '+' || cells.some((name) => name.endsWith(' '));
  return {
    names: cells.map((name) => name.trim().toLowerCase()),
    starts,
    separator,
    isPadded,
    width: isPadded && between !== '+' && names.length >= width ? width : undefined,
  };
}

/** The cells of a row by their places; undefined where a separator is not at its place. */
function cellsAt(row: string, starts: readonly number[], separator: string): string[] | undefined {
  // Blanks at the end of a line may have been cut off.
  const line = separator === ' ' ? row.padEnd(starts.at(-1) ?? 0) : row;
  if (starts.some((start) => start > 1 && line[start - 1] !== separator)) return undefined;
  return starts.map((start, i) => line.slice(start, (starts[i + 1] ?? line.length + 1) - 1));
}

function valuesOf(row: string, { starts, separator, isPadded }: Columns): string[] | undefined {
  let cells = isPadded ? cellsAt(row, starts, separator) : undefined;
  // Where a letter takes two cells of the screen, places differ.
  if (cells === undefined && (!isPadded || separator === '|')) cells = row.split(separator);
  if (cells?.length !== starts.length) return undefined;
  return cells.map((cell) => cell.trim());
}

/** The names in all tables of a text that begins with one; undefined where it does not. */
export function consoleNames(head: string): readonly string[] | undefined {
  const text = head.split(/\r?\n/u);
  // A console may say something before: which database it uses, the query.
  const first = text.slice(0, 12).findIndex((line, i) => columnsOf(text[i - 1] ?? '', line) !== undefined);
  if (first === -1) return undefined;
  return text.slice(first).flatMap((line, i) => columnsOf(text[first + i - 1] ?? '', line)?.names ?? []);
}

interface Piece {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
  /** Longer than a unit may be: nothing of it is held. */
  readonly isLong: boolean;
  readonly repairs: readonly Repair[];
}

/** The rows of all tables of a text, in batches. */
export async function* consoleRows(stream: TextStream): AsyncIterable<readonly ConsoleRow[]> {
  const table = new TableLines();
  let previous: Piece | undefined;
  for await (const batch of lines(stream)) {
    for (const line of batch) {
      const { offset, length, text = '', repairs } = line;
      const piece = { offset, length, text, isLong: line.text === undefined, repairs };
      const begun = previous === undefined ? undefined : columnsOf(previous.text, text);
      if (begun !== undefined) table.begin(begun);
      else if (previous !== undefined)
        table.take(previous, offset - previous.offset - previous.length > (stream.wide ? 2 : 1));
      previous = begun === undefined ? piece : undefined;
    }
    yield table.rows.splice(0);
  }
  if (previous !== undefined) table.take(previous, false);
  table.end();
  yield table.rows;
}

/** Puts lines together to rows. */
class TableLines {
  readonly rows: ConsoleRow[] = [];
  #columns: Columns | undefined;
  /** Lines that are not yet a whole row, and the length of them all with the line ends between them. */
  #open: { readonly piece: Piece; readonly size: number }[] = [];
  #from = 0;
  #size = 0;

  begin(columns: Columns): void {
    this.end();
    this.#columns = columns;
  }

  /** `wideEnd`: the line ends in two signs (CR LF). */
  take(piece: Piece, wideEnd: boolean): void {
    const columns = this.#columns;
    if (columns === undefined) return;
    if (columns.width === undefined || piece.isLong) {
      this.end();
      this.#row([piece]);
      return;
    }
    if (this.#from === this.#open.length && isNothing(piece.text)) return;
    const end = wideEnd ? 2 : 1;
    this.#open.push({ piece, size: piece.text.length + end });
    this.#size += piece.text.length + end;
    while (this.#size - end > columns.width && this.#from < this.#open.length) this.#first();
    if (this.#size - end === columns.width) this.#whole();
  }

  /** What is left is no whole row: each line stands for itself. */
  end(): void {
    while (this.#from < this.#open.length) this.#first();
    this.#clear();
  }

  #first(): void {
    const first = this.#open[this.#from++];
    if (first === undefined) return;
    this.#size -= first.size;
    this.#row([first.piece]);
    if (this.#from === this.#open.length) this.#clear();
  }

  #whole(): void {
    const whole = this.#open.slice(this.#from);
    this.#row(
      whole.map(({ piece }) => piece),
      whole.map(({ piece, size }) => (size - piece.text.length === 2 ? '\r\n' : '\n')),
    );
    this.#clear();
  }

  #clear(): void {
    this.#open = [];
    this.#from = 0;
    this.#size = 0;
  }

  #row(pieces: readonly Piece[], ends: readonly string[] = []): void {
    const [first] = pieces;
    const last = pieces.at(-1);
    if (first === undefined || last === undefined || this.#columns === undefined) return;
    const text = pieces.map((piece, i) => piece.text + (i < pieces.length - 1 ? ends[i] : '')).join('');
    if (!first.isLong && isNothing(text)) return;
    this.rows.push({
      offset: first.offset,
      length: last.offset + last.length - first.offset,
      names: this.#columns.names,
      values: first.isLong ? undefined : valuesOf(text, this.#columns),
      repairs: pieces.flatMap((piece) => piece.repairs),
    });
  }
}

const isNothing = (text: string): boolean => text.trim() === '' || CLOSING.test(text);
