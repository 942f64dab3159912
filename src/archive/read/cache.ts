/** Keeps what was loaded last, up to a weight. A load that fails is not kept; two askers share one load. */
export class Cache<T> {
  readonly #most: number;
  readonly #weigh: (value: T) => number;
  readonly #entries = new Map<string, { readonly value: Promise<T>; weight: number }>();
  #weight = 0;

  constructor(most: number, weigh: (value: T) => number) {
    this.#most = most;
    this.#weigh = weigh;
  }

  async get(key: string, load: () => Promise<T>): Promise<T> {
    const found = this.#entries.get(key);
    if (found !== undefined) {
      // Youngest last: the order of a Map is the order of insertion.
      this.#entries.delete(key);
      this.#entries.set(key, found);
      return found.value;
    }
    const entry = { value: load(), weight: 0 };
    this.#entries.set(key, entry);
    try {
      const value = await entry.value;
      entry.weight = this.#weigh(value);
      this.#weight += entry.weight;
      this.#shrink();
      return value;
    } catch (error) {
      this.#entries.delete(key);
      throw error;
    }
  }

  #shrink(): void {
    for (const [key, { weight }] of this.#entries) {
      if (this.#weight <= this.#most) return;
      if (weight === 0) continue;
      this.#entries.delete(key);
      this.#weight -= weight;
    }
  }
}
