import { fold } from '../../../src/core/search/fold.ts';
import { LONGEST_TOKEN, tokenize } from '../../../src/core/search/tokenizer.ts';
import { symbolWord, symbolWords } from '../../../src/core/search/words.ts';
import fc from '../../property.ts';

const terms = (text: string): string[] => tokenize(text).map(({ term }) => term);

test.each([
  [
    'case and diacritics of Latin',
    'Ödegård NAÏVE Straße ﬁn Øre',
    ['odegard', 'naive', 'strasse', 'fin', 'ore'],
  ],
  ['a capital sharp s', 'STRAẞE', ['strasse']],
  ['Turkish i', 'İstanbul ırmak', ['istanbul', 'irmak']],
  ['Greek with final sigma', 'ΛΌΓΟΣ λόγος', ['λογοσ', 'λογοσ']],
  ['Cyrillic', 'Ёлка ЦЕНА', ['елка', 'цена']],
  ['Hebrew points', 'שָׁלוֹם', ['שלום']],
  ['Arabic vowels and tatweel', 'عَقْـــد', ['عقد']],
  ['Devanagari keeps its vowel signs', 'कीमत की', ['कीमत', 'की']],
  ['Thai by character with its marks', 'ดีค', ['ดี', 'ค']],
  ['Han by character', '价格ab', ['价', '格', 'ab']],
  ['kana keep their voicing', 'がか', ['が', 'か']],
  ['half-width kana are kana', 'ｶﾞ', ['ガ']],
  ['Hangul by syllable, conjoining jamo too', '주식 \u1112\u1161\u11ab', ['주', '식', '한']],
  ['full width', 'ＡＢＣ１２', ['abc12']],
  ['emoji one by one, without skin tone and joiners', 'ok👍🏽👍 👩‍💻', ['ok', '👍', '👍', '👩', '💻']],
  [
    'punctuation separates',
    "don't a.b@example.com 3.14",
    ['don', 't', 'a', 'b', 'example', 'com', '3', '14'],
  ],
  ['soft hyphens and joiners do not', 'con\u00adtract', ['contract']],
  ['lone surrogates separate', 'a\ud800b', ['a', 'b']],
])('tokens: %s', (_, text, expected) => {
  expect(terms(text)).toEqual(expected);
});

test('a run is cut every 120 code points and loses nothing', () => {
  expect(terms('x'.repeat(250))).toEqual(['x'.repeat(120), 'x'.repeat(120), 'x'.repeat(10)]);
});

test.each([
  ['buy $TSLA, (C++) "@bob": #deal', ['$tsla', 'c++', '@bob', '#deal']],
  [':-) <3 100% …', [':-)', '<3', '100%', '...']],
  ["plain don't a.b@example.com, (so)", []],
  ['$TSLA $tsla', ['$tsla']],
])('words with symbols in %s', (text, expected) => {
  expect(symbolWords(text)).toEqual(expected);
});

const hostile = fc.string({ unit: 'binary', maxLength: 200 });

test('whatever the text: tokens are clean, short, in order, and fold to themselves', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      let last = 0;
      for (const { term, start, end } of tokenize(text)) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        expect(start).toBeGreaterThanOrEqual(last - 1);
        last = Math.max(last, start);
        expect(term).not.toMatch(/[\s\p{Cc}\p{Cs}]/u);
        expect(term).not.toMatch(/^[!-/]/u);
        expect(term.length).toBeLessThanOrEqual(2 * LONGEST_TOKEN);
      }
    }),
    { numRuns: 500 },
  );
});

test('every character, folded twice, is what it is folded once', () => {
  const moved: string[] = [];
  for (let point = 0; point <= 0x10ffff; point++) {
    const once = fold(String.fromCodePoint(point));
    if (fold(once) !== once) moved.push(point.toString(16));
  }
  expect(moved).toEqual([]);
});

test('folding twice is folding once', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 3 }), (text) => {
      const once = fold(text);
      expect(fold(once)).toBe(once);
    }),
    { numRuns: 2_000 },
  );
});

test('words with symbols never hold what a term cannot', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      for (const word of symbolWords(text)) {
        expect(word).not.toMatch(/[\s\p{Cc}\p{Cs}]/u);
        expect(Array.from(word).length).toBeLessThanOrEqual(LONGEST_TOKEN);
      }
    }),
    { numRuns: 500 },
  );
  expect(symbolWord('hello')).toBeUndefined();
});

test('a megabyte of anything is read in linear time', () => {
  for (const unit of ['a', 'é\u0301', '한', '👍', '\u0301', '(', 'ि', ' x']) {
    const text = unit.repeat(Math.floor(1_000_000 / unit.length));
    expect(tokenize(text).length).toBeGreaterThanOrEqual(0);
    symbolWords(text);
  }
});
