import { isActSignedBy } from '../../core/act.ts';
import type { Findings } from '../../core/findings.ts';
import { canonical } from '../../core/json.ts';
import { fromBase64 } from '../../core/ledger/read.ts';
import { baseOf, CONTROL, parseLogName } from '../../core/logs.ts';
import { receiptNames } from '../../core/receipt.ts';
import type {
  Account,
  Act,
  Commit,
  LogName,
  ReceiptEntry,
  SealedRecord,
  SegmentName,
} from '../../core/record.ts';
import { ACTIONS } from '../acts.ts';
import { parseRecordName } from '../read/record-name.ts';
import type { ArchiveIdentity } from '../reader.ts';
import type { KnownHeads } from './heads.ts';
import type { Storage } from './storage.ts';

/** How control closed a generation: the head at which the earlier one must end. */
export interface Closing {
  readonly closes: LogName;
  readonly commit: number;
  readonly digest: string;
  readonly size: number;
  readonly by: string;
}

/** An observation's record, to be looked at once the sizes of all logs are known. */
interface Observed {
  readonly log: LogName;
  leaf: number;
  by: string;
}

/**
 * What records say about other things, checked one record after the other. A record is authentic when it gets here (it
 * leads to its leaf); that it makes sense is still to be seen, because an archiver may be at fault too.
 */
export class RecordChecks {
  readonly #identity: ArchiveIdentity;
  readonly #findings: Findings;
  readonly #storage: Storage;
  readonly #heads: KnownHeads;
  readonly #nodeKey: Uint8Array;
  /** Base log and receipt → event records sealed there while its entry is not: bounded by receipts at work. */
  readonly #counting = new Map<string, number>();
  /** Receipt → logs that must still seal its entry; empty when all did. */
  readonly #receipts = new Map<string, ReadonlySet<string>>();
  /** Per log the farthest record that an observation names. */
  readonly #observed = new Map<LogName, Observed>();
  /** Log → how control opened it. */
  readonly closings = new Map<LogName, Closing>();

  constructor(identity: ArchiveIdentity, findings: Findings, storage: Storage, heads: KnownHeads) {
    this.#identity = identity;
    this.#findings = findings;
    this.#storage = storage;
    this.#heads = heads;
    this.#nodeKey = Buffer.from(identity.keys.node, 'base64');
  }

  async check(log: LogName, sealed: SealedRecord, segment: SegmentName, commit: Commit): Promise<void> {
    const where = `${log}/${sealed.leaf}`;
    const { record } = sealed;
    this.#findings.count(COUNTED[sealed.type]);
    if (
      record.class !== segment.class ||
      record.quarter !== segment.quarter ||
      record.sealedAt !== commit.sealedAt
    )
      this.#findings.fault('record-stamp', where, 'Its class, quarter or sealing time is not its commit’s.');
    if (log === CONTROL && sealed.leaf === 0) this.#checkFirstAct(sealed);
    try {
      await this.#checkContent(log, where, sealed);
    } catch (error) {
      // A record may be authentic and yet not of its type's form: an archiver at fault. Nothing here may throw.
      if (!(error instanceof TypeError)) throw error;
      this.#findings.fault('record-differs', where, 'It is not of the form of its type.');
    }
  }

  async #checkContent(log: LogName, where: string, sealed: SealedRecord): Promise<void> {
    switch (sealed.type) {
      case 'event': {
        const { provenance, attachments } = sealed.record;
        this.#count(log, provenance.receipt);
        await this.#capture(provenance.capture, where);
        for (const { state, sha256 } of attachments ?? [])
          if (state === 'held' && sha256 !== undefined)
            await this.#attachment(sealed.record.class, sealed.record.quarter, sha256, where);
        return;
      }
      case 'reject':
        return this.#capture(sealed.record.capture, where);
      case 'observation':
        this.#observe(sealed.record.record, where);
        return this.#capture(sealed.record.provenance.capture, where);
      case 'receipt':
        return this.#receipt(log, sealed.record, where);
      case 'act':
        if (baseOf(log) === CONTROL) this.#controlAct(actOf(sealed.record), where);
    }
  }

  /** Compares what a commit counts per receipt with the records it sealed. */
  checkCounts(
    commit: Commit,
    name: string,
    sealed: ReadonlyMap<string, { records: number; entry: boolean }>,
  ): void {
    const counted = new Map(commit.receipts.map((progress) => [progress.receipt, progress]));
    const same =
      counted.size === sealed.size &&
      [...sealed].every(([receipt, { records, entry }]) => {
        const progress = counted.get(receipt);
        return progress?.records === records && progress.entry === entry;
      });
    if (!same)
      this.#findings.fault(
        'commit-counts',
        name,
        'It counts other records of its receipts than its segments hold.',
      );
  }

  /** Observations against the logs' sizes. */
  finish(sizeOf: (log: LogName) => number): void {
    for (const { log, leaf, by } of this.#observed.values())
      if (leaf >= sizeOf(log))
        this.#findings.fault('observation-dangling', by, `It names ${log}/${leaf}, which does not exist.`);
  }

  /** Whether every log that the receipt names has sealed its entry. */
  isSealed(receipt: string): boolean {
    return this.#receipts.get(receipt)?.size === 0;
  }

  async #capture(sha256: string, by: string): Promise<void> {
    if (!HEX.test(sha256)) throw new TypeError('no digest');
    await this.#storage.mustExist(receiptNames.capture(sha256), 'capture-missing', `${by} was read from it.`);
  }

  async #attachment(group: string, quarter: string, sha256: string, by: string): Promise<void> {
    if (!HEX.test(sha256)) throw new TypeError('no digest');
    const name = `attachments/${group}/${quarter}/${sha256}`;
    await this.#storage.mustExist(name, 'attachment-missing', `${by} says that it is held.`);
  }

  #count(log: LogName, receipt: string): void {
    const key = `${baseOf(log)} ${receipt}`;
    this.#counting.set(key, (this.#counting.get(key) ?? 0) + 1);
  }

  async #receipt(log: LogName, entry: ReceiptEntry, where: string): Promise<void> {
    const { receipt, account, receivedAt } = entry;
    if (!HEX.test(receipt)) throw new TypeError('no digest');
    const base = baseOf(log);
    const key = `${base} ${receipt}`;
    const records = this.#counting.get(key) ?? 0;
    this.#counting.delete(key);
    if (!addsUp(account)) this.#findings.fault('receipt-account', where, 'Its numbers do not add up.');
    else if (records > (account.logs[base] ?? 0))
      this.#findings.fault(
        'receipt-account',
        where,
        `${records} records were sealed in ${base}, and ${account.logs[base] ?? 0} carried.`,
      );
    const waiting = this.#receipts.get(receipt) ?? new Set(Object.keys(account.logs));
    const rest = [...waiting].filter((name) => name !== base);
    this.#receipts.set(receipt, rest.length === 0 ? SEALED : new Set(rest));
    await this.#storage.mustExist(receiptNames.receipt(receipt), 'receipt-missing', `${where} is its entry.`);
    await this.#beside(receiptNames.received(receipt), { receivedAt }, where);
    await this.#beside(receiptNames.account(receipt), account, where);
  }

  /** What a sweep would go by must be what was sealed. Where it is gone, reading the receipt again makes it anew. */
  async #beside(name: string, sealed: object, where: string): Promise<void> {
    const bytes = await this.#storage.get(name);
    if (bytes === undefined) return;
    let found: string | undefined;
    try {
      found = canonical(JSON.parse(Buffer.from(bytes).toString('utf8')));
    } catch {
      // No JSON, or none that Holdfast writes.
    }
    if (found !== canonical(sealed))
      this.#findings.fault('receipt-beside', name, `It is not what ${where} says.`);
  }

  #observe(name: string, by: string): void {
    const { log, leaf } = parseName(name);
    const known = this.#observed.get(log);
    if (known === undefined || known.leaf < leaf) this.#observed.set(log, { log, leaf, by });
  }

  #checkFirstAct(sealed: SealedRecord): void {
    const same =
      sealed.type === 'act' &&
      sealed.record.action === ACTIONS.created &&
      canonical(sealed.record.details.archive) === canonical(this.#identity);
    if (!same)
      this.#findings.fault(
        'identity-differs',
        `${CONTROL}/0`,
        'Control’s first act is not this archive’s creation.',
      );
  }

  #controlAct(act: Act, where: string): void {
    if (!isActSignedBy(act, this.#nodeKey))
      this.#findings.fault('act-signature', where, 'The node’s signature is missing or does not verify.');
    if (act.action === ACTIONS.heads) {
      const heads = act.details.heads;
      if (!Array.isArray(heads)) throw new TypeError('no heads');
      for (const head of heads) this.#head(head, where);
    }
    if (act.action === ACTIONS.generation) {
      this.#head({ ...act.details, log: act.details.closes }, where);
      this.#closing(act.details, where);
    }
  }

  #head(head: Readonly<Record<string, unknown>>, by: string): void {
    const { log, size, root } = head;
    const bytes = typeof root === 'string' ? fromBase64(root, 32) : undefined;
    if (typeof log !== 'string' || typeof size !== 'number' || bytes === undefined)
      throw new TypeError('no head');
    if (parseLogName(log) === undefined) throw new TypeError('no log');
    this.#heads.add({ log, size, root: bytes, by, from: 'control' });
  }

  #closing(details: Act['details'], by: string): void {
    const { log, closes, commit, digest, size } = details;
    if (
      typeof log !== 'string' ||
      typeof closes !== 'string' ||
      typeof commit !== 'number' ||
      typeof digest !== 'string' ||
      typeof size !== 'number'
    )
      throw new TypeError('no closing');
    this.closings.set(log, { closes, commit, digest, size, by });
  }
}

const HEX = /^[0-9a-f]{64}$/;
const SEALED: ReadonlySet<string> = new Set();
const COUNTED = {
  event: 'events',
  reject: 'rejects',
  receipt: 'receiptEntries',
  observation: 'observations',
  act: 'acts',
} as const;

function parseName(name: string): { log: LogName; leaf: number } {
  try {
    return parseRecordName(name);
  } catch {
    throw new TypeError('no name of a record');
  }
}

/** The act as its node signed it: without what sealing stamped on it. */
function actOf(record: Act & Partial<Record<'class' | 'quarter' | 'sealedAt', string>>): Act {
  const { class: _class, quarter: _quarter, sealedAt: _sealedAt, ...act } = record;
  return act;
}

/** `units = events + rejects + excluded`, exclusions by reason and events by log add up. */
function addsUp(account: Account): boolean {
  const sum = (parts: { readonly [key: string]: number }): number =>
    Object.values(parts).reduce((total, part) => total + part, 0);
  return (
    account.units === account.events + account.rejects + account.excluded &&
    account.excluded === sum(account.exclusions) &&
    account.events === sum(account.logs)
  );
}
