import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { HoldfastError } from '../../core/errors.ts';
import type { Findings } from '../../core/findings.ts';
import { type Checkpoint, openCheckpoint, peekCheckpoint } from '../../core/ledger/checkpoint.ts';
import { verifierKey } from '../../core/ledger/note.ts';
import { parseProof } from '../../core/ledger/proof.ts';
import { parseLogName } from '../../core/logs.ts';
import type { ArchiveIdentity } from '../reader.ts';
import type { KnownHeads } from './heads.ts';

/** A signed checkpoint that somebody outside holds, as text, and where it was read. Anybody may have written it. */
export interface OutsideCheckpoint {
  readonly note: string;
  readonly from: string;
}

/** No checkpoint or proof is longer. */
const MOST_BYTES = 100_000;
const MOST_FILES = 10_000;

/**
 * Checkpoints that an outsider holds: all of a bundle's `checkpoints` folder, all of a folder of checkpoints, one
 * checkpoint, or one tlog-proof. Throws `bad-usage` where there are none.
 */
export async function readOutsideCheckpoints(path: string): Promise<OutsideCheckpoint[]> {
  const found: OutsideCheckpoint[] = [];
  for (const file of await checkpointFiles(path)) {
    const info = await lstat(file);
    if (!info.isFile() || info.size > MOST_BYTES) continue;
    const text = await readFile(file, 'utf8');
    const proof = parseProof(text);
    found.push({ note: proof.ok ? proof.value.note : text, from: basename(file) });
  }
  if (found.length === 0)
    throw new HoldfastError('bad-usage', 'There are no checkpoints to verify against.', { hint: HINT });
  return found;
}

const HINT = 'Name an exported bundle, a folder of checkpoints, a checkpoint file or a .tlog-proof file.';

async function checkpointFiles(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined)
    throw new HoldfastError('bad-usage', 'What to verify against does not exist.', { hint: HINT });
  if (!info.isDirectory()) return [path];
  const inner = join(path, 'checkpoints');
  const folder = (await stat(inner).catch(() => undefined))?.isDirectory() === true ? inner : path;
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .slice(0, MOST_FILES)
    .map((entry) => join(folder, entry.name))
    .sort();
}

/** Takes over the heads that outsiders hold; what is not of this archive, or not by its key, is a fault at once. */
export function expectOutside(
  outside: readonly OutsideCheckpoint[],
  identity: ArchiveIdentity,
  findings: Findings,
  heads: KnownHeads,
): void {
  findings.count('outsideHeads', 0);
  for (const { note, from } of outside) {
    const read = peekCheckpoint(note);
    if (!read.ok) {
      findings.fault('outside-unreadable', from, `It is no checkpoint: ${read.why}.`);
      continue;
    }
    const { origin, size, root } = read.value;
    const log = logOf(read.value, identity);
    if (log === undefined) {
      findings.fault('outside-other', from, `It is of ${JSON.stringify(origin.slice(0, 200))}.`);
      continue;
    }
    const key = verifierKey(origin, Buffer.from(identity.keys.ledger, 'base64'));
    const opened = openCheckpoint(note, key);
    // Another key does not make its head worthless: whoever wrote the archive anew may have made new keys as well.
    if (!opened.ok) findings.fault('outside-key', from, `This archive’s key did not sign it: ${opened.why}.`);
    heads.add({ log, size, root, by: from, from: 'outside' });
  }
}

function logOf({ origin }: Checkpoint, identity: ArchiveIdentity): string | undefined {
  const log = origin.startsWith(`${identity.id}/`) ? origin.slice(identity.id.length + 1) : '';
  return parseLogName(log) === undefined ? undefined : log;
}
