import type { Archive } from '../cli/archive.ts';
import { heldByStream, notSealed } from '../cli/wait.ts';
import type { LogName } from '../core/record.ts';

/** What the stream held at the first look: entries that an archiver will seal need not be carried again. */
export class Backlog {
  readonly #archive: Archive;
  #held: ReadonlyMap<LogName, number> | undefined;
  #last = '';

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  /** True while some of it is not sealed, and more of it is than at the look before. */
  async isMoving(): Promise<boolean> {
    this.#held ??= await heldByStream(this.#archive);
    const behind = await notSealed(this.#archive, this.#held);
    const at = behind.map(({ line }) => line).join();
    const moves = at !== '' && at !== this.#last;
    this.#last = at;
    return moves;
  }
}
