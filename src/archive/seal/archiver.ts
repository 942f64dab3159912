import { join } from 'node:path';
import { DedupKeyer } from '../../core/dedup.ts';
import { HoldfastError } from '../../core/errors.ts';
import { generationName } from '../../core/logs.ts';
import type { Clock, Random } from '../../core/ports/clock.ts';
import type { Signer } from '../../core/ports/signer.ts';
import {
  BATCH_LIMITS,
  type StreamBatch,
  type StreamConsumer,
  type StreamStart,
} from '../../core/ports/stream.ts';
import type { Vault } from '../../core/ports/vault.ts';
import type { LogName } from '../../core/record.ts';
import { DEFAULT_CLASS } from '../../core/retention.ts';
import { followCommits, readCommit } from '../read/commits.ts';
import type { ArchiveIdentity } from '../reader.ts';
import { Buckets } from './buckets.ts';
import { DedupTable } from './dedup-table.ts';
import { Derivation } from './derivation.ts';
import { putGenesis } from './genesis.ts';
import { applyNewer, type LogHead, loadHead } from './head.ts';
import { type SealingTools, sealBatch } from './sealer.ts';

export interface ArchiverSettings {
  readonly vault: Vault;
  readonly identity: ArchiveIdentity;
  /** Signs checkpoints. */
  readonly ledger: Signer;
  /** The vault's 32-byte dedup key. */
  readonly dedup: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
  /** Folder of the dedup tables, one file a log. Of this process alone; may be lost at any time. */
  readonly cache: string;
  /** Class of rejects for what is no entry at all; default: the default class. */
  readonly fallbackClass?: string;
  /** Deletes from the stream what is sealed, all but the last message (`Stream.trim`). Absent: nothing is deleted. */
  readonly trim?: (log: LogName, below: number) => Promise<void>;
  /** What happened, for logs and status. Must not throw. */
  readonly report?: (event: ArchiverEvent) => void;
}

/** What an archiver tells about its work. `log` is the base name, `sealedIn` the generation's. */
export type ArchiverEvent =
  | { readonly kind: 'assigned'; readonly log: LogName; readonly sealedIn: LogName; readonly next: number }
  | {
      readonly kind: 'committed';
      readonly log: LogName;
      readonly sealedIn: LogName;
      readonly n: number;
      readonly size: number;
      readonly records: number;
      readonly duplicates: number;
    }
  /** Another archiver committed first; this one dropped its batch and goes on at `next`. */
  | { readonly kind: 'fenced'; readonly log: LogName; readonly sealedIn: LogName; readonly next: number }
  | { readonly kind: 'incident'; readonly log: LogName; readonly error: Error };

interface LogState {
  readonly table: DedupTable;
  readonly derivation: Derivation;
  head: LogHead;
  /** Offset below which the stream was trimmed. */
  trimmed: number;
}

/** Messages that may stay in the stream after they are sealed, before they are trimmed while there is more to do. */
const TRIM_EVERY = 20_000;

/**
 * Seals what the stream carries: one archiver a log, fenced by commits that are put once. It holds nothing that the
 * vault does not: after a crash, or when a log comes back from another process, `assigned` reads the commits again.
 */
export class Archiver implements StreamConsumer {
  readonly #settings: ArchiverSettings;
  readonly #tools: Omit<SealingTools, 'buckets'>;
  #buckets: Promise<Buckets> | undefined;
  readonly #logs = new Map<LogName, LogState>();

  constructor(settings: ArchiverSettings) {
    this.#settings = settings;
    const { vault, identity, ledger, clock, random } = settings;
    const fallbackClass = settings.fallbackClass ?? DEFAULT_CLASS;
    this.#tools = {
      vault,
      identity,
      ledger,
      clock,
      random,
      keyer: new DedupKeyer(settings.dedup),
      fallbackClass,
    };
  }

  async assigned(log: LogName): Promise<StreamStart> {
    this.#logs.get(log)?.table.close();
    this.#logs.delete(log);
    const derivation = new Derivation(this.#settings.vault);
    const head = await this.#openHead(log, derivation);
    await derivation.finish();
    const table = await this.#openTable(log, head);
    this.#logs.set(log, { table, derivation, head, trimmed: 0 });
    this.#report({ kind: 'assigned', log, sealedIn: head.log, next: head.to });
    return { next: head.to, last: head.last };
  }

  async batch(log: LogName, batch: StreamBatch): Promise<number> {
    const state = this.#stateOf(log);
    if (batch.from !== state.head.to) {
      throw new HoldfastError(
        'internal',
        `A batch of ${log} begins at ${batch.from}, not at ${state.head.to}.`,
      );
    }
    for (const part of parts(batch)) {
      if (!(await this.#seal(log, state, part))) break;
    }
    if (state.head.to - state.trimmed > TRIM_EVERY) await this.#trim(log, state);
    return state.head.to;
  }

  async idle(log: LogName): Promise<void> {
    const state = this.#stateOf(log);
    await this.#settle(state);
    await this.#trim(log, state);
  }

  async released(log: LogName): Promise<void> {
    const state = this.#logs.get(log);
    if (state === undefined) return;
    this.#logs.delete(log);
    try {
      await this.#settle(state);
    } finally {
      state.table.close();
    }
  }

  incident(log: LogName, error: Error): void {
    this.#report({ kind: 'incident', log, error });
  }

  async #openHead(log: LogName, derivation: Derivation): Promise<LogHead> {
    const { vault, identity, ledger, clock } = this.#settings;
    const found = await loadHead(vault, identity, log, (head, completed) => derivation.add(head, completed));
    if (found !== undefined) {
      // Also where nothing was left to apply: its last tiles may have been written and its checkpoint not.
      await derivation.add(found, []);
      return found;
    }
    const sealedAt = new Date(clock.now()).toISOString();
    const head = await putGenesis(vault, identity, ledger, {
      base: log,
      generation: 1,
      position: 0,
      sealedAt,
    });
    await derivation.add(head, []);
    return head;
  }

  /** The dedup table up to `head`: from its file as far as that is a true copy of commits, the rest from commits. */
  async #openTable(log: LogName, head: LogHead): Promise<DedupTable> {
    const { vault, cache } = this.#settings;
    const table = new DedupTable(log, join(cache, `dedup-${log}.keys`));
    try {
      const last = table.last;
      if (last !== undefined) {
        const name = generationName(log, last.generation);
        const stored = await readCommit(vault, name, last.n);
        if (stored?.digest !== last.digest || last.generation > head.generation) table.clear();
      }
      for (let generation = table.last?.generation ?? 1; generation <= head.generation; generation++) {
        const reached = table.last?.generation === generation ? table.last : undefined;
        const name = generationName(log, generation);
        await this.#addCommits(table, name, generation, reached?.n ?? -1, reached?.digest);
      }
      return table;
    } catch (error) {
      table.close();
      throw error;
    }
  }

  async #addCommits(
    table: DedupTable,
    name: LogName,
    generation: number,
    after: number,
    digest: string | undefined,
  ): Promise<void> {
    for await (const { commit, digest: own } of followCommits(
      this.#settings.vault,
      name,
      after + 1,
      digest,
    )) {
      table.add({ generation, n: commit.n, digest: own, keys: Buffer.from(commit.dedup, 'base64') });
    }
  }

  /** False when this archiver was fenced: `state.head` is then the other's, and the rest of the batch is dropped. */
  async #seal(log: LogName, state: LogState, batch: StreamBatch): Promise<boolean> {
    const { vault, identity, clock } = this.#settings;
    this.#buckets ??= Buckets.open(vault, identity, clock);
    const tools = { ...this.#tools, buckets: await this.#buckets };
    const result = await sealBatch(tools, state.head, state.table, batch);
    if (result.outcome === 'fenced') {
      await this.#catchUp(state);
      this.#report({ kind: 'fenced', log, sealedIn: state.head.log, next: state.head.to });
      return false;
    }
    const { head, completed, counts, dedup } = result;
    // The commit is durable: from here on a failure may stop the log, but the next start finds it sealed.
    state.head = head;
    state.table.add({ generation: head.generation, n: head.n, digest: head.digest, keys: dedup });
    this.#report({
      kind: 'committed',
      log,
      sealedIn: head.log,
      n: head.n,
      size: head.edge.size,
      records: counts.records,
      duplicates: counts.duplicates,
    });
    await state.derivation.add(head, completed);
    return true;
  }

  /** Takes over what another archiver committed. */
  async #catchUp(state: LogState): Promise<void> {
    const { vault, identity } = this.#settings;
    state.head = await applyNewer(vault, identity, state.head, async (head, completed, commit) => {
      const keys = Buffer.from(commit.dedup, 'base64');
      state.table.add({ generation: head.generation, n: head.n, digest: head.digest, keys });
      await state.derivation.add(head, completed);
    });
  }

  async #settle(state: LogState): Promise<void> {
    await state.derivation.finish();
    if (!state.derivation.overtaken) return;
    await this.#catchUp(state);
    await state.derivation.finish();
  }

  async #trim(log: LogName, state: LogState): Promise<void> {
    // The last sealed message stays: on resume it is read again and compared.
    const below = state.head.to - 1;
    if (this.#settings.trim === undefined || below <= state.trimmed) return;
    await this.#settings.trim(log, below);
    state.trimmed = below;
  }

  #stateOf(log: LogName): LogState {
    const state = this.#logs.get(log);
    if (state === undefined) throw new HoldfastError('internal', `${log} is not assigned to this archiver.`);
    return state;
  }

  #report(event: ArchiverEvent): void {
    this.#settings.report?.(event);
  }
}

/** A batch within the limits of one commit each; streams mostly keep them already. */
function* parts(batch: StreamBatch): Generator<StreamBatch> {
  let messages: string[] = [];
  let from = batch.from;
  let bytes = 0;
  for (const message of batch.messages) {
    const size = Buffer.byteLength(message);
    const isFull = messages.length >= BATCH_LIMITS.entries || bytes + size > BATCH_LIMITS.bytes;
    if (isFull && messages.length > 0) {
      yield { from, messages };
      from += messages.length;
      messages = [];
      bytes = 0;
    }
    messages.push(message);
    bytes += size;
  }
  if (messages.length > 0) yield { from, messages };
}
