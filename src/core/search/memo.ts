/** Entries that are remembered; then it begins anew. Bounded, as what is asked may be hostile. */
const MOST = 10_000;

/** A pure function of text that remembers its answers. */
export class Memo {
  readonly #make: (text: string) => string;
  #known = new Map<string, string>();

  constructor(make: (text: string) => string) {
    this.#make = make;
  }

  of(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const made = this.#make(text);
    if (this.#known.size >= MOST) this.#known = new Map();
    this.#known.set(text, made);
    return made;
  }
}
