import { commitName } from '../../core/ledger/commit.ts';
import { edgeTiles, type TreeObject } from '../../core/ledger/tiles.ts';
import { checkpointName } from '../../core/logs.ts';
import type { Vault } from '../../core/ports/vault.ts';
import type { LogHead } from './head.ts';

/** Commits that may wait for their tiles before sealing waits too. */
const MOST_BEHIND = 16;

/**
 * Writes what commits determine: tiles, entry bundles, the checkpoint file. It runs behind sealing and takes all waiting
 * commits at once, so that partial tiles of sizes in between are never written. Everything is put once under a name that
 * says what it holds: to do it twice, or by two processes, changes nothing.
 *
 * A crash leaves some tiles of the newest commits unwritten and an older checkpoint, for which all tiles are there:
 * tiles come before the checkpoint that needs them. Recovery applies the commits after that checkpoint again.
 */
export class Derivation {
  readonly #vault: Vault;
  #completed: TreeObject[] = [];
  #head: LogHead | undefined;
  #waiting = 0;
  #running: Promise<void> | undefined;
  #published: string | undefined;
  #overtaken = false;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** True once a commit after ours was seen when the checkpoint was written: another archiver is ahead. */
  get overtaken(): boolean {
    return this.#overtaken;
  }

  /** Takes over what a commit determines; resolves early, unless too much waits. Rejects with an earlier failure. */
  async add(head: LogHead, completed: readonly TreeObject[]): Promise<void> {
    if (this.#head?.log !== head.log) await this.finish();
    this.#head = head;
    this.#completed.push(...completed);
    this.#waiting++;
    if (this.#waiting > MOST_BEHIND) await this.finish();
    else this.#start();
  }

  /** Resolves when everything that was added is written. A failure leaves the work in place, to be tried again. */
  async finish(): Promise<void> {
    while (this.#waiting > 0 || this.#running !== undefined) {
      this.#start();
      await this.#running;
    }
  }

  #start(): void {
    if (this.#running !== undefined || this.#waiting === 0) return;
    const running = this.#run().finally(() => {
      this.#running = undefined;
    });
    // Nobody may be waiting yet; whoever finishes starts again and sees the failure.
    running.catch(() => undefined);
    this.#running = running;
  }

  async #run(): Promise<void> {
    while (this.#waiting > 0 && this.#head !== undefined) {
      const head = this.#head;
      const waiting = this.#waiting;
      const completed = this.#completed.length;
      const objects = [...this.#completed, ...edgeTiles(head.edge)];
      await this.#vault.put(
        objects.map(({ name, bytes }) => ({ name: `ledger/${head.log}/${name}`, bytes })),
      );
      this.#completed = this.#completed.slice(completed);
      await this.#publish(head);
      this.#waiting -= waiting;
    }
  }

  async #publish(head: LogHead): Promise<void> {
    if (head.checkpoint === this.#published) return;
    await this.#vault.publish(checkpointName(head.log), Buffer.from(head.checkpoint));
    this.#published = head.checkpoint;
    // Another archiver may have written a newer checkpoint just before: then its commit is there, and we go on to it.
    if (this.#head === head && (await this.#vault.size(commitName(head.log, head.n + 1))) !== undefined) {
      this.#overtaken = true;
    }
  }
}
