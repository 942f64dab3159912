/**
 * Pages: a cursor that runs down a column, a head and a foot on every page, text and rules. Content is gathered as
 * text and handed to pdfkit once a page. A dry sheet only counts pages.
 */
import type { PdfFile } from './file.ts';
import type { Weight } from './fonts.ts';
import type { PdfFont, PdfReference } from './internals.ts';
import { type Line, layOut } from './lines.ts';

export type Ink = 'text' | 'soft' | 'accent' | 'rule';

const INKS: Record<Ink, string> = {
  text: '0.11 0.12 0.14',
  soft: '0.36 0.39 0.43',
  accent: '0.10 0.23 0.38',
  rule: '0.78 0.81 0.85',
};

export interface TextStyle {
  /** Points. */
  readonly size: number;
  /** Points from one baseline to the next. */
  readonly leading: number;
  readonly weight?: Weight;
  readonly ink?: Ink;
  readonly align?: 'left' | 'right' | 'center';
}

/** What stands on every page. */
export interface Furniture {
  /** Left and right of the head. */
  readonly head: readonly [string, string];
  /** Left of the foot; the page's place among all pages stands at the right. */
  readonly foot: string;
  /** A number of the page's own, at the right end of the foot, the place before it. All are as wide. */
  readonly number?: (page: number) => string;
  /** About how many pages there will be: decides the room for "of 1,234". */
  readonly estimate: number;
}

export const MARGIN = { left: 58, right: 58, top: 76, bottom: 68 } as const;
/** Points between a page's place among all and its own number, and what the place takes at most. */
const NUMBER_GAP = 18;
const PLACE_ROOM = 110;
const HEAD: TextStyle = { size: 7.5, leading: 10, ink: 'soft' };

/** Draws on the pages of a file, or counts them. */
export class Sheet {
  readonly file: PdfFile;
  readonly furniture: Furniture;
  readonly left = MARGIN.left;
  readonly right: number;
  readonly width: number;
  /** Where the next line's top stands, points from the page's top. */
  y = 0;
  /** Number of the page being drawn; 0 before the first. */
  page: number;
  /** Called after each page break that `ensure` made, to repeat headings. */
  onBreak: (() => void) | undefined;
  readonly #dry: boolean;
  readonly #total: PdfReference | undefined;
  readonly #bottom: number;
  #text: string[] = [];
  #graphics: string[] = [];
  #used = new Map<string, PdfFont>();
  #state = '';

  /**
   * `from` is the number of the page before the first. `total` is the form that draws the number of pages, written
   * when it is known; a sheet without it is dry.
   */
  constructor(file: PdfFile, furniture: Furniture, from: number, total?: PdfReference) {
    this.file = file;
    this.furniture = furniture;
    this.page = from;
    this.#dry = total === undefined;
    this.#total = total;
    this.right = file.width - MARGIN.right;
    this.width = this.right - this.left;
    this.#bottom = file.height - MARGIN.bottom;
  }

  get dry(): boolean {
    return this.#dry;
  }

  /** Points left on this page. */
  get room(): number {
    return this.page === 0 || this.y === 0 ? 0 : this.#bottom - this.y;
  }

  /** Begins a page; ends the one before. */
  newPage(): void {
    this.endPage();
    this.page++;
    this.y = MARGIN.top;
    if (!this.#dry) this.file.pdf.addPage();
    this.#furnish();
  }

  /** Begins a page where fewer than `height` points are left. Answers whether it did. */
  ensure(height: number): boolean {
    if (this.room >= height) return false;
    this.newPage();
    this.onBreak?.();
    return true;
  }

  /** Hands the gathered content to pdfkit. */
  endPage(): void {
    if (this.y === 0) return;
    this.y = 0;
    if (!this.#dry) {
      const page = this.file.pdf.page as typeof this.file.pdf.page & {
        fonts: Record<string, PdfReference>;
        xobjects: Record<string, PdfReference>;
        write(chunk: string): void;
      };
      for (const [id, font] of this.#used) page.fonts[id] = font.ref();
      if (this.#total !== undefined) page.xobjects.Total = this.#total;
      page.write(`${this.#graphics.join('\n')}\nBT\n${this.#text.join('\n')}\nET`);
    }
    this.#text = [];
    this.#graphics = [];
    this.#used = new Map();
    this.#state = '';
  }

  #furnish(): void {
    const y = this.y;
    const [left, right] = this.furniture.head;
    this.textAt(this.left, 40, left, HEAD, this.width * 0.68);
    this.textAt(this.left, 40, right, { ...HEAD, weight: 'semibold', align: 'right' }, this.width);
    this.rule(this.left, 54, this.width);
    const base = this.file.height - 40;
    const number = this.furniture.number?.(this.page);
    let end = this.width;
    if (number !== undefined) {
      this.textAt(this.left, base, number, { ...HEAD, weight: 'semibold', align: 'right' }, this.width);
      end -= this.widthOf(number, { ...HEAD, weight: 'semibold' }) + NUMBER_GAP;
    }
    const room = totalRoom(this.furniture.estimate);
    this.textAt(this.left, base, this.furniture.foot, HEAD, end - PLACE_ROOM);
    // "Page x of" ends where the total begins; the total is drawn by a form that all pages share.
    this.textAt(this.left, base, `Page ${this.page} of`, { ...HEAD, align: 'right' }, end - room);
    this.#graphics.push(`q 1 0 0 1 ${num(this.left + end - room)} ${num(base + HEAD.size)} cm /Total Do Q`);
    this.y = y;
  }

  /** Measures in points. */
  widthOf(text: string, style: TextStyle): number {
    return (
      (this.file.shaper.shape(this.file.shaper.clean(text), style.weight ?? 'regular').width / 1000) *
      style.size
    );
  }

  lay(text: string, style: TextStyle, width: number): Line[] {
    return layOut(this.file.shaper, text, (width / style.size) * 1000, style.weight ?? 'regular');
  }

  /** The first line of `text` at a place, cut with an ellipsis where it is longer than `width`. */
  textAt(x: number, y: number, text: string, style: TextStyle, width: number): void {
    const lines = this.lay(text.replaceAll(/\s+/g, ' ').slice(0, 400), style, width);
    const [line] =
      lines.length > 1 ? this.lay(`${this.#fitting(text, style, width)}…`, style, width + 20) : lines;
    if (line !== undefined) this.#draw(line, x, y, width, style);
  }

  #fitting(text: string, style: TextStyle, width: number): string {
    let kept = '';
    for (const character of text.replaceAll(/\s+/g, ' ').slice(0, 400)) {
      if (this.widthOf(`${kept}${character}…`, style) > width) break;
      kept += character;
    }
    return kept.trimEnd();
  }

  /** Text in a column from the cursor on, over as many pages as it takes; the cursor ends below it. */
  text(text: string, style: TextStyle, column: { x?: number; width?: number; link?: number } = {}): void {
    const x = column.x ?? this.left;
    const width = column.width ?? this.right - x;
    this.lines(this.lay(text, style, width), style, x, width);
  }

  /** Lines laid out before, drawn from the cursor on. */
  lines(lines: readonly Line[], style: TextStyle, x: number, width: number): void {
    for (const line of lines) {
      this.ensure(style.leading);
      this.#draw(line, x, this.y, width, style);
      this.y += style.leading;
    }
  }

  /** One line at a place, the cursor untouched. */
  lineAt(line: Line, style: TextStyle, x: number, y: number, width: number): void {
    this.#draw(line, x, y, width, style);
  }

  rule(x: number, y: number, width: number, ink: Ink = 'rule', thickness = 0.6): void {
    if (this.#dry) return;
    this.#graphics.push(
      `${INKS[ink]} RG ${num(thickness)} w ${num(x)} ${num(y)} m ${num(x + width)} ${num(y)} l S`,
    );
  }

  /** A filled rectangle behind the text. */
  box(x: number, y: number, width: number, height: number, grey: number): void {
    if (this.#dry) return;
    this.#graphics.push(`${num(grey)} g ${num(x)} ${num(y)} ${num(width)} ${num(height)} re f`);
  }

  #draw(line: Line, x: number, top: number, width: number, style: TextStyle): void {
    if (this.#dry) return;
    const scale = style.size / 1000;
    const align = style.align ?? (line.rtl ? 'right' : 'left');
    const slack = width - line.width * scale;
    let at = x + (align === 'right' ? slack : align === 'center' ? slack / 2 : 0);
    // The baseline stands where the face's ascent (about 1.07 of the size in Noto Sans) would put it, less the air.
    const baseline = top + style.size;
    const ink = INKS[style.ink ?? 'text'];
    let open: { face: PdfFont; y: number; pen: number; show: string; x: number } | undefined;
    const flush = (): void => {
      if (open === undefined) return;
      const state = `/${open.face.id} ${num(style.size)} Tf ${ink} rg`;
      if (state !== this.#state) this.#text.push(state);
      this.#state = state;
      this.#used.set(open.face.id, open.face);
      this.#text.push(`1 0 0 -1 ${num(open.x)} ${num(baseline - open.y * scale)} Tm [${open.show}] TJ`);
      open = undefined;
    };
    for (const part of line.parts) {
      for (const span of part.spans) {
        const start = at + span.x * scale;
        if (open !== undefined && open.face === span.face && open.y === span.y) {
          const kern = (open.pen - start) / scale;
          open.show += Math.abs(kern) > 0.05 ? `${Math.round(kern * 10) / 10} ${span.show}` : span.show;
        } else {
          flush();
          open = { face: span.face, y: span.y, pen: 0, show: span.show, x: start };
        }
        open.pen = at + span.end * scale;
      }
      at += part.width * scale;
    }
    flush();
  }
}

/** Points that the number of pages takes, with the space before it. */
function totalRoom(estimate: number): number {
  const digits = String(Math.max(1, Math.ceil(estimate))).length;
  return (digits * 0.572 + (digits > 3 ? 0.268 : 0) + 0.26) * HEAD.size;
}

/** Draws the number of pages into the form that every page shows. */
export function writeTotal(file: PdfFile, form: PdfReference, pages: number): void {
  const { spans } = file.shaper.shape(` ${pages.toLocaleString('en')}`, 'regular');
  const fonts: Record<string, PdfReference> = {};
  let text = '';
  for (const span of spans) {
    fonts[span.face.id] = span.face.ref();
    text += `/${span.face.id} ${HEAD.size} Tf 1 0 0 -1 ${num((span.x / 1000) * HEAD.size)} 0 Tm [${span.show}] TJ\n`;
  }
  Object.assign(form.data, {
    Type: 'XObject',
    Subtype: 'Form',
    BBox: [0, -12, 60, 6],
    Resources: { Font: fonts },
  });
  form.end(`${INKS.soft} rg\nBT\n${text}ET`);
}

const num = (value: number): string => String(Math.round(value * 100) / 100);
