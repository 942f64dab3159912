import { type Chance, chance } from '../../examples/story/chance.ts';
import { roomName, senderAddress } from './messages.ts';
import { COLLOCATIONS, word } from './words.ts';

/** A query of the published set, and what kind of question it is. */
export interface BenchQuery {
  readonly kind: string;
  readonly query: string;
}

/** How often each kind of question is asked: 200 in all. */
const KINDS: readonly (readonly [string, number, (random: Chance) => string])[] = [
  ['rare word', 30, (random) => word(random.between(2_000, 19_000))],
  ['word', 30, (random) => word(random.between(100, 2_000))],
  ['two words', 25, (random) => `${word(random.between(20, 400))} ${word(random.between(50, 2_000))}`],
  ['three words', 10, (random) => [0, 0, 0].map(() => word(random.between(10, 300))).join(' ')],
  ['phrase', 20, (random) => `"${random.pick(COLLOCATIONS)}"`],
  ['near', 10, (random) => `${word(random.between(20, 200))} NEAR/5 ${word(random.between(20, 200))}`],
  ['prefix', 10, (random) => `${word(random.between(1_000, 8_000))}*`],
  ['either', 10, (random) => `${word(random.between(500, 5_000))} OR ${word(random.between(500, 5_000))}`],
  ['without', 10, (random) => `${word(random.between(200, 1_000))} -${word(random.between(20, 200))}`],
  [
    'sender and word',
    15,
    (random) => `from:${senderAddress(random.between(0, 300))} ${word(random.between(20, 500))}`,
  ],
  [
    'room and word',
    10,
    (random) => `conversation:${roomName(random.between(0, 900))} ${word(random.between(20, 500))}`,
  ],
  ['period and word', 15, (random) => `${period(random)} ${word(random.between(50, 1_000))}`],
  [
    'symbol and word',
    5,
    (random) => `${random.pick(['$QVIO', '@desk', 'C++', '👍'])} ${word(random.between(20, 400))}`,
  ],
];

/** Terms that more than a tenth of the records hold; reported apart. */
const FREQUENT = 5;

/** The published set: the same 200 queries on every run, and the frequent terms. */
export function queries(): { readonly set: readonly BenchQuery[]; readonly frequent: readonly BenchQuery[] } {
  const random = chance('two hundred queries');
  const set = KINDS.flatMap(([kind, count, make]) =>
    Array.from({ length: count }, () => ({ kind, query: make(random) })),
  );
  const frequent = Array.from({ length: FREQUENT }, (_, rank) => ({
    kind: 'frequent word',
    query: word(rank),
  }));
  return { set, frequent };
}

function period(random: Chance): string {
  const year = random.between(2012, 2016);
  const month = random.between(1, 9);
  return `since:${year}-0${month}-01 until:${year}-${String(month + random.between(1, 3)).padStart(2, '0')}-15`;
}
