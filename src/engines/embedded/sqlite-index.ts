import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { HoldfastError } from '../../core/errors.ts';
import type { EventId } from '../../core/event.ts';
import type {
  BucketStatus,
  Cursor,
  Heads,
  Index,
  IndexAudit,
  IndexFlaw,
  IndexPosition,
  IndexRebuild,
  PageRequest,
} from '../../core/ports/index.ts';
import type { Bucket, LogName, RecordName } from '../../core/record.ts';
import type { IndexDocument } from '../../core/search/document.ts';
import type { Plan } from '../../core/search/plan.ts';
import { SqliteIndexBucket } from './sqlite-index-bucket.ts';
import { bucketFile, bucketsIn, moveIndex, POSITIONS, removeIndex } from './sqlite-index-files.ts';
import { flawsOf } from './sqlite-index-flaws.ts';
import { comparePlaces } from './sqlite-index-order.ts';
import { INDEX_VERSION, openPositions } from './sqlite-index-schema.ts';

/** Where the next index grows while it is rebuilt. */
const NEXT = 'next';
const SCAN_PAGE = 500;

export interface SqliteIndexSettings {
  /** Folder of the index; made where it does not exist. */
  readonly folder: string;
  /** Reads beside a process that may be writing, or without one; nothing is made or removed. */
  readonly readOnly?: boolean;
}

/**
 * The embedded index: one SQLite file per bucket, `<class>-<quarter>.db`, each with its own connection (ATTACH stops at
 * ten), and `positions.db`, written last. It blocks: keep it in a worker of its own. One process writes. An index that
 * another version of tokenizer or document made empties itself when it is opened: positions are 0, and it is filled anew.
 */
export class SqliteIndex implements Index {
  readonly #folder: string;
  readonly #readOnly: boolean;
  readonly #buckets = new Map<string, SqliteIndexBucket>();
  #positions: DatabaseSync | undefined;

  constructor(settings: SqliteIndexSettings) {
    this.#folder = settings.folder;
    this.#readOnly = settings.readOnly ?? false;
    storing('opening the index', () => this.#open());
  }

  #open(): void {
    const path = join(this.#folder, POSITIONS);
    if (this.#readOnly) {
      if (!existsSync(path)) return;
      this.#positions = openPositions(path, true);
      this.#openBuckets();
      return;
    }
    mkdirSync(this.#folder, { recursive: true });
    if (existsSync(path) && this.#isUsable(path)) return;
    // Nothing but a copy of what the vault holds: an index of another version, damaged, or with something lost, starts
    // anew.
    for (const bucket of this.#buckets.values()) bucket.close();
    this.#buckets.clear();
    this.#positions?.close();
    removeIndex(this.#folder);
    this.#positions = openPositions(path, false);
  }

  /** Opens what is there; false where it is of another version, holds less than it says, or is no index at all. */
  #isUsable(path: string): boolean {
    try {
      this.#positions = openPositions(path, false);
      const version = this.#positions.prepare("SELECT value FROM meta WHERE name = 'version'").get()?.value;
      if (version !== INDEX_VERSION) return false;
      this.#openBuckets();
      return this.#holdsAll();
    } catch (error) {
      if (DAMAGED.includes(codeOf(error))) return false;
      throw error;
    }
  }

  /** False where a bucket holds less than a recorded position says: the machine failed, or a file was lost. */
  #holdsAll(): boolean {
    const rows = this.#positions?.prepare('SELECT log, held FROM positions').all() ?? [];
    return rows.every((row) =>
      Object.entries(JSON.parse(String(row.held)) as { [file: string]: number }).every(
        ([file, next]) => (this.#buckets.get(file)?.next(String(row.log)) ?? 0) >= next,
      ),
    );
  }

  #openBuckets(): void {
    for (const bucket of bucketsIn(this.#folder)) this.#bucket(bucket);
  }

  #bucket(bucket: Bucket): SqliteIndexBucket {
    const file = bucketFile(bucket);
    if (file === undefined)
      throw new HoldfastError('internal', 'A retention class or quarter is not safe in a file name.');
    const known = this.#buckets.get(file);
    if (known) return known;
    const opened = new SqliteIndexBucket(join(this.#folder, file), bucket, this.#readOnly);
    this.#buckets.set(file, opened);
    return opened;
  }

  async add(documents: readonly IndexDocument[]): Promise<void> {
    const groups = new Map<SqliteIndexBucket, IndexDocument[]>();
    for (const document of documents) {
      const bucket = storing('opening the index', () => this.#bucket(document));
      const group = groups.get(bucket);
      if (group) group.push(document);
      else groups.set(bucket, [document]);
    }
    for (const [bucket, group] of groups) storing('writing the index', () => bucket.add(group));
  }

  async advance(log: LogName, position: IndexPosition): Promise<void> {
    const held: { [file: string]: number } = {};
    for (const [file, bucket] of this.#buckets) if (bucket.next(log) > 0) held[file] = bucket.next(log);
    storing('writing the index', () =>
      this.#positions
        ?.prepare(
          `INSERT INTO positions(log, size, rejects, held) VALUES (?, ?, ?, ?) ON CONFLICT(log) DO UPDATE
           SET size = excluded.size, rejects = excluded.rejects, held = excluded.held WHERE excluded.size > size`,
        )
        .run(log, position.size, position.rejects, JSON.stringify(held)),
    );
  }

  async positions(): Promise<ReadonlyMap<LogName, IndexPosition>> {
    // Another process or thread may have begun a bucket since. What lies below a position was there before it.
    if (this.#readOnly) this.#openBuckets();
    const rows =
      this.#positions?.prepare('SELECT log, size, rejects FROM positions ORDER BY log').all() ?? [];
    return new Map(
      rows.map((row) => [String(row.log), { size: Number(row.size), rejects: Number(row.rejects) }]),
    );
  }

  async search(plan: Plan, page: PageRequest): Promise<IndexDocument[]> {
    const sign = page.backwards ? -1 : 1;
    return storing('searching', () =>
      this.#all()
        .flatMap((bucket) => bucket.search(plan, page).map((found) => ({ bucket, found })))
        .sort((a, b) => sign * comparePlaces(a.found, b.found))
        .slice(0, page.limit)
        .map(({ bucket, found }) => bucket.document(found.row)),
    );
  }

  async count(plan: Plan, heads: Heads): Promise<number> {
    let total = 0;
    for (const bucket of this.#all()) total += storing('searching', () => bucket.count(plan, heads));
    return total;
  }

  async conversations(plan: Plan, heads: Heads, limit: number): Promise<string[]> {
    const keys = new Set<string>();
    for (const bucket of this.#all())
      for (const key of storing('searching', () => bucket.conversations(plan, heads))) {
        keys.add(key);
        if (keys.size > limit)
          throw new HoldfastError(
            'query-too-wide',
            `Someone in the query took part in more than ${limit} conversations.`,
            { hint: 'Ask with from: or to:, or name the person more closely.' },
          );
      }
    return [...keys].sort();
  }

  async addresses(limit: number): Promise<string[]> {
    const keys = new Set<string>();
    for (const bucket of this.#all())
      for (const key of storing('searching', () => bucket.addresses())) {
        keys.add(key);
        if (keys.size > limit)
          throw new HoldfastError(
            'query-too-wide',
            `The archive has messages of more than ${limit.toLocaleString('en')} addresses.`,
            { hint: 'Ask with custodian:, from: or to: instead of direction:.' },
          );
      }
    return [...keys].sort();
  }

  async get(names: readonly RecordName[]): Promise<ReadonlyMap<RecordName, IndexDocument>> {
    const found = new Map<RecordName, IndexDocument>();
    for (const name of names) {
      const slash = name.lastIndexOf('/');
      const leaf = Number(name.slice(slash + 1));
      if (!Number.isSafeInteger(leaf)) continue;
      for (const bucket of this.#all()) {
        const document = bucket.find(name.slice(0, slash), leaf);
        if (document) found.set(name, document);
      }
    }
    return found;
  }

  async changes(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, readonly IndexDocument[]>> {
    const wanted = [...new Set(ids)];
    const found = storing('searching', () => this.#all().flatMap((bucket) => bucket.changes(wanted)));
    return Map.groupBy(
      found.sort((a, b) => comparePlaces(placeOf(a), placeOf(b))),
      ({ family }) => family,
    );
  }

  async *scan(log: LogName, from: number): AsyncIterable<IndexAudit> {
    for (let next = from; ; ) {
      const pages = this.#all().map((bucket) => bucket.scan(log, next, SCAN_PAGE));
      // A full page says nothing of what lies beyond its last leaf.
      const ends = pages.flatMap((page) => (page.length === SCAN_PAGE ? [page.at(-1)?.leaf ?? 0] : []));
      const end = ends.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...ends);
      yield* pages
        .flat()
        .filter(({ leaf }) => leaf <= end)
        .sort((a, b) => a.leaf - b.leaf);
      if (ends.length === 0) return;
      next = end + 1;
    }
  }

  async *flaws(): AsyncIterable<IndexFlaw> {
    if (this.#readOnly) this.#openBuckets();
    for (const file of [...this.#buckets.keys()]) yield* flawsOf(join(this.#folder, file), file);
  }

  async logs(): Promise<LogName[]> {
    const names = new Set((await this.positions()).keys());
    for (const bucket of this.#all()) for (const log of bucket.logs()) names.add(log);
    return [...names].sort();
  }

  async buckets(): Promise<BucketStatus[]> {
    return this.#all().map((bucket) => bucket.status());
  }

  async drop(bucket: Bucket): Promise<void> {
    throw new HoldfastError(
      'removal-refused',
      `The bucket ${bucket.class} ${bucket.quarter} has not been disposed of.`,
    );
  }

  async rebuild(): Promise<IndexRebuild> {
    const folder = join(this.#folder, NEXT);
    rmSync(folder, { recursive: true, force: true });
    const index = new SqliteIndex({ folder });
    return {
      index,
      adopt: async () => {
        await index.close();
        await this.close();
        removeIndex(this.#folder);
        moveIndex(folder, this.#folder);
        rmSync(folder, { recursive: true, force: true });
        this.#open();
      },
      abandon: async () => {
        await index.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }

  async close(): Promise<void> {
    for (const bucket of this.#all()) bucket.close();
    this.#buckets.clear();
    this.#positions?.close();
    this.#positions = undefined;
  }

  #all(): SqliteIndexBucket[] {
    return [...this.#buckets.values()];
  }
}

const placeOf = ({ at, log, leaf }: IndexDocument): Cursor => ({ at: Date.parse(at.instant), log, leaf });

/** SQLITE_FULL. */
const FULL = 13;
/** SQLITE_ERROR (a table or column is missing), SQLITE_CORRUPT, SQLITE_NOTADB. */
const DAMAGED = [1, 11, 26];

const codeOf = (error: unknown): number => Number((error as { errcode?: unknown } | null)?.errcode) & 0xff;

/** What SQLite and FTS5 say to an expression past their limits. */
const TOO_WIDE = /too large|too many|too deep|overflow|too big|too long/i;

/** SQLite's refusals in Holdfast's words. */
function storing<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    const code = codeOf(error);
    if (code === FULL)
      throw new HoldfastError('storage-full', `No room is left while ${doing}.`, {
        hint: 'Free space on the disk of the index; indexing then goes on. The vault is not affected.',
        cause: error,
      });
    if (error instanceof Error && TOO_WIDE.test(error.message))
      throw new HoldfastError('query-too-wide', 'SQLite cannot answer this query whole.', {
        hint: 'Use fewer words or brackets, or ask in several queries.',
        cause: error,
      });
    throw new HoldfastError('storage-failed', `SQLite refused ${doing} (code ${code}).`, {
      hint: 'Check the disk; holdfast rebuild-index makes the index anew from the vault.',
      cause: error,
    });
  }
}
