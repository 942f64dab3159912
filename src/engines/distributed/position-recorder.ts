import { setTimeout as sleep } from 'node:timers/promises';
import type { IndexPosition } from '../../core/ports/index.ts';
import type { LogName } from '../../core/record.ts';

/** The server rests so many times as long as recording took: the busier it is, the more logs share one refresh. */
const REST = { times: 2, longestMs: 300 } as const;
/** While a backlog is worked off it rests longer: nobody waits for what comes last, and fewer refreshes leave less to merge. */
const BACKLOG = { documents: 5_000, restMs: 1_000 } as const;

type Positions = ReadonlyMap<LogName, IndexPosition>;

/**
 * Records positions of many logs at a time. A refresh takes the server as long for one log as for all, and costs it as
 * much as hundreds of documents; so those that ask while one is under way are recorded together by the next.
 */
export class PositionRecorder {
  readonly #record: (positions: Positions) => Promise<ReadonlySet<LogName>>;
  #waiting = new Map<LogName, IndexPosition>();
  /** What records those that wait; undefined where nobody does. */
  #next: Promise<ReadonlySet<LogName>> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  readonly #sizes = new Map<LogName, number>();

  /** `record`: refreshes, then writes these positions, and names those that do not count. */
  constructor(record: (positions: Positions) => Promise<ReadonlySet<LogName>>) {
    this.#record = record;
  }

  /** True when the position, or a higher one of the same log, is recorded; false where it does not count. */
  async record(log: LogName, position: IndexPosition): Promise<boolean> {
    const waiting = this.#waiting.get(log);
    if (waiting === undefined || waiting.size < position.size) this.#waiting.set(log, position);
    this.#next ??= this.#recordNext();
    return !(await this.#next).has(log);
  }

  async #recordNext(): Promise<ReadonlySet<LogName>> {
    await this.#last;
    const begun = performance.now();
    const positions = this.#waiting;
    this.#waiting = new Map();
    this.#next = undefined;
    const recording = this.#record(positions);
    this.#last = recording
      .catch(() => {})
      .then(() => sleep(restAfter(performance.now() - begun, this.#grown(positions))));
    return await recording;
  }

  /** Leaves that these positions are past the last ones of their logs. */
  #grown(positions: Positions): number {
    let grown = 0;
    for (const [log, { size }] of positions) {
      grown += Math.max(0, size - (this.#sizes.get(log) ?? size));
      this.#sizes.set(log, size);
    }
    return grown;
  }
}

const restAfter = (tookMs: number, documents: number): number =>
  documents >= BACKLOG.documents ? BACKLOG.restMs : Math.min(REST.longestMs, REST.times * tookMs);
