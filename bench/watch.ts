import { setTimeout as sleep } from 'node:timers/promises';
import type { Archive } from '../src/cli/archive.ts';
import { baseOf, transcriptLogs } from '../src/core/logs.ts';

/** Looking itself takes the machine's time, and adds half of this to what is measured; ms. */
const LOOK_EVERY = 50;

/** How far one log is: which tree size each stream offset was sealed at. */
interface Followed {
  next: number;
  readonly sealed: { readonly to: number; readonly size: number }[];
}

/**
 * Tells when what stands in the stream can be found. One watcher looks for all that wait, so that the looking is not
 * what is measured.
 */
export class Watch {
  readonly #archive: Archive;
  readonly #logs: readonly string[];
  readonly #followed = new Map<string, Followed>();
  readonly #waiting = new Set<{ readonly wanted: ReadonlyMap<string, number>; resolve(): void }>();
  #ended = false;

  constructor(archive: Archive) {
    this.#archive = archive;
    this.#logs = transcriptLogs(archive.identity.partitions);
  }

  /** Resolves when everything that the stream holds now is searchable. */
  async searchable(): Promise<void> {
    const wanted = new Map<string, number>();
    for (const log of this.#logs) wanted.set(log, (await this.#archive.stream.bounds(log)).high);
    await new Promise<void>((resolve) => this.#waiting.add({ wanted, resolve }));
  }

  /** Looks until `end`. */
  async run(): Promise<void> {
    while (!this.#ended) {
      const indexed = await this.#archive.index.positions();
      for (const log of await this.#archive.reader.openLogs()) {
        if (this.#logs.includes(baseOf(log))) await this.#follow(log);
      }
      const found = new Map(
        [...this.#followed].map(([log, { sealed }]) => [
          baseOf(log),
          sealed.findLast(({ size }) => size <= (indexed.get(log)?.size ?? 0))?.to ?? 0,
        ]),
      );
      for (const one of [...this.#waiting]) {
        if (![...one.wanted].every(([log, high]) => (found.get(log) ?? 0) >= high)) continue;
        this.#waiting.delete(one);
        one.resolve();
      }
      await sleep(LOOK_EVERY);
    }
  }

  end(): void {
    this.#ended = true;
  }

  async #follow(log: string): Promise<void> {
    const followed = this.#followed.get(log) ?? { next: 0, sealed: [] };
    this.#followed.set(log, followed);
    for await (const { n, to, sizeAfter } of this.#archive.reader.commits(log, followed.next)) {
      followed.next = n + 1;
      followed.sealed.push({ to, size: sizeAfter });
    }
  }
}
