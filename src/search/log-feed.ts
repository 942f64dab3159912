/**
 * One log on its way into the index: its documents are added in batches, and how far it is is recorded beside that, so
 * that neither waits for the other. A crash anywhere leaves a position that is true, and documents past it that are
 * added again under the same names.
 */
import type { ArchiveReader } from '../archive/reader.ts';
import { HoldfastError } from '../core/errors.ts';
import { ACT_LOGS, baseOf } from '../core/logs.ts';
import type { Index, IndexPosition } from '../core/ports/index.ts';
import type { LogName } from '../core/record.ts';
import { type IndexDocument, indexDocument } from '../core/search/document.ts';
import type { Slots } from './slots.ts';

/** Documents in one batch where the settings do not say, and characters of text in any. */
const BATCH = 2_000;
const BATCH_TEXT = 4 * 1024 * 1024;
/** Leaves after which the position is recorded though the log goes on. */
const RECORD_EVERY = 20_000;

/** A log's position was recorded: everything below can be found. */
export interface Indexed {
  readonly kind: 'indexed';
  readonly log: LogName;
  readonly size: number;
}

export interface LogFeedSettings {
  readonly reader: Pick<ArchiveReader, 'scan'>;
  readonly index: Pick<Index, 'add' | 'advance'>;
  /** Documents in one batch (default 2,000): more where a batch is a transaction. */
  readonly batch?: number;
  readonly report?: (event: Indexed) => void;
}

export class LogFeed {
  readonly log: LogName;
  readonly #settings: LogFeedSettings;
  readonly #slots: Slots;
  readonly #signal: AbortSignal | undefined;
  /** Batches on their way. */
  readonly #adding = new Set<Promise<void>>();
  #added: IndexPosition;
  #failure: { readonly error: unknown } | undefined;
  /** The furthest position to record, with the batches that it must wait for. */
  #wanted: { readonly position: IndexPosition; readonly adding: readonly Promise<void>[] } | undefined;
  #recording: Promise<void> | undefined;
  #reading: Promise<void> | undefined;

  /** `from`: what the index says it has. */
  constructor(
    settings: LogFeedSettings,
    log: LogName,
    from: IndexPosition,
    slots: Slots,
    signal?: AbortSignal,
  ) {
    this.#settings = settings;
    this.log = log;
    this.#added = from;
    this.#slots = slots;
    this.#signal = signal;
  }

  /** Everything below was added; the index may not say so yet. */
  get added(): IndexPosition {
    return this.#added;
  }

  /** Resolves, never rejects, once more may be read; undefined where it may. */
  get reading(): Promise<void> | undefined {
    return this.#reading;
  }

  /** Nothing is under way. */
  get isIdle(): boolean {
    return this.#reading === undefined && this.#recording === undefined && this.#adding.size === 0;
  }

  /** What went wrong first: the feed ends there, and another one begins at what the index says. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Adds what follows, up to a tree size. Not while it is reading. */
  read(size: number): void {
    this.#reading = this.#read(size)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#reading = undefined;
      });
  }

  /** Resolves, never rejects, when nothing is under way. */
  async settled(): Promise<void> {
    while (!this.isIdle) await Promise.all([this.#reading, this.#recording, ...this.#adding]);
  }

  async #read(size: number): Promise<void> {
    const from = this.#added.size;
    let { rejects } = this.#added;
    // Acts are not searched: there is nothing to read.
    if (ACT_LOGS.includes(baseOf(this.log))) return this.#record({ size, rejects });
    const { reader, batch: most = BATCH } = this.#settings;
    let batch: IndexDocument[] = [];
    let text = 0;
    let recorded = from;
    const send = async (): Promise<void> => {
      if (batch.length > 0) await this.#send(batch);
      batch = [];
      text = 0;
    };
    for await (const sealed of reader.scan(this.log, from, size)) {
      this.#check();
      if (sealed.type === 'reject') rejects += 1;
      const document = indexDocument(this.log, sealed);
      if (document !== undefined) {
        batch.push(document);
        text += document.text?.length ?? 0;
      }
      if (batch.length >= most || text >= BATCH_TEXT) await send();
      const read = sealed.leaf + 1;
      if (read - recorded < RECORD_EVERY) continue;
      await send();
      this.#record({ size: read, rejects });
      recorded = read;
    }
    await send();
    await Promise.all(this.#adding);
    this.#check();
    this.#record({ size, rejects });
  }

  async #send(batch: readonly IndexDocument[]): Promise<void> {
    await this.#slots.take();
    const adding: Promise<void> = this.#settings.index
      .add(batch)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#adding.delete(adding);
        this.#slots.give();
      });
    this.#adding.add(adding);
  }

  #record(position: IndexPosition): void {
    this.#added = position;
    this.#wanted = { position, adding: [...this.#adding] };
    this.#recording ??= this.#recordWanted()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#recording = undefined;
      });
  }

  /** One after the other, so that none is recorded past one that was not. */
  async #recordWanted(): Promise<void> {
    for (let wanted = this.#wanted; wanted !== undefined; wanted = this.#wanted) {
      this.#wanted = undefined;
      await Promise.all(wanted.adding);
      // No position may pass a batch that was not added.
      if (this.#failure !== undefined) return;
      await this.#settings.index.advance(this.log, wanted.position);
      this.#settings.report?.({ kind: 'indexed', log: this.log, size: wanted.position.size });
    }
  }

  #check(): void {
    if (this.#signal?.aborted === true) this.#fail(interrupted());
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }
}

const interrupted = (): HoldfastError =>
  new HoldfastError('interrupted', 'Indexing was stopped.', {
    hint: 'It goes on from the recorded position when it is started again.',
  });
