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

/** All entries in the order of the file. */
export function entriesIn(bytes: Buffer): readonly IcqEntry[] {
  const starts: number[] = [];
  for (const tail of TAILS)
    for (let at = bytes.indexOf(tail); at !== -1; at = bytes.indexOf(tail, at + tail.length))
      if (at >= SIGNATURE_AT + 1) starts.push(at - 1 - SIGNATURE_AT);
  starts.sort((a, b) => a - b);
  const entries: IcqEntry[] = [];
  let end = 0;
  for (const [i, offset] of starts.entries()) {
    // What stands inside an entry is its text.
    if (offset < end) continue;
    const size = bytes.readUInt32LE(offset);
    const next = starts[i + 1] ?? bytes.length;
    const cut = size < HEAD - 4 || size > MAX_ENTRY || offset + 4 + size > bytes.length;
    const length = cut ? Math.min(next, bytes.length) - offset : 4 + size;
    entries.push({ offset, length, kind: bytes[offset + SIGNATURE_AT] ?? 0, cut });
    end = offset + length;
  }
  return entries;
}

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
