/**
 * One PDF/A-3b file on disk, written by pdfkit as a stream. The same input gives the same bytes: every date is passed
 * in, and nothing is random.
 */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import PDFDocument from 'pdfkit';
import { Fonts } from './fonts.ts';
import type { Pdf, PdfReference } from './internals.ts';
import { Shaper } from './shape.ts';

export type Paper = 'letter' | 'a4';

export interface PdfOptions {
  readonly path: string;
  readonly title: string;
  readonly author: string;
  readonly created: Date;
  readonly paper: Paper;
}

const PAPERS: Record<Paper, [number, number]> = { letter: [612, 792], a4: [595.28, 841.89] };
/** Bytes that may wait for the disk before the writer is made to wait. */
const HIGH_WATER = 1024 * 1024;
/** Bytes that go to the disk at once. */
const BLOCK = 64 * 1024;

/** Opens the file; nothing is on it before the first page. */
export function createPdf(options: PdfOptions): PdfFile {
  return new PdfFile(options);
}

export class PdfFile {
  readonly pdf: Pdf;
  readonly fonts: Fonts;
  readonly shaper: Shaper;
  readonly width: number;
  readonly height: number;
  readonly #closed: Promise<void>;
  #failure: unknown;
  /** Pages whose dictionaries were given up. */
  #released = 0;

  constructor({ path, title, author, created, paper }: PdfOptions) {
    const [width, height] = PAPERS[paper];
    this.width = width;
    this.height = height;
    this.pdf = new PDFDocument({
      autoFirstPage: false,
      size: [width, height],
      margin: 0,
      pdfVersion: '1.7',
      subset: 'PDF/A-3b',
      lang: 'en',
      displayTitle: true,
      // Fonts are laid out by the shaper, which keeps its own bounded cache.
      fontLayoutCache: false,
      font: '',
      info: {
        Title: title,
        Author: author,
        Creator: 'Holdfast',
        Producer: 'Holdfast',
        CreationDate: created,
        ModDate: created,
      },
    } as PDFKit.PDFDocumentOptions) as Pdf;
    inBlocks(this.pdf);
    this.fonts = new Fonts(this.pdf);
    this.shaper = new Shaper(this.fonts);
    const out = createWriteStream(path, { flags: 'wx', mode: 0o600, highWaterMark: HIGH_WATER });
    this.pdf.pipe(out);
    this.#closed = finished(out);
    this.#closed.catch((error: unknown) => {
      this.#failure = error;
      this.pdf.unpipe(out);
    });
  }

  /** Waits until the disk has caught up: pdfkit itself never waits. Throws what the disk said. */
  async drain(): Promise<void> {
    this.#release();
    do {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#failure !== undefined) throw this.#failure;
    } while (this.pdf.readableLength > HIGH_WATER);
  }

  /** pdfkit keeps all of every page until the end; of one that was written nobody asks more than its number. */
  #release(): void {
    const pages = this.pdf._root.data.Pages.data.Kids;
    for (; pages[this.#released]?.offset !== undefined; this.#released++) {
      const page = pages[this.#released];
      if (page !== undefined) page.data = {};
    }
  }

  /** Ends the document; resolves when the file is closed. */
  async close(): Promise<void> {
    this.pdf.end();
    await this.#closed;
  }

  /** Ends what was begun, after a failure elsewhere. */
  abandon(): void {
    this.pdf.unpipe();
    this.pdf.destroy();
  }

  /**
   * Moves the pages from `from` (a number of pages from the start) to the front, and the bookmarks from `bookmark`
   * likewise: the first pages are written last, when everything that they state is known.
   */
  moveToFront(from: number, bookmark: number): void {
    const pages: PdfReference[] = this.pdf._root.data.Pages.data.Kids;
    pages.unshift(...pages.splice(from));
    const bookmarks = this.pdf.outline.children;
    bookmarks.unshift(...bookmarks.splice(bookmark));
  }
}

/**
 * pdfkit pushes each line by itself, and at the end the places of all objects without a pause: a hundred thousand small
 * buffers that wait for the disk. Here they wait as blocks.
 */
function inBlocks(pdf: Pdf): void {
  const push = pdf.push.bind(pdf);
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (bytes > 0) push(Buffer.concat(waiting, bytes));
    waiting = [];
    bytes = 0;
  };
  pdf.push = (chunk) => {
    if (chunk === null) {
      flush();
      return push(null);
    }
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes >= BLOCK) flush();
    return true;
  };
}
