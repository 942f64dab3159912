/**
 * From text to glyphs: which face draws each cluster, where each glyph stands. Widths are in thousandths of the font
 * size. What no face covers is written out as `[U+1234]` and counted, so that nothing disappears from the page.
 */
import type { Fonts, Weight } from './fonts.ts';
import type { PdfFont } from './internals.ts';

/** Glyphs of one face that are shown by one operator, at an offset from the start of their run. */
export interface Span {
  readonly face: PdfFont;
  readonly x: number;
  readonly y: number;
  /** Operand of TJ, without brackets. */
  readonly show: string;
  /** Where the operator leaves the pen, as an offset from the start of the run. */
  readonly end: number;
}

export interface Shaped {
  readonly spans: readonly Span[];
  readonly width: number;
}

/** Words kept; cleared when full, so that memory stays bounded however long the report is. */
const CACHE_SIZE = 20_000;
/** Longer words are rare and not worth keeping. */
const CACHED_LENGTH = 40;
/** Letters that the Latin face draws one by one, without clusters. */
const PLAIN =
  /^[\u0020-\u007e\u00a0-\u024f\u0391-\u03ce\u0400-\u045f\u2013\u2014\u2018-\u201e\u2022\u2026\u20ac]*$/;
/** Characters that change how others are drawn and have no glyph of their own in some faces. */
const JOINERS = /\u200c|\u200d|\ufe0e|\ufe0f|[\u{e0020}-\u{e007f}]/gu;
const EMOJI_SEQUENCE = /\ufe0f|\u200d|\u20e3|\p{Emoji_Modifier}|\p{Regional_Indicator}/u;
/** Controls, directional overrides and other characters that would be invisible or reorder the line. */
const UNSEEN = /(?!\n)[\p{Cc}\p{Co}\p{Cn}\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]/gu;
/** Characters that not every face of the report draws. */
const BEYOND = /(?!\u200c|\u200d|\ufe0e|\ufe0f|[\u{e0020}-\u{e007f}])[^\n\u0020-\u024f]/gu;
/** Characters that mean nothing to the eye: a soft hyphen, a zero-width space, a byte order mark. */
const NOTHING = /[\u00ad\u200b\u2060-\u2064\ufeff]/g;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** A family of four with skin tones has 19 units; a letter under a hundred marks is no character. */
const LONGEST_CLUSTER = 32;

/** Splits text into what a reader takes for characters. */
export function* clusters(text: string): Generator<string> {
  for (const { segment } of graphemes.segment(text)) {
    if (segment.length <= LONGEST_CLUSTER) yield segment;
    else yield* segment;
  }
}

const named = (character: string): string =>
  [...character]
    .map((one) => `[U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`)
    .join('');

const DIGIT = /\d/;
const DIGITS = /(\d)/;
const EMPTY: Shaped = { spans: [], width: 0 };

/** Shaped parts one behind the other; spans of one face become one. */
function joined(parts: readonly Shaped[]): Shaped {
  const spans: Span[] = [];
  let width = 0;
  for (const part of parts) {
    for (const span of part.spans) {
      const last = spans.at(-1);
      const x = span.x + width;
      if (
        last !== undefined &&
        last.face === span.face &&
        last.y === span.y &&
        Math.abs(last.end - x) < 0.01
      ) {
        spans[spans.length - 1] = { ...last, show: `${last.show}${span.show}`, end: span.end + width };
      } else spans.push({ ...span, x, end: span.end + width });
    }
    width += part.width;
  }
  return { spans, width };
}

export class Shaper {
  readonly #fonts: Fonts;
  readonly #cache = { regular: new Map<string, Shaped>(), semibold: new Map<string, Shaped>() };
  /** Characters that were written out as their number, and how often; at most 10,000 different ones. */
  readonly substituted = new Map<string, number>();

  constructor(fonts: Fonts) {
    this.#fonts = fonts;
  }

  /** Makes text safe to lay out: unseen characters become visible or are left out, line ends become `\n`. */
  clean(text: string): string {
    if (PLAIN.test(text)) return text;
    return text
      .replaceAll(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
      .replaceAll('\t', '    ')
      .replaceAll(NOTHING, '')
      .replaceAll(UNSEEN, (character) => this.#substitute(character))
      .replaceAll(BEYOND, (character) =>
        this.#fonts.covering(character.codePointAt(0) ?? 0, 'regular') === undefined
          ? this.#substitute(character)
          : character,
      );
  }

  /**
   * Shapes text that runs in one direction and holds no line end. Words with digits (times, numbers, record names) are
   * hardly ever the same twice: they are put together from their digits and the parts between, which are.
   */
  shape(text: string, weight: Weight, direction: 'ltr' | 'rtl' = 'ltr'): Shaped {
    if (text === '') return EMPTY;
    if (direction === 'rtl' || text.length > CACHED_LENGTH) return this.#shape(text, weight, direction);
    const cache = this.#cache[weight];
    const known = cache.get(text);
    if (known !== undefined) return known;
    if (text.length > 1 && DIGIT.test(text) && PLAIN.test(text)) {
      return joined(text.split(DIGITS).map((part) => this.shape(part, weight)));
    }
    const shaped = this.#shape(text, weight, direction);
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(text, shaped);
    return shaped;
  }

  #shape(text: string, weight: Weight, direction: 'ltr' | 'rtl'): Shaped {
    if (PLAIN.test(text)) return this.#run(this.#fonts.latin(weight), text, direction);
    const runs: { face: PdfFont; text: string }[] = [];
    const add = (face: PdfFont, shown: string): void => {
      const last = runs.at(-1);
      if (last !== undefined && last.face === face) last.text += shown;
      else runs.push({ face, text: shown });
    };
    for (const cluster of clusters(text)) this.#place(cluster, weight, add);
    if (direction === 'rtl') runs.reverse();
    const spans: Span[] = [];
    let width = 0;
    for (const run of runs) {
      const shaped = this.#run(run.face, run.text, direction);
      for (const span of shaped.spans) spans.push({ ...span, x: span.x + width, end: span.end + width });
      width += shaped.width;
    }
    return { spans, width };
  }

  /** One face for the whole cluster where there is one, else each character in its own. */
  #place(cluster: string, weight: Weight, add: (face: PdfFont, shown: string) => void): void {
    const latin = this.#fonts.latin(weight);
    const bare = cluster.replaceAll(JOINERS, '');
    if (bare === '') return;
    const points = [...bare].map((character) => character.codePointAt(0) ?? 0);
    if (EMOJI_SEQUENCE.test(cluster)) {
      const emoji = this.#fonts.emoji();
      if (points.every((point) => emoji.font.hasGlyphForCodePoint(point))) {
        add(emoji, cluster);
        return;
      }
    }
    const faces = points.map((point) => this.#fonts.covering(point, weight));
    const whole = faces.find(
      (face) => face !== undefined && points.every((point) => face.font.hasGlyphForCodePoint(point)),
    );
    if (whole !== undefined) {
      add(whole, whole === latin ? bare : cluster);
      return;
    }
    for (const [index, face] of faces.entries()) {
      const character = String.fromCodePoint(points[index] ?? 0);
      if (face === undefined) add(latin, this.#substitute(character));
      else add(face, character);
    }
  }

  #substitute(character: string): string {
    const count = this.substituted.get(character);
    if (count !== undefined || this.substituted.size < 10_000)
      this.substituted.set(character, (count ?? 0) + 1);
    return named(character);
  }

  #run(face: PdfFont, text: string, direction: 'ltr' | 'rtl'): Shaped {
    if (text === '') return { spans: [], width: 0 };
    const { glyphs, positions } = face.font.layout(text, [], undefined, undefined, direction);
    const scale = 1000 / face.font.unitsPerEm;
    const spans: Span[] = [];
    let span: { x: number; y: number; show: string[]; hex: string[] } | undefined;
    // `pen` is where TJ would draw the next glyph by itself, `x` where the font wants it.
    let pen = 0;
    let x = 0;
    // Joined: added to one another they would be kept as a tree with a node for each glyph, five times as large.
    const close = (): void => {
      if (span === undefined) return;
      span.show.push('<', ...span.hex, '>');
      spans.push({ face, x: span.x, y: span.y, show: span.show.join(''), end: pen });
    };
    for (let i = 0; i < glyphs.length; i++) {
      const glyph = glyphs[i];
      const position = positions[i];
      // Glyph 0 is .notdef: a joiner that the face has no use for. PDF/A forbids to show it.
      if (glyph === undefined || position === undefined || glyph.id === 0) continue;
      const at = x + position.xOffset * scale;
      const rise = position.yOffset * scale;
      if (span === undefined || rise !== span.y) {
        close();
        span = { x: at, y: rise, show: [], hex: [] };
      } else if (Math.abs(at - pen) > 0.01) {
        span.show.push('<', ...span.hex, '>', round(pen - at), ' ');
        span.hex = [];
      }
      const id = face.subset.includeGlyph(glyph.id);
      face.widths[id] ??= glyph.advanceWidth * scale;
      face.unicode[id] ??= glyph.codePoints;
      span.hex.push(id.toString(16).padStart(4, '0'));
      pen = at + glyph.advanceWidth * scale;
      x += position.xAdvance * scale;
    }
    close();
    return { spans, width: x };
  }
}

const round = (value: number): string => String(Math.round(value * 100) / 100);
