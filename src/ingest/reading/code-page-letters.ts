/** Points for readings in alphabets: one for a letter or mark that stands where people put it, less for what is odd. */

/** Accented letters of the languages that Windows-1252 and MacRoman were made for; others of these pages are rare. */
const COMMON = new Set('éèêëàâäáãåçùûüúîïíìôöóòõñßæøœÉÈÊÀÂÄÁÃÅÇÙÛÜÚÎÍÔÖÓÕÑÆØŒ');
const OPENING = new Set('“‘„‚«‹¿¡');
const CLOSING = new Set('”’»›…');
const LOOSE = new Set('–—•·€£¥¢©®™§°\u00a0¬ºª¼½¾×²³µ†‡');

const isLetter = (c: string): boolean => /^\p{L}$/u.test(c);
const isUpper = (c: string): boolean => /^\p{Lu}$/u.test(c);
const isLower = (c: string): boolean => /^\p{Ll}$/u.test(c);
const isBlank = (c: string): boolean => c === '' || /^[\s\p{P}\p{S}]$/u.test(c);

/** Windows-1252 or MacRoman: accented letters within words, marks at their edges. */
export function westernScore(text: string): number {
  let points = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c < '\x80') continue;
    const before = i === 0 ? '' : text.charAt(i - 1);
    const after = text.charAt(i + 1);
    if (c <= '\x9f' || c === '\ufffd') points -= 1;
    else if (isLetter(c)) points += letter(c, before, after);
    else if (OPENING.has(c)) points += isBlank(before) && !/^\s?$/u.test(after) ? 1 : -0.5;
    else if (CLOSING.has(c)) points += before.trim() !== '' && (c === '’' || !isLetter(after)) ? 1 : -0.5;
    else if (LOOSE.has(c))
      points += isLetter(before) && isLetter(after) ? -0.5 : joined(before, after) ? 0 : 0.7;
    else points -= 1;
  }
  return points;
}

/** Stands beside another character that is not ASCII: such marks do so by chance only. */
const joined = (before: string, after: string): boolean => before >= '\x80' || after >= '\x80';

function letter(c: string, before: string, after: string): number {
  // A capital in the middle of a word is what the wrong page gives.
  if (isUpper(c) && (isLower(before) || (isLower(after) && isUpper(before)))) return -1;
  // Words hold a letter without accent beside one with it; three in a row hold none.
  const alone = !isLetter(before) && !isLetter(after);
  const among = before >= '\x80' && after >= '\x80' && isLetter(before) && isLetter(after);
  if (among) return -0.5;
  if (!COMMON.has(c)) return -0.3;
  return alone && !/^[àéÀÉ]$/u.test(c) ? 0 : 1;
}

/** How often a letter stands in Russian and its neighbours, in points. */
const FREQUENT = new Map<string, number>();
for (const [letters, points] of [
  ['оеаинтсрвл', 1],
  ['кмдпуяі', 0.85],
  ['ыьзбгчй', 0.6],
  ['хжшюцщэфъёїєґў', 0.3],
] as const)
  for (const c of letters) FREQUENT.set(c, points);

/** Windows-1251 and its like: words of Cyrillic letters only, in small letters but for the first, or all in capitals. */
export function cyrillicScore(text: string): number {
  let points = 0;
  for (const [c] of text.matchAll(/[^\0-\x7f\p{L}\p{M}]/gu)) points += MARKS.has(c) ? 0.5 : -1;
  for (const match of text.matchAll(/[\p{L}\p{M}]*\p{Script=Cyrillic}[\p{L}\p{M}]*/gu)) {
    const [found] = match;
    // A letter of another alphabet in the same word.
    if (/[^\p{Script=Cyrillic}]/u.test(found)) {
      for (const c of found) if (c >= '\x80') points -= 1;
    } else points += word(found);
  }
  return points;
}

const MARKS = new Set('«»“”„’–—…№\u00a0•');

function word(found: string): number {
  const shape = /^\p{Lu}?\p{Ll}*$/u.test(found) ? 1 : /^\p{Lu}+$/u.test(found) ? 0.7 : -0.5;
  let points = 0;
  for (const c of found.toLowerCase()) points += FREQUENT.get(c) ?? -1;
  if (points <= 0) return points;
  // Too many consonants in a row, or a start that no word has: another page's letters.
  if (/[бвгджзйклмнпрстфхцчшщ]{6}|^[ьъы]/iu.test(found)) return -points;
  return points * shape * (/[бвгджзйклмнпрстфхцчшщ]{3}/iu.test(found) ? 0.6 : 1);
}
