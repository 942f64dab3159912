/**
 * C2SP checkpoints: the signed head of a log. Source: https://c2sp.org/tlog-checkpoint. The origin is also the key
 * name: `<archive id>/<log>`. A checkpoint may come from anybody; reading one never throws.
 */

import type { Signer } from '../ports/signer.ts';
import type { LogName } from '../record.ts';
import { openNote, signNote, splitNote, type VerifierKey, verifierKey } from './note.ts';
import { bad, fromBase64, fromDecimal, good, type Read, toBase64 } from './read.ts';
import type { Hash } from './tree.ts';

export interface Checkpoint {
  readonly origin: string;
  /** Leaves in the tree. */
  readonly size: number;
  readonly root: Hash;
}

/** Origin and key name of a log's checkpoints. */
export function logOrigin(archive: string, log: LogName): string {
  return `${archive}/${log}`;
}

/** The key that a log's checkpoints are signed with; `ledgerKey` is the raw 32-byte public key. */
export function logKey(archive: string, log: LogName, ledgerKey: Uint8Array): VerifierKey {
  return verifierKey(logOrigin(archive, log), ledgerKey);
}

/** Text of a checkpoint: three lines. */
export function checkpointText(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${toBase64(checkpoint.root)}\n`;
}

/** Signs a checkpoint with the ledger key: the note that stands in the commit and in `checkpoint`. */
export async function signCheckpoint(checkpoint: Checkpoint, signer: Signer): Promise<string> {
  return signNote(checkpointText(checkpoint), checkpoint.origin, signer);
}

/** Reads the text of a checkpoint. Extension lines are not used here, and are refused. */
export function parseCheckpoint(text: string): Read<Checkpoint> {
  const [origin, sizeText, rootText, end, ...rest] = text.split('\n');
  if (origin === undefined || origin === '' || end !== '' || rest.length > 0)
    return bad('a checkpoint has three lines');
  const size = fromDecimal(sizeText ?? '');
  const root = fromBase64(rootText ?? '', 32);
  if (size === undefined || root === undefined)
    return bad('size or root of the checkpoint is not of its form');
  return good({ origin, size, root });
}

/** Reads a signed checkpoint that `key` signed and whose origin is the key's name. */
export function openCheckpoint(note: string, key: VerifierKey): Read<Checkpoint> {
  const opened = openNote(note, [key]);
  if (!opened.ok) return opened;
  const checkpoint = parseCheckpoint(opened.value.text);
  if (!checkpoint.ok) return checkpoint;
  return checkpoint.value.origin === key.name
    ? checkpoint
    : bad('the checkpoint is of another log than its key');
}

/** Reads a checkpoint without looking at its signatures: for what a signed text around it vouches for, and for hints. */
export function peekCheckpoint(note: string): Read<Checkpoint> {
  const parts = splitNote(note);
  return parts.ok ? parseCheckpoint(parts.value.text) : parts;
}
