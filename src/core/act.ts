/** Acts: their form as entries, and the signature of the node that wrote them. */

import { canonical } from './json.ts';
import { verifyEd25519 } from './ledger/note.ts';
import { fromBase64 } from './ledger/read.ts';
import type { Act, Entry } from './record.ts';
import { ACTS_CLASS, quarterOf } from './retention.ts';

/** Name of the node key of an archive, as acts state it. */
export function nodeKeyName(archive: string): string {
  return `${archive}/node`;
}

/** What the node signs: UTF-8 of the JCS of the act without its signature. */
export function actMessage(act: Act): Uint8Array {
  const { signature: _, ...unsigned } = act;
  return Buffer.from(canonical(unsigned));
}

/** Whether `key` (raw 32-byte Ed25519) signed the act; false for an act without signature. The act may be hostile. */
export function isActSignedBy(act: Act, key: Uint8Array): boolean {
  const signature = act.signature === undefined ? undefined : fromBase64(act.signature, 64);
  return signature !== undefined && verifyEd25519(key, actMessage(act), signature);
}

/** The entry that carries an act. */
export function actEntry(act: Act): Entry {
  return { type: 'act', act, class: ACTS_CLASS, quarter: quarterOf(act.at) };
}
