/** Records of an archive: time, type, direction, length, text, length, extra; all numbers of four bytes, low end first. */

export interface YahooRecord {
  readonly type: 'record';
  readonly offset: number;
  readonly length: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly kind: number;
  readonly direction: number;
  /** As it stands, XORed. */
  readonly text: Buffer;
  readonly extra: Buffer;
}

/** Bytes that are no record: passed over up to the next that is one. */
export interface Damaged {
  readonly type: 'damaged';
  readonly offset: number;
  readonly length: number;
  /** The file ends within it. */
  readonly cut: boolean;
}

const HEAD = 16;
/** Longest text that is taken for one; the client cut its messages far below. */
const MAX_TEXT = 1_048_576;
/** Yahoo! Messenger began in 1998 and ended in 2018. */
const FIRST = 820_454_400;
const LAST = 1_609_459_200;
const MAX_KIND = 255;
const MAX_DIRECTION = 15;

/** Whether a record can begin at `at`. */
export function isRecord(bytes: Buffer, at: number): boolean {
  if (at + HEAD > bytes.length) return false;
  const time = bytes.readUInt32LE(at);
  return (
    time >= FIRST &&
    time <= LAST &&
    bytes.readUInt32LE(at + 4) <= MAX_KIND &&
    bytes.readUInt32LE(at + 8) <= MAX_DIRECTION &&
    bytes.readUInt32LE(at + 12) <= MAX_TEXT
  );
}

/** The record that begins at `at`; undefined where none fits. */
function recordAt(bytes: Buffer, at: number): YahooRecord | undefined {
  if (!isRecord(bytes, at)) return undefined;
  const size = bytes.readUInt32LE(at + 12);
  const extraAt = at + HEAD + size;
  if (extraAt + 4 > bytes.length) return undefined;
  const extraSize = bytes.readUInt32LE(extraAt);
  const end = extraAt + 4 + extraSize;
  if (extraSize > MAX_TEXT || end > bytes.length) return undefined;
  return {
    type: 'record',
    offset: at,
    length: end - at,
    time: bytes.readUInt32LE(at),
    kind: bytes.readUInt32LE(at + 4),
    direction: bytes.readUInt32LE(at + 8),
    text: bytes.subarray(at + HEAD, at + HEAD + size),
    extra: bytes.subarray(extraAt + 4, end),
  };
}

/** All records one by one, and what lies between them. `head`: only the beginning is there; its cut-off end is no damage. */
export function* recordsIn(bytes: Buffer, head: boolean): Generator<YahooRecord | Damaged> {
  let damagedFrom = -1;
  let at = 0;
  while (at < bytes.length) {
    const record = recordAt(bytes, at);
    if (record === undefined) {
      if (damagedFrom === -1) damagedFrom = at;
      at++;
      continue;
    }
    if (damagedFrom !== -1)
      yield { type: 'damaged', offset: damagedFrom, length: at - damagedFrom, cut: false };
    damagedFrom = -1;
    yield record;
    at += record.length;
  }
  if (damagedFrom === -1 || head) return;
  const length = bytes.length - damagedFrom;
  yield { type: 'damaged', offset: damagedFrom, length, cut: isRecord(bytes, damagedFrom) };
}
