import type { Window } from './window.ts';

const [GT, SLASH, SPACE] = [62, 47, 32];

/** A tag that is looked for, `<name` or `</name`, and what is known of where it stands next. */
export interface Mark {
  readonly bytes: Buffer;
  /** Absolute position from which the rest holds. */
  from: number;
  /** Absolute position of the next such tag; −1: there is none before `searched`. */
  at: number;
  searched: number;
}

/** The marks of an element's name. */
export interface Marks {
  readonly open: Mark;
  readonly close: Mark;
}

const newMark = (text: string): Mark => ({
  bytes: Buffer.from(text, 'latin1'),
  from: Number.POSITIVE_INFINITY,
  at: -1,
  searched: 0,
});

/** Names whose marks are kept: a document has few, a hostile one as many as it likes. */
const MOST_NAMES = 10_000;

/**
 * Finds tags ahead in a window and remembers what it found: a hostile file can ask for the same tag from a million
 * places, and every byte is still looked at once.
 */
export class TagFinder {
  readonly #window: Window;
  readonly #known = new Map<string, Marks>();

  constructor(window: Window) {
    this.#window = window;
  }

  /** The marks of a name of one byte a character. */
  marks(name: string): Marks {
    let marks = this.#known.get(name);
    if (marks === undefined) {
      if (this.#known.size === MOST_NAMES) this.#known.clear();
      marks = { open: newMark(`<${name}`), close: newMark(`</${name}`) };
      this.#known.set(name, marks);
    }
    return marks;
  }

  /** Index in the window of the next tag of exactly this name, at or after `index`; −1: none. */
  next(mark: Mark, index: number): number {
    const { bytes, passed } = this.#window;
    const from = passed + index;
    let start = index;
    if (mark.from <= from) {
      if (mark.at >= from) return mark.at - passed;
      if (mark.at === -1) start = Math.max(index, mark.searched - passed);
    }
    const { length } = mark.bytes;
    mark.from = from;
    for (;;) {
      const at = bytes.indexOf(mark.bytes, start);
      // A mark that the window cuts off is looked for again once more has been read.
      const cutOff = at === -1 ? bytes.length - length + 1 : at + length >= bytes.length ? at : -1;
      if (at === -1 || (cutOff !== -1 && !this.#window.ended)) {
        mark.at = -1;
        mark.searched = passed + Math.max(start, cutOff);
        return -1;
      }
      const after = bytes[at + length];
      if (after === undefined || after === GT || after === SLASH || after <= SPACE) {
        mark.at = passed + at;
        mark.searched = mark.at;
        return at;
      }
      start = at + length;
    }
  }
}
