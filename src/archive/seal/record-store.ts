import { type SealedLeaf, segmentLine } from '../../core/ledger/leaf.ts';
import type { RecordType } from '../../core/record.ts';

/** Where a record stands in its store: its JSON, and which leaf value is its own. */
export interface StoredRecord {
  readonly start: number;
  readonly end: number;
  readonly place: number;
}

const LEAF = 32;
const FIRST_BYTES = 1024 * 1024;
const FIRST_LEAVES = 2_048;

/**
 * The records of one batch as bytes, until their leaves are numbered. As strings they would be the only garbage of
 * sealing that survives, and moving them around cost the collector a quarter of the time that sealing takes.
 */
export class RecordStore {
  #json = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #end = 0;
  #leaves = new Uint8Array(FIRST_LEAVES * LEAF);
  #count = 0;

  add({ leaf, json }: SealedLeaf): StoredRecord {
    // UTF-8 takes at most three bytes for a UTF-16 unit.
    this.#makeRoom(json.length * 3);
    const start = this.#end;
    this.#end += this.#json.write(json, start);
    const place = this.#count++;
    this.#leaves.set(leaf, place * LEAF);
    return { start, end: this.#end, place };
  }

  /** The 32 bytes of the leaf. */
  leafOf({ place }: StoredRecord): Uint8Array {
    return this.#leaves.subarray(place * LEAF, (place + 1) * LEAF);
  }

  /** The record's canonical JSON; valid until the next `add`. */
  jsonOf({ start, end }: StoredRecord): Uint8Array {
    return this.#json.subarray(start, end);
  }

  #makeRoom(bytes: number): void {
    if (this.#end + bytes > this.#json.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#json.length * 2, this.#end + bytes));
      this.#json.copy(larger, 0, 0, this.#end);
      this.#json = larger;
    }
    if ((this.#count + 1) * LEAF > this.#leaves.length) {
      const larger = new Uint8Array(this.#leaves.length * 2);
      larger.set(this.#leaves);
      this.#leaves = larger;
    }
  }
}

/** A record with what its line says around it. */
export interface Line {
  readonly leaf: number;
  readonly salt: string;
  readonly type: RecordType;
  readonly record: StoredRecord;
}

/** Longer than everything of a line but the record. */
const LONGEST_FRAME = 128;

/** The lines of a segment, each ended by a newline. */
export function linesOf(store: RecordStore, lines: readonly Line[]): Uint8Array {
  const size = lines.reduce((sum, { record }) => sum + record.end - record.start + LONGEST_FRAME, 0);
  const bytes = Buffer.allocUnsafeSlow(size);
  let end = 0;
  for (const { leaf, salt, type, record } of lines) {
    const frame = segmentLine(leaf, salt, type, '');
    const middle = frame.indexOf(',"salt":');
    end += bytes.write(frame.slice(0, middle), end, 'latin1');
    const json = store.jsonOf(record);
    bytes.set(json, end);
    end += json.length;
    end += bytes.write(`${frame.slice(middle)}\n`, end, 'latin1');
  }
  return bytes.subarray(0, end);
}
