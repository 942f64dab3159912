import { sha256Hex } from '../core/hash.ts';
import { IdSet } from '../core/holds/id-set.ts';

/** How many families stand under a name. */
export interface NamedFamilies {
  readonly name: string;
  readonly families: number;
}

/** Names that are counted one by one; what comes under others is in no list, and the sum says so. */
const MOST_NAMES = 100_000;

/** Counts families, each once under each name, in bounded memory for names and little for families. */
export class FamilyCount {
  readonly #seen = new IdSet();
  readonly #counts = new Map<string, number>();
  #isCut = false;

  add(name: string, family: string): void {
    const count = this.#counts.get(name);
    if (count === undefined && this.#counts.size >= MOST_NAMES) {
      this.#isCut = true;
      return;
    }
    const id = sha256Hex(`${name}\n${family}`);
    if (this.#seen.has(id)) return;
    this.#seen.add(id);
    this.#counts.set(name, (count ?? 0) + 1);
  }

  /** Most families first. */
  list(): NamedFamilies[] {
    return [...this.#counts]
      .map(([name, families]) => ({ name, families }))
      .sort((a, b) => b.families - a.families || (a.name < b.name ? -1 : 1));
  }

  /** True where there were more names than are counted. */
  get isCut(): boolean {
    return this.#isCut;
  }
}
