import { type Directory, EMPTY_DIRECTORY } from '../../src/core/directory/fold.ts';
import { peopleBy } from '../../src/core/directory/reference.ts';
import type { AskedHolds } from '../../src/core/holds/held.ts';
import type { Heads, Index } from '../../src/core/ports/index.ts';
import type { IndexDocument } from '../../src/core/search/document.ts';
import { searchFields } from '../../src/core/search/fields.ts';
import { holds } from '../../src/core/search/holds.ts';
import { contextOf, matches } from '../../src/core/search/matches.ts';
import { parseQuery } from '../../src/core/search/parse.ts';
import { type Lookups, resolve } from '../../src/core/search/resolve.ts';
import { indexLookups } from '../../src/search/lookups.ts';
import { corpus, query } from '../core/search/corpus.ts';
import { directory as randomDirectory } from '../core/search/directories.ts';
import fc from '../property.ts';

const ZONE = 'Europe/Berlin';
const HEADS: Heads = { m0: 1_000, m1: 1_000 };

/** 20 corpora × 50 queries. `HOLDFAST_TEST_SEED` draws others. */
const CORPORA = 20;
const QUERIES = 50;

/** A corpus, a directory of its people, and queries: the same for every engine. */
interface Drawn {
  readonly documents: readonly IndexDocument[];
  readonly directory: Directory;
  readonly queries: readonly string[];
}

function drawn(seed: number): Drawn[] {
  const directories = fc.sample(randomDirectory, { numRuns: CORPORA, seed });
  return fc.sample(corpus, { numRuns: CORPORA, seed }).map((documents, i) => ({
    documents,
    directory: directories[i] ?? EMPTY_DIRECTORY,
    queries: fc.sample(query, { numRuns: QUERIES, seed: seed * 1_000 + i }),
  }));
}

const nameOf = ({ log, leaf }: IndexDocument): string => `${log}/${leaf}`;

/** Two holds of two matters, each on some families. */
const HOLDS = [
  { hold: 'h1', matter: 'one', covers: (family: string) => family < '6' },
  { hold: 'h2', matter: 'two', covers: (family: string) => family > '4' && family < 'c' },
];

function isHeld({ by, name }: AskedHolds, { family }: Pick<IndexDocument, 'family'>): boolean {
  if (name === 'everything') return true;
  return HOLDS.some((one) => (name === null || one[by] === name.toLowerCase()) && one.covers(family));
}

const held = (documents: readonly IndexDocument[], asked: AskedHolds) =>
  asked.name === 'everything'
    ? ('everything' as const)
    : [...new Set(documents.filter((one) => isHeld(asked, one)).map(({ family }) => family))];

/** Where the engine, the plan and the reference differ on a corpus; `found` counts what the reference finds. */
async function differences(
  index: Index,
  { documents, directory, queries }: Drawn,
): Promise<{ pairs: number; found: number; differ: object[] }> {
  await index.add(documents);
  for (const log of ['m0', 'm1']) await index.advance(log, { size: 1_000, rejects: 0 });
  const inOrder = documents.toSorted(
    (a, b) =>
      Date.parse(a.at.instant) - Date.parse(b.at.instant) ||
      (a.log < b.log ? -1 : a.log > b.log ? 1 : a.leaf - b.leaf),
  );
  const fields = new Map(inOrder.map((document) => [document, searchFields(document)]));
  const context = contextOf(inOrder, ZONE, { ...peopleBy(directory), isHeld });
  const lookups: Lookups = {
    ...indexLookups(index, HEADS, ZONE, directory),
    held: async (asked) => held(documents, asked),
  };
  const differ: object[] = [];
  let found = 0;
  for (const text of queries) {
    const parsed = parseQuery(text, { holds: true });
    const expected = inOrder
      .filter((document) => matches(parsed, document, context, fields.get(document)) !== 'no')
      .map(nameOf);
    found += expected.length;
    const { plan } = await resolve(parsed, lookups);
    const answers = {
      plan: inOrder.filter((document) => holds(plan, document, fields.get(document))).map(nameOf),
      engine: (await index.search(plan, { limit: 10_000, heads: HEADS })).map(nameOf),
    };
    const total = await index.count(plan, HEADS);
    const wrong = Object.entries(answers).filter(([, names]) => names.join() !== expected.join());
    if (wrong.length > 0 || total !== expected.length)
      differ.push({ text, expected, total, ...Object.fromEntries(wrong) });
  }
  return { pairs: queries.length, found, differ };
}

const SEED = Number(process.env.HOLDFAST_TEST_SEED ?? 20_261_121);

/** One query on one corpus is a pair: the reference, the plan and the engine find the same, in the same order. */
export async function agree(
  open: () => Promise<{ index: Index; dispose: () => Promise<void> }>,
): Promise<void> {
  let pairs = 0;
  let found = 0;
  for (const each of drawn(SEED)) {
    const { index, dispose } = await open();
    try {
      const result = await differences(index, each);
      expect(result.differ).toEqual([]);
      pairs += result.pairs;
      found += result.found;
    } finally {
      await dispose();
    }
  }
  expect(pairs).toBe(CORPORA * QUERIES);
  // Queries that find nothing prove little.
  expect(found).toBeGreaterThan(pairs * 10);
}
