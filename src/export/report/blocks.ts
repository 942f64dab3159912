/** The building blocks of the report's pages: headings, label and value, tables that go on over pages. */
import type { Ink, Sheet, TextStyle } from '../pdf/sheet.ts';

export const STYLE = {
  title: { size: 25, leading: 32, weight: 'semibold', ink: 'accent' },
  heading: { size: 15, leading: 22, weight: 'semibold', ink: 'accent' },
  subheading: { size: 10.5, leading: 15, weight: 'semibold' },
  body: { size: 9.5, leading: 13.6 },
  small: { size: 8, leading: 11 },
  soft: { size: 8, leading: 11, ink: 'soft' },
  label: { size: 8, leading: 13.6, weight: 'semibold', ink: 'soft' },
  code: { size: 8, leading: 11.5 },
} as const satisfies Record<string, TextStyle>;

/** A part of the report: a heading at the top of a new page. */
export function part(sheet: Sheet, title: string): void {
  sheet.newPage();
  heading(sheet, title);
}

export function heading(sheet: Sheet, title: string): void {
  sheet.text(title, STYLE.heading);
  sheet.y += 4;
  sheet.rule(sheet.left, sheet.y, 40, 'accent', 1.6);
  sheet.y += 14;
}

export function subheading(sheet: Sheet, title: string): void {
  sheet.ensure(48);
  sheet.y += 8;
  sheet.text(title, STYLE.subheading);
  sheet.y += 3;
}

export function paragraph(sheet: Sheet, text: string, style: TextStyle = STYLE.body): void {
  sheet.text(text, style);
  sheet.y += 6;
}

/** A list of short lines, each behind a dash. */
export function list(sheet: Sheet, items: readonly string[]): void {
  for (const item of items) {
    sheet.ensure(STYLE.body.leading);
    sheet.textAt(sheet.left + 2, sheet.y, '–', STYLE.body, 10);
    sheet.text(item, STYLE.body, { x: sheet.left + 14 });
    sheet.y += 2.5;
  }
  sheet.y += 4;
}

/** Label and value, one pair a row; pairs without a value are left out. */
export function pairs(
  sheet: Sheet,
  rows: readonly (readonly [string, string | undefined])[],
  labelWidth = 118,
): void {
  for (const [label, value] of rows) {
    if (value === undefined || value === '') continue;
    sheet.ensure(STYLE.body.leading);
    sheet.textAt(sheet.left, sheet.y, label, STYLE.label, labelWidth - 8);
    sheet.text(value, STYLE.body, { x: sheet.left + labelWidth });
    sheet.y += 4;
  }
}

export interface Column {
  readonly title: string;
  /** Points; the columns together take the width of the page. */
  readonly width: number;
  readonly align?: 'left' | 'right';
  readonly ink?: Ink;
}

const GAP = 8;

/** A table whose head is repeated on each page. Cells wrap; a row never breaks unless it is higher than a page. */
export class Table {
  readonly #sheet: Sheet;
  readonly #columns: readonly Column[];
  readonly #style: TextStyle;

  constructor(sheet: Sheet, columns: readonly Column[], style: TextStyle = STYLE.small) {
    this.#sheet = sheet;
    this.#columns = columns;
    this.#style = style;
    sheet.y += 4;
    sheet.ensure(style.leading * 4);
    this.#head();
  }

  #head(): void {
    const sheet = this.#sheet;
    let x = sheet.left;
    for (const column of this.#columns) {
      const style: TextStyle = { ...STYLE.soft, weight: 'semibold', align: column.align ?? 'left' };
      sheet.textAt(x, sheet.y, column.title, style, column.width - GAP);
      x += column.width;
    }
    sheet.y += STYLE.soft.leading + 3;
    sheet.rule(sheet.left, sheet.y, sheet.width);
    sheet.y += 4;
  }

  row(cells: readonly string[]): void {
    const sheet = this.#sheet;
    const laid = this.#columns.map((column, index) =>
      sheet.lay(cells[index] ?? '', this.#style, column.width - GAP),
    );
    const height = Math.max(...laid.map((lines) => lines.length)) * this.#style.leading;
    const broke = sheet.onBreak;
    sheet.onBreak = () => this.#head();
    sheet.ensure(Math.min(height, 400));
    for (let line = 0; laid.some((lines) => lines.length > line); line++) {
      sheet.ensure(this.#style.leading);
      let x = sheet.left;
      for (const [index, column] of this.#columns.entries()) {
        const part = laid[index]?.[line];
        const style: TextStyle = {
          ...this.#style,
          align: column.align ?? 'left',
          ...(column.ink === undefined ? {} : { ink: column.ink }),
        };
        if (part !== undefined) sheet.lineAt(part, style, x, sheet.y, column.width - GAP);
        x += column.width;
      }
      sheet.y += this.#style.leading;
    }
    sheet.onBreak = broke;
    sheet.y += 3.5;
  }

  end(): void {
    this.#sheet.y += 6;
  }
}
