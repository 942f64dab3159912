import { isHoldfastError } from '../../src/core/errors.ts';
import type { Cursor, Index, IndexAudit } from '../../src/core/ports/index.ts';
import { documentDigest, type IndexDocument } from '../../src/core/search/document.ts';
import { holds } from '../../src/core/search/holds.ts';
import type { Plan } from '../../src/core/search/plan.ts';
import { corpus } from '../core/search/corpus.ts';
import fc from '../property.ts';

/** An index for one test: `open` gives another instance on the same storage, as another process would have. */
export interface IndexUnderTest {
  readonly index: Index;
  open(): Promise<Index>;
  dispose(): Promise<void>;
}

const ALL: Plan = { op: 'all' };
const HEADS = { m0: 1_000, m1: 1_000 };
const nameOf = ({ log, leaf }: { log: string; leaf: number }): string => `${log}/${leaf}`;
const placeOf = ({ at, log, leaf }: IndexDocument): Cursor => ({ at: Date.parse(at.instant), log, leaf });

/** One corpus for all tests: two logs, three buckets, many records at the same instant. */
const [DOCUMENTS = []] = fc.sample(corpus, { numRuns: 1, seed: 42 });
const IN_ORDER = DOCUMENTS.toSorted((a, b) => {
  const [one, other] = [placeOf(a), placeOf(b)];
  return one.at - other.at || (one.log < other.log ? -1 : one.log > other.log ? 1 : one.leaf - other.leaf);
});

/** What every implementation of the `Index` port must do. */
export function indexContract(name: string, make: () => Promise<IndexUnderTest>): void {
  describe(`${name} keeps the contract of an index`, () => {
    let under: IndexUnderTest;
    let index: Index;
    beforeEach(async () => {
      under = await make();
      index = under.index;
    });
    afterEach(() => under.dispose());

    const fill = async (): Promise<void> => {
      await index.add(DOCUMENTS);
      for (const log of ['m0', 'm1']) await index.advance(log, { size: 1_000, rejects: 2 });
    };
    const names = async (plan: Plan, heads = HEADS): Promise<string[]> =>
      (await index.search(plan, { limit: 10_000, heads })).map(nameOf);
    const audited = async (log: string, from = 0): Promise<IndexAudit[]> => {
      const found: IndexAudit[] = [];
      for await (const one of index.scan(log, from)) found.push(one);
      return found;
    };

    test('an index that nobody filled answers with nothing', async () => {
      expect(await names(ALL)).toEqual([]);
      expect(await index.count(ALL, HEADS)).toBe(0);
      expect([...(await index.positions())]).toEqual([]);
      expect(await index.conversations(ALL, HEADS, 10)).toEqual([]);
      expect(await index.addresses(10)).toEqual([]);
      expect((await index.get(['m0/1'])).size).toBe(0);
      expect((await index.changes(['0'.repeat(64)])).size).toBe(0);
      expect(await audited('m0')).toEqual([]);
    });

    test('what was added before a position is found in order, by another instance too', async () => {
      await fill();
      expect(await names(ALL)).toEqual(IN_ORDER.map(nameOf));
      const other = await under.open();
      expect(await other.search(ALL, { limit: 10_000, heads: HEADS })).toEqual(IN_ORDER);
      expect((await other.positions()).get('m0')).toEqual({ size: 1_000, rejects: 2 });
      await other.close();
    });

    test('a document that comes again, alone or in a batch with new ones, is there once', async () => {
      await index.add(DOCUMENTS.slice(0, 60));
      await index.add(DOCUMENTS.slice(30, 60));
      await index.add(DOCUMENTS.slice(30));
      await index.advance('m0', { size: 1_000, rejects: 0 });
      await index.advance('m1', { size: 1_000, rejects: 0 });
      expect(await index.count(ALL, HEADS)).toBe(DOCUMENTS.length);
      expect(await names(ALL)).toEqual(IN_ORDER.map(nameOf));
    });

    test('a position never goes back', async () => {
      await index.advance('m0', { size: 10, rejects: 1 });
      await index.advance('m0', { size: 9, rejects: 0 });
      expect((await index.positions()).get('m0')).toEqual({ size: 10, rejects: 1 });
    });

    test('heads limit what is found, log by log', async () => {
      await fill();
      const expected = IN_ORDER.filter(({ log, leaf }) => log === 'm0' && leaf < 50).map(nameOf);
      expect(await names(ALL, { m0: 50, m1: 0 })).toEqual(expected);
      expect(await index.count(ALL, { m0: 50 })).toBe(expected.length);
      expect(await index.count(ALL, {})).toBe(0);
    });

    test('pages by cursor give the same in the same order, forwards and backwards', async () => {
      await fill();
      for (const backwards of [false, true]) {
        const found: string[] = [];
        for (let after: Cursor | undefined; ; ) {
          const page = await index.search(ALL, {
            limit: 7,
            heads: HEADS,
            backwards,
            ...(after && { after }),
          });
          found.push(...page.map(nameOf));
          const last = page.at(-1);
          if (last === undefined) break;
          after = placeOf(last);
        }
        expect(backwards ? found.reverse() : found).toEqual(IN_ORDER.map(nameOf));
      }
    });

    test('conversations are named by their keys, and too many are refused', async () => {
      await fill();
      const plan: Plan = { op: 'party', role: 'involved', pattern: { is: 'keys', keys: ['ann'] } };
      const keys = await index.conversations(plan, HEADS, 10);
      expect(keys).toEqual(keys.toSorted());
      const here = IN_ORDER.filter((document) => holds({ op: 'conversations', keys }, document));
      expect(here.length).toBeGreaterThan(0);
      expect(IN_ORDER.filter((document) => holds(plan, document) && !here.includes(document))).toEqual([]);
      const refused: unknown = await index.conversations(ALL, HEADS, 1).catch((error: unknown) => error);
      expect(isHoldfastError(refused, 'query-too-wide')).toBe(true);
    });

    test('addresses are those of senders and recipients, without names, and too many are refused', async () => {
      await fill();
      expect(await index.addresses(10)).toEqual(['ann', 'bob@example.com', 'carl smith', 'dora/desk', '周']);
      const refused: unknown = await index.addresses(4).catch((error: unknown) => error);
      expect(isHoldfastError(refused, 'query-too-wide')).toBe(true);
    });

    test('documents are given by name, and what changed them by family', async () => {
      await fill();
      const [first, second] = DOCUMENTS;
      const found = await index.get([
        nameOf(first as IndexDocument),
        'm0/999',
        'x/1',
        'nonsense',
        nameOf(second as IndexDocument),
      ]);
      expect([...found.values()]).toEqual([first, second]);
      const changed = DOCUMENTS.find(({ kind }) => kind === 'edit') as IndexDocument;
      const families = [...new Set(DOCUMENTS.map(({ family }) => family)), 'f'.repeat(64)];
      const changes = await index.changes(families);
      const expected = IN_ORDER.filter(({ kind }) => kind === 'edit' || kind === 'deletion');
      expect(expected).toContainEqual(changed);
      for (const family of families)
        expect(changes.get(family) ?? []).toEqual(expected.filter((each) => each.family === family));
    });

    test('a scan gives every document of a log with the digest of what the record gives', async () => {
      await fill();
      for (const [log, from] of [
        ['m0', 0],
        ['m1', 0],
        ['m0', 77],
      ] as const)
        expect(await audited(log, from)).toEqual(
          DOCUMENTS.filter((document) => document.log === log && document.leaf >= from).map((document) => ({
            leaf: document.leaf,
            digest: documentDigest(document),
          })),
        );
      expect(await index.logs()).toEqual(['m0', 'm1']);
    });

    test('buckets are counted, and none can be dropped', async () => {
      await fill();
      const buckets = await index.buckets();
      for (const bucket of buckets)
        expect(Object.keys(bucket).sort()).toEqual(['bare', 'bytes', 'class', 'documents', 'quarter']);
      expect(buckets.reduce((sum, { documents }) => sum + documents, 0)).toBe(DOCUMENTS.length);
      expect(buckets.map((bucket) => `${bucket.class} ${bucket.quarter}`).sort()).toEqual([
        'basic 2026Q1',
        'basic 2026Q2',
        'long-term 2026Q1',
      ]);
      const refused: unknown = await index
        .drop({ class: 'basic', quarter: '2026Q1' })
        .catch((error: unknown) => error);
      expect(isHoldfastError(refused, 'removal-refused')).toBe(true);
      expect(await index.count(ALL, HEADS)).toBe(DOCUMENTS.length);
    });

    test('a rebuild leaves the old index in use until it is adopted', async () => {
      await fill();
      const abandoned = await index.rebuild();
      await abandoned.index.add(DOCUMENTS.slice(0, 3));
      await abandoned.abandon();
      const rebuild = await index.rebuild();
      expect([...(await rebuild.index.positions())]).toEqual([]);
      await rebuild.index.add(DOCUMENTS.slice(0, 10));
      await rebuild.index.advance('m0', { size: 10, rejects: 0 });
      expect(await index.count(ALL, HEADS)).toBe(DOCUMENTS.length);
      await rebuild.adopt();
      expect((await index.positions()).get('m0')).toEqual({ size: 10, rejects: 0 });
      expect((await index.positions()).get('m1')).toBeUndefined();
      expect(await index.count(ALL, HEADS)).toBe(10);
      await index.add(DOCUMENTS);
      await index.advance('m0', { size: 1_000, rejects: 0 });
      expect(await index.count(ALL, HEADS)).toBe(DOCUMENTS.length);
    });
  });
}
