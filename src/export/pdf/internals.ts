/**
 * The parts of pdfkit that its types do not show and that the report needs: fonts with their subsets, objects by
 * reference, the page tree. Kept in one place, so that a new pdfkit is checked against one file.
 */

export interface GlyphRun {
  readonly glyphs: readonly {
    readonly id: number;
    readonly advanceWidth: number;
    readonly codePoints: number[];
  }[];
  readonly positions: readonly {
    readonly xAdvance: number;
    readonly yAdvance: number;
    readonly xOffset: number;
    readonly yOffset: number;
  }[];
}

/** A fontkit font: widths in font units. */
export interface FontkitFont {
  readonly unitsPerEm: number;
  hasGlyphForCodePoint(codePoint: number): boolean;
  layout(
    text: string,
    features?: readonly string[],
    script?: string,
    language?: string,
    direction?: 'ltr' | 'rtl',
  ): GlyphRun;
  /** Of a face without positions, or before `_layoutEngine` was asked for, there is no processor. */
  readonly _layoutEngine: { readonly engine: { readonly GPOSProcessor: MarkPlacer | null } | null };
}

/** fontkit's placing of a mark on its base. */
interface MarkPlacer {
  applyAnchor(mark: { readonly markAnchor: object | null }, base: object | null, index: number): void;
}

/**
 * A base may have no anchor for a class of marks: the table says null, and the mark then stays where it is, as
 * HarfBuzz has it. fontkit would read coordinates of that null and throw (ڢ in Noto Sans Arabic).
 */
export function tolerateMissingAnchors(font: FontkitFont): void {
  const placer = font._layoutEngine.engine?.GPOSProcessor;
  if (placer === undefined || placer === null) return;
  const apply = placer.applyAnchor.bind(placer);
  placer.applyAnchor = (mark, base, index) => {
    if (mark.markAnchor !== null && base !== null) apply(mark, base, index);
  };
}

export interface PdfReference {
  /** Byte offset in the file, once it was written. */
  readonly offset?: number;
  data: Record<string, unknown>;
  write(chunk: Uint8Array | string): void;
  end(chunk?: Uint8Array | string): void;
}

export interface PdfFont {
  readonly id: string;
  readonly font: FontkitFont;
  readonly subset: { includeGlyph(id: number): number };
  readonly widths: (number | undefined)[];
  readonly unicode: (number[] | undefined)[];
  ref(): PdfReference;
}

export interface PdfPage {
  readonly fonts: Record<string, PdfReference>;
  readonly xobjects: Record<string, PdfReference>;
  readonly annotations: PdfReference[];
  readonly dictionary: PdfReference;
  readonly width: number;
  readonly height: number;
  write(chunk: string): void;
}

interface OutlineItem {
  readonly children: OutlineItem[];
}

export interface PdfInternals {
  readonly _font: PdfFont;
  readonly _root: {
    readonly data: Record<string, unknown> & {
      readonly Pages: { readonly data: { readonly Kids: PdfReference[] } };
      AcroForm?: PdfReference;
    };
  };
  readonly _outline?: OutlineItem;
  readonly outline: OutlineItem;
  readonly readableLength: number;
  /** What was written goes here, a line at a time; null ends the document. */
  push(chunk: Uint8Array | null): boolean;
  ref(data: object): PdfReference;
}

/** pdfkit with what its types hide. */
export type Pdf = PdfInternals & PDFKit.PDFDocument;
