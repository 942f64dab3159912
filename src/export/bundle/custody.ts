/**
 * What the logs say about the captures of the selected records: when each was received, what became of its units, in
 * which further copies a record was observed. One pass over the logs that hold transcripts; nearly all of it is kept in
 * the selection's temporary file.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ArchiveReader, Head } from '../../archive/reader.ts';
import type { CustodyLine } from '../../core/bundle/layout.ts';
import type { Sha256 } from '../../core/event.ts';
import type { Account, SealedRecord } from '../../core/record.ts';
import type {
  CaptureLine,
  Copies,
  CustodyFacts,
  Exceptions,
  SearchedSource,
  SourceAccount,
} from '../report/facts.ts';
import { type Content, shownOf } from '../selection/closed.ts';
import type { Placed } from '../selection/store.ts';
import { Originals } from './originals.ts';

const SCHEMA = `
CREATE TABLE capture (number INTEGER PRIMARY KEY, capture TEXT, path TEXT, receipt TEXT, records INTEGER, first TEXT, last TEXT,
  observed INTEGER DEFAULT 0, UNIQUE (capture, path, receipt));
CREATE TABLE receipt (receipt TEXT PRIMARY KEY, connector TEXT, format TEXT, events INTEGER, rejects INTEGER, body TEXT);
CREATE TABLE reject (code TEXT PRIMARY KEY, n INTEGER);
CREATE TABLE observation (log TEXT, leaf INTEGER, name TEXT, capture TEXT, path TEXT, perspective TEXT, sealed TEXT);
CREATE INDEX observation_record ON observation (log, leaf);
`;

type Receipt = Extract<SealedRecord, { readonly type: 'receipt' }>['record'];
type Observation = Extract<SealedRecord, { readonly type: 'observation' }>['record'];

export class Custody implements CustodyFacts {
  readonly #db: DatabaseSync;
  readonly #known: StatementSync;
  readonly #insertReceipt: StatementSync;
  readonly #insertReject: StatementSync;
  readonly #insertObservation: StatementSync;
  readonly #originals = new Originals();
  /** Captures that leave with the bundle. */
  readonly #leaving = new Set<Sha256>();
  /** Captures that may, and that the vault does not have. */
  readonly #absent = new Set<Sha256>();
  /** Number of the capture of each record, by the record's number; 0: it is withheld. */
  readonly #numbers: Uint32Array;
  #observations: StatementSync | undefined;
  #receipt: StatementSync | undefined;

  /** Takes the captures of all placed records that are shown, in the order of their first record. */
  constructor(db: DatabaseSync, placed: Iterable<Placed>, total: number) {
    this.#db = db;
    this.#numbers = new Uint32Array(total + 1);
    db.exec(SCHEMA);
    const add = db.prepare(
      `INSERT INTO capture (capture, path, receipt, records, first, last) VALUES (?, ?, ?, 1, ?, ?)
       ON CONFLICT DO UPDATE SET records = records + 1, first = min(first, excluded.first), last = max(last, excluded.last) RETURNING number`,
    );
    db.exec('BEGIN');
    for (const one of placed) {
      const shown = shownOf(one);
      if (shown === undefined) continue;
      const { provenance, sealedAt } = shown;
      const row = add.get(provenance.capture, provenance.path, provenance.receipt, sealedAt, sealedAt);
      this.#numbers[one.number] = Number(row?.number);
      this.#originals.select(provenance, one.is);
    }
    db.exec('CREATE INDEX capture_receipt ON capture (receipt); COMMIT');
    this.#known = db.prepare('SELECT 1 AS n FROM capture WHERE receipt = ? LIMIT 1');
    this.#insertReceipt = db.prepare('INSERT INTO receipt VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
    this.#insertReject = db.prepare('INSERT INTO reject VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1');
    this.#insertObservation = db.prepare('INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?)');
  }

  /** Reads the logs up to their heads. `how`: how a record stands in the export; undefined where it does not. */
  async gather(
    reader: ArchiveReader,
    heads: readonly Head[],
    how: (log: string, leaf: number) => Content['is'] | undefined,
    progress: (done: number, total: number) => void,
  ): Promise<void> {
    const total = heads.reduce((sum, head) => sum + head.size, 0);
    let done = 0;
    this.#db.exec('BEGIN');
    for (const head of heads) {
      for await (const sealed of reader.scan(head.log, 0, head.size)) {
        if (++done % 10_000 === 0) progress(done, total);
        if (sealed.type === 'event') this.#originals.event(sealed.record.provenance);
        else if (sealed.type === 'receipt') this.#takeReceipt(sealed.record);
        else if (sealed.type === 'reject') {
          this.#originals.reject(sealed.record.capture);
          if (this.#isKnown(sealed.record.receipt)) this.#insertReject.run(sealed.record.code);
        } else if (sealed.type === 'observation')
          this.#takeObservation(`${head.log}/${sealed.leaf}`, sealed.record, how);
      }
    }
    this.#db.exec(`UPDATE capture SET observed = (SELECT count(*) FROM observation o JOIN record r
      ON r.log = o.log AND r.leaf = o.leaf WHERE coalesce(json_extract(r.content, '$.sealed.record.provenance.capture'),
      json_extract(r.content, '$.record.provenance.capture')) = capture.capture)
      WHERE EXISTS (SELECT 1 FROM observation); COMMIT`);
    for (const capture of this.#originals.leaving()) this.#leaving.add(capture);
  }

  #isKnown(receipt: string): boolean {
    return this.#known.get(receipt) !== undefined;
  }

  #takeReceipt(record: Receipt): void {
    const { receipt, connector, format, account } = record;
    this.#originals.account(receipt, account.events);
    const body = this.#isKnown(receipt) ? JSON.stringify(record) : null;
    this.#insertReceipt.run(receipt, connector, format, account.events, account.rejects, body);
  }

  #takeObservation(
    name: string,
    { record, provenance, sealedAt }: Observation,
    how: (log: string, leaf: number) => Content['is'] | undefined,
  ): void {
    const slash = record.lastIndexOf('/');
    const [log, leaf] = [record.slice(0, slash), Number(record.slice(slash + 1))];
    const is = how(log, leaf);
    this.#originals.observation(provenance, is);
    if (is === undefined || is === 'withheld') return;
    const { capture, path, perspective = null } = provenance;
    this.#insertObservation.run(log, leaf, name, capture, path, perspective, sealedAt);
  }

  /** Captures whose bytes belong into the bundle. */
  originals(): readonly Sha256[] {
    return [...this.#leaving];
  }

  /** The vault does not have this one. */
  isAbsent(capture: Sha256): void {
    this.#leaving.delete(capture);
    this.#absent.add(capture);
  }

  /** The line of custody.ndjson for a record. */
  line(placed: Placed): CustodyLine {
    const { log, leaf } = placed;
    const record = `${log}/${leaf}`;
    const shown = shownOf(placed);
    if (shown === undefined) return { record, withheld: true };
    const { provenance, sealedAt } = shown;
    const { capture, path, receipt, perspective } = provenance;
    const receivedAt = this.#receiptOf(receipt)?.receivedAt;
    this.#observations ??= this.#db.prepare(
      'SELECT * FROM observation WHERE log = ? AND leaf = ? ORDER BY sealed, name',
    );
    return {
      record,
      captured: {
        capture,
        path,
        receipt,
        ...(receivedAt === undefined ? {} : { receivedAt }),
        ...(perspective === undefined ? {} : { perspective }),
      },
      sealed: { at: sealedAt },
      observed: this.#observations.all(log, leaf).map((row) => ({
        record: String(row.name),
        capture: String(row.capture),
        path: String(row.path),
        sealedAt: String(row.sealed),
        ...(row.perspective === null ? {} : { perspective: String(row.perspective) }),
      })),
    };
  }

  #receiptOf(receipt: string): Receipt | undefined {
    this.#receipt ??= this.#db.prepare('SELECT body FROM receipt WHERE receipt = ? AND body IS NOT NULL');
    const row = this.#receipt.get(receipt);
    return row === undefined ? undefined : (JSON.parse(String(row.body)) as Receipt);
  }

  *captures(): Generator<CaptureLine> {
    for (const row of this.#db.prepare('SELECT * FROM capture ORDER BY number').iterate()) {
      const capture = String(row.capture);
      yield {
        capture,
        path: String(row.path),
        receivedAt: this.#receiptOf(String(row.receipt))?.receivedAt ?? '',
        records: Number(row.records),
        sealedFirst: String(row.first),
        sealedLast: String(row.last),
        observed: Number(row.observed),
        original: this.#leaving.has(capture) ? 'here' : this.#absent.has(capture) ? 'absent' : 'kept',
      };
    }
  }

  /** The number of a record's capture, by the record's number: what appendix A cites. */
  captureOf(number: number): number | undefined {
    const capture = this.#numbers[number] ?? 0;
    return capture === 0 ? undefined : capture;
  }

  /** The account of each receipt; a receipt of several files is named by its first and their number. */
  *accounts(): Generator<SourceAccount> {
    const rows = this.#db
      .prepare(
        `SELECT c.receipt, min(c.number) AS first, count(*) AS files, sum(c.records) AS exported, r.body,
          (SELECT path FROM capture f WHERE f.receipt = c.receipt ORDER BY f.number LIMIT 1) AS path
         FROM capture c LEFT JOIN receipt r ON r.receipt = c.receipt GROUP BY c.receipt ORDER BY first`,
      )
      .iterate();
    for (const row of rows) {
      const receipt = row.body === null ? undefined : (JSON.parse(String(row.body)) as Receipt);
      const account: Account | undefined = receipt?.account;
      const files = Number(row.files);
      yield {
        path:
          files === 1 ? String(row.path) : `${String(row.path)} and ${files - 1} more of the same receipt`,
        connector: receipt?.connector ?? '',
        format: receipt?.format ?? '',
        receivedAt: receipt?.receivedAt ?? '',
        units: account?.units ?? 0,
        events: account?.events ?? 0,
        rejects: account?.rejects ?? 0,
        excluded: account?.excluded ?? 0,
        ...(account?.stated === undefined ? {} : { stated: account.stated }),
        exported: Number(row.exported),
      };
    }
  }

  /** All that the archive had received up to the heads, by connector and format. */
  searched(): readonly SearchedSource[] {
    return this.#db
      .prepare(
        `SELECT connector, format, count(*) AS receipts, sum(events) AS events, sum(rejects) AS rejects FROM receipt
         GROUP BY connector, format ORDER BY connector, format`,
      )
      .all()
      .map((row) => ({
        connector: String(row.connector),
        format: String(row.format),
        receipts: Number(row.receipts),
        events: Number(row.events),
        rejects: Number(row.rejects),
      }));
  }

  exceptions(): Exceptions {
    const rejects = this.#db.prepare('SELECT code, n FROM reject ORDER BY code').all();
    const observed = this.#db.prepare('SELECT count(*) AS n FROM observation').get();
    return {
      rejects: rejects.map((row) => ({ code: String(row.code), count: Number(row.n) })),
      observed: Number(observed?.n ?? 0),
      absent: this.#absent.size,
    };
  }

  /** Whose further copies of these records there are. */
  copies(): readonly Copies[] {
    return this.#db
      .prepare(
        `SELECT c.network, o.perspective, count(*) AS n, min(r.at) AS first FROM observation o
         JOIN record r ON r.log = o.log AND r.leaf = o.leaf JOIN conversation c ON c.id = r.conversation
         GROUP BY c.network, o.perspective ORDER BY o.perspective, c.network`,
      )
      .all()
      .map((row) => ({
        network: String(row.network),
        ...(row.perspective === null ? {} : { perspective: String(row.perspective) }),
        copies: Number(row.n),
        first: String(row.first),
      }));
  }
}
