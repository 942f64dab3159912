/**
 * Folding: what makes two spellings the same word for a search. Compatibility forms are taken apart (NFKD), the
 * diacritics of alphabetic scripts are dropped, letter case and a few letters without decomposition are folded. The
 * vowel signs of Indic scripts and the voicing marks of kana are kept: they make other words.
 *
 * Works on one cluster (a character with its marks) at a time, so that positions in the source text are kept.
 */

/** Marks that are dropped: accents of the alphabetic scripts, points and vowels of the Semitic ones. */
const DROPPED =
  /[[\p{Mn}&&[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}]]--[\u3099\u309A]]|[\p{Me}\p{Cf}\u0640\uFE00-\uFE0F\u{1F3FB}-\u{1F3FF}]/gv;

const LETTERS: { readonly [letter: string]: string } = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ħ: 'h',
  ŧ: 't',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};

const FOLDED_LETTER = /[øłđħŧæœı]/gu;
/**
 * A character with its marks, those of half-width kana among them; conjoining jamo stay together, so that they compose to
 * syllables.
 */
export const CLUSTER = /[\u1100-\u11FF\uA960-\uA97F\uD7B0-\uD7FF]+\p{M}*|\P{M}?[\p{M}\uFF9E\uFF9F]*/gsu;

const MEMORY = 16_384;
const memory = new Map<string, string>();

/** The folded form of a cluster: any number of characters, also none. Idempotent. */
export function fold(cluster: string): string {
  const known = memory.get(cluster);
  if (known !== undefined) return known;
  const folded = foldAnew(cluster);
  if (cluster.length <= 8) {
    if (memory.size >= MEMORY) memory.clear();
    memory.set(cluster, folded);
  }
  return folded;
}

/** Folds a whole text; places in it are lost. */
export function foldText(text: string): string {
  let folded = '';
  for (const [cluster] of text.matchAll(CLUSTER)) folded += fold(cluster);
  return folded;
}

function foldAnew(cluster: string): string {
  return (
    cluster
      .normalize('NFKD')
      .replace(DROPPED, '')
      // Lowered first: a capital ẞ is its own upper case, and only ß becomes SS.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .normalize('NFKD')
      .replace(DROPPED, '')
      .replaceAll('ς', 'σ')
      .replace(FOLDED_LETTER, (letter) => LETTERS[letter] ?? letter)
      .normalize('NFC')
  );
}
