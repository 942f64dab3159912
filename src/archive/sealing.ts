/** Waiting for what was carried to be sealed. Reads commits, so it works from any thread, process or machine. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../core/errors.ts';
import { baseOf, generationName } from '../core/logs.ts';
import type { Vault } from '../core/ports/vault.ts';
import type { Act, LogName, RecordName } from '../core/record.ts';
import { newestCommit, newestGeneration, readCommit } from './read/commits.ts';
import type { ArchiveReader } from './reader.ts';

export interface WaitOptions {
  /** Called when no log that is waited for had a commit for `lateAfter` ms, and again after each such time. */
  readonly late?: (logs: readonly string[]) => void;
  /** ms; default 10,000. */
  readonly lateAfter?: number;
  readonly signal?: AbortSignal;
}

/** A receipt that was carried, and the logs (without generation) that its account names. */
export interface CarriedReceipt {
  readonly receipt: string;
  readonly logs: readonly string[];
}

const LATE_AFTER_MS = 10_000;
const FIRST_POLL_MS = 5;
const LONGEST_POLL_MS = 100;

interface Follower {
  readonly base: string;
  generation: number;
  /** The next commit to look for. */
  next: number;
}

/**
 * Follows the commits of some logs from the moment it was made, and knows of each receipt what they sealed. Make it
 * before carrying, so that it sees every commit that carrying leads to.
 */
export class SealWatch {
  readonly #vault: Vault;
  readonly #followers: Follower[];
  /** Receipt → base log → what was sealed there. */
  readonly #sealed = new Map<string, Map<string, { records: number; entry: boolean }>>();

  private constructor(vault: Vault, followers: Follower[]) {
    this.#vault = vault;
    this.#followers = followers;
  }

  /** `logs`: base names. `from`: `now`, or `start` for everything that was ever sealed. */
  static async open(
    vault: Vault,
    logs: readonly string[],
    from: 'now' | 'start' = 'now',
  ): Promise<SealWatch> {
    const followers: Follower[] = [];
    for (const log of logs) {
      const base = baseOf(log);
      const generation = from === 'start' ? 1 : ((await newestGeneration(vault, base)) ?? 1);
      const newest =
        from === 'start' ? undefined : await newestCommit(vault, generationName(base, generation));
      followers.push({ base, generation, next: newest === undefined ? 0 : newest + 1 });
    }
    return new SealWatch(vault, followers);
  }

  /**
   * Resolves when each receipt's entry is sealed in every log named: receipt → event records sealed of it since this
   * watch began (duplicates and observations are not among them).
   */
  async wait(receipts: readonly CarriedReceipt[], options: WaitOptions = {}): Promise<Map<string, number>> {
    const missing = (): string[] => {
      const logs = new Set<string>();
      for (const { receipt, logs: named } of receipts) {
        for (const log of named) if (this.#sealed.get(receipt)?.get(log)?.entry !== true) logs.add(log);
      }
      return [...logs];
    };
    await pollUntil(() => this.refresh(), missing, options);
    return new Map(receipts.map(({ receipt }) => [receipt, this.recordsOf(receipt)]));
  }

  /** Event records sealed of a receipt, as far as was read. */
  recordsOf(receipt: string): number {
    let records = 0;
    for (const progress of this.#sealed.get(receipt)?.values() ?? []) records += progress.records;
    return records;
  }

  /** Reads the commits that came since; true when there was one. */
  async refresh(): Promise<boolean> {
    let moved = false;
    for (const follower of this.#followers) while (await this.#step(follower)) moved = true;
    return moved;
  }

  async #step(follower: Follower): Promise<boolean> {
    const log = generationName(follower.base, follower.generation);
    const stored = await readCommit(this.#vault, log, follower.next);
    if (stored === undefined) {
      if (follower.next === 0) return false;
      const genesis = await readCommit(
        this.#vault,
        generationName(follower.base, follower.generation + 1),
        0,
      );
      if (genesis === undefined) return false;
      follower.generation++;
      follower.next = 1;
      return true;
    }
    follower.next++;
    for (const { receipt, records, entry } of stored.commit.receipts) {
      const logs = this.#sealed.get(receipt) ?? new Map<string, { records: number; entry: boolean }>();
      this.#sealed.set(receipt, logs);
      const before = logs.get(follower.base) ?? { records: 0, entry: false };
      logs.set(follower.base, { records: before.records + records, entry: before.entry || entry });
    }
    return true;
  }
}

/**
 * Resolves to the record of an act once it is sealed. `from`: a size of its log that it was certainly recorded after
 * (default: the whole log is looked through, newest generation only).
 */
export async function awaitAct(
  reader: ArchiveReader,
  log: 'control' | 'audit',
  act: Pick<Act, 'id'>,
  options: WaitOptions & { readonly from?: { readonly log: LogName; readonly size: number } } = {},
): Promise<RecordName> {
  let found: RecordName | undefined;
  let place = options.from;
  const look = async (): Promise<boolean> => {
    const open = (await reader.openLogs()).find((name) => baseOf(name) === log);
    if (open === undefined) return false;
    if (place?.log !== open) place = { log: open, size: 0 };
    const { size } = await reader.head(open);
    const moved = size > place.size;
    for await (const record of reader.scan(open, place.size, size)) {
      if (record.type === 'act' && record.record.id === act.id) found = `${open}/${record.leaf}`;
    }
    place = { log: open, size };
    return moved;
  };
  await pollUntil(look, () => (found === undefined ? [log] : []), options);
  if (found === undefined) throw new HoldfastError('internal', 'An act was sealed and is not there.');
  return found;
}

/** Calls `look` until `missing` is empty: at once while something moves, less and less often while nothing does. */
async function pollUntil(
  look: () => Promise<boolean>,
  missing: () => readonly string[],
  options: WaitOptions,
): Promise<void> {
  const lateAfter = options.lateAfter ?? LATE_AFTER_MS;
  let pause = FIRST_POLL_MS;
  let quiet = 0;
  while (true) {
    const moved = await look();
    const logs = missing();
    if (logs.length === 0) return;
    pause = moved ? FIRST_POLL_MS : Math.min(LONGEST_POLL_MS, pause * 2);
    quiet = moved ? 0 : quiet + pause;
    if (quiet >= lateAfter) {
      quiet = 0;
      options.late?.(logs);
    }
    await sleep(pause, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}
