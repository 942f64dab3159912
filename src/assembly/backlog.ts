import type { Archive } from '../cli/archive.ts';
import { sealedTo } from '../cli/wait.ts';
import { baseLogs, baseOf } from '../core/logs.ts';
import type { LogName } from '../core/record.ts';

/** What the stream held at the first look: entries that an archiver will seal need not be carried again. */
export class Backlog {
  readonly #archive: Archive;
  #wanted: ReadonlyMap<LogName, number> | undefined;
  #last = '';

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  /** True while some of it is not sealed, and more of it is than at the look before. */
  async isMoving(): Promise<boolean> {
    const wanted = await this.#held();
    const places: string[] = [];
    for (const log of await this.#archive.reader.openLogs()) {
      const to = await sealedTo(this.#archive, log);
      if (to < (wanted.get(baseOf(log)) ?? 0)) places.push(`${log} ${to}`);
    }
    const at = places.join();
    const moves = at !== '' && at !== this.#last;
    this.#last = at;
    return moves;
  }

  async #held(): Promise<ReadonlyMap<LogName, number>> {
    const { identity, stream } = this.#archive;
    this.#wanted ??= new Map(
      await Promise.all(
        baseLogs(identity.partitions).map(async (log) => [log, (await stream.bounds(log)).high] as const),
      ),
    );
    return this.#wanted;
  }
}
