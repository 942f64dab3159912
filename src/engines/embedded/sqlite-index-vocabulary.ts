/**
 * The vocabulary of a bucket: FTS5 knows whole terms and prefixes only, so wildcards and fuzzy words are looked up here
 * and become lists of terms.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { HoldfastError } from '../../core/errors.ts';
import { fitsWildcard, withinEdits } from '../../core/search/fits.ts';

const REMEMBERED = 200_000;
/** Terms that one pattern may stand for in one bucket. */
const WIDEST = 20_000;
/** The first character that a token can begin with. */
const FIRST_TOKEN = '0';
const LAST = '\u{10FFFF}';

export class Vocabulary {
  readonly #db: DatabaseSync;
  #insert: StatementSync | undefined;
  readonly #range: StatementSync;
  readonly #one: StatementSync;
  #seen = new Set<string>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    this.#range = db.prepare('SELECT term FROM terms WHERE term >= ? AND term < ?');
    this.#range.setReturnArrays(true);
    this.#one = db.prepare('SELECT 1 FROM terms WHERE term = ?');
  }

  /** Inside the transaction that adds the documents. */
  add(terms: readonly string[]): void {
    this.#insert ??= this.#db.prepare('INSERT OR IGNORE INTO terms(term) VALUES (?)');
    for (const term of terms) {
      if (this.#seen.has(term)) continue;
      this.#insert.run(term);
      if (this.#seen.size >= REMEMBERED) this.#seen = new Set();
      this.#seen.add(term);
    }
  }

  /** After a rollback nothing of what was added can be counted on. */
  forget(): void {
    this.#seen = new Set();
  }

  has(term: string): boolean {
    return this.#one.get(term) !== undefined;
  }

  /** What follows `mark` in all terms that begin with it. */
  *after(mark: string): Iterable<string> {
    for (const row of this.#range.iterate(mark, mark + LAST) as Iterable<unknown>)
      yield (row as [string])[0].slice(mark.length);
  }

  /** Terms that begin with `mark` and go on as the pattern says. */
  wildcard(mark: string, pattern: string): string[] {
    const literal = mark + (/^[^*?]*/u.exec(pattern)?.[0] ?? '');
    const from = literal === '' ? FIRST_TOKEN : literal;
    const to = literal === '' ? LAST : literal + LAST;
    return this.#collect(from, to, (term) => fitsWildcard(term.slice(mark.length), pattern));
  }

  fuzzy(term: string, edits: 1 | 2): string[] {
    const length = Array.from(term).length;
    const pieces = piecesOf(term, edits);
    return this.#collect(FIRST_TOKEN, LAST, (other) => {
      if (other.length < length - edits || other.length > (length + edits) * 2) return false;
      return (
        (pieces.length === 0 || pieces.some((piece) => other.includes(piece))) &&
        withinEdits(other, term, edits)
      );
    });
  }

  #collect(from: string, to: string, fits: (term: string) => boolean): string[] {
    const found: string[] = [];
    for (const row of this.#range.iterate(from, to) as Iterable<unknown>) {
      const term = (row as [string])[0];
      if (!fits(term)) continue;
      if (found.length >= WIDEST)
        throw new HoldfastError('query-too-wide', `A pattern stands for more than ${WIDEST} words.`, {
          hint: 'Give more letters of it.',
        });
      found.push(term);
    }
    return found;
  }
}

/**
 * One edit touches at most two of these pieces (a swap across a border), so one of 2 × edits + 1 stays whole. Empty
 * where the term is too short to be cut.
 */
function piecesOf(term: string, edits: number): string[] {
  const characters = Array.from(term);
  const count = 2 * edits + 1;
  if (characters.length < count) return [];
  return Array.from({ length: count }, (_, i) =>
    characters
      .slice(Math.floor((i * characters.length) / count), Math.floor(((i + 1) * characters.length) / count))
      .join(''),
  );
}
