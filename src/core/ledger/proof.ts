/**
 * C2SP tlog-proof: one self-contained text that proves one record offline. Source: https://c2sp.org/tlog-proof.
 * A proof may come from anybody; reading one never throws.
 */

import type { Checkpoint } from './checkpoint.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { VerifierKey } from './note.ts';
import { bad, fromBase64, fromDecimal, good, type Read, toBase64 } from './read.ts';
import { type Hash, leafHash, verifyInclusion } from './tree.ts';

const HEADER = 'c2sp.org/tlog-proof@v1';
/** A path in a tree of 2^63 leaves has 63 hashes. */
const LONGEST_PATH = 63;

export interface LedgerProof {
  /** Leaf number. */
  readonly index: number;
  /** From the leaf's sibling up. */
  readonly path: readonly Hash[];
  /** The signed checkpoint. */
  readonly note: string;
}

export function proofText(proof: LedgerProof): string {
  const path = proof.path.map((step) => `${toBase64(step)}\n`).join('');
  return `${HEADER}\nindex ${proof.index}\n${path}\n${proof.note}`;
}

/** Reads the text of a proof. The optional `extra` line is allowed and ignored: nothing authenticates it. */
export function parseProof(text: string): Read<LedgerProof> {
  const end = text.indexOf('\n\n');
  if (end < 0) return bad('the proof has no checkpoint');
  const lines = text.slice(0, end).split('\n');
  if (lines.shift() !== HEADER) return bad('the text is no tlog-proof of version 1');
  if (lines[0]?.startsWith('extra ')) {
    const extra = lines.shift() ?? '';
    if (fromBase64(extra.slice('extra '.length)) === undefined) return bad('the extra line is not base64');
  }
  const index = fromDecimal(/^index (.*)$/.exec(lines.shift() ?? '')?.[1] ?? '');
  if (index === undefined) return bad('the proof has no index');
  if (lines.length > LONGEST_PATH) return bad('the path is too long');
  const path: Hash[] = [];
  for (const line of lines) {
    const step = fromBase64(line, 32);
    if (step === undefined) return bad('the path holds a line that is no hash');
    path.push(step);
  }
  return good({ index, path, note: text.slice(end + 2) });
}

/** Verifies a proof text for a leaf value (32 bytes) under a log's key: the checkpoint that it is proved against. */
export function verifyProof(
  text: string,
  leaf: Uint8Array,
  key: VerifierKey,
): Read<Checkpoint & { index: number }> {
  const proof = parseProof(text);
  if (!proof.ok) return proof;
  const checkpoint = openCheckpoint(proof.value.note, key);
  if (!checkpoint.ok) return checkpoint;
  const { index, path } = proof.value;
  const { size, root } = checkpoint.value;
  return verifyInclusion(index, size, leafHash(leaf), path, root)
    ? good({ ...checkpoint.value, index })
    : bad('the record is not what the checkpoint holds at this place');
}
