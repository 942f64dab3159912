import { logKey, openCheckpoint, peekCheckpoint } from '../../core/ledger/checkpoint.ts';
import { commitName, leafValues } from '../../core/ledger/commit.ts';
import { sameBytes } from '../../core/ledger/read.ts';
import {
  EMPTY_EDGE,
  edgeRoot,
  growTree,
  resumeEdge,
  type TreeEdge,
  type TreeObject,
} from '../../core/ledger/tiles.ts';
import { checkpointName, generationName } from '../../core/logs.ts';
import type { Vault } from '../../core/ports/vault.ts';
import type { Commit, LogName } from '../../core/record.ts';
import {
  damaged,
  followCommits,
  newestCommit,
  newestGeneration,
  readCommit,
  type StoredCommit,
} from '../read/commits.ts';
import type { ArchiveIdentity } from '../reader.ts';

/** Where a log stands after its newest commit: a plain value, replaced when a commit is sealed. */
export interface LogHead {
  /** With its generation. */
  readonly log: LogName;
  readonly generation: number;
  /** Number of the commit, and the digest of its stored bytes. */
  readonly n: number;
  readonly digest: string;
  /** The stream's next offset, and the digest of the last message before it. */
  readonly to: number;
  readonly last: string | null;
  readonly sealedAt: string;
  readonly edge: TreeEdge;
  /** The signed checkpoint. */
  readonly checkpoint: string;
}

/** Told of each commit applied: the head after it, and the tiles that it filled. */
export type Applied = (head: LogHead, completed: readonly TreeObject[], commit: Commit) => Promise<void>;

/**
 * The head of the newest generation (or of `of`), or undefined for a log without a genesis. Every commit from the last derived checkpoint
 * on is applied, checked, and handed to `applied`: recovering and sealing share that path. The checkpoint file is a hint
 * of where to begin and is not trusted: what comes out must be the root that the commit there signs.
 */
export async function loadHead(
  vault: Vault,
  identity: ArchiveIdentity,
  base: string,
  applied: Applied,
  of?: number,
): Promise<LogHead | undefined> {
  const generation = of ?? (await newestGeneration(vault, base));
  if (generation === undefined) {
    if ((await vault.size(checkpointName(base))) !== undefined) {
      throw damaged(checkpointName(base), 'the log has a checkpoint but no commits');
    }
    return undefined;
  }
  const log = generationName(base, generation);
  const newest = (await newestCommit(vault, log)) ?? 0;
  const start =
    (await hintedHead(vault, identity, log, generation, newest)) ??
    (await genesisHead(vault, identity, log, generation));
  return await applyNewer(vault, identity, start, applied);
}

/** Applies the commits after `head`, as long as there are any. */
export async function applyNewer(
  vault: Vault,
  identity: ArchiveIdentity,
  head: LogHead,
  applied: Applied,
): Promise<LogHead> {
  let current = head;
  for await (const stored of followCommits(vault, head.log, head.n + 1, head.digest)) {
    if (stored.commit.from !== current.to)
      throw damaged(commitName(head.log, stored.commit.n), 'it does not follow in the stream');
    const { edge, completed } = growTree(current.edge, leafValues(stored.commit));
    current = checkedHead(identity, head.generation, stored, edge);
    await applied(current, completed, stored.commit);
  }
  return current;
}

/** The head that the published checkpoint names, where tiles and commit bear it out. */
async function hintedHead(
  vault: Vault,
  identity: ArchiveIdentity,
  log: LogName,
  generation: number,
  newest: number,
): Promise<LogHead | undefined> {
  const note = await vault.get(checkpointName(log));
  if (note === undefined) return undefined;
  const hint = peekCheckpoint(Buffer.from(note).toString('utf8'));
  if (!hint.ok) return undefined;
  const { size } = hint.value;
  const stored = await lastCommitWithin(vault, log, newest, size);
  if (stored === undefined || stored.commit.sizeAfter !== size) return undefined;
  const edge = await resumeEdge(size, (name) => vault.get(`ledger/${log}/${name}`));
  if (edge === undefined) return undefined;
  // The chain's last link: a tail commit that was replaced does not fit the one before, or its own signature.
  const before = stored.commit.n === 0 ? undefined : await readCommit(vault, log, stored.commit.n - 1);
  if (stored.commit.previous !== (before?.digest ?? null)) {
    throw damaged(commitName(log, stored.commit.n), 'it does not name the commit before it');
  }
  const root = openedRoot(identity, stored);
  return sameBytes(root, edgeRoot(edge)) ? headOf(generation, stored, edge) : undefined;
}

async function genesisHead(
  vault: Vault,
  identity: ArchiveIdentity,
  log: LogName,
  generation: number,
): Promise<LogHead> {
  const stored = await readCommit(vault, log, 0);
  if (stored === undefined || stored.commit.sizeAfter !== 0)
    throw damaged(commitName(log, 0), 'it is no genesis');
  return checkedHead(identity, generation, stored, EMPTY_EDGE);
}

/** The last commit whose tree is no larger than `size`. */
async function lastCommitWithin(
  vault: Vault,
  log: LogName,
  newest: number,
  size: number,
): Promise<StoredCommit | undefined> {
  let low = 0;
  let high = newest;
  let found: StoredCommit | undefined;
  // Mostly the newest commit itself, or the one before it.
  for (let n = newest, step = 1; low <= high; step *= 2) {
    const stored = await readCommit(vault, log, n);
    if (stored === undefined) throw damaged(commitName(log, n), 'it is missing');
    if (stored.commit.sizeAfter <= size) {
      found = stored;
      low = n + 1;
      n = low + Math.floor((high - low) / 2);
    } else {
      high = n - 1;
      n = found === undefined ? Math.max(low, n - step) : low + Math.floor((high - low) / 2);
    }
  }
  return found;
}

function checkedHead(
  identity: ArchiveIdentity,
  generation: number,
  stored: StoredCommit,
  edge: TreeEdge,
): LogHead {
  const { commit } = stored;
  const root = openedRoot(identity, stored);
  if (edge.size !== commit.sizeAfter || !sameBytes(root, edgeRoot(edge))) {
    throw damaged(commitName(commit.log, commit.n), 'its checkpoint is not the root of its leaves');
  }
  return headOf(generation, stored, edge);
}

/** The root that a commit's checkpoint signs for its size. */
function openedRoot(identity: ArchiveIdentity, { commit }: StoredCommit): Uint8Array {
  const key = logKey(identity.id, commit.log, Buffer.from(identity.keys.ledger, 'base64'));
  const opened = openCheckpoint(commit.checkpoint, key);
  if (!opened.ok) throw damaged(commitName(commit.log, commit.n), opened.why);
  if (opened.value.size !== commit.sizeAfter) {
    throw damaged(commitName(commit.log, commit.n), 'its checkpoint is of another size');
  }
  return opened.value.root;
}

/** The head after a commit whose tree is `edge`. */
export function headOf(generation: number, { commit, digest }: StoredCommit, edge: TreeEdge): LogHead {
  return {
    log: commit.log,
    generation,
    n: commit.n,
    digest,
    to: commit.to,
    last: commit.last,
    sealedAt: commit.sealedAt,
    edge,
    checkpoint: commit.checkpoint,
  };
}
