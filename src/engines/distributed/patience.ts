import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/clock.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const SAY_AGAIN_MS = 10_000;

export interface PatienceSettings {
  /** How long a server that is away is waited for; 0 or absent: for ever. */
  readonly patienceMs?: number;
  readonly clock: Clock;
  /** Told what is waited for and why, at most every ten seconds. */
  readonly waiting?: (reason: string) => void;
}

/** What a kind of server says about its failures. */
export interface Failures {
  readonly server: string;
  /** What to throw for a failure that no repetition mends; undefined where waiting may help. */
  readonly lasting: (what: string, error: unknown) => unknown;
  /** What to throw when patience ends. */
  readonly away: (what: string, error: unknown) => HoldfastError;
  /** The kind of failure in words; never what was sent or stored. */
  readonly describe: (error: unknown) => string;
}

/** Waits for servers that are away: tries again, says so, and gives up only when it is told to. */
export class Patience {
  readonly #settings: PatienceSettings;
  readonly #failures: Failures;
  readonly #closed = new AbortController();
  #said = Number.NEGATIVE_INFINITY;

  constructor(settings: PatienceSettings, failures: Failures) {
    this.#settings = settings;
    this.#failures = failures;
  }

  /**
   * Repeats `attempt` until it resolves. Throws the error that no repetition mends, that of a server that is away at the
   * end of the patience or after `close`, and `interrupted` when `signal` aborts.
   */
  async until<T>(what: string, attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const begun = this.#settings.clock.now();
    const patience = this.#settings.patienceMs || Number.POSITIVE_INFINITY;
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const lasting = this.#failures.lasting(what, error);
        if (lasting !== undefined) throw lasting;
        if (signal?.aborted) throw new HoldfastError('interrupted', `${what} was stopped.`, { cause: error });
        if (this.#closed.signal.aborted || this.#settings.clock.now() - begun >= patience)
          throw this.#failures.away(what, error);
        this.say(what, error);
      }
      await this.pause(pause, signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Tells that the server is waited for, at most every ten seconds. */
  say(what: string, error: unknown): void {
    const now = this.#settings.clock.now();
    if (now - this.#said < SAY_AGAIN_MS) return;
    this.#said = now;
    const { server, describe } = this.#failures;
    this.#settings.waiting?.(`${what}: waiting for ${server} (${describe(error)})`);
  }

  /** Sleeps `ms`, or less after `close` or when `signal` aborts. */
  async pause(ms: number, signal?: AbortSignal): Promise<void> {
    const signals = signal ? [signal, this.#closed.signal] : [this.#closed.signal];
    await sleep(ms, undefined, { signal: AbortSignal.any(signals) }).catch(() => {});
  }

  /** Ends every wait. */
  close(): void {
    this.#closed.abort();
  }
}
