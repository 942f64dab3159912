/** Finds entries by their signatures: a damaged index loses nothing. All numbers low end first. */

/** First byte of a signature: what an entry is. */
export type EntryKind = number;

export interface IcqEntry {
  readonly offset: number;
  readonly length: number;
  readonly kind: EntryKind;
  /** Its size leads out of the file. */
  readonly cut: boolean;
}

/** Bytes of a signature behind its first one: of ICQ 99a and later, and of the two kinds that ICQ 2000 added. */
const TAILS = [
  '23a3dbdfb8d1118a6500600871a391',
  '3bc15c5c95d3118dd700104b06462e',
  'c00c2f5c95d3118dd700104b06462e',
].map((hex) => Buffer.from(hex, 'hex'));
const SIGNATURE_AT = 12;
const HEAD = 28;
/** Messages were a few kilobytes at most; lists of contacts more. */
const MAX_ENTRY = 1_048_576;

/** All entries in the order of the file, one by one; what is cut lasts up to the next that is whole. */
export function* entriesIn(bytes: Buffer): Generator<IcqEntry> {
  let end = 0;
  let cutFrom = -1;
  const found = TAILS.map((tail) => bytes.indexOf(tail));
  /** Where the next entry begins that does not begin before `end`; −1: nowhere. */
  const nextStart = (): number => {
    let first = -1;
    for (const [i, tail] of TAILS.entries()) {
      let at = found[i] ?? -1;
      while (at !== -1 && at - 1 - SIGNATURE_AT < end) at = bytes.indexOf(tail, at + 1);
      found[i] = at;
      const start = at - 1 - SIGNATURE_AT;
      if (at !== -1 && (first === -1 || start < first)) first = start;
    }
    return first;
  };
  for (let offset = nextStart(); offset !== -1; offset = nextStart()) {
    const size = bytes.readUInt32LE(offset);
    const isCut = size < HEAD - 4 || size > MAX_ENTRY || offset + 4 + size > bytes.length;
    if (isCut) {
      if (cutFrom === -1) cutFrom = offset;
      end = offset + SIGNATURE_AT + 16;
    } else {
      if (cutFrom !== -1) yield cut(bytes, cutFrom, offset);
      cutFrom = -1;
      yield { offset, length: 4 + size, kind: bytes[offset + SIGNATURE_AT] ?? 0, cut: false };
      // What stands inside an entry is its text.
      end = offset + 4 + size;
    }
  }
  if (cutFrom !== -1) yield cut(bytes, cutFrom, bytes.length);
}

const cut = (bytes: Buffer, offset: number, end: number): IcqEntry => ({
  offset,
  length: end - offset,
  kind: bytes[offset + SIGNATURE_AT] ?? 0,
  cut: true,
});

const IDX_START = 20;
const PAGE_HEAD = 205;
const SLOT = 20;
const SLOTS = 1000;

/** Offsets of entries in the `.dat` file that the index says are in use. */
export function indexedIn(bytes: Buffer): ReadonlySet<number> {
  const offsets = new Set<number>();
  for (let page = IDX_START; page + PAGE_HEAD < bytes.length; page += PAGE_HEAD + SLOT * SLOTS) {
    for (let slot = 0; slot < SLOTS; slot++) {
      const at = page + PAGE_HEAD + slot * SLOT;
      if (at + SLOT > bytes.length) break;
      if (bytes.readInt32LE(at) === -2) offsets.add(bytes.readUInt32LE(at + 16));
    }
  }
  return offsets;
}
