import type { Stream } from '../core/ports/stream.ts';
import type { LogName } from '../core/record.ts';

const BATCH_MESSAGES = 2000;
const BATCH_BYTES = 2 * 1024 * 1024;
/** UTF-16 units that may wait for the stream before the parser has to. */
const IN_FLIGHT = 16 * 1024 * 1024;

/** Appends to all logs at once, in order within each, while the parser goes on; bounded in what may be under way. */
export class Appender {
  readonly #stream: Stream;
  readonly #logs: readonly LogName[];
  readonly #queues: { messages: string[]; size: number }[];
  readonly #chains: Promise<void>[];
  #inFlight = 0;
  #failure: unknown;
  #failed = false;
  #wake: (() => void) | undefined;

  constructor(stream: Stream, logs: readonly LogName[]) {
    this.#stream = stream;
    this.#logs = logs;
    this.#queues = logs.map(() => ({ messages: [], size: 0 }));
    this.#chains = logs.map(() => Promise.resolve());
  }

  /** Queues one entry. A promise is returned only where the caller has to wait. Rethrows what an append threw. */
  push(partition: number, message: string): Promise<void> | undefined {
    const queue = this.#queues[partition];
    if (queue === undefined) throw new RangeError(`no partition ${partition}`);
    queue.messages.push(message);
    queue.size += message.length;
    if (queue.messages.length >= BATCH_MESSAGES || queue.size >= BATCH_BYTES) this.#flush(partition);
    return this.#failed || this.#inFlight > IN_FLIGHT ? this.#room() : undefined;
  }

  /** Resolves when everything that was pushed is durable. */
  async drain(): Promise<void> {
    for (let i = 0; i < this.#logs.length; i++) this.#flush(i);
    await Promise.all(this.#chains);
    if (this.#failed) throw this.#failure;
  }

  async #room(): Promise<void> {
    while (!this.#failed && this.#inFlight > IN_FLIGHT)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    if (this.#failed) throw this.#failure;
  }

  #flush(partition: number): void {
    const queue = this.#queues[partition];
    const log = this.#logs[partition];
    if (queue === undefined || log === undefined || queue.messages.length === 0) return;
    const { messages, size } = queue;
    this.#queues[partition] = { messages: [], size: 0 };
    this.#inFlight += size;
    const before = this.#chains[partition] ?? Promise.resolve();
    this.#chains[partition] = before
      .then(async () => {
        // After a failure nothing more goes out: a receipt entry must never overtake its events.
        if (!this.#failed) await this.#stream.append(log, messages);
      })
      .catch((error: unknown) => {
        if (!this.#failed) this.#failure = error;
        this.#failed = true;
      })
      .finally(() => {
        this.#inFlight -= size;
        this.#wake?.();
      });
  }
}
