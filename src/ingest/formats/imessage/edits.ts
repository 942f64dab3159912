/** Edits and withdrawals of a message, from `message_summary_info`. Keys: ReagentX/imessage-exporter (`edited.rs`). */
import { isUtf8 } from 'node:buffer';
import { appleSecondsMs } from '../../reading/apple-time.ts';
import { isArray, isDictionary, isPlist, Plist, PlistFault, type PlistValue } from '../../reading/bplist.ts';
import { stringOf } from '../../reading/typed-objects.ts';
import { readTypedstream, TypedstreamFault } from '../../reading/typedstream.ts';

/** One state of a part of a message: the first is what was sent. */
export interface Version {
  readonly part: string;
  readonly ms: number;
  readonly text: string;
}

export interface History {
  readonly versions: readonly Version[];
  /** Parts that were withdrawn. */
  readonly retracted: readonly string[];
}

const NONE: History = { versions: [], retracted: [] };
/** States of one message; the clients allow five edits. */
const MAX_VERSIONS = 1000;

export function historyOf(blob: unknown): History {
  if (!(blob instanceof Uint8Array) || !isPlist(blob)) return NONE;
  try {
    const plist = new Plist(blob);
    const top = plist.value(plist.top);
    const retracted = plist.get(top, 'rp');
    return {
      versions: [...versionsOf(plist, plist.get(top, 'ec'))],
      retracted: isArray(retracted)
        ? retracted.items.slice(0, MAX_VERSIONS).map((number) => String(plist.value(number)))
        : [],
    };
  } catch (error) {
    if (error instanceof PlistFault) return NONE;
    throw error;
  }
}

function* versionsOf(plist: Plist, parts: PlistValue | undefined): Iterable<Version> {
  if (!isDictionary(parts)) return;
  let given = 0;
  for (const [i, key] of parts.keys.entries()) {
    const list = plist.value(parts.values[i] ?? -1);
    if (!isArray(list)) continue;
    for (const number of list.items) {
      const entry = plist.value(number);
      const seconds = plist.get(entry, 'd');
      const text = typedText(plist.get(entry, 't'));
      if (typeof seconds !== 'number' || text === undefined || ++given > MAX_VERSIONS) continue;
      yield { part: String(plist.value(key)), ms: appleSecondsMs(seconds), text };
    }
  }
}

/** The text of a rich text; undefined where it cannot be read. */
export function typedText(blob: unknown): string | undefined {
  if (!(blob instanceof Uint8Array)) return undefined;
  try {
    return stringOf(readTypedstream(blob)[0])?.toWellFormed();
  } catch (error) {
    if (error instanceof TypedstreamFault) return undefined;
    throw error;
  }
}

/**
 * The first string of a blob that cannot be read as a whole: behind the name of its class and a plus stand its length
 * and its bytes. Undefined where even those are not there, or are no text.
 */
export function salvagedText(blob: unknown): string | undefined {
  if (!(blob instanceof Uint8Array)) return undefined;
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  const name = ['NSString', 'NSMutableString'].map((each) => bytes.indexOf(each)).filter((at) => at !== -1);
  const plus = name.length === 0 ? -1 : bytes.indexOf(PLUS, Math.min(...name) + 8);
  if (plus === -1 || plus > Math.min(...name) + 24) return undefined;
  const first = bytes[plus + 1] ?? 0;
  const wide = first === 0x81 ? 2 : first === 0x82 ? 4 : 0;
  const start = plus + 2 + wide;
  if (start > bytes.length) return undefined;
  const length = wide === 0 ? first : bytes.readUIntLE(plus + 2, wide);
  const text = bytes.subarray(start, start + length);
  if ((wide === 0 && first > 0x7f) || length === 0 || text.length !== length || !isUtf8(text))
    return undefined;
  return text.toString('utf8');
}

/** The type of a string's bytes. */
const PLUS = 0x2b;
