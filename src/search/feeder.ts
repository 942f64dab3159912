import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchiveReader } from '../archive/reader.ts';
import { HoldfastError, isHoldfastError } from '../core/errors.ts';
import type { Index } from '../core/ports/index.ts';
import type { LogName } from '../core/record.ts';
import { type IndexDocument, indexDocument } from '../core/search/document.ts';

export interface FeederParts {
  readonly reader: Pick<ArchiveReader, 'logs' | 'head' | 'scan'>;
  readonly index: Pick<Index, 'add' | 'advance' | 'positions'>;
  /** Only these logs; default: all of every generation. */
  readonly logs?: readonly LogName[];
  /** Told after each step: the log is indexed up to `size` of `of` leaves. */
  readonly progress?: (log: LogName, size: number, of: number) => void;
}

export interface Fed {
  /** Documents added (again, where a crash came between adding and recording). */
  readonly documents: number;
}

/** Documents added at once, and the text of them (UTF-16 units): bounds what is held in memory. */
const MOST_AT_ONCE = 2_000;
const MOST_TEXT = 8 * 1024 * 1024;
/** Leaves between two recorded positions while catching up: recording makes searchable, which costs on a server. */
const STEP = 20_000;

/**
 * Follows what is sealed into the index. Reads records from the vault, checked against their leaves; adds them in order;
 * records the position last. A crash anywhere leaves documents beyond the position at worst: they are added again, and
 * are already there.
 */
export class IndexFeeder {
  readonly #parts: FeederParts;

  constructor(parts: FeederParts) {
    this.#parts = parts;
  }

  /** Indexes everything that is sealed now. Throws what reading or the index throws; what was recorded stays. */
  async catchUp(signal?: AbortSignal): Promise<Fed> {
    const { reader, index } = this.#parts;
    const positions = await index.positions();
    let documents = 0;
    let failed: unknown;
    for (const log of this.#parts.logs ?? (await reader.logs())) {
      try {
        const size = await this.#sizeOf(log);
        const from = positions.get(log) ?? { size: 0, rejects: 0 };
        if (size > from.size) documents += await this.#feed(log, from, size, signal);
        else if (size < from.size) throw leads(log);
      } catch (error) {
        if (signal?.aborted) throw error;
        // A damaged log must not keep the others from being found.
        failed ??= error;
      }
    }
    if (failed !== undefined) throw failed;
    return { documents };
  }

  /**
   * Catches up again and again until `signal`, looking every `every` ms (default 50). What goes wrong is told to
   * `failed`, once per message, and tried again a second later.
   */
  async follow(options: {
    signal: AbortSignal;
    every?: number;
    failed: (error: unknown) => void;
  }): Promise<void> {
    const { signal, every = 50, failed } = options;
    let told: string | undefined;
    while (!signal.aborted) {
      let pause = every;
      try {
        await this.catchUp(signal);
        told = undefined;
      } catch (error) {
        if (signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        if (message !== told) failed(error);
        told = message;
        pause = 1_000;
      }
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }

  async #sizeOf(log: LogName): Promise<number> {
    try {
      return (await this.#parts.reader.head(log)).size;
    } catch (error) {
      // A log's folder is there before its first commit.
      if (isHoldfastError(error, 'not-found')) return 0;
      throw error;
    }
  }

  async #feed(
    log: LogName,
    from: { size: number; rejects: number },
    to: number,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const { reader, index, progress } = this.#parts;
    let { size, rejects } = from;
    let recorded = size;
    let added = 0;
    let text = 0;
    let batch: IndexDocument[] = [];
    for await (const sealed of reader.scan(log, from.size, to)) {
      const document = indexDocument(log, sealed);
      if (document) {
        batch.push(document);
        text += document.text?.length ?? 0;
      }
      if (sealed.type === 'reject') rejects++;
      size = sealed.leaf + 1;
      if (batch.length < MOST_AT_ONCE && text < MOST_TEXT && size - recorded < STEP) continue;
      signal?.throwIfAborted();
      await index.add(batch);
      added += batch.length;
      batch = [];
      text = 0;
      if (size - recorded < STEP) continue;
      await index.advance(log, { size, rejects });
      recorded = size;
      progress?.(log, size, to);
    }
    await index.add(batch);
    await index.advance(log, { size: to, rejects });
    progress?.(log, to, to);
    return added + batch.length;
  }
}

const leads = (log: LogName): HoldfastError =>
  new HoldfastError('damaged-archive', `The index covers more of ${log} than the vault holds.`, {
    hint: 'The vault was put back to an earlier state, or the index is of another archive: run "holdfast verify", then "holdfast rebuild-index".',
  });

/**
 * Makes the index anew from the vault beside the one in use, then takes its place. Feeding the old index must rest
 * meanwhile; what is sealed after the end of this is for the feeder, which goes on from the new positions.
 */
export async function rebuildIndex(parts: Omit<FeederParts, 'index'> & { index: Index }): Promise<Fed> {
  const rebuild = await parts.index.rebuild();
  try {
    const fed = await new IndexFeeder({ ...parts, index: rebuild.index }).catchUp();
    await rebuild.adopt();
    return fed;
  } catch (error) {
    await rebuild.abandon();
    throw error;
  }
}
