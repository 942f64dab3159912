import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openReader } from '../../../src/archive/read/open-reader.ts';
import type { Verification } from '../../../src/core/faults.ts';
import { indexDocument } from '../../../src/core/search/document.ts';
import { SqliteIndex } from '../../../src/engines/embedded/sqlite-index.ts';
import { catchUp } from '../../../src/search/feed.ts';
import { openSealedArchive, type SealedArchive } from './sealed-archive.ts';

let archive: SealedArchive;
let folder: string;
beforeEach(async () => {
  archive = await openSealedArchive();
  await archive.add('a', 300);
  await archive.add('b', 300);
  await archive.sealHeads();
  folder = join(archive.workshop.folder, 'index');
  await withIndex(async (index) => catchUp({ reader: await openReader(archive.workshop.vault), index }));
});
afterEach(() => archive.workshop.dispose());

async function withIndex<T>(use: (index: SqliteIndex) => Promise<T>): Promise<T> {
  const index = new SqliteIndex({ folder });
  try {
    return await use(index);
  } finally {
    await index.close();
  }
}

const verify = (): Promise<Verification> => withIndex((index) => archive.verify({ index }));

/** Runs SQL in the bucket's file or the positions, as a hand on the disk would. */
function tamper(file: RegExp, sql: string): void {
  const name = readdirSync(folder).find((found) => file.test(found)) as string;
  const db = new DatabaseSync(join(folder, name));
  db.exec(sql);
  db.close();
}
const BUCKET = /Q\d\.db$/;
const POSITIONS = /^positions\.db$/;

test('an index that is what the records give verifies, document by document', async () => {
  expect(await verify()).toMatchObject({ ok: true, faults: [], checked: { indexDocuments: 600 } });
});

test('a byte changed in an index document is named', async () => {
  tamper(BUCKET, `UPDATE documents SET document = replace(document, 'message b 7:', 'message b 8:')`);
  expect((await verify()).faults).toEqual([
    { code: 'index-differs', where: 'index/m0/308', what: expect.any(String) },
  ]);
});

test('an index document that was deleted is named', async () => {
  tamper(BUCKET, 'DELETE FROM documents WHERE id = (SELECT id FROM records WHERE leaf = 308)');
  tamper(BUCKET, 'DELETE FROM records WHERE leaf IN (5, 308)');
  expect((await verify()).faults.map(({ code, where }) => [code, where])).toEqual([
    ['index-missing', 'index/m0/5'],
    ['index-missing', 'index/m0/308'],
    // Its words are still found.
    ['index-strange', expect.stringMatching(/^index\/\S+Q\d\.db\/\d+$/)],
  ]);
});

test('a document that other words find than its own is named', async () => {
  tamper(
    BUCKET,
    `INSERT INTO fts(fts, rowid, t) SELECT 'delete', id, '!kmessage' FROM records WHERE leaf = 308`,
  );
  expect((await verify()).faults.map(({ code, where }) => [code, where])).toEqual([
    ['index-differs', 'index/m0/308'],
  ]);
});

test('an index document that was added is named: at the place of a receipt, past the end, in a log of its own', async () => {
  await withIndex(async (index) => {
    const sealed = await (await openReader(archive.workshop.vault)).record('m0/3');
    const document = indexDocument('m0', sealed);
    if (document === undefined) throw new Error('no event');
    await index.add([{ ...document, leaf: 602 }]);
    await index.add([{ ...document, leaf: 700 }]);
    await index.add([{ ...document, log: 'm7', leaf: 0 }]);
  });
  tamper(BUCKET, 'UPDATE records SET leaf = 300 WHERE leaf = 602');
  expect((await verify()).faults.map(({ code, where }) => [code, where])).toEqual([
    ['index-strange', 'index/m0/300'],
    ['index-strange', 'index/m0/700'],
    ['index-strange', 'index/m7'],
  ]);
});

test('an index that states a position past the end of a log is named; one that lags is no fault', async () => {
  tamper(POSITIONS, `UPDATE positions SET size = size + 5 WHERE log = 'm0'`);
  expect((await verify()).faults.map(({ code }) => code)).toEqual(['index-leads']);
  tamper(POSITIONS, `UPDATE positions SET size = 100 WHERE log = 'm0'`);
  await archive.add('c', 100);
  expect(await verify()).toMatchObject({ ok: true, checked: { indexDocuments: 600 } });
});

test('documents of records that cannot be read are not held against the index', async () => {
  const segments = await archive.names('segments');
  for (const name of segments) await archive.flip(name);
  const { faults } = await verify();
  expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(['segment-damaged']));
});
