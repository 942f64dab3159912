import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { IndexFlaw } from '../../../src/core/ports/index.ts';
import type { IndexDocument } from '../../../src/core/search/document.ts';
import { searchFields } from '../../../src/core/search/fields.ts';
import { SqliteIndex } from '../../../src/engines/embedded/sqlite-index.ts';
import { PER_SECOND } from '../../../src/engines/embedded/sqlite-index-order.ts';
import { termsOf } from '../../../src/engines/embedded/sqlite-index-terms.ts';
import { indexContract } from '../../contract/index.ts';
import { corpus } from '../../core/search/corpus.ts';
import fc from '../../property.ts';

indexContract('The SQLite index', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-index-'));
  const index = new SqliteIndex({ folder });
  return {
    index,
    open: async () => new SqliteIndex({ folder, readOnly: true }),
    dispose: async () => {
      await index.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('The files of the SQLite index', () => {
  const [documents = []] = fc.sample(corpus, { numRuns: 1, seed: 7 });
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-index-'));
    await withIndex(async (index) => {
      await index.add(documents);
      await index.advance('m0', { size: 1_000, rejects: 0 });
      await index.advance('m1', { size: 1_000, rejects: 0 });
    });
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function withIndex<T>(use: (index: SqliteIndex) => Promise<T>): Promise<T> {
    const index = new SqliteIndex({ folder });
    try {
      return await use(index);
    } finally {
      await index.close();
    }
  }
  const count = (): Promise<number> =>
    withIndex((index) => index.count({ op: 'all' }, { m0: 1_000, m1: 1_000 }));
  const sql = (file: string, text: string): void => {
    const db = new DatabaseSync(join(folder, file), { defensive: false });
    db.exec(text);
    db.close();
  };

  test('are read by another process while this one writes on', async () => {
    const reader = new SqliteIndex({ folder, readOnly: true });
    await withIndex(async (index) => {
      const [first] = documents as [IndexDocument];
      await index.add([{ ...first, log: 'm7', leaf: 4 }]);
      await index.advance('m7', { size: 5, rejects: 0 });
      expect(await reader.logs()).toContain('m7');
      expect((await reader.positions()).get('m7')).toEqual({ size: 5, rejects: 0 });
      const found = await reader.search({ op: 'all' }, { limit: 9, heads: { m7: 5 } });
      expect(found.map(({ leaf }) => leaf)).toEqual([4]);
      expect(await reader.count({ op: 'all' }, { m7: 4 })).toBe(0);
    });
    await reader.close();
  });

  test('are one per bucket, beside the positions', async () => {
    expect((await readdir(folder)).filter((file) => file.endsWith('.db')).sort()).toEqual([
      'basic-2026Q1.db',
      'basic-2026Q2.db',
      'long-term-2026Q1.db',
      'positions.db',
    ]);
  });

  test('of another version are emptied, to be filled anew', async () => {
    expect(await count()).toBe(documents.length);
    sql('positions.db', "UPDATE meta SET value = 'older' WHERE name = 'version'");
    expect(await count()).toBe(0);
  });

  test('that hold less than the positions say are emptied, to be filled anew', async () => {
    await rm(join(folder, 'basic-2026Q2.db'));
    expect(await withIndex(async (index) => [...(await index.positions())])).toEqual([]);
  });

  describe('name what was changed behind their back', () => {
    const victim = documents.find(({ log, kind }) => log === 'm0' && kind === 'message') as IndexDocument;
    const file = `${victim.class}-${victim.quarter}.db`;
    const flaws = (): Promise<IndexFlaw[]> => withIndex(async (index) => Array.fromAsync(index.flaws()));
    const differs = { kind: 'differs', where: `${victim.log}/${victim.leaf}` };

    test('nothing, where nothing was', async () => {
      expect(await flaws()).toEqual([]);
    });

    const rowOf = ({ log, leaf }: IndexDocument): string =>
      `(SELECT r.id FROM records r JOIN logs l ON l.id = r.log WHERE l.log = '${log}' AND r.leaf = ${leaf})`;

    test('a word less, and a word more', async () => {
      sql(file, `INSERT INTO fts(fts, rowid, t) VALUES ('delete', ${rowOf(victim)}, '!kmessage')`);
      expect(await flaws()).toEqual([differs]);
      sql(file, `INSERT INTO fts(rowid, t) VALUES (${rowOf(victim)}, '!kmessage')`);
      // It stands at another place now.
      expect(await flaws()).toEqual([differs]);
    });

    test('words of a row that has no document', async () => {
      sql(file, "INSERT INTO fts(rowid, t) VALUES (77, '!kmessage')");
      expect(await flaws()).toEqual([{ kind: 'strange', where: `${file}/77` }]);
    });

    test('two documents that changed their rows', async () => {
      const other = documents.find(
        (document) =>
          document.quarter === victim.quarter && document.class === victim.class && document !== victim,
      ) as IndexDocument;
      sql(
        file,
        `CREATE TEMP TABLE pair AS SELECT ${rowOf(victim)} AS one, ${rowOf(other)} AS other;
         ${['records', 'documents']
           .map(
             (table) =>
               `UPDATE ${table} SET id = -1 WHERE id = (SELECT one FROM pair);
                UPDATE ${table} SET id = (SELECT one FROM pair) WHERE id = (SELECT other FROM pair);
                UPDATE ${table} SET id = (SELECT other FROM pair) WHERE id = -1;`,
           )
           .join('')}`,
      );
      expect((await flaws()).map(({ where }) => where).sort()).toEqual(
        [differs.where, `${other.log}/${other.leaf}`].sort(),
      );
    });

    test.each([
      ['at', 'at'],
      ['how far the time may lie', 'after'],
      ['the conversation', 'conversation'],
    ])('columns: %s', async (_, column) => {
      sql(file, `UPDATE records SET ${column} = ${column} + 1 WHERE id = ${rowOf(victim)}`);
      expect(await flaws()).toEqual([differs]);
    });

    test('the list of terms that wildcards are looked up in', async () => {
      sql(file, 'DELETE FROM terms WHERE term = (SELECT max(term) FROM terms)');
      expect(await flaws()).toEqual([{ kind: 'differs', where: `${file}/terms` }]);
    });

    test('bytes of the tables that FTS5 keeps its words in', async () => {
      const db = new DatabaseSync(join(folder, file), { defensive: false });
      const term = Buffer.from(`!y${victim.family.slice(0, 32)}`);
      const leaf = db
        .prepare('SELECT id, block FROM fts_data ORDER BY id')
        .all()
        .map(({ id, block }) => ({ id: Number(id), block: Buffer.from(block as Uint8Array) }))
        .find(({ block }) => block.includes(term.subarray(-12)));
      if (leaf === undefined) throw new Error('the term is not where FTS5 keeps its terms');
      const at = leaf.block.indexOf(term.subarray(-12)) + 11;
      leaf.block[at] = (leaf.block[at] as number) ^ 1;
      db.prepare('UPDATE fts_data SET block = ? WHERE id = ?').run(leaf.block, leaf.id);
      db.close();
      expect(await flaws()).toContainEqual(differs);
    });

    test('the way from a term to its place in them', async () => {
      sql(file, 'UPDATE fts_idx SET pgno = pgno + 2');
      expect(await flaws()).toContainEqual({ kind: 'differs', where: file });
    });
  });

  test('hold terms that FTS5 keeps as they are given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...documents), (text, document) => {
        const changed = { ...document, text, conversation: { ...document.conversation, name: text } };
        const { patterned, others } = termsOf(changed, searchFields(changed));
        for (const term of [...patterned, ...others]) expect(term).toMatch(/^[!-@[-~\u0080-\u{10ffff}]+$/u);
      }),
    );
  });

  test('keep the order when more records share a second than it has room for', async () => {
    const [pattern] = documents as [IndexDocument];
    const at = '2026-01-01T00:00:00.000Z';
    const row = (Date.parse(at) / 1_000) * PER_SECOND;
    await withIndex(async (index) => {
      const make = (leaf: number, instant: string): IndexDocument => ({
        ...pattern,
        log: 'm9',
        leaf,
        at: { ...pattern.at, instant, zoneSource: 'stated', precision: 'ms' },
      });
      await index.add([make(0, at)]);
      // As if the second's numbers were used up to the last two.
      sql(
        `${pattern.class}-${pattern.quarter}.db`,
        `UPDATE records SET id = ${row + PER_SECOND - 2} WHERE id = ${row};
        UPDATE documents SET id = ${row + PER_SECOND - 2} WHERE id = ${row}`,
      );
      await index.close();
    });
    await withIndex(async (index) => {
      const make = (leaf: number, instant: string): IndexDocument => ({
        ...pattern,
        log: 'm9',
        leaf,
        at: { ...pattern.at, instant, zoneSource: 'stated', precision: 'ms' },
      });
      await index.add([
        make(1, '2026-01-01T00:00:01.000Z'),
        make(2, '2026-01-01T00:00:00.500Z'),
        make(3, '2026-01-01T00:00:00.400Z'),
        make(4, '2026-01-01T00:00:00.300Z'),
      ]);
      const heads = { m9: 10 };
      const plan = { op: 'all' } as const;
      const leaves = (found: readonly IndexDocument[]): number[] => found.map(({ leaf }) => leaf);
      expect(leaves(await index.search(plan, { limit: 10, heads }))).toEqual([0, 4, 3, 2, 1]);
      expect(leaves(await index.search(plan, { limit: 10, heads, backwards: true }))).toEqual([
        1, 2, 3, 4, 0,
      ]);
      const after = { at: Date.parse('2026-01-01T00:00:00.400Z'), log: 'm9', leaf: 3 };
      expect(leaves(await index.search(plan, { limit: 10, heads, after }))).toEqual([2, 1]);
      expect(leaves(await index.search(plan, { limit: 1, heads, after }))).toEqual([2]);
    });
  });
});
