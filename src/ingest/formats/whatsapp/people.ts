/** The people that one line names: `Bob, Carol and ~ Dan`. */

const AND = ',? (?:and|und|y|e|et|en|и|dan|ve|og|och) |、';
const LAST = new RegExp(AND, 'u');
const BETWEEN = new RegExp(`${AND}|, `, 'gu');
/** Most pieces that one name is looked for in. */
const MOST_PIECES = 4;

/**
 * Each of them, as written. A name can hold such a word or comma itself: one that is known stays whole, and so does
 * what has commas alone (`Smith, John`), since a list ends in “and”.
 */
export function peopleIn(listed: string, isKnown: (name: string) => boolean): readonly string[] {
  if (!LAST.test(listed) || isKnown(listed)) return [listed];
  const gaps = [...listed.matchAll(BETWEEN)];
  const starts = [0, ...gaps.map((gap) => gap.index + gap[0].length)];
  const ends = [...gaps.map((gap) => gap.index), listed.length];
  const people: string[] = [];
  for (let i = 0; i < starts.length; i++) {
    let last = Math.min(i + MOST_PIECES, starts.length) - 1;
    while (last > i && !isKnown(listed.slice(starts[i], ends[last]))) last--;
    people.push(listed.slice(starts[i], ends[last]));
    i = last;
  }
  const named = people.filter((name) => name.trim() !== '');
  return named.length === 0 ? [listed] : named;
}
