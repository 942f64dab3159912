/**
 * Checks the bucket that an entry brings: whoever carried it may have read an older register, and anyone who reaches the
 * stream can write one. An entry is sealed in its own bucket or in the one that the register asks for, whichever is kept
 * longer: what is wrong here could only ever keep something too long.
 */
import { classify, classifyReceipt, type ReceivedReceipt } from '../../core/classify.ts';
import { EMPTY_REGISTER, type Register } from '../../core/control/register.ts';
import { isHoldfastError } from '../../core/errors.ts';
import type { Event } from '../../core/event.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Vault } from '../../core/ports/vault.ts';
import { receiptNames } from '../../core/receipt.ts';
import type { Bucket, Entry } from '../../core/record.ts';
import { ACTS_CLASS, retainUntil } from '../../core/retention.ts';
import { openReader } from '../read/open-reader.ts';
import type { ArchiveIdentity } from '../reader.ts';
import { RegisterFollower } from '../register.ts';
import { latestQuarter, readEntry } from './entry.ts';

const RECEIPT = /"receipt":"([0-9a-f]{64})"/gu;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** Receipts that are remembered; more of them than are ever in work. */
const MOST_RECEIPTS = 10_000;
const WITHOUT_END = '~';
/** Control is read once, in order. */
const CACHES = { segmentBytes: 1024 * 1024, commitBytes: 1024 * 1024 };

/** What judging takes, as far as it was read. */
interface Known {
  readonly register: Register;
  readonly receipts: Map<string, ReceivedReceipt>;
  /** Receipt → bucket of all its events, while there are no rules that look at the events. */
  readonly plain: Map<string, Bucket>;
  /** Receipts were read with their connectors, which only rules ask for. */
  readonly hasConnectors: boolean;
}

export class Buckets {
  readonly #vault: Vault;
  readonly #follower: RegisterFollower;
  #known: Known = { register: EMPTY_REGISTER, receipts: new Map(), plain: new Map(), hasConnectors: false };

  private constructor(vault: Vault, follower: RegisterFollower) {
    this.#vault = vault;
    this.#follower = follower;
  }

  static async open(vault: Vault, identity: ArchiveIdentity, clock: Clock): Promise<Buckets> {
    const reader = await openReader(vault, identity, CACHES);
    return new Buckets(vault, new RegisterFollower(reader, clock));
  }

  /**
   * Reads what judging these messages takes: the register as it is now, and their receipts. The judge keeps to that,
   * whatever is prepared for other logs meanwhile.
   */
  async prepare(messages: readonly string[], sealedAt: string): Promise<BucketJudge> {
    try {
      this.#take(await this.#follower.refresh());
    } catch (error) {
      // Control that cannot be read stops nothing else: the register as it was known asks for no less than before.
      if (!isHoldfastError(error)) throw error;
    }
    const known = this.#known;
    const judge = new BucketJudge(known, sealedAt);
    // Most messages came with the receipt of the one before.
    let last = '"receipt":""';
    for (const message of messages) {
      if (!message.includes(last))
        for (const [named, receipt = ''] of message.matchAll(RECEIPT)) {
          last = named;
          if (known.receipts.has(receipt)) continue;
          const read = await this.#read(receipt, known.hasConnectors);
          if (read !== undefined) known.receipts.set(receipt, read);
        }
      if (message.includes('"held"')) await this.#moveFiles(message, judge, sealedAt);
    }
    return judge;
  }

  /** What was read by another kind of register, or is too much to remember, is read anew; judges at work keep theirs. */
  #take(register: Register): void {
    const hasConnectors = register.retention.rules.size > 0;
    const { receipts, plain, hasConnectors: had } = this.#known;
    const isKept = had === hasConnectors && receipts.size <= MOST_RECEIPTS;
    this.#known = isKept
      ? { register, receipts, plain, hasConnectors }
      : { register, receipts: new Map(), plain: new Map(), hasConnectors };
  }

  /** Files of an event that goes into another bucket than it brings go there with it. */
  async #moveFiles(message: string, judge: BucketJudge, sealedAt: string): Promise<void> {
    const entry = eventIn(message, sealedAt);
    if (entry === undefined) return;
    const { class: name, quarter } = judge.checked(entry);
    if (name === entry.class && quarter === entry.quarter) return;
    const until = judge.until({ class: name, quarter });
    for (const { state, sha256 } of entry.event.attachments ?? []) {
      const held = `attachments/${entry.class}/${entry.quarter}/${sha256}`;
      if (state !== 'held' || (await this.#vault.size(held)) === undefined) continue;
      await this.#vault.putStream(
        `attachments/${name}/${quarter}/`,
        this.#vault.read(held),
        ...(until === undefined ? [] : [until]),
      );
    }
  }

  async #read(receipt: string, hasConnectors: boolean): Promise<ReceivedReceipt | undefined> {
    const receivedAt = memberOf(await this.#vault.get(receiptNames.received(receipt)), 'receivedAt');
    if (receivedAt === undefined || !INSTANT.test(receivedAt)) return undefined;
    const connector = hasConnectors
      ? memberOf(await this.#vault.get(receiptNames.receipt(receipt)), 'connector')
      : '';
    return { receivedAt, connector: connector ?? '' };
  }
}

/** Judges the messages of one batch. */
class BucketJudge {
  readonly #known: Known;
  readonly #sealedAt: string;

  constructor(known: Known, sealedAt: string) {
    this.#known = known;
    this.#sealedAt = sealedAt;
  }

  /** The entry as it is sealed: itself, or in the bucket that the register asks for. */
  checked(entry: Entry): Entry {
    const asked = this.#asked(entry);
    if (asked.class === entry.class && asked.quarter === entry.quarter) return entry;
    return this.#end(asked) > this.#end(entry) ? { ...entry, ...asked } : entry;
  }

  /** Until when a bucket is kept (UTC); undefined: without end. */
  until({ class: name, quarter }: Bucket): string | undefined {
    return retainUntil(name, quarter, this.#known.register.retention);
  }

  #asked(entry: Entry): Bucket {
    switch (entry.type) {
      case 'event':
        return this.#askedOfEvent(entry.event);
      case 'reject':
        return classifyReceipt(this.#receipt(entry.reject.receipt), this.#known.register);
      case 'receipt':
        return classifyReceipt(this.#receipt(entry.receipt.receipt), this.#known.register);
      case 'act':
        return { class: ACTS_CLASS, quarter: entry.quarter };
    }
  }

  #askedOfEvent(event: Event): Bucket {
    const { register, receipts, plain } = this.#known;
    const { receipt } = event.provenance;
    const known = plain.get(receipt);
    if (known !== undefined) return known;
    const bucket = classify(event, this.#receipt(receipt), register);
    if (register.retention.rules.size === 0 && receipts.has(receipt)) plain.set(receipt, bucket);
    return bucket;
  }

  /** A receipt that the vault does not have was received at no known time: it counts from now on. */
  #receipt(receipt: string): ReceivedReceipt {
    return this.#known.receipts.get(receipt) ?? { receivedAt: this.#sealedAt, connector: '' };
  }

  #end(bucket: Bucket): string {
    return this.until(bucket) ?? WITHOUT_END;
  }
}

/** The event that a message carries, as far as its files and bucket go; what is none is sealed as a reject later on. */
function eventIn(message: string, sealedAt: string): Extract<Entry, { type: 'event' }> | undefined {
  const entry = readEntry(message, latestQuarter(sealedAt));
  return entry?.type === 'event' ? entry : undefined;
}

function memberOf(bytes: Uint8Array | undefined, name: string): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    const found = members.find(([key]) => key === name)?.[1];
    return typeof found === 'string' ? found : undefined;
  } catch {
    return undefined;
  }
}
