import { type DedupKey, type DedupKeyer, type DedupKeys, NO_DEDUP_KEY } from '../../core/dedup.ts';
import type { Event } from '../../core/event.ts';
import { sha256Hex } from '../../core/hash.ts';
import { sealLeaf } from '../../core/ledger/leaf.ts';
import type {
  Bucket,
  Entry,
  LogName,
  Quarter,
  ReceiptProgress,
  RecordName,
  RecordType,
} from '../../core/record.ts';
import type { Known } from './dedup-table.ts';
import { latestQuarter, readEntry } from './entry.ts';
import { type Line, linesOf, RecordStore, type StoredRecord } from './record-store.ts';

/** What sealing a batch needs to know; nothing here is read again from anywhere. */
export interface BatchToPlan {
  /** The log with its generation, and its leaves so far. */
  readonly log: LogName;
  readonly size: number;
  /** Offset of the first message. */
  readonly from: number;
  readonly messages: readonly string[];
  /** UTC, ms precision, not before the last commit's. */
  readonly sealedAt: string;
  readonly keyer: DedupKeyer;
  readonly known: (keys: DedupKeys) => Known;
  /** The next record salt: 32 hex digits that were never used. */
  readonly salt: () => string;
  /** The entry in the bucket that it is sealed in; default: its own. */
  readonly checked?: (entry: Entry) => Entry;
  /** Bucket of what is no entry at all. */
  readonly fallback: Bucket;
}

/** A batch, sealed in memory: everything that a commit needs but the tree. */
export interface Plan {
  /** In leaf order: ascending by class, then quarter. `lines` is the segment before compression. */
  readonly segments: readonly (Bucket & { readonly lines: Uint8Array; readonly count: number })[];
  /** 32 bytes a leaf. */
  readonly leaves: Uint8Array;
  /** 32 bytes a leaf: content key, perspective key. */
  readonly dedup: Uint8Array;
  readonly receipts: readonly ReceiptProgress[];
  /** Messages that are no entries: kept as captures, so that the reject has its bytes. */
  readonly unreadable: readonly { readonly sha256: string; readonly text: string }[];
  readonly counts: { readonly records: number; readonly duplicates: number; readonly observations: number };
}

interface Item {
  readonly bucket: Bucket;
  readonly salt: string;
  readonly keys: DedupKeys;
  readonly content: Sealed | Observed;
  /** Given when all are known: leaves are numbered by bucket. */
  leaf: number;
}
/** A record whose leaf value and canonical JSON stand in the planner's store. */
interface Sealed extends StoredRecord {
  readonly type: RecordType;
}
interface Observed {
  readonly type: 'observed';
  readonly of: Item | RecordName;
  readonly event: Event;
}

/**
 * Decides what of a batch is sealed, and how: duplicates dropped, the same event from another copy as an observation, the
 * rest as records; what is no entry as a reject, because nothing may block a log. Pure: the same input gives the same
 * plan, and a plan whose commit is lost is forgotten without a trace. Yields every few milliseconds' work, so that
 * whoever runs it may let others of its thread have their turn; then returns the plan.
 */
export function* planBatch(batch: BatchToPlan): Generator<void, Plan> {
  const planner = new Planner(batch);
  for (let i = 0; i < batch.messages.length; i += SLICE) {
    if (i > 0) yield;
    planner.take(i, i + SLICE);
  }
  return planner.plan();
}

/** Messages that are planned without a pause. */
const SLICE = 64;

class Planner {
  readonly #batch: BatchToPlan;
  readonly #latest: Quarter;
  readonly #items: Item[] = [];
  readonly #contents = new Map<DedupKey, Item>();
  readonly #perspectives = new Set<DedupKey>();
  readonly #receipts = new Map<string, { records: number; entry: boolean }>();
  readonly #store = new RecordStore();
  readonly #unreadable: { sha256: string; text: string }[] = [];
  #duplicates = 0;
  #observations = 0;

  constructor(batch: BatchToPlan) {
    this.#batch = batch;
    this.#latest = latestQuarter(batch.sealedAt);
  }

  /** Takes the batch's messages from `first` up to `end`. */
  take(first: number, end: number): void {
    for (const [i, message] of this.#batch.messages.slice(first, end).entries())
      if (!this.#tryMessage(message)) this.#reject(message, this.#batch.from + first + i);
  }

  plan(): Plan {
    const groups = this.#numbered();
    const leaves = new Uint8Array(32 * this.#items.length);
    const dedup = Buffer.alloc(32 * this.#items.length);
    const segments = groups.map(({ bucket, items }) => {
      const lines = items.map((item): Line => {
        const record = this.#sealed(item);
        const place = (item.leaf - this.#batch.size) * 32;
        leaves.set(this.#store.leafOf(record), place);
        dedup.write(item.keys.content, place, 'latin1');
        dedup.write(item.keys.perspective, place + 16, 'latin1');
        return { leaf: item.leaf, salt: item.salt, type: record.type, record };
      });
      return { ...bucket, lines: linesOf(this.#store, lines), count: items.length };
    });
    return {
      segments,
      leaves,
      dedup,
      receipts: [...this.#receipts]
        .map(([receipt, progress]) => ({ receipt, ...progress }))
        .sort((a, b) => (a.receipt < b.receipt ? -1 : 1)),
      unreadable: this.#unreadable,
      counts: {
        records: this.#items.length - this.#observations,
        duplicates: this.#duplicates,
        observations: this.#observations,
      },
    };
  }

  /** False where the message is no entry that can be sealed; then nothing was taken of it. */
  #tryMessage(message: string): boolean {
    const entry = readEntry(message, this.#latest);
    if (entry === undefined) return false;
    try {
      this.#take(this.#batch.checked?.(entry) ?? entry);
      return true;
    } catch (error) {
      // Hostile input: a number that JCS has no form for, a member that the leaf does not cover, nesting without end.
      if (isRefusal(error)) return false;
      throw error;
    }
  }

  #take(entry: Entry): void {
    const keys = this.#batch.keyer.of(entry);
    const staged = this.#contents.get(keys.content);
    const known: Known | { state: 'staged'; of: Item } =
      staged === undefined ? this.#batch.known(keys) : { state: 'staged', of: staged };
    if (known.state === 'new') {
      const salt = this.#batch.salt();
      const type = entry.type;
      const stored = this.#store.add(sealLeaf(type, salt, this.#stamp(bodyOf(entry), entry)));
      const item = this.#add(entry, salt, keys, { type, ...stored });
      this.#contents.set(keys.content, item);
      this.#count(entry);
    } else if (entry.type !== 'event' || known.state === 'duplicate' || this.#wasSeen(keys, staged)) {
      this.#duplicates++;
    } else {
      this.#observe(entry, keys, known.state === 'staged' ? known.of : known.record);
    }
  }

  /** The same event in another copy: one observation for each copy. */
  #observe(entry: Extract<Entry, { type: 'event' }>, keys: DedupKeys, of: Item | RecordName): void {
    const salt = this.#batch.salt();
    // Tried now, sealed when its record has a number: what cannot be sealed must show before anything is numbered.
    sealLeaf('observation', salt, this.#stamp(observation(entry.event, `${this.#batch.log}/0`), entry));
    this.#add(
      entry,
      salt,
      { content: NO_DEDUP_KEY, perspective: keys.perspective },
      {
        type: 'observed',
        of,
        event: entry.event,
      },
    );
    this.#observations++;
    this.#duplicates++;
  }

  #wasSeen(keys: DedupKeys, staged: Item | undefined): boolean {
    return staged?.keys.perspective === keys.perspective || this.#perspectives.has(keys.perspective);
  }

  #add(bucket: Bucket, salt: string, keys: DedupKeys, content: Sealed | Observed): Item {
    const item: Item = {
      bucket: { class: bucket.class, quarter: bucket.quarter },
      salt,
      keys,
      content,
      leaf: -1,
    };
    this.#items.push(item);
    if (content.type === 'observed') this.#perspectives.add(keys.perspective);
    return item;
  }

  #count(entry: Entry): void {
    if (entry.type === 'event') this.#progress(entry.event.provenance.receipt).records++;
    if (entry.type === 'receipt') this.#progress(entry.receipt.receipt).entry = true;
  }

  #progress(receipt: string): { records: number; entry: boolean } {
    const found = this.#receipts.get(receipt) ?? { records: 0, entry: false };
    this.#receipts.set(receipt, found);
    return found;
  }

  #reject(message: string, offset: number): void {
    const sha256 = sha256Hex(message);
    this.#unreadable.push({ sha256, text: message });
    this.#take({
      type: 'reject',
      reject: {
        // There is no receipt that it could be traced to: it stands under the digest of its own bytes.
        receipt: sha256,
        capture: sha256,
        path: `stream/${this.#batch.log}/${offset}`,
        position: { offset: 0, length: Buffer.byteLength(message) },
        code: 'entry-unreadable',
      },
      ...this.#batch.fallback,
    });
  }

  /** Numbers the leaves: buckets by (class, quarter), stream order within. */
  #numbered(): { bucket: Bucket; items: Item[] }[] {
    const groups = new Map<string, { bucket: Bucket; items: Item[] }>();
    for (const item of this.#items) {
      const key = `${item.bucket.class}/${item.bucket.quarter}`;
      const group = groups.get(key) ?? { bucket: item.bucket, items: [] };
      group.items.push(item);
      groups.set(key, group);
    }
    const sorted = [...groups.values()].sort((a, b) => compareBuckets(a.bucket, b.bucket));
    let leaf = this.#batch.size;
    for (const { items } of sorted) for (const item of items) item.leaf = leaf++;
    return sorted;
  }

  #sealed(item: Item): Sealed {
    const { content } = item;
    if (content.type !== 'observed') return content;
    const record = typeof content.of === 'string' ? content.of : `${this.#batch.log}/${content.of.leaf}`;
    const body = this.#stamp(observation(content.event, record), item.bucket);
    return { type: 'observation', ...this.#store.add(sealLeaf('observation', item.salt, body)) };
  }

  #stamp(body: object, bucket: Bucket): object {
    return { ...body, class: bucket.class, quarter: bucket.quarter, sealedAt: this.#batch.sealedAt };
  }
}

const observation = (event: Event, record: RecordName): object => ({
  record,
  event: event.id,
  provenance: event.provenance,
});

function bodyOf(entry: Entry): object {
  switch (entry.type) {
    case 'event':
      return entry.event;
    case 'reject':
      return entry.reject;
    case 'receipt':
      return entry.receipt;
    case 'act':
      return entry.act;
  }
}

/** Names of classes and quarters are ASCII: their order as code units is their order as bytes. */
function compareBuckets(a: Bucket, b: Bucket): number {
  if (a.class !== b.class) return a.class < b.class ? -1 : 1;
  return a.quarter < b.quarter ? -1 : a.quarter > b.quarter ? 1 : 0;
}

/** TypeError: JCS or the leaf refuses it. RangeError: nested deeper than the stack. */
const isRefusal = (error: unknown): boolean => error instanceof TypeError || error instanceof RangeError;
