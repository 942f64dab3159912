import type { Findings } from '../../core/findings.ts';
import { sameBytes } from '../../core/ledger/read.ts';
import { edgeTiles, type TreeEdge, type TreeObject } from '../../core/ledger/tiles.ts';
import type { LogName } from '../../core/record.ts';
import type { Storage } from './storage.ts';

/**
 * Derived files against what the commits determine. They are written behind the commits, up to the checkpoint file's
 * size: beyond it a missing one is no fault yet, a wrong one is.
 */
export class TileChecks {
  readonly #log: LogName;
  readonly #findings: Findings;
  readonly #storage: Storage;
  /** Size of the checkpoint file's tree. */
  readonly #derived: number;

  constructor(log: LogName, findings: Findings, storage: Storage, derived: number) {
    this.#log = log;
    this.#findings = findings;
    this.#storage = storage;
    this.#derived = derived;
  }

  /** Files that are full at `size` leaves. */
  async full(objects: readonly TreeObject[], size: number): Promise<void> {
    for (const object of objects) await this.#compare(object, size <= this.#derived);
  }

  /** Partial files of a size that a commit ends at: needed where the checkpoint file has that size. */
  async edge(edge: TreeEdge): Promise<void> {
    if (edge.size !== this.#derived) return;
    for (const object of edgeTiles(edge)) await this.#compare(object, true);
  }

  async #compare(object: TreeObject, needed: boolean): Promise<void> {
    const name = `ledger/${this.#log}/${object.name}`;
    const bytes = await this.#storage.get(name);
    if (bytes === undefined) {
      if (needed) this.#findings.fault('tile-missing', name, 'The checkpoint needs it and it is not there.');
      return;
    }
    this.#findings.count('tiles');
    if (!sameBytes(bytes, object.bytes))
      this.#findings.fault('tile-differs', name, 'It is not what the commits determine.');
  }
}
