import { chance } from '../../examples/story/chance.ts';

/** Words in the corpus; word 0 is the most frequent, word 1 the next, as words of a language are (Zipf). */
export const WORDS = 20_000;

const SYLLABLES = [
  'ba',
  'ce',
  'di',
  'fo',
  'gu',
  'ha',
  'je',
  'ki',
  'lo',
  'mu',
  'na',
  'pe',
  'ri',
  'so',
  'tu',
  'va',
  'we',
  'xi',
  'yo',
  'zu',
];

/** The word of a rank: two syllables for the first 400, three for 8,000, then four. */
export function word(rank: number): string {
  let rest = rank;
  let length = 2;
  for (let many = 400; rest >= many; many *= SYLLABLES.length) {
    rest -= many;
    length += 1;
  }
  let text = '';
  for (let place = 0; place < length; place += 1) {
    text += SYLLABLES[rest % SYLLABLES.length] ?? '';
    rest = Math.floor(rest / SYLLABLES.length);
  }
  return text;
}

/** Expressions of three words that turn up together, so that phrases have hits. */
export const COLLOCATIONS: readonly string[] = (() => {
  const random = chance('collocations');
  return Array.from({ length: 200 }, () =>
    [40, 400, 4_000].map((reach) => word(random.between(reach / 2, reach * 2))).join(' '),
  );
})();

/** Sums of Zipf weights: a word's rank is where a random share of the last sum falls. */
const SUMS: Float64Array = (() => {
  const sums = new Float64Array(WORDS);
  let sum = 0;
  for (let rank = 0; rank < WORDS; rank += 1) {
    sum += 1 / (rank + 10);
    sums[rank] = sum;
  }
  return sums;
})();

/** Rank of a random word: `share` from 0 to 1. */
export function rankOf(share: number): number {
  const aim = share * (SUMS[WORDS - 1] ?? 0);
  let low = 0;
  let high = WORDS - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((SUMS[middle] ?? 0) < aim) low = middle + 1;
    else high = middle;
  }
  return low;
}
