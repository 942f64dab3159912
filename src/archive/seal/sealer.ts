import { setImmediate } from 'node:timers/promises';
import { constants, zstdCompressSync } from 'node:zlib';
import type { DedupKeyer } from '../../core/dedup.ts';
import { HoldfastError } from '../../core/errors.ts';
import { sha256Hex } from '../../core/hash.ts';
import { logOrigin, signCheckpoint } from '../../core/ledger/checkpoint.ts';
import { commitBytes, commitDigest, commitName } from '../../core/ledger/commit.ts';
import { sameBytes, toBase64 } from '../../core/ledger/read.ts';
import { edgeRoot, growTree, type TreeObject } from '../../core/ledger/tiles.ts';
import { segmentName } from '../../core/logs.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { Signer } from '../../core/ports/signer.ts';
import type { StreamBatch } from '../../core/ports/stream.ts';
import type { Vault, VaultObject } from '../../core/ports/vault.ts';
import type { Commit } from '../../core/record.ts';
import { quarterOf } from '../../core/retention.ts';
import { damaged, readCommit } from '../read/commits.ts';
import type { ArchiveIdentity } from '../reader.ts';
import type { Buckets } from './buckets.ts';
import type { DedupTable } from './dedup-table.ts';
import { headOf, type LogHead } from './head.ts';
import { later } from './instants.ts';
import { type Plan, planBatch } from './plan.ts';

/** What sealing is done with. */
export interface SealingTools {
  readonly vault: Vault;
  readonly identity: ArchiveIdentity;
  readonly ledger: Signer;
  readonly keyer: DedupKeyer;
  readonly clock: Clock;
  readonly random: Random;
  readonly buckets: Buckets;
  /** Class of what is no entry at all. */
  readonly fallbackClass: string;
}

export type SealOutcome =
  | {
      readonly outcome: 'sealed';
      readonly head: LogHead;
      readonly completed: readonly TreeObject[];
      readonly counts: Plan['counts'];
      /** `dedup` of the commit, for the table. */
      readonly dedup: Uint8Array;
    }
  /** Another archiver's commit has this number and extends our head: the batch is dropped. */
  | { readonly outcome: 'fenced' };

/** Fast; the lines of a segment repeat each other so much that a higher level gains little. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * Seals one batch after `head`: one commit. Nothing is remembered here: whoever calls takes the new head over once this
 * resolves. Throws `incident-fork` where the commit that is there does not extend `head`, and the vault's errors.
 */
export async function sealBatch(
  tools: SealingTools,
  head: LogHead,
  table: DedupTable,
  batch: StreamBatch,
): Promise<SealOutcome> {
  const { vault, clock, buckets } = tools;
  const now = new Date(clock.now()).toISOString();
  // A clock that was set back must not make sealed time run backwards.
  const sealedAt = later(now, head.sealedAt);
  const judge = await buckets.prepare(batch.messages, sealedAt);
  const plan = await inTurns(
    planBatch({
      log: head.log,
      size: head.edge.size,
      from: batch.from,
      messages: batch.messages,
      sealedAt,
      keyer: tools.keyer,
      known: (keys) => table.lookup(keys),
      checked: (entry) => judge.checked(entry),
      salt: saltSource(tools.random, batch.messages.length),
      fallback: { class: tools.fallbackClass, quarter: quarterOf(sealedAt) },
    }),
  );
  const segments = plan.segments.map(({ class: name, quarter, lines, count }) => {
    const bytes = zstdCompressSync(lines, ZSTD);
    const segment = { class: name, quarter, digest: sha256Hex(bytes), count };
    return { bytes, segment, until: judge.until(segment) };
  });
  const { edge, completed } = growTree(head.edge, plan.leaves);
  const commit: Commit = {
    v: 1,
    log: head.log,
    n: head.n + 1,
    previous: head.digest,
    from: batch.from,
    to: batch.from + batch.messages.length,
    last: sha256Hex(batch.messages.at(-1) ?? ''),
    sizeAfter: edge.size,
    sealedAt,
    segments: segments.map(({ segment }) => segment),
    leaves: toBase64(plan.leaves),
    dedup: toBase64(plan.dedup),
    receipts: plan.receipts,
    checkpoint: await signCheckpoint(
      { origin: logOrigin(tools.identity.id, head.log), size: edge.size, root: edgeRoot(edge) },
      tools.ledger,
    ),
  };
  const named: VaultObject[] = [
    ...plan.unreadable.map(({ sha256, text }) => ({ name: `captures/${sha256}`, bytes: Buffer.from(text) })),
    ...segments.map(({ bytes, segment, until }) => ({ name: segmentName(segment), bytes, until })),
  ];
  // A crash after this leaves segments that no commit names: orphans, which verify counts and nobody reads.
  if (named.length > 0) await vault.put(named);
  const bytes = commitBytes(commit);
  // A crash after this leaves a commit without tiles: recovery derives them. Before it, nothing has happened.
  if (!(await putCommit(vault, head, commitName(head.log, commit.n), bytes))) return { outcome: 'fenced' };
  const newHead = headOf(head.generation, { commit, digest: commitDigest(bytes) }, edge);
  return { outcome: 'sealed', head: newHead, completed, counts: plan.counts, dedup: plan.dedup };
}

/** Runs work to its end, and lets others of this thread go first wherever it yields: an append waits for nobody's batch. */
async function inTurns<T>(work: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}

/** True when the commit there is ours. False when another extends our head. */
async function putCommit(vault: Vault, head: LogHead, name: string, bytes: Uint8Array): Promise<boolean> {
  try {
    const [outcome] = await vault.put([{ name, bytes }]);
    if (outcome === 'stored') return true;
  } catch (error) {
    // Ambiguous: it may be there. If it is ours, a second put makes its name durable, or fails for good.
    const there = await vault.get(name).catch(() => undefined);
    if (there === undefined || !sameBytes(there, bytes)) throw error;
    await vault.put([{ name, bytes }]);
    return true;
  }
  const there = await vault.get(name);
  if (there === undefined) throw damaged(name, 'it was there and is gone');
  if (sameBytes(there, bytes)) return true;
  const winner = await readCommit(vault, head.log, head.n + 1);
  if (winner?.commit.previous === head.digest) return false;
  throw new HoldfastError(
    'incident-fork',
    `${name} exists and does not extend the commit that this archiver sealed last.`,
    {
      hint: 'Two histories of one log exist. Stop every archiver, keep the folder as it is, and run "holdfast verify".',
    },
  );
}

/** Record salts: 128 bits each, drawn for the whole batch at once. */
function saltSource(random: Random, messages: number): () => string {
  let hex = '';
  let next = 0;
  return () => {
    if (next === hex.length) {
      hex = Buffer.from(random.bytes(16 * Math.max(1, messages))).toString('hex');
      next = 0;
    }
    next += 32;
    return hex.slice(next - 32, next);
  };
}
