import type { LogName } from '../record.ts';

/**
 * When a stream closes a batch for its consumer: at so many entries, so many bytes of UTF-8, or so long (ms) after its
 * first message. A batch is what one commit seals.
 */
export const BATCH_LIMITS = { entries: 2_000, bytes: 4 * 1024 * 1024, lingerMs: 200 } as const;

/** Messages of one log that follow each other without a gap; `from` is the offset of the first. */
export interface StreamBatch {
  readonly from: number;
  /** JSON text of one {@link import('../record.ts').Entry} each. */
  readonly messages: readonly string[];
}

/** What a log's consumer tells the stream when the log is assigned to it: where its commits end. */
export interface StreamStart {
  /** The next offset to read: `to` of the last commit. */
  readonly next: number;
  /** SHA-256 of the last sealed message, at offset `next - 1`; null while nothing was sealed. */
  readonly last: string | null;
}

/** The consumer of a stream: the archiver. Calls for one log never overlap. */
export interface StreamConsumer {
  /** The log is now this process's. May be called again after `released`, with whatever another process committed. */
  assigned(log: LogName): Promise<StreamStart>;
  /**
   * Seals `batch`. The stream calls it again only after it resolved. Resolves to the next offset to read (the archiver
   * may have been fenced and read a new head). A rejection stops this log and is reported by `incident`.
   */
  batch(log: LogName, batch: StreamBatch): Promise<number>;
  /** Nothing more to read for now; called at least once after each burst. */
  idle?(log: LogName): Promise<void>;
  /** The log is no longer this process's: nothing may be committed after this resolves. */
  released(log: LogName): Promise<void>;
  /** The log stopped for cause: a gap, a mismatch, a fork. A person must act. Other logs go on. */
  incident(log: LogName, error: Error): void;
}

/**
 * The stream carries entries from ingest to the archivers. One partition per log, offsets contiguous from 0 within it.
 * It is not the record: the vault can refill it entirely. Log names here carry no generation (`m0`, never `m0.2`): which
 * generation seals is the archiver's business, and a generation's genesis says at which offset it begins.
 */
export interface Stream {
  /**
   * Appends in order. Durable on all required replicas when it resolves. A rejection may have appended some or all
   * (ambiguous): the caller may append again, dedup absorbs it. Waits and retries while the stream is away, telling
   * `waiting` of its settings; throws `stream-away` only when its patience is configured to end.
   */
  append(log: LogName, messages: readonly string[]): Promise<void>;
  /** Lowest offset still held, and the next offset to be written. */
  bounds(log: LogName): Promise<{ low: number; high: number }>;
  /**
   * Consumes every log that is assigned to this process until `stop`. Each batch starts exactly at the expected offset:
   * what lies below is trimmed, a position above is sought, a low watermark above it is `incident-gap`. On `assigned`
   * the message at `next - 1`, if still held, is read and compared with `last`; a difference, or a high watermark below
   * `next`, is `incident-mismatch`. Where several processes consume one log, watermarks that contradict the position are
   * an incident only if `released` and `assigned` once more name the same position: another may have sealed and trimmed.
   */
  consume(consumer: StreamConsumer): Promise<StreamConsumption>;
  /** Deletes entries below `below`, which must all be sealed. A hint: keeping them longer is no fault. */
  trim(log: LogName, below: number): Promise<void>;
  close(): Promise<void>;
}

export interface StreamConsumption {
  /** Stops after the batch in work; releases every log. */
  stop(): Promise<void>;
}
