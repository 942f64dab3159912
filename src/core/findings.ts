import type { Fault, FaultCode, Verification } from './faults.ts';

/** Faults that are listed one by one; of the others only the number is said. */
const MOST_LISTED = 1000;

/** Collects what a verification counts and finds, in bounded memory. */
export class Findings {
  readonly #faults: Fault[] = [];
  readonly #checked = new Map<string, number>();
  readonly #of: string;
  #more = 0;

  /** `of` names what is verified, for faults that have no other place. */
  constructor(of = 'archive') {
    this.#of = of;
  }

  fault(code: FaultCode, where: string, what: string): void {
    if (this.#faults.length < MOST_LISTED) this.#faults.push({ code, where, what });
    else this.#more++;
  }

  /** Counts something that was checked; 0 makes the count appear. */
  count(what: string, by = 1): void {
    this.#checked.set(what, (this.#checked.get(what) ?? 0) + by);
  }

  result(): Verification {
    const faults = [...this.#faults];
    if (this.#more > 0) {
      faults.push({ code: 'more-faults', where: this.#of, what: `${this.#more} more faults were found.` });
    }
    return { ok: faults.length === 0, checked: Object.fromEntries(this.#checked), faults };
  }
}
