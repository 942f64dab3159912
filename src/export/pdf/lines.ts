/**
 * From a text to the lines of a column: where it may break (spaces, between ideographs, between Thai words), how long
 * words are cut, and the order of mixed directions (UAX 9, per line). Hostile text costs linear time.
 */
import { createRequire } from 'node:module';
import type { Bidi } from 'bidi-js';
import type { Weight } from './fonts.ts';
import { clusters, type Shaped, type Shaper } from './shape.ts';

/** One line of a column, ready to be drawn. Widths in thousandths of the font size. */
export interface Line {
  readonly parts: readonly Shaped[];
  readonly width: number;
  /** The paragraph runs from right to left: the line stands at the right edge. */
  readonly rtl: boolean;
}

const RTL = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const THAI = /[\u0e00-\u0e7f]/;
const ATOMS =
  /[ \u3000]+|[\u2e80-\u2fff\u3001-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u{20000}-\u{3ffff}]|[^ \u3000\u2e80-\u2fff\u3001-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u{20000}-\u{3ffff}]+/gu;
const SPACES = /^[ \u3000]+$/;
const IDEOGRAPH = /^[\u2e80-\u2fff\u3001-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u{20000}-\u{3ffff}]/u;
/** Marks that never start a line, and marks that never end one. */
const CLOSING =
  /^[、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】〙〗〟，．：；？！）］｝～ぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u;
const OPENING = /[（〔［｛〈《「『【〘〖〝（［｛]$/u;

const thaiWords = new Intl.Segmenter('th', { granularity: 'word' });
// A CommonJS module whose types speak of a default export that it does not have.
const bidi = (createRequire(import.meta.url)('bidi-js') as () => Bidi)();

interface Atom {
  readonly text: string;
  readonly space: boolean;
}

/**
 * Lays `text` out in a column of `width` (thousandths of the font size). An empty text gives one empty line.
 * `hard` line ends of the text are kept.
 */
export function layOut(shaper: Shaper, text: string, width: number, weight: Weight = 'regular'): Line[] {
  const lines: Line[] = [];
  for (const paragraph of shaper.clean(text).split('\n')) {
    if (RTL.test(paragraph)) rtlParagraph(shaper, paragraph, width, weight, lines);
    else ltrParagraph(shaper, paragraph, width, weight, lines);
  }
  return lines;
}

/** Text of one line's length and simple letters, whose words are none that wants cutting. */
const SIMPLE = /^[\u0020-\u007e\u00a1-\u024f\u2018-\u201d]*$/;

function atomsOf(paragraph: string): Iterable<Atom> {
  return SIMPLE.test(paragraph) ? simpleAtoms(paragraph) : anyAtoms(paragraph);
}

/** The common case, several times faster: words between spaces. */
function* simpleAtoms(paragraph: string): Generator<Atom> {
  for (let from = 0; from < paragraph.length; ) {
    const space = paragraph.charCodeAt(from) === 0x20;
    let to = from + 1;
    while (to < paragraph.length && (paragraph.charCodeAt(to) === 0x20) === space) to++;
    const text = paragraph.slice(from, to);
    if (!space && text.length > 24) yield* longWord(text);
    else yield { text, space };
    from = to;
  }
}

function* anyAtoms(paragraph: string): Generator<Atom> {
  let held = '';
  for (const [text] of paragraph.matchAll(ATOMS)) {
    const space = SPACES.test(text);
    if (!space && held.length < 64 && (CLOSING.test(text) || OPENING.test(held.slice(-1)))) {
      held += text;
      continue;
    }
    if (held !== '') yield { text: held, space: false };
    held = '';
    if (space) yield { text, space };
    else if (THAI.test(text)) {
      for (const { segment } of thaiWords.segment(text)) yield { text: segment, space: false };
    } else held = text;
    if (held !== '' && !IDEOGRAPH.test(held) && held.length > 24) {
      yield* longWord(held);
      held = '';
    }
  }
  if (held !== '') yield { text: held, space: false };
}

/** Addresses of pages and paths break after their separators. */
function* longWord(text: string): Generator<Atom> {
  for (const [part] of text.matchAll(/[^-/?&=._:]*[-/?&=._:]+|[^-/?&=._:]+/g))
    yield { text: part, space: false };
}

function ltrParagraph(shaper: Shaper, paragraph: string, width: number, weight: Weight, lines: Line[]): void {
  let parts: Shaped[] = [];
  let used = 0;
  let gap = 0;
  let gaps: Shaped[] = [];
  const close = (): void => {
    lines.push({ parts, width: used, rtl: false });
    parts = [];
    used = 0;
    gap = 0;
    gaps = [];
  };
  const add = (shaped: Shaped): void => {
    parts.push(...gaps, shaped);
    used += gap + shaped.width;
    gap = 0;
    gaps = [];
  };
  for (const atom of atomsOf(paragraph)) {
    if (atom.space) {
      const shaped = shaper.shape(atom.text.slice(0, 400), weight);
      gaps.push(shaped);
      gap += shaped.width;
      continue;
    }
    if (atom.text.length <= 200) {
      const shaped = shaper.shape(atom.text, weight);
      if (used + gap + shaped.width <= width) {
        add(shaped);
        continue;
      }
      if (shaped.width <= width) {
        close();
        add(shaped);
        continue;
      }
    }
    for (const piece of cut(shaper, atom.text, width, weight)) {
      const shaped = shaper.shape(piece, weight);
      // Spaces before it go with the line that they end, also where there is nothing else on it.
      if (used + gap > 0 && used + gap + shaped.width > width) close();
      add(shaped);
    }
  }
  lines.push({ parts, width: used, rtl: false });
}

/** Cuts a word that is wider than the column between its characters. */
function* cut(shaper: Shaper, text: string, width: number, weight: Weight): Generator<string> {
  let piece = '';
  let used = 0;
  for (const cluster of clusters(text)) {
    const { width: wide } = shaper.shape(cluster, weight);
    if (piece !== '' && used + wide > width) {
      yield piece;
      piece = '';
      used = 0;
    }
    piece += cluster;
    used += wide;
  }
  if (piece !== '') yield piece;
}

/** Longer paragraphs are cut for the sake of the bidi algorithm's memory; each part is ordered by itself. */
const BIDI_LENGTH = 4_000;

function rtlParagraph(shaper: Shaper, paragraph: string, width: number, weight: Weight, lines: Line[]): void {
  for (let from = 0; from < paragraph.length; from += BIDI_LENGTH) {
    const text = paragraph.slice(from, from + BIDI_LENGTH);
    const levels = bidi.getEmbeddingLevels(text, 'auto');
    const rtl = ((levels.paragraphs[0]?.level ?? 0) & 1) === 1;
    for (const [start, end] of breaks(shaper, text, width, weight)) {
      const parts = visualRuns(text, levels, start, end).map((run) =>
        shaper.shape(run.text, weight, run.rtl ? 'rtl' : 'ltr'),
      );
      lines.push({ parts, width: parts.reduce((total, part) => total + part.width, 0), rtl });
    }
  }
}

/** Start and end (without trailing spaces) of each line in logical order. */
function* breaks(shaper: Shaper, text: string, width: number, weight: Weight): Generator<[number, number]> {
  let start = 0;
  let end = 0;
  let position = 0;
  let used = 0;
  for (const atom of atomsOf(text)) {
    const pieces = atom.space ? [atom.text] : cut(shaper, atom.text, width, weight);
    for (const piece of pieces) {
      const wide = shaper.shape(piece, weight, RTL.test(piece) ? 'rtl' : 'ltr').width;
      if (!atom.space && used > 0 && used + wide > width) {
        yield [start, Math.max(start, end)];
        start = position;
        used = 0;
      }
      position += piece.length;
      used += wide;
      if (!atom.space) end = position;
    }
  }
  yield [start, Math.max(start, end)];
}

type Levels = ReturnType<typeof bidi.getEmbeddingLevels>;

function visualRuns(
  text: string,
  levels: Levels,
  start: number,
  end: number,
): { text: string; rtl: boolean }[] {
  if (end <= start) return [];
  const order = bidi.getReorderedIndices(text, levels, start, end - 1).slice(start, end);
  const runs: { from: number; to: number; rtl: boolean }[] = [];
  for (const index of order) {
    const rtl = ((levels.levels[index] ?? 0) & 1) === 1;
    const last = runs.at(-1);
    if (last !== undefined && last.rtl === rtl && index === (rtl ? last.from - 1 : last.to)) {
      if (rtl) last.from = index;
      else last.to = index + 1;
    } else runs.push({ from: index, to: index + 1, rtl });
  }
  return runs.map((run) => {
    const part = text.slice(run.from, run.to);
    return { text: run.rtl ? mirrored(part) : part, rtl: run.rtl };
  });
}

const mirrored = (text: string): string =>
  [...text].map((character) => bidi.getMirroredCharacter(character) ?? character).join('');
