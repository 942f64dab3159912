/**
 * The second way to cut text: at whitespace, for words whose symbols matter (`$TSLA`, `C++`, `@bob`, `:-)`). A word is
 * folded, and freed of the punctuation of sentences around it when letters or digits remain. Only words that begin or
 * end with a symbol are kept: `don't` and `a.b@example.com` are found as tokens in a row.
 */
import { foldText } from './fold.ts';
import { classOf, LONGEST_TOKEN } from './tokenizer.ts';

const WORD = /[^\p{Z}\p{Cc}\p{Cs}]+/gu;
const OPENING = /^[\p{Ps}\p{Pi}"'¿¡]+/u;
const CLOSING = /[\p{Pe}\p{Pf}"'.,;:!?、。]+$/u;
const SAYS_SOMETHING = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;
/** Plain ASCII text and words, the common case, are let go by without cutting or folding them. */
const PLAIN_TEXT = /^[0-9A-Za-z ]*$/;
const PLAIN = /^["'([{]*[0-9A-Za-z](?:[!-~]*[0-9A-Za-z])?[\])}"'.,;:!?]*$/;

/** The folded form in which a word with symbols is kept; undefined for a word that tokens find. */
export function symbolWord(word: string): string | undefined {
  let folded = foldText(word).replaceAll(/[\p{Z}\p{Cc}\p{Cs}]/gu, '');
  const bare = folded.replace(OPENING, '').replace(CLOSING, '');
  if (SAYS_SOMETHING.test(bare)) folded = bare;
  const points = Array.from(folded).slice(0, LONGEST_TOKEN);
  const first = points[0];
  const last = Array.from(folded).at(-1);
  if (first === undefined || last === undefined) return undefined;
  return classOf(first) === 'break' || classOf(last) === 'break' ? points.join('') : undefined;
}

/** Words with symbols in `text`, each once, in order of appearance. */
export function symbolWords(text: string): string[] {
  if (PLAIN_TEXT.test(text)) return [];
  const words = new Set<string>();
  for (const [word] of text.matchAll(WORD)) {
    if (PLAIN.test(word)) continue;
    const kept = symbolWord(word);
    if (kept !== undefined) words.add(kept);
  }
  return [...words];
}
