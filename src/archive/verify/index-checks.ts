import type { FaultCode } from '../../core/faults.ts';
import type { Findings } from '../../core/findings.ts';
import type { Index, IndexAudit, IndexFlaw } from '../../core/ports/index.ts';
import type { LogName, SealedRecord } from '../../core/record.ts';
import { documentDigest, indexDocument } from '../../core/search/document.ts';

/** What verification needs of an index. */
export type AuditedIndex = Pick<Index, 'positions' | 'scan' | 'flaws' | 'logs'>;

/** Flaws as they are found; the first is asked for at once. */
interface Flaws {
  readonly first: Promise<IteratorResult<IndexFlaw>>;
  next(): Promise<IteratorResult<IndexFlaw>>;
}

/** Places remembered so that none is named twice; past that many nothing is listed one by one. */
const MOST_NAMED = 2_000;

/**
 * The index against the records, document by document: both come in leaf order, so that nothing is kept. What lies
 * between the index's position and the log's end may be there or not.
 */
export class IndexChecks {
  readonly #index: AuditedIndex;
  readonly #findings: Findings;
  /** The log's size now: a log at work grows while it is verified. */
  readonly #sizeNow: (log: LogName) => Promise<number>;
  #log: LogName = '';
  #position = 0;
  #documents: AsyncIterator<IndexAudit> | undefined;
  #next: IndexAudit | undefined;
  /** Leaves whose records could not be read: whether they have documents cannot be said. */
  #unknown: [number, number][] = [];
  readonly #named = new Set<string>();
  #flaws: Flaws | undefined;

  constructor(index: AuditedIndex, findings: Findings, sizeNow: (log: LogName) => Promise<number>) {
    this.#index = index;
    this.#findings = findings;
    this.#sizeNow = sizeNow;
  }

  /** Logs that the index knows. */
  logs(): Promise<LogName[]> {
    return this.#guarded('index', () => this.#index.logs(), []);
  }

  async begin(log: LogName): Promise<void> {
    // What it says besides its documents is looked for from here on, beside the records where it has a thread.
    this.#flaws ??= this.#lookForFlaws();
    this.#log = log;
    this.#unknown = [];
    // Read before the commits are: the position of an index at work is never past what they hold then.
    const positions = await this.#guarded(`index/${log}`, () => this.#index.positions(), new Map());
    this.#position = positions.get(log)?.size ?? 0;
    this.#documents = this.#index.scan(log, 0)[Symbol.asyncIterator]();
    await this.#advance();
  }

  /** Leaves [from, to) could not be read. */
  unknown(from: number, to: number): void {
    this.#unknown.push([from, to]);
  }

  async record(log: LogName, sealed: SealedRecord): Promise<void> {
    const document = indexDocument(log, sealed);
    if (document === undefined) return;
    await this.#skip(sealed.leaf);
    const found = this.#next?.leaf === sealed.leaf ? this.#next : undefined;
    const where = `index/${log}/${sealed.leaf}`;
    if (found === undefined) {
      if (sealed.leaf < this.#position)
        this.#fault('index-missing', where, 'The record is sealed and its document is not there.');
      return;
    }
    this.#findings.count('indexDocuments');
    if (found.digest !== documentDigest(document))
      this.#fault('index-differs', where, 'Its document is not what the record gives.');
    await this.#advance();
  }

  /** `size`: leaves of the log as it was verified. */
  async end(size: number): Promise<void> {
    const reached = Math.max(size, await this.#sizeNow(this.#log));
    await this.#skip(size);
    // What was sealed meanwhile was not compared; what lies past the log's end now, nothing accounts for.
    while (this.#next !== undefined) {
      if (this.#next.leaf >= reached) this.#strange(this.#next.leaf);
      await this.#advance();
    }
    if (this.#position > reached)
      this.#findings.fault(
        'index-leads',
        `index/${this.#log}`,
        `It states ${this.#position} leaves; the log has ${reached}.`,
      );
    this.#documents = undefined;
  }

  /** Takes documents below `leaf`: no sealed event has their places. */
  async #skip(leaf: number): Promise<void> {
    while (this.#next !== undefined && this.#next.leaf < leaf) {
      const at = this.#next.leaf;
      while (this.#unknown[0] !== undefined && this.#unknown[0][1] <= at) this.#unknown.shift();
      if (this.#unknown[0] === undefined || this.#unknown[0][0] > at) this.#strange(at);
      await this.#advance();
    }
  }

  #strange(leaf: number): void {
    this.#fault('index-strange', `index/${this.#log}/${leaf}`, 'No sealed event has this place.');
  }

  /** After all logs: what the index says besides its documents. */
  async finish(): Promise<void> {
    const flaws = this.#flaws ?? this.#lookForFlaws();
    for (let found = await flaws.first; ; found = await flaws.next()) {
      const { done, value } = found;
      if (done === true) return;
      const where = `index/${value.where}`;
      if (this.#named.has(where)) continue;
      if (value.kind === 'strange') this.#fault('index-strange', where, 'It finds what has no document.');
      else this.#fault('index-differs', where, 'What searches look into is not what the document says.');
    }
  }

  #lookForFlaws(): Flaws {
    const flaws = this.#index.flaws()[Symbol.asyncIterator]();
    const end: IteratorResult<IndexFlaw> = { done: true, value: undefined };
    const next = () => this.#guarded('index', () => flaws.next(), end);
    return { first: next(), next };
  }

  #fault(code: FaultCode, where: string, what: string): void {
    if (this.#named.size < MOST_NAMED) this.#named.add(where);
    this.#findings.fault(code, where, what);
  }

  async #advance(): Promise<void> {
    const documents = this.#documents;
    if (documents === undefined) return;
    const end: IteratorResult<IndexAudit> = { done: true, value: undefined };
    const step = await this.#guarded(`index/${this.#log}`, () => documents.next(), end);
    this.#next = step.done === true ? undefined : step.value;
  }

  async #guarded<T>(where: string, read: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await read();
    } catch (error) {
      this.#findings.fault(
        'unreadable',
        where,
        error instanceof Error ? error.message : 'It cannot be read.',
      );
      return otherwise;
    }
  }
}
