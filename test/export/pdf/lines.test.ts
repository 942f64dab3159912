import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPdf, type PdfFile } from '../../../src/export/pdf/file.ts';
import { type Line, layOut } from '../../../src/export/pdf/lines.ts';
import fc from '../../property.ts';

let file: PdfFile;
const path = join(tmpdir(), `holdfast-lines-${process.pid}.pdf`);

beforeAll(() => {
  file = createPdf({ path, title: 'T', author: 'A', created: new Date(0), paper: 'a4' });
});
afterAll(async () => {
  file.abandon();
  await rm(path, { force: true });
});

/** Characters of the glyphs that a line shows, in the order in which they stand. */
function shown(line: Line): string {
  let text = '';
  for (const part of line.parts) {
    for (const span of part.spans) {
      for (const [, glyphs = ''] of span.show.matchAll(/<([0-9a-f]*)>/g)) {
        for (let i = 0; i < glyphs.length; i += 4) {
          const points = span.face.unicode[Number.parseInt(glyphs.slice(i, i + 4), 16)] ?? [];
          text += String.fromCodePoint(...points);
        }
      }
    }
  }
  return text;
}

const laid = (text: string, width = 36_000): string[] => layOut(file.shaper, text, width).map(shown);

test('words are kept whole where they fit, and every word is there', () => {
  const text = 'The ten-year is at 4.21, who is axed? I would show 50 at mid, no more than that.';
  const lines = laid(text, 15_000);
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.join(' ')).toBe(text);
});

test('line ends of the text are kept, an empty text is one empty line', () => {
  expect(laid('one\ntwo\r\nthree\u2028four')).toEqual(['one', 'two', 'three', 'four']);
  expect(laid('')).toEqual(['']);
});

test('ideographs break between characters, and no line begins with closing punctuation', () => {
  const text =
    '日本語のメッセージです。価格は１２３円、数量は５０００株。これは長い行なので、折り返しが必要になります。';
  const lines = laid(text, 10_000);
  expect(lines.join('')).toBe(text);
  for (const line of lines) expect(line).not.toMatch(/^[。、]/);
});

test('right-to-left words stand from right to left, numbers within them from left to right', () => {
  expect(laid('שלום עולם')).toEqual(['םלוע םולש']);
  expect(laid('המחיר 421 שקל')).toEqual(['לקש 421 ריחמה']);
  expect(laid('The client wrote שלום עולם and left')).toEqual(['The client wrote םלוע םולש and left']);
  expect(layOut(file.shaper, 'שלום', 36_000)[0]?.rtl).toBe(true);
  expect(layOut(file.shaper, 'Hi שלום', 36_000)[0]?.rtl).toBe(false);
});

test('a word that begins in another script is shaped by the rules of its own', () => {
  const glyphs = (text: string): number =>
    layOut(file.shaper, text, 36_000)
      .flatMap((line) => line.parts.flatMap((part) => part.spans))
      .reduce((total, span) => total + (span.show.match(/[0-9a-f]{4}/g)?.length ?? 0), 0);
  // स् and ते are drawn as one, whatever stands before them.
  expect(glyphs('FXनमस्ते')).toBe(2 + glyphs('नमस्ते'));
});

test('brackets in right-to-left text are mirrored', () => {
  expect(laid('שלום (אולי)')).toEqual(['(ילוא) םולש']);
});

test('what no face draws, and what would be invisible or turn the line, is written out and counted', () => {
  file.shaper.substituted.clear();
  expect(laid('a\u202Eb\u0007c ሰ')).toEqual(['a[U+202E]b[U+0007]c [U+1230]']);
  expect([...file.shaper.substituted]).toEqual([
    ['\u202E', 1],
    ['\u0007', 1],
    ['ሰ', 1],
  ]);
  expect(laid('zero\u200Bwidth\uFEFF')).toEqual(['zerowidth']);
});

test('emoji sequences stay one glyph where the face has it', () => {
  const [family] = layOut(file.shaper, '👨‍👩‍👧‍👦', 36_000);
  const glyphs = family?.parts.flatMap((part) => part.spans).map((span) => span.show) ?? [];
  expect(glyphs).toHaveLength(1);
  expect(glyphs[0]).toMatch(/^<[0-9a-f]{4}>$/);
});

test('no line is wider than its column, whatever the text', () => {
  const script = fc.constantFrom(
    'price ',
    'שלום ',
    'مرحبا ',
    '日本',
    'สวัสดี',
    'नमस्ते ',
    '한국 ',
    '👍🏽',
    '\n',
    'é',
    'x',
    '( ',
    '\u202e',
    '1,204 ',
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(script, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 60 }),
      fc.integer({ min: 9000, max: 40_000 }),
      (parts, width) => {
        for (const line of layOut(file.shaper, parts.join(''), width)) {
          expect(line.width).toBeLessThanOrEqual(width * 1.02 + 1);
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('every letter and mark of every script that is drawn with marks can be laid out', () => {
  const marked =
    /[\p{Script_Extensions=Arabic}\p{Script_Extensions=Hebrew}\p{Script_Extensions=Devanagari}\p{M}]/u;
  let tried = 0;
  for (let point = 0; point < 0x1_0000; point++) {
    const letter = String.fromCodePoint(point);
    if (!marked.test(letter)) continue;
    tried++;
    // The second of them is no base that the face gives an anchor for every mark.
    for (const text of [letter, `\u06a2${letter}\u064e`])
      expect(layOut(file.shaper, text, 36_000).some((line) => line.parts.length > 0)).toBe(true);
  }
  expect(tried).toBeGreaterThan(1500);
});

test('spaces before a word that fills the column stand on a line of their own', () => {
  for (const text of ['\t\u202e\u0000price ', `    ${'שלום'.repeat(20)}`])
    for (const line of layOut(file.shaper, text, 9000))
      expect(line.width).toBeLessThanOrEqual(9000 * 1.02 + 1);
});

test('a hostile text without a place to break is laid out in bounded steps', () => {
  for (const text of [
    'x'.repeat(200_000),
    '（'.repeat(60_000),
    '。'.repeat(60_000),
    'ש'.repeat(20_000),
    ' '.repeat(200_000),
  ]) {
    expect(layOut(file.shaper, text, 36_000).length).toBeGreaterThan(0);
  }
});
