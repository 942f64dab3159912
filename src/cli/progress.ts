import type { Clock } from '../core/ports/clock.ts';
import type { Io } from './io.ts';

const EVERY = 200;
const PLAIN_EVERY = 5_000;

/** Progress of long work: often on a terminal, and as a plain line every few seconds anywhere. */
export class Progress {
  readonly #io: Io;
  readonly #clock: Clock;
  #shown = 0;
  #plain: number;

  constructor(io: Io, clock: Clock) {
    this.#io = io;
    this.#clock = clock;
    this.#plain = clock.now();
  }

  show(line: string): void {
    const now = this.#clock.now();
    if (now - this.#plain >= PLAIN_EVERY) {
      this.#plain = now;
      this.#io.err(line);
    } else if (now - this.#shown >= EVERY) {
      this.#shown = now;
      this.#io.transient(line);
    }
  }

  done(): void {
    this.#shown = 0;
  }
}
