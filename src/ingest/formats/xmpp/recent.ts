/**
 * The newest names and what they stand for, at most `limit` of them: two halves, the older of which is let go as a whole.
 * Taking the oldest out of a map one by one would look at every place that it left.
 */
export class Recent {
  readonly #half: number;
  #young = new Map<string, string>();
  #old = new Map<string, string>();

  constructor(limit: number) {
    this.#half = Math.max(1, Math.floor(limit / 2));
  }

  set(name: string, value: string): void {
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(name, value);
  }

  get(name: string): string | undefined {
    return this.#young.get(name) ?? this.#old.get(name);
  }
}
