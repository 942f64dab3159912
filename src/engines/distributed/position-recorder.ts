import { setTimeout as sleep } from 'node:timers/promises';
import type { IndexPosition } from '../../core/ports/index.ts';
import type { LogName } from '../../core/record.ts';

/** The server rests so many times as long as recording took: the busier it is, the more logs share one refresh. */
const REST = 2;
const LONGEST_REST_MS = 300;

/**
 * Records positions of many logs at a time. A refresh takes the server as long for one log as for all, and costs it as
 * much as hundreds of documents; so those that ask while one is under way are recorded together by the next.
 */
export class PositionRecorder {
  readonly #record: (positions: ReadonlyMap<LogName, IndexPosition>) => Promise<void>;
  #waiting = new Map<LogName, IndexPosition>();
  /** What records those that wait; undefined where nobody does. */
  #next: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** `record`: refreshes, then writes these positions; whoever waits for one of them gets its failure. */
  constructor(record: (positions: ReadonlyMap<LogName, IndexPosition>) => Promise<void>) {
    this.#record = record;
  }

  /** Resolves when the position, or a higher one of the same log, is recorded. */
  record(log: LogName, position: IndexPosition): Promise<void> {
    const waiting = this.#waiting.get(log);
    if (waiting === undefined || waiting.size < position.size) this.#waiting.set(log, position);
    this.#next ??= this.#recordNext();
    return this.#next;
  }

  async #recordNext(): Promise<void> {
    await this.#last;
    const begun = performance.now();
    const positions = this.#waiting;
    this.#waiting = new Map();
    this.#next = undefined;
    const recording = this.#record(positions);
    this.#last = recording
      .catch(() => {})
      .then(() => sleep(Math.min(LONGEST_REST_MS, REST * (performance.now() - begun))));
    await recording;
  }
}
