/** A receipt: one or more captures and how they came. Named by the SHA-256 of its canonical JSON. */
import type { Sha256 } from './event.ts';
import { sha256Hex } from './hash.ts';
import { canonical } from './json.ts';

export interface ReceivedFile {
  /** Absolute path at the time of receipt, `/` as separator. */
  readonly path: string;
  readonly sha256: Sha256;
  /** Bytes. */
  readonly size: number;
}

/** What the person who ingests states about the input; absent: unknown. */
export interface ReadSettings {
  /** Network for records that do not name theirs. */
  readonly network?: string;
  /** IANA zone or `+hh:mm` for wall clocks without one. */
  readonly zone?: string;
  /** Address whose copy this is, where the source does not say. */
  readonly account?: string;
  /** Order of day, month and year in dates of digits, where the file itself does not decide. */
  readonly dateOrder?: DateOrder;
  /** Code page of text without a mark, as the WHATWG names it: `windows-1251`, `macintosh`, `shift_jis`, `gbk`. */
  readonly encoding?: string;
  /** Day (YYYY-MM-DD) on which a log begins that has times and neither names its day nor has one in its path. */
  readonly date?: string;
}

export type DateOrder = 'dmy' | 'mdy' | 'ymd';

/** What is stated about the files that `path` matches; a later rule wins over an earlier one, field by field. */
export interface SettingsRule extends ReadSettings {
  /**
   * Path as received, `!/` and the member where there is one: `*` stands for anything but `/`, `**` for anything; a
   * pattern without a leading `/` may begin at any folder.
   */
  readonly path: string;
  readonly format?: string;
}

/** How a receipt is read, now and whenever it is carried again. `format` may be `auto`. */
export interface ReceiptSettings extends ReadSettings {
  readonly format: string;
  readonly rules?: readonly SettingsRule[];
}

export interface Receipt {
  readonly files: readonly ReceivedFile[];
  readonly connector: string;
  /** What it was recognised as: a format's name, `mixed` or `unknown`. */
  readonly format: string;
  /** `format` here is what was asked for: `auto`, or the name of a format. It decides how the receipt is read again. */
  readonly settings: ReceiptSettings;
}

/** Canonical bytes of a receipt, and its name. */
export function encodeReceipt(receipt: Receipt): { sha256: Sha256; text: string } {
  const text = canonical(receipt);
  return { sha256: sha256Hex(text), text };
}

/** Vault names. `received` and `account` stand beside the receipt and are put once: the first wins. */
export const receiptNames = {
  capture: (sha256: Sha256): string => `captures/${sha256}`,
  receipt: (sha256: Sha256): string => `receipts/${sha256}`,
  /** JSON {receivedAt}: UTC, milliseconds. */
  received: (sha256: Sha256): string => `receipts/${sha256}.received`,
  /** JSON {@link import('./record.ts').Account}: what reading it came to. */
  account: (sha256: Sha256): string => `receipts/${sha256}.account`,
};
