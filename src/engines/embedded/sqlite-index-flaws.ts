/**
 * Whether what searches look into says the same as the documents beside it: the narrow columns, every term of FTS5 at
 * its place, and the vocabulary. FTS5 is never asked about a document: its terms are read once, in its own order, and
 * compared with what the documents give by sums, so that memory does not grow with the index.
 */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { parseLogName } from '../../core/logs.ts';
import type { IndexFlaw } from '../../core/ports/index.ts';
import type { IndexDocument } from '../../core/search/document.ts';
import { searchFields } from '../../core/search/fields.ts';
import { openBucket } from './sqlite-index-schema.ts';
import { type Hash, Hashes, TermSums } from './sqlite-index-sums.ts';
import { isPatterned, termsOf } from './sqlite-index-terms.ts';

/** Rows share slots in a first look; those of slots that do not fit are looked at one by one. */
const SLOTS = 2 ** 21;
const MOST_SUSPECTS = 100_000;
/** Other work of the thread goes on after so many rows. */
const AT_ONCE = 500;

const DOCUMENTS = `
SELECT d.id, d.document, l.log, r.leaf, r.at, r.before, r.after, c.key FROM documents d
LEFT JOIN records r ON r.id = d.id LEFT JOIN logs l ON l.id = r.log LEFT JOIN conversations c ON c.id = r.conversation`;

/** A row of `documents` with the columns beside it. */
type Row = readonly [number, unknown, unknown, unknown, unknown, unknown, unknown, unknown];

/** The flaws of one bucket's file, as it is when this begins; `name` is what the file is called in them. */
export async function* flawsOf(file: string, name: string): AsyncIterable<IndexFlaw> {
  const db = openBucket(file, true);
  try {
    yield* new Look(db, name).flaws();
  } catch (error) {
    if (!isDamage(error)) throw error;
    yield { kind: 'differs', where: name };
  } finally {
    db.close();
  }
}

/** SQLITE_CORRUPT, SQLITE_NOTADB, or a number that no row can have. */
function isDamage(error: unknown): boolean {
  const { errcode, code } = (error ?? {}) as { errcode?: unknown; code?: unknown };
  return [11, 26].includes(Number(errcode) & 0xff) || code === 'ERR_OUT_OF_RANGE';
}

/** Where a row's terms are summed; undefined: they are not. */
type SlotOf = (row: number, hash: Hash) => number | undefined;

const anySlot = (_: number, hash: Hash): number => hash[0] & (SLOTS - 1);

class Look {
  readonly #db: DatabaseSync;
  readonly #name: string;
  readonly #hashes = new Hashes();

  constructor(db: DatabaseSync, name: string) {
    this.#db = db;
    this.#name = name;
  }

  async *flaws(): AsyncIterable<IndexFlaw> {
    // One moment for all that is read.
    this.#db.exec('BEGIN; CREATE VIRTUAL TABLE temp.places USING fts5vocab(main, fts, instance)');
    if (!this.#isSound()) yield { kind: 'differs', where: this.#name };
    const sums = new TermSums(SLOTS);
    for await (const rows of this.#batches<Row>(DOCUMENTS))
      for (const row of rows) {
        const { terms, flaw, where } = this.#read(row);
        if (flaw !== undefined) yield { kind: flaw, where };
        this.#addTerms(sums, anySlot, row[0], terms);
      }
    if (!(await this.#takePlaces(sums, anySlot))) yield { kind: 'differs', where: `${this.#name}/terms` };
    for (let slot = 0; slot < SLOTS; slot++) if (!sums.isZero(slot)) return yield* this.#singly(sums);
  }

  /** The trees of SQLite and FTS5 are whole, and their indices hold what the tables hold. */
  #isSound(): boolean {
    const [first] = this.#db.prepare('PRAGMA integrity_check(1)').all();
    return first?.integrity_check === 'ok';
  }

  /** What the document of a row gives; `flaw` where the columns beside it say something else. */
  #read([id, stored, log, leaf, at, before, after, key]: Row): {
    terms: readonly string[];
    flaw?: IndexFlaw['kind'];
    where: string;
  } {
    const row = `${this.#name}/${id}`;
    const where = typeof log === 'string' ? `${log}/${leaf}` : row;
    try {
      const document = JSON.parse(String(stored)) as IndexDocument;
      const fields = searchFields(document);
      const { patterned, others } = termsOf(document, fields);
      const terms = [...patterned, ...others];
      if (typeof log !== 'string') {
        // Nothing leads to it but its words: named by what it says of itself.
        const named = parseLogName(document.log) !== undefined && Number.isSafeInteger(document.leaf);
        return { terms, flaw: 'strange', where: named ? `${document.log}/${document.leaf}` : row };
      }
      const agrees =
        document.log === log &&
        document.leaf === leaf &&
        fields.at === at &&
        fields.at - fields.earliest === before &&
        fields.latest - fields.at === after &&
        fields.conversation === key;
      return { terms, where, ...(!agrees && { flaw: 'differs' as const }) };
    } catch {
      // Not a document at all.
      return { terms: [], flaw: 'differs', where };
    }
  }

  #addTerms(sums: TermSums, slotOf: SlotOf, row: number, terms: readonly string[]): void {
    const hash = this.#hashes.row(row);
    const slot = slotOf(row, hash);
    if (slot === undefined) return;
    let offset = 0;
    for (const term of terms) sums.add(1, slot, hash, this.#hashes.term(term), offset++);
  }

  /** Takes away the terms that FTS5 has. False where `terms`, for wildcards and fuzzy words, does not list the same. */
  async #takePlaces(sums: TermSums, slotOf: SlotOf): Promise<boolean> {
    const listed = this.#db.prepare('SELECT term FROM terms ORDER BY term').iterate();
    let agrees = true;
    let last: string | undefined;
    let termHash: Hash = [0, 0];
    const sql = 'SELECT term, doc, offset FROM temp.places';
    for await (const places of this.#batches<readonly [string, number, number]>(sql))
      for (const [term, row, offset] of places) {
        if (term !== last) {
          termHash = this.#hashes.once(term);
          if (isPatterned(term) && listed.next().value?.term !== term) agrees = false;
          last = term;
        }
        const rowHash = this.#hashes.row(row);
        const slot = slotOf(row, rowHash);
        if (slot !== undefined) sums.add(-1, slot, rowHash, termHash, offset);
      }
    return agrees && listed.next().done === true;
  }

  /** Names the rows whose terms differ: those of the slots that are not zero in a first look, each by itself now. */
  async *#singly(first: TermSums): AsyncIterable<IndexFlaw> {
    const suspects = new Map<number, number>();
    const slotOf: SlotOf = (row, hash) => {
      const known = suspects.get(row);
      if (known !== undefined || first.isZero(anySlot(row, hash))) return known;
      if (suspects.size >= MOST_SUSPECTS) return undefined;
      suspects.set(row, suspects.size);
      return suspects.size - 1;
    };
    const sums = new TermSums(MOST_SUSPECTS);
    const places = new Map<number, string>();
    for await (const rows of this.#batches<Row>(DOCUMENTS))
      for (const row of rows) {
        if (slotOf(row[0], this.#hashes.row(row[0])) === undefined) continue;
        const { terms, where } = this.#read(row);
        places.set(row[0], where);
        this.#addTerms(sums, slotOf, row[0], terms);
      }
    await this.#takePlaces(sums, slotOf);
    for (const [row, slot] of suspects) {
      if (sums.isZero(slot)) continue;
      const where = places.get(row);
      yield where === undefined
        ? { kind: 'strange', where: `${this.#name}/${row}` }
        : { kind: 'differs', where };
    }
    if (suspects.size >= MOST_SUSPECTS) yield { kind: 'differs', where: this.#name };
  }

  async *#batches<T>(sql: string): AsyncIterable<readonly T[]> {
    const statement = this.#db.prepare(sql);
    statement.setReturnArrays(true);
    let batch: T[] = [];
    for (const row of statement.iterate() as Iterable<unknown>) {
      batch.push(row as T);
      if (batch.length < AT_ONCE) continue;
      yield batch;
      batch = [];
      await setImmediate();
    }
    yield batch;
  }
}
