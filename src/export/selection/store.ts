/**
 * The records of one export, sorted outside memory: they arrive in any order, go into a temporary SQLite file, and come
 * back by conversation, day and time, with the changes of a message right behind it. The file holds content: it stands
 * in the export's own closed folder and is removed with it.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { LogName, RecordName } from '../../core/record.ts';
import { LocalClock } from './local-time.ts';
import { type EventRecord, familyName, type SealedEvent } from './sealed-event.ts';

/** One record in the order of the report. `number` counts from 1. */
export interface Placed {
  readonly number: number;
  readonly log: string;
  readonly hit: boolean;
  readonly sealed: SealedEvent;
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
  readonly messages: number;
  readonly slices: number;
  readonly first: string;
  readonly last: string;
}

export interface PersonFacts {
  readonly network: string;
  readonly address: string;
  readonly names: readonly string[];
  readonly sent: number;
  readonly first: string;
  readonly last: string;
}

export interface SelectionCounts {
  readonly records: number;
  readonly hits: number;
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
CREATE TABLE party (id INTEGER PRIMARY KEY, network TEXT, address TEXT, names TEXT, sent INTEGER, first TEXT, last TEXT,
  UNIQUE (network, address));
CREATE TABLE record (seq INTEGER PRIMARY KEY, log TEXT, leaf INTEGER, conversation INTEGER, at TEXT, day TEXT, kind TEXT,
  event TEXT, family TEXT, root INTEGER, hit INTEGER, party INTEGER, line TEXT, UNIQUE (log, leaf));
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
  SELECT c.id, c.network, c.key, c.kind, c.name, count(*) AS records, sum(r.kind = 'message') AS messages,
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
  readonly #want: StatementSync;
  readonly #insert: StatementSync;
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
  #has: StatementSync | undefined;

  /** `path` must not exist; the caller removes it after `close`. `zone` decides the days. */
  constructor(path: string, zone: string) {
    this.clock = new LocalClock(zone);
    this.#db = new DatabaseSync(path);
    this.#db.exec(SCHEMA);
    this.#db.exec('BEGIN');
    this.#want = this.#db.prepare(
      'INSERT INTO wanted VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET hit = max(hit, excluded.hit)',
    );
    this.#insert = this.#db.prepare(
      `INSERT INTO record (log, leaf, conversation, at, day, kind, event, family, root, hit, party, line)
       VALUES (?1, ?2, ?, ?, ?, ?, ?, ?, ?, (SELECT hit FROM wanted WHERE log = ?1 AND leaf = ?2), ?, ?) RETURNING hit`,
    );
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

  /** Adds a record that is wanted, once. */
  add(log: LogName, sealed: SealedEvent): void {
    const { record } = sealed;
    const party = record.sender === undefined ? null : this.#party(record);
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
      party,
      JSON.stringify(sealed),
    );
    if (added?.hit === 1) this.#counts.hits++;
    this.#count(record);
  }

  #count(record: EventRecord): void {
    const counts = this.#counts;
    for (const attachment of record.attachments ?? []) counts.attachments[attachment.state]++;
    if (record.at.zoneSource === 'assumed') counts.assumedZones++;
    if (record.at.precision === 'min' || record.at.precision === 'day') counts.coarseTimes++;
    if ((record.kind === 'edit' || record.kind === 'deletion') && record.payload.earlier === 'not-captured') {
      counts.earlierNotCaptured++;
    }
    if ((record.provenance.repairs?.length ?? 0) > 0) counts.repaired++;
  }

  #conversation({ network, conversation }: EventRecord): number {
    const key = `${network}\n${conversation.id}`;
    const known = this.#conversations.get(key);
    if (known !== undefined) return known;
    const row = this.#db
      .prepare(
        `INSERT INTO conversation (network, key, kind, name) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET name = coalesce(name, excluded.name) RETURNING id`,
      )
      .get(network, conversation.id, conversation.kind, conversation.name ?? null);
    if (this.#conversations.size >= KEPT) this.#conversations.clear();
    const id = Number(row?.id);
    this.#conversations.set(key, id);
    return id;
  }

  readonly #parties = new Map<string, { id: number; names: string }>();

  #party({ network, sender, at }: EventRecord): number {
    const address = sender?.address ?? '';
    const key = `${network}\n${address}`;
    const name = sender?.name ?? '';
    const known = this.#parties.get(key);
    if (known !== undefined && (name === '' || known.names.includes(JSON.stringify(name)))) {
      this.#seen.run(at.instant, at.instant, known.id);
      return known.id;
    }
    const before = this.#db
      .prepare('SELECT id, names FROM party WHERE network = ? AND address = ?')
      .get(network, address);
    const names = new Set<string>(before === undefined ? [] : (JSON.parse(String(before.names)) as string[]));
    // A hostile source could name one address a million times.
    if (name !== '' && names.size < 20) names.add(name);
    const text = JSON.stringify([...names]);
    let id = Number(before?.id);
    if (before === undefined) {
      const made = this.#db
        .prepare(
          'INSERT INTO party (network, address, names, sent, first, last) VALUES (?, ?, ?, 1, ?, ?) RETURNING id',
        )
        .get(network, address, text, at.instant, at.instant);
      id = Number(made?.id);
    } else {
      this.#db.prepare('UPDATE party SET names = ? WHERE id = ?').run(text, id);
      this.#seen.run(at.instant, at.instant, id);
    }
    if (this.#parties.size >= KEPT) this.#parties.clear();
    this.#parties.set(key, { id, names: text });
    return id;
  }

  #seenStatement: StatementSync | undefined;
  get #seen(): StatementSync {
    this.#seenStatement ??= this.#db.prepare(
      'UPDATE party SET sent = sent + 1, first = min(first, ?), last = max(last, ?) WHERE id = ?',
    );
    return this.#seenStatement;
  }

  /** Sorts; nothing may be added afterwards. */
  arrange(): void {
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
        `SELECT p.number, r.log, r.hit, r.line, p.conversation, p.day, r.seq, p.anchor,
          CASE WHEN p.anchor <> r.seq THEN (SELECT q.number FROM placed q WHERE q.seq = p.anchor) END AS under
         FROM placed p JOIN record r ON r.seq = p.seq ORDER BY p.number`,
      )
      .iterate();
    for (const row of rows) {
      const under = row.under;
      yield {
        number: Number(row.number),
        log: String(row.log),
        hit: row.hit === 1,
        sealed: JSON.parse(String(row.line)) as SealedEvent,
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
        messages: Number(row.messages),
        slices: Number(row.slices),
        first: String(row.first),
        last: String(row.last),
      };
    }
  }

  /** Who wrote something in these records, by network and address. */
  *people(): Generator<PersonFacts> {
    const rows = this.#db.prepare('SELECT * FROM party ORDER BY network, address').iterate();
    for (const row of rows) {
      yield {
        network: String(row.network),
        address: String(row.address),
        names: JSON.parse(String(row.names)) as string[],
        sent: Number(row.sent),
        first: String(row.first),
        last: String(row.last),
      };
    }
  }

  /** Records of a slice, and up to `limit` addresses that wrote in it. */
  slice(
    conversation: number,
    day: string,
    limit: number,
  ): { records: number; writers: string[]; more: number } {
    const records = this.#db
      .prepare('SELECT count(*) AS n FROM placed WHERE conversation = ? AND day = ?')
      .get(conversation, day);
    const writers = this.#db
      .prepare(
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
    const all = this.#db.prepare('SELECT count(*) AS n, min(at) AS first, max(at) AS last FROM record').get();
    const table = (sql: string): Record<string, number> =>
      Object.fromEntries(
        this.#db
          .prepare(sql)
          .all()
          .map((row) => [String(row.key), Number(row.n)]),
      );
    const single = (sql: string): number => Number(this.#db.prepare(sql).get()?.n ?? 0);
    return {
      ...this.#counts,
      records: Number(all?.n ?? 0),
      first: String(all?.first ?? ''),
      last: String(all?.last ?? ''),
      kinds: table('SELECT kind AS key, count(*) AS n FROM record GROUP BY kind ORDER BY kind'),
      perLog: table('SELECT log AS key, count(*) AS n FROM record GROUP BY log ORDER BY log'),
      conversations: single('SELECT count(*) AS n FROM conversation'),
      slices: single('SELECT count(*) AS n FROM (SELECT DISTINCT conversation, day FROM placed)'),
    };
  }

  /** The temporary file, for what else the export keeps outside memory. */
  get database(): DatabaseSync {
    return this.#db;
  }

  has(log: string, leaf: number): boolean {
    this.#has ??= this.#db.prepare('SELECT 1 AS n FROM record WHERE log = ? AND leaf = ?');
    return this.#has.get(log, leaf) !== undefined;
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
