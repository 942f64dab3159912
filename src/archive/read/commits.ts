import { HoldfastError } from '../../core/errors.ts';
import { commitDigest, commitName, parseCommit } from '../../core/ledger/commit.ts';
import { generationName } from '../../core/logs.ts';
import type { Vault } from '../../core/ports/vault.ts';
import type { Commit, LogName } from '../../core/record.ts';

/** A commit as it is stored: what was parsed, and the digest by which the next one names it. */
export interface StoredCommit {
  readonly commit: Commit;
  readonly digest: string;
}

/** Reads a commit; undefined where there is none. Throws `damaged-archive` for bytes that are no such commit. */
export async function readCommit(vault: Vault, log: LogName, n: number): Promise<StoredCommit | undefined> {
  const bytes = await vault.get(commitName(log, n));
  if (bytes === undefined) return undefined;
  const read = parseCommit(bytes, log, n);
  if (!read.ok) throw damaged(commitName(log, n), read.why);
  return { commit: read.value, digest: commitDigest(bytes) };
}

/**
 * Number of the newest commit, found by galloping: commits are numbered without gaps. `known` is one that was there.
 * Undefined for a log without.
 */
export async function newestCommit(vault: Vault, log: LogName, known?: number): Promise<number | undefined> {
  const exists = async (n: number): Promise<boolean> => (await vault.size(commitName(log, n))) !== undefined;
  if (known === undefined && !(await exists(0))) return undefined;
  let low = known ?? 0;
  let step = 1;
  while (await exists(low + step)) {
    low += step;
    step *= 2;
  }
  let high = low + step;
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (await exists(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The newest generation of a log that has a genesis; undefined for a log that was never opened. */
export async function newestGeneration(vault: Vault, base: string): Promise<number | undefined> {
  let generation = 0;
  while ((await vault.size(commitName(generationName(base, generation + 1), 0))) !== undefined) generation++;
  return generation === 0 ? undefined : generation;
}

/** How many commits are read ahead while the one before is worked on. */
const AHEAD = 8;

/**
 * Commits of a log from `from` up to the newest there is, in order, each checked to name the one before it. `previous` is
 * the digest of commit `from` − 1 where the caller knows it.
 */
export async function* followCommits(
  vault: Vault,
  log: LogName,
  from: number,
  previous?: string,
): AsyncGenerator<StoredCommit> {
  const reading: Promise<StoredCommit | undefined>[] = [];
  let last = previous;
  for (let n = from; ; n++) {
    while (reading.length < AHEAD) reading.push(settled(readCommit(vault, log, n + reading.length)));
    const stored = await reading.shift();
    if (stored === undefined) return;
    if (last !== undefined && stored.commit.previous !== last) {
      throw damaged(commitName(log, n), 'it does not name the commit before it');
    }
    last = stored.digest;
    yield stored;
  }
}

/** A read ahead may fail before anybody waits for it; the failure is seen when its turn comes. */
function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** `damaged-archive`, for an object and a phrase that says what does not fit. */
export function damaged(name: string, why: string): HoldfastError {
  return new HoldfastError('damaged-archive', `${name}: ${why}.`, {
    hint: 'Run "holdfast verify" to see everything that does not fit; sealing goes on once the archive is whole again.',
  });
}
