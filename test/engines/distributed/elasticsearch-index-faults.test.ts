import { Client } from '@elastic/elasticsearch';
import { isHoldfastError } from '../../../src/core/errors.ts';
import { documentDigest, type IndexDocument } from '../../../src/core/search/document.ts';
import { ElasticsearchIndex } from '../../../src/engines/distributed/elasticsearch-index.ts';
import { bucketMappings, INDEX_VERSION } from '../../../src/engines/distributed/elasticsearch-source.ts';
import { corpus } from '../../core/search/corpus.ts';
import fc from '../../property.ts';
import { describeWith } from '../index.ts';
import { openElasticsearchIndex } from './elasticsearch-index.ts';

const [DOCUMENTS = []] = fc.sample(corpus, { numRuns: 1, seed: 5 });
const BASIC = DOCUMENTS.filter(({ class: name, quarter }) => name === 'basic' && quarter === '2026Q1');
const HEADS = { m0: 1_000, m1: 1_000 };

await describeWith(['elasticsearch'], 'What happens to documents in Elasticsearch', ({ elasticsearch }) => {
  let client: Client;
  let under: Awaited<ReturnType<typeof openElasticsearchIndex>>;
  beforeEach(async () => {
    client = new Client({ node: elasticsearch.node });
    under = await openElasticsearchIndex(elasticsearch.node, 'faults');
  });
  afterEach(async () => {
    await under.dispose();
    await client.close();
  });
  const alias = (): string => `holdfast-${under.archive}-basic-2026q1`;
  const fill = async (documents: readonly IndexDocument[]): Promise<void> => {
    await under.index.add(documents);
    for (const log of ['m0', 'm1']) await under.index.advance(log, { size: 1_000, rejects: 0 });
  };
  const digests = async (): Promise<Map<number, string>> => {
    const found = new Map<number, string>();
    for await (const { leaf, digest } of under.index.scan('m0', 0)) found.set(leaf, digest);
    return found;
  };
  const inM0 = BASIC.filter(({ log }) => log === 'm0');
  const leafOf = (i: number): number => inM0[i]?.leaf ?? -1;

  test('one that is changed, in what it says or in how it is found, deleted or added shows in a scan', async () => {
    await fill(DOCUMENTS);
    const before = await digests();
    const change = async (leaf: number, doc: object): Promise<void> => {
      await client.update({ index: alias(), id: `m0/${leaf}`, doc, refresh: true });
    };
    await change(leafOf(0), { document: { text: 'something else' } });
    await change(leafOf(1), { tokens: 'nothing' });
    await change(leafOf(2), { earliest: 0 });
    await client.delete({ index: alias(), id: `m0/${leafOf(3)}`, refresh: true });
    const copy = await client.get({ index: alias(), id: `m0/${leafOf(4)}` });
    await client.index({
      index: alias(),
      id: 'm0/9999',
      document: { ...(copy._source as object), leaf: 9_999 },
      refresh: true,
    });
    const after = await digests();
    const leaves = [...new Set([...before.keys(), ...after.keys()])];
    expect(leaves.filter((leaf) => before.get(leaf) !== after.get(leaf)).sort((a, b) => a - b)).toEqual(
      [0, 1, 2, 3].map(leafOf).concat(9_999),
    );
    expect(after.has(leafOf(3))).toBe(false);
  });

  test('one that the server refuses goes in without its words, is counted, and is no fault', async () => {
    const bucket = { class: 'basic', quarter: '2026Q1' };
    const mappings = bucketMappings({ archive: under.archive, version: INDEX_VERSION, ...bucket });
    await client.indices.create({
      index: `made-${alias()}-1`,
      aliases: { [alias()]: {} },
      mappings: { ...mappings, properties: { ...mappings.properties, tokens: { type: 'long' } } },
    });
    await fill(BASIC);
    const refused = BASIC.filter(({ text, said }) => /\p{L}/u.test(text ?? said ?? ''));
    expect(refused.length).toBeGreaterThan(0);
    const [status] = await under.index.buckets();
    expect(status?.documents).toBe(BASIC.length);
    expect(status?.bare).toBeGreaterThanOrEqual(refused.length);
    const [one] = refused as [IndexDocument];
    const name = `${one.log}/${one.leaf}`;
    expect((await under.index.get([name])).get(name)).toEqual(one);
    const found = await digests();
    for (const document of inM0) expect(found.get(document.leaf)).toBe(documentDigest(document));
  });

  test('a bucket that was removed is not made again by a late batch', async () => {
    await fill(BASIC.slice(0, 10));
    await client.indices.delete({ index: `made-${alias()}-1` });
    const refused: unknown = await under.index.add(BASIC.slice(10)).catch((error: unknown) => error);
    expect(isHoldfastError(refused, 'storage-failed')).toBe(true);
    expect(await client.indices.exists({ index: `made-${alias()}-1` })).toBe(false);
    expect(await client.indices.exists({ index: alias() })).toBe(false);
  });

  test('a position is not recorded where another node put a rebuilt index in place meanwhile', async () => {
    await under.index.add(BASIC.slice(0, 10));
    const other = await under.open();
    const rebuild = await other.rebuild();
    await rebuild.index.advance('m0', { size: 1, rejects: 0 });
    await rebuild.adopt();
    for (const log of ['m0', 'm1']) {
      const refused: unknown = await under.index
        .advance(log, { size: 1_000, rejects: 0 })
        .catch((error: unknown) => error);
      expect(isHoldfastError(refused, 'conflict')).toBe(true);
    }
    expect((await under.index.positions()).get('m0')?.size).toBe(1);
    // The new index has no such bucket yet: the next batch makes it, after one failure at most.
    await under.index.add(BASIC.slice(0, 10)).catch(() => {});
    await fill(BASIC);
    expect((await other.positions()).get('m0')?.size).toBe(1_000);
    expect(await other.count({ op: 'all' }, HEADS)).toBe(BASIC.length);
    await other.close();
  });

  test('a query that the server cannot answer whole is refused, never cut', async () => {
    await fill(BASIC);
    const keys = Array.from({ length: 65_537 }, (_, i) => `conversation ${i}`);
    const intervals = Array.from({ length: 20_000 }, (_, i) => ({
      conversation: `conversation ${i}`,
      from: i,
      to: i + 1,
    }));
    for (const plan of [
      { op: 'conversations', keys },
      { op: 'present', intervals },
    ] as const) {
      const refused: unknown = await under.index.count(plan, HEADS).catch((error: unknown) => error);
      expect(isHoldfastError(refused, 'query-too-wide')).toBe(true);
    }
  });

  test('a server that is away is waited for as long as the settings say', async () => {
    const said: string[] = [];
    const refused: unknown = await ElasticsearchIndex.open({
      node: 'http://127.0.0.1:1',
      archive: 'away',
      patienceMs: 300,
      clock: { now: () => Date.now() },
      waiting: (line) => said.push(line),
    }).catch((error: unknown) => error);
    expect(isHoldfastError(refused, 'index-away')).toBe(true);
    expect(said).toEqual([expect.stringContaining('waiting for Elasticsearch')]);
  });
});
