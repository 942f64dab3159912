/**
 * What the logs say about the captures of the selected records: when each was received, what became of its units, in
 * which further copies a record was observed. One pass over the logs that hold the records; bounded memory, because it
 * is kept in the selection's temporary file.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ArchiveReader, Head } from '../../archive/reader.ts';
import type { CustodyLine } from '../../core/bundle/layout.ts';
import type { Account, SealedRecord } from '../../core/record.ts';
import type { CaptureLine } from '../report/back.ts';
import type { Exceptions, SourceAccount } from '../report/facts.ts';
import type { Placed } from '../selection/store.ts';

const SCHEMA = `
CREATE TABLE capture (number INTEGER PRIMARY KEY, capture TEXT, path TEXT, receipt TEXT, records INTEGER, first TEXT, last TEXT,
  observed INTEGER DEFAULT 0, UNIQUE (capture, path, receipt));
CREATE TABLE receipt (receipt TEXT PRIMARY KEY, body TEXT);
CREATE TABLE reject (code TEXT PRIMARY KEY, n INTEGER);
CREATE TABLE observation (record TEXT, name TEXT, capture TEXT, path TEXT, sealed TEXT);
CREATE INDEX observation_record ON observation (record);
`;

type Receipt = Extract<SealedRecord, { readonly type: 'receipt' }>['record'];

export class Custody {
  readonly #db: DatabaseSync;
  readonly #known: StatementSync;
  /** Number of the capture of each record, by the record's number. */
  readonly #numbers: Uint32Array;
  #observations: StatementSync | undefined;
  #receipt: StatementSync | undefined;

  /** Takes the captures of all placed records, in the order of their first record. */
  constructor(db: DatabaseSync, placed: Iterable<Placed>, total: number) {
    this.#db = db;
    this.#numbers = new Uint32Array(total + 1);
    db.exec(SCHEMA);
    const add = db.prepare(
      `INSERT INTO capture (capture, path, receipt, records, first, last) VALUES (?, ?, ?, 1, ?, ?)
       ON CONFLICT DO UPDATE SET records = records + 1, first = min(first, excluded.first), last = max(last, excluded.last) RETURNING number`,
    );
    db.exec('BEGIN');
    for (const { sealed, number } of placed) {
      const { provenance, sealedAt } = sealed.record;
      const row = add.get(provenance.capture, provenance.path, provenance.receipt, sealedAt, sealedAt);
      this.#numbers[number] = Number(row?.number);
    }
    db.exec('CREATE INDEX capture_receipt ON capture (receipt); COMMIT');
    this.#known = db.prepare('SELECT 1 AS n FROM capture WHERE receipt = ? LIMIT 1');
  }

  /** Reads the logs up to their heads. */
  async gather(
    reader: ArchiveReader,
    heads: readonly Head[],
    isSelected: (log: string, leaf: number) => boolean,
    progress: (done: number, total: number) => void,
  ): Promise<void> {
    const insertReceipt = this.#db.prepare('INSERT INTO receipt VALUES (?, ?) ON CONFLICT DO NOTHING');
    const insertReject = this.#db.prepare(
      'INSERT INTO reject VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1',
    );
    const insertObservation = this.#db.prepare('INSERT INTO observation VALUES (?, ?, ?, ?, ?)');
    const total = heads.reduce((sum, head) => sum + head.size, 0);
    let done = 0;
    this.#db.exec('BEGIN');
    for (const head of heads) {
      for await (const sealed of reader.scan(head.log, 0, head.size)) {
        if (++done % 10_000 === 0) progress(done, total);
        if (sealed.type === 'receipt') {
          if (this.#known.get(sealed.record.receipt) !== undefined) {
            insertReceipt.run(sealed.record.receipt, JSON.stringify(sealed.record));
          }
        } else if (sealed.type === 'reject') {
          if (this.#known.get(sealed.record.receipt) !== undefined) insertReject.run(sealed.record.code);
        } else if (sealed.type === 'observation') {
          const { record, provenance, sealedAt } = sealed.record;
          const slash = record.lastIndexOf('/');
          if (!isSelected(record.slice(0, slash), Number(record.slice(slash + 1)))) continue;
          insertObservation.run(
            record,
            `${head.log}/${sealed.leaf}`,
            provenance.capture,
            provenance.path,
            sealedAt,
          );
        }
      }
    }
    this.#db.exec(`UPDATE capture SET observed = (SELECT count(*) FROM observation o JOIN record r
      ON o.record = r.log || '/' || r.leaf WHERE json_extract(r.line, '$.record.provenance.capture') = capture.capture)
      WHERE EXISTS (SELECT 1 FROM observation); COMMIT`);
  }

  /** The line of custody.ndjson for a record. */
  line({ log, sealed }: Placed): CustodyLine {
    const { provenance, sealedAt } = sealed.record;
    const record = `${log}/${sealed.leaf}`;
    const receivedAt = this.#receiptOf(provenance.receipt)?.receivedAt;
    this.#observations ??= this.#db.prepare(
      'SELECT * FROM observation WHERE record = ? ORDER BY sealed, name',
    );
    return {
      record,
      captured: {
        capture: provenance.capture,
        path: provenance.path,
        receipt: provenance.receipt,
        ...(receivedAt === undefined ? {} : { receivedAt }),
      },
      sealed: { at: sealedAt },
      observed: this.#observations.all(record).map((row) => ({
        record: String(row.name),
        capture: String(row.capture),
        path: String(row.path),
        sealedAt: String(row.sealed),
      })),
    };
  }

  #receiptOf(receipt: string): Receipt | undefined {
    this.#receipt ??= this.#db.prepare('SELECT body FROM receipt WHERE receipt = ?');
    const row = this.#receipt.get(receipt);
    return row === undefined ? undefined : (JSON.parse(String(row.body)) as Receipt);
  }

  *captures(): Generator<CaptureLine> {
    for (const row of this.#db.prepare('SELECT * FROM capture ORDER BY number').iterate()) {
      yield {
        capture: String(row.capture),
        path: String(row.path),
        receivedAt: this.#receiptOf(String(row.receipt))?.receivedAt ?? '',
        records: Number(row.records),
        sealedFirst: String(row.first),
        sealedLast: String(row.last),
        observed: Number(row.observed),
      };
    }
  }

  /** The number of a record's capture, by the record's number: what appendix A cites. */
  captureOf(number: number): number | undefined {
    return this.#numbers[number];
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

  exceptions(): Exceptions {
    const rejects = this.#db.prepare('SELECT code, n FROM reject ORDER BY code').all();
    const observed = this.#db.prepare('SELECT count(*) AS n FROM observation').get();
    return {
      rejects: rejects.map((row) => ({ code: String(row.code), count: Number(row.n) })),
      observed: Number(observed?.n ?? 0),
    };
  }
}
