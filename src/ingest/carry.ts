/** A receipt's outcomes as entries on the stream, and the account of them. */
import { classify, classifyReceipt, type InForce, isExpired } from '../core/classify.ts';
import type { Event, Sha256 } from '../core/event.ts';
import { partitionOf, partitionOfReceipt } from '../core/ids.ts';
import type { Vault } from '../core/ports/vault.ts';
import type { Account, Entry, LogName, Reject, Statement } from '../core/record.ts';
import type { Appender } from './appender.ts';
import { type Holding, MAX_EVENT } from './format.ts';
import { held } from './hold.ts';
import type { PlacedOutcome } from './parse.ts';

export interface CarriedReceipt {
  readonly receipt: Sha256;
  readonly receivedAt: string;
  readonly connector: string;
  readonly format: string;
}

/** Statements that an account holds; a source that states more has its first ones compared. */
const MAX_STATED = 1000;

/** Counts and carries the outcomes of one receipt. Entries are the same on every run. */
export class ReceiptCarrier {
  readonly #receipt: CarriedReceipt;
  readonly #appender: Appender;
  readonly #vault: Vault;
  readonly #logs: readonly LogName[];
  readonly #register: InForce;
  readonly #perPartition: Map<number, number> = new Map();
  readonly #exclusions = new Map<string, number>();
  readonly #partitions = new Map<string, number>();
  readonly #stated: Statement[] = [];
  #events = 0;
  #rejects = 0;
  #excluded = 0;
  #expired = 0;

  constructor(
    receipt: CarriedReceipt,
    appender: Appender,
    vault: Vault,
    logs: readonly LogName[],
    register: InForce,
  ) {
    this.#receipt = receipt;
    this.#appender = appender;
    this.#vault = vault;
    this.#logs = logs;
    this.#register = register;
  }

  get units(): number {
    return this.#events + this.#rejects + this.#excluded;
  }

  /** Events whose period was over when they were received. */
  get expired(): number {
    return this.#expired;
  }

  async add(batch: readonly PlacedOutcome[]): Promise<void> {
    for (const placed of batch) {
      const { outcome } = placed;
      if (outcome.type === 'excluded') {
        this.#excluded++;
        this.#exclusions.set(outcome.reason, (this.#exclusions.get(outcome.reason) ?? 0) + 1);
        continue;
      }
      const wait =
        outcome.type === 'event'
          ? outcome.holdings === undefined
            ? this.#event(placed, outcome.event)
            : this.#event(placed, await this.#withFiles(outcome.event, outcome.holdings))
          : this.#reject(placed, outcome.code, outcome.detail);
      if (wait !== undefined) await wait;
    }
  }

  /** Stores the bytes of attachments before the event that names them goes out. */
  #withFiles(event: Event, holdings: readonly Holding[]): Promise<Event> {
    const bucket = classify(event, this.#receipt, this.#register);
    return held(this.#vault, event, holdings, bucket, this.#register.retention);
  }

  /** Takes a count that the source states of itself. */
  state(statement: Statement): void {
    if (this.#stated.length < MAX_STATED) this.#stated.push(statement);
  }

  #event(placed: PlacedOutcome, event: Event): Promise<void> | undefined {
    const bucket = classify(event, this.#receipt, this.#register);
    const entry: Entry = { type: 'event', event, ...bucket };
    const message = JSON.stringify(entry);
    if (message.length > MAX_EVENT / 3 && Buffer.byteLength(message) > MAX_EVENT)
      return this.#reject(placed, 'event-too-large', `${Buffer.byteLength(message)} bytes of JSON`, event);
    const partition = this.#partitionOf(event.network, event.conversation.id);
    this.#perPartition.set(partition, (this.#perPartition.get(partition) ?? 0) + 1);
    this.#events++;
    if (isExpired(bucket, this.#receipt.receivedAt, this.#register)) this.#expired++;
    return this.#appender.push(partition, message);
  }

  #reject(
    placed: PlacedOutcome,
    code: string,
    detail?: string,
    event?: { readonly provenance: { readonly position: Reject['position'] } },
  ): Promise<void> | undefined {
    const reject: Reject = {
      receipt: this.#receipt.receipt,
      capture: placed.capture,
      path: placed.path,
      position: event?.provenance.position ?? placed.position,
      code,
      ...(detail !== undefined && { detail }),
    };
    const entry: Entry = { type: 'reject', reject, ...classifyReceipt(this.#receipt, this.#register) };
    const partition = partitionOfReceipt(this.#receipt.receipt, this.#logs.length);
    // The log is named in the account even without events, so that a reject is never lost with the stream.
    if (!this.#perPartition.has(partition)) this.#perPartition.set(partition, 0);
    this.#rejects++;
    return this.#appender.push(partition, JSON.stringify(entry));
  }

  #partitionOf(network: string, conversation: string): number {
    const key = `${network}\n${conversation}`;
    const known = this.#partitions.get(key);
    if (known !== undefined) return known;
    const partition = partitionOf(network, conversation, this.#logs.length);
    if (this.#partitions.size > 10_000) this.#partitions.clear();
    this.#partitions.set(key, partition);
    return partition;
  }

  /** The account of all that was added. */
  account(): Account {
    const partitions = this.#perPartition;
    if (partitions.size === 0)
      partitions.set(partitionOfReceipt(this.#receipt.receipt, this.#logs.length), 0);
    return {
      units: this.units,
      events: this.#events,
      rejects: this.#rejects,
      excluded: this.#excluded,
      ...(this.#stated.length > 0 && { stated: this.#stated }),
      exclusions: Object.fromEntries([...this.#exclusions].sort(([a], [b]) => (a < b ? -1 : 1))),
      logs: Object.fromEntries(
        [...partitions].sort(([a], [b]) => a - b).map(([partition, count]) => [`m${partition}`, count]),
      ),
    };
  }

  /** Appends the receipt entry, last, to every log that got something of it. */
  async finish(account: Account): Promise<void> {
    const { receipt, connector, format, receivedAt } = this.#receipt;
    const entry: Entry = {
      type: 'receipt',
      receipt: { receipt, connector, format, receivedAt, account },
      ...classifyReceipt(this.#receipt, this.#register),
    };
    const message = JSON.stringify(entry);
    for (const partition of [...this.#perPartition.keys()].sort((a, b) => a - b))
      await this.#appender.push(partition, message);
  }
}
