import type { Window } from './window.ts';

const GT = 62;

interface Found {
  /** Absolute position from which this holds. */
  readonly from: number;
  /** Absolute position of the next such tag; −1: there is none before `searched`. */
  readonly at: number;
  readonly searched: number;
}

/**
 * Finds tags ahead in a window and remembers what it found: a hostile file can ask for the same tag from a million
 * places, and every byte is still looked at once.
 */
export class TagFinder {
  readonly #window: Window;
  readonly #known = new Map<string, Found>();

  constructor(window: Window) {
    this.#window = window;
  }

  /** Index in the window of the next tag of exactly this name (`<name` or `</name`), at or after `index`; −1: none. */
  next(mark: string, index: number): number {
    const { bytes, passed } = this.#window;
    const from = passed + index;
    const known = this.#known.get(mark);
    let start = index;
    if (known !== undefined && known.from <= from) {
      if (known.at >= from) return known.at - passed;
      if (known.at === -1) start = Math.max(index, known.searched - passed);
    }
    for (;;) {
      const at = bytes.indexOf(mark, start);
      // A mark that the window cuts off is looked for again once more has been read.
      const cutOff = at === -1 ? bytes.length - mark.length + 1 : at + mark.length >= bytes.length ? at : -1;
      if (at === -1 || (cutOff !== -1 && !this.#window.ended)) {
        this.#known.set(mark, { from, at: -1, searched: passed + Math.max(start, cutOff) });
        return -1;
      }
      const after = bytes[at + mark.length];
      if (after === undefined || after === GT || after === 47 || after <= 32) {
        this.#known.set(mark, { from, at: passed + at, searched: passed + at });
        return at;
      }
      start = at + mark.length;
    }
  }
}
