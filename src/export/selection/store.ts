/**
 * The records of one export, sorted outside memory: they arrive in any order, go into a temporary SQLite file, and come
 * back by conversation, day and time, with the changes of a message right behind it. The file holds content: it stands
 * in the export's own closed folder and is removed with it.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type Directory, EMPTY_DIRECTORY } from '../../core/directory/fold.ts';
import type { LogName, RecordName } from '../../core/record.ts';
import { type Closing, type Content, contentOf } from './closed.ts';
import { LocalClock } from './local-time.ts';
import { Parties, type PersonFacts } from './parties.ts';
import { type EventRecord, familyName, type SealedEvent } from './sealed-event.ts';

/** One record in the order of the report, as far as it is shown. `number` counts from 1. */
export type Placed = Place & Content;

interface Place {
  readonly number: number;
  readonly log: string;
  readonly leaf: number;
  readonly hit: boolean;
  /** Number of the message under which this change is shown; absent where it stands by itself. */
  readonly under?: number;
  readonly conversation: number;
  /** Local day of the slice. */
  readonly day: string;
}

export interface ConversationFacts {
  readonly conversation: number;
  readonly network: string;
  readonly id: string;
  readonly kind: string;
  readonly name: string | undefined;
  readonly records: number;
  readonly slices: number;
  readonly first: string;
  readonly last: string;
}

/** Records that are not shown, and the families that they make up. */
export interface ClosedCount {
  readonly records: number;
  readonly families: number;
}

/** Of withheld records only their number is counted. */
export interface SelectionCounts {
  readonly records: number;
  readonly hits: number;
  readonly withheld: ClosedCount;
  readonly redacted: ClosedCount;
  readonly kinds: Readonly<Record<string, number>>;
  readonly conversations: number;
  readonly slices: number;
  readonly attachments: Readonly<Record<'held' | 'referenced' | 'missing', number>>;
  /** Zone assumed; time known to the minute or the day only. */
  readonly assumedZones: number;
  readonly coarseTimes: number;
  /** Edits and deletions whose earlier text no source held. */
  readonly earlierNotCaptured: number;
  readonly repaired: number;
  readonly first: string;
  readonly last: string;
  readonly perLog: Readonly<Record<string, number>>;
}

const SCHEMA = `
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -8000;
CREATE TABLE wanted (log TEXT, leaf INTEGER, hit INTEGER, PRIMARY KEY (log, leaf)) WITHOUT ROWID;
CREATE TABLE conversation (id INTEGER PRIMARY KEY, network TEXT, key TEXT, kind TEXT, name TEXT, UNIQUE (network, key));
CREATE TABLE record (seq INTEGER PRIMARY KEY, log TEXT, leaf INTEGER, conversation INTEGER, at TEXT, day TEXT, kind TEXT,
  event TEXT, family TEXT, root INTEGER, hit INTEGER, closed TEXT, reason TEXT, party INTEGER, content TEXT,
  UNIQUE (log, leaf));
`;
const ARRANGE = `
CREATE INDEX record_root ON record (event, conversation) WHERE root = 1;
CREATE TABLE placed (number INTEGER PRIMARY KEY, seq INTEGER, anchor INTEGER, conversation INTEGER, day TEXT);
INSERT INTO placed (seq, anchor, conversation, day)
  SELECT r.seq, coalesce(a.seq, r.seq), r.conversation, coalesce(a.day, r.day)
  FROM record r
  LEFT JOIN record a ON r.root = 0 AND a.seq = (SELECT b.seq FROM record b WHERE b.event = r.family AND b.conversation = r.conversation
    AND b.root = 1 ORDER BY b.log, b.leaf LIMIT 1)
  JOIN conversation c ON c.id = r.conversation
  ORDER BY c.network, coalesce(c.name, c.key), c.key, coalesce(a.at, r.at), coalesce(a.log, r.log), coalesce(a.leaf, r.leaf),
    r.root DESC, r.at, r.log, r.leaf;
CREATE INDEX placed_seq ON placed (seq);
CREATE INDEX placed_slice ON placed (conversation, day);
CREATE TABLE conversation_facts AS
  SELECT c.id, c.network, c.key, c.kind, c.name, count(*) AS records,
    count(DISTINCT p.day) AS slices, min(r.at) AS first, max(r.at) AS last, min(p.number) AS number
  FROM placed p JOIN record r ON r.seq = p.seq JOIN conversation c ON c.id = p.conversation
  GROUP BY c.id ORDER BY number;
`;

interface Counts {
  hits: number;
  attachments: { held: number; referenced: number; missing: number };
  assumedZones: number;
  coarseTimes: number;
  earlierNotCaptured: number;
  repaired: number;
}

/** Conversations and people are looked up for each record: the last ones seen are kept. */
const KEPT = 10_000;

export class SelectionStore {
  readonly clock: LocalClock;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #want: StatementSync;
  readonly #insert: StatementSync;
  readonly #parties: Parties;
  readonly #conversations = new Map<string, number>();
  readonly #counts: Counts = {
    hits: 0,
    attachments: { held: 0, referenced: 0, missing: 0 },
    assumedZones: 0,
    coarseTimes: 0,
    earlierNotCaptured: 0,
    repaired: 0,
  };
  #numberOf: StatementSync | undefined;

  /**
   * `path` must not exist; the caller removes it after `close`. `zone` decides the days, `directory` who people are
   * (default: nobody is known).
   */
  constructor(path: string, zone: string, directory: Directory = EMPTY_DIRECTORY) {
    this.clock = new LocalClock(zone);
    this.#db = new DatabaseSync(path);
    this.#db.exec(SCHEMA);
    this.#parties = new Parties(this.#db, directory);
    this.#db.exec('BEGIN');
    this.#want = this.#db.prepare(
      'INSERT INTO wanted VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET hit = max(hit, excluded.hit)',
    );
    this.#insert = this.#db.prepare(
      `INSERT INTO record (log, leaf, conversation, at, day, kind, event, family, root, hit, closed, reason, party, content)
       VALUES (?1, ?2, ?, ?, ?, ?, ?, ?, ?, (SELECT hit FROM wanted WHERE log = ?1 AND leaf = ?2), ?, ?, ?, ?)
       RETURNING hit`,
    );
  }

  /** A statement that is run again and again. */
  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Notes a record to be added; a second time it only may turn context into a hit. */
  want(log: LogName, leaf: number, hit: boolean): void {
    this.#want.run(log, leaf, hit ? 1 : 0);
  }

  /** What is wanted, in the order of the vault. */
  *wanted(): Generator<RecordName> {
    for (const row of this.#db.prepare('SELECT log, leaf FROM wanted ORDER BY log, leaf').iterate())
      yield `${row.log}/${row.leaf}`;
  }

  /** Adds a record that is wanted, once; `closing`: why it is not shown. */
  add(log: LogName, sealed: SealedEvent, closing?: Closing): void {
    const { record } = sealed;
    // Whoever only stands in what is withheld took no part in what is shown.
    const party = closing?.is === 'withheld' ? null : this.#parties.add(record);
    const added = this.#insert.get(
      log,
      sealed.leaf,
      this.#conversation(record),
      record.at.instant,
      this.clock.at(record.at.instant).day,
      record.kind,
      record.id,
      familyName(record),
      'target' in record ? 0 : 1,
      closing?.is ?? null,
      closing?.reason ?? null,
      party,
      JSON.stringify(contentOf(sealed, closing)),
    );
    if (added?.hit === 1) this.#counts.hits++;
    if (closing?.is !== 'withheld') this.#count(record, closing === undefined);
  }

  #count(record: EventRecord, whole: boolean): void {
    const counts = this.#counts;
    if (record.at.zoneSource === 'assumed') counts.assumedZones++;
    if (record.at.precision === 'min' || record.at.precision === 'day') counts.coarseTimes++;
    if ((record.provenance.repairs?.length ?? 0) > 0) counts.repaired++;
    if (!whole) return;
    for (const attachment of record.attachments ?? []) counts.attachments[attachment.state]++;
    if ((record.kind === 'edit' || record.kind === 'deletion') && record.payload.earlier === 'not-captured') {
      counts.earlierNotCaptured++;
    }
  }

  #conversation({ network, conversation }: EventRecord): number {
    const key = `${network}\n${conversation.id}`;
    const known = this.#conversations.get(key);
    if (known !== undefined) return known;
    const row = this.#prepare(
      `INSERT INTO conversation (network, key, kind, name) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET name = coalesce(name, excluded.name) RETURNING id`,
    ).get(network, conversation.id, conversation.kind, conversation.name ?? null);
    if (this.#conversations.size >= KEPT) this.#conversations.clear();
    const id = Number(row?.id);
    this.#conversations.set(key, id);
    return id;
  }

  /** Sorts; nothing may be added afterwards. */
  arrange(): void {
    this.#parties.flush();
    this.#db.exec('COMMIT; BEGIN');
    this.#db.exec(ARRANGE);
    this.#db.exec('COMMIT');
    this.#numberOf = this.#db.prepare(
      `SELECT min(p.number) AS number FROM record r JOIN placed p ON p.seq = r.seq
       WHERE r.event = ? AND r.conversation = ? AND r.root = 1`,
    );
  }

  /** Number of the message with this event id in the same conversation; undefined where it is not in the export. */
  numberOf(event: string, conversation: number): number | undefined {
    const number = this.#numberOf?.get(event, conversation)?.number;
    return typeof number === 'number' ? number : undefined;
  }

  /** Every record in the order of the report. */
  *placed(): Generator<Placed> {
    const rows = this.#db
      .prepare(
        `SELECT p.number, r.log, r.leaf, r.hit, r.content, p.conversation, p.day, r.seq, p.anchor,
          CASE WHEN p.anchor <> r.seq THEN (SELECT q.number FROM placed q WHERE q.seq = p.anchor) END AS under
         FROM placed p JOIN record r ON r.seq = p.seq ORDER BY p.number`,
      )
      .iterate();
    for (const row of rows) {
      const under = row.under;
      yield {
        number: Number(row.number),
        log: String(row.log),
        leaf: Number(row.leaf),
        hit: row.hit === 1,
        ...(JSON.parse(String(row.content)) as Content),
        ...(typeof under === 'number' ? { under } : {}),
        conversation: Number(row.conversation),
        day: String(row.day),
      };
    }
  }

  /** Where each record stands, in the order of the report: less to read than {@link placed}. */
  *positions(): Generator<{ number: number; log: string; leaf: number }> {
    const rows = this.#db
      .prepare(
        'SELECT p.number, r.log, r.leaf FROM placed p JOIN record r ON r.seq = p.seq ORDER BY p.number',
      )
      .iterate();
    for (const row of rows)
      yield { number: Number(row.number), log: String(row.log), leaf: Number(row.leaf) };
  }

  /** Conversations in the order of the report. */
  *conversations(): Generator<ConversationFacts> {
    const rows = this.#db.prepare('SELECT * FROM conversation_facts ORDER BY number').iterate();
    for (const row of rows) {
      yield {
        conversation: Number(row.id),
        network: String(row.network),
        id: String(row.key),
        kind: String(row.kind),
        name: row.name === null ? undefined : String(row.name),
        records: Number(row.records),
        slices: Number(row.slices),
        first: String(row.first),
        last: String(row.last),
      };
    }
  }

  /** Who took part in these records. */
  people(): Iterable<PersonFacts> {
    return this.#parties.all();
  }

  /** Why records are not shown, and the numbers of the first `limit` of each reason. */
  closings(limit: number): { closing: Closing; records: number; numbers: number[] }[] {
    const numbers = this.#db.prepare(
      `SELECT p.number FROM placed p JOIN record r ON r.seq = p.seq WHERE r.closed = ? AND r.reason = ?
       ORDER BY p.number LIMIT ?`,
    );
    return this.#db
      .prepare(
        `SELECT closed, reason, count(*) AS n FROM record WHERE closed IS NOT NULL GROUP BY closed, reason
         ORDER BY closed DESC, reason`,
      )
      .all()
      .map(({ closed, reason, n }) => ({
        closing: { is: closed as Closing['is'], reason: String(reason) },
        records: Number(n),
        numbers: numbers.all(closed ?? null, reason ?? null, limit).map(({ number }) => Number(number)),
      }));
  }

  /** Records of a slice, and up to `limit` addresses that wrote in it. */
  slice(
    conversation: number,
    day: string,
    limit: number,
  ): { records: number; writers: string[]; more: number } {
    const records = this.#prepare('SELECT count(*) AS n FROM placed WHERE conversation = ? AND day = ?').get(
      conversation,
      day,
    );
    const writers = this.#prepare(
      `SELECT t.address, t.names FROM placed p JOIN record r ON r.seq = p.seq JOIN party t ON t.id = r.party
       WHERE p.conversation = ? AND p.day = ? GROUP BY t.id ORDER BY min(p.number)`,
    )
      .all(conversation, day)
      .map((row) => (JSON.parse(String(row.names)) as string[])[0] ?? String(row.address));
    return {
      records: Number(records?.n ?? 0),
      writers: writers.slice(0, limit),
      more: Math.max(0, writers.length - limit),
    };
  }

  counts(): SelectionCounts {
    const all = this.#db
      .prepare(
        `SELECT count(*) AS n, min(at) FILTER (WHERE closed IS NOT 'withheld') AS first,
          max(at) FILTER (WHERE closed IS NOT 'withheld') AS last FROM record`,
      )
      .get();
    const table = (sql: string): Record<string, number> =>
      Object.fromEntries(
        this.#db
          .prepare(sql)
          .all()
          .map((row) => [String(row.key), Number(row.n)]),
      );
    const closed = (is: Closing['is']): ClosedCount => {
      const row = this.#db
        .prepare('SELECT count(*) AS n, count(DISTINCT family) AS families FROM record WHERE closed = ?')
        .get(is);
      return { records: Number(row?.n ?? 0), families: Number(row?.families ?? 0) };
    };
    const single = (sql: string): number => Number(this.#db.prepare(sql).get()?.n ?? 0);
    return {
      ...this.#counts,
      records: Number(all?.n ?? 0),
      first: String(all?.first ?? ''),
      last: String(all?.last ?? ''),
      withheld: closed('withheld'),
      redacted: closed('redacted'),
      kinds: table(
        "SELECT kind AS key, count(*) AS n FROM record WHERE closed IS NOT 'withheld' GROUP BY kind ORDER BY kind",
      ),
      perLog: table('SELECT log AS key, count(*) AS n FROM record GROUP BY log ORDER BY log'),
      conversations: single('SELECT count(*) AS n FROM conversation'),
      slices: single('SELECT count(*) AS n FROM (SELECT DISTINCT conversation, day FROM placed)'),
    };
  }

  /** The temporary file, for what else the export keeps outside memory. */
  get database(): DatabaseSync {
    return this.#db;
  }

  /** How a record stands in the export; undefined where it does not. */
  how(log: string, leaf: number): Content['is'] | undefined {
    const sql = "SELECT coalesce(closed, 'whole') AS how FROM record WHERE log = ? AND leaf = ?";
    return this.#prepare(sql).get(log, leaf)?.how as Content['is'] | undefined;
  }

  /** Leaf numbers of a log, ascending. */
  leaves(log: string): number[] {
    const rows = this.#db.prepare('SELECT leaf FROM record WHERE log = ? ORDER BY leaf').iterate(log);
    const leaves: number[] = [];
    for (const row of rows) leaves.push(Number(row.leaf));
    return leaves;
  }

  close(): void {
    this.#db.close();
  }
}
