import { z } from 'zod';
import type { Clock } from '../core/ports/clock.ts';
import { type AccessStore, folderOf, numbered, numberOf } from './access-store.ts';

/**
 * Failed sign-ins make the next ones wait: longer and longer, by account and address. An account by itself is held up
 * only after many failures from many places, so that a stranger cannot easily keep its owner out.
 */
interface Rule {
  /** Failures that cost nothing. */
  readonly free: number;
  /** The first wait; doubled by each further failure. ms */
  readonly wait: number;
}

const RULES = {
  pair: { free: 5, wait: 30_000 },
  address: { free: 30, wait: 30_000 },
  account: { free: 50, wait: 60_000 },
} as const satisfies Record<string, Rule>;
const LONGEST = 15 * 60_000;
/** Without a failure for so long, all is forgotten; ms. */
const MEMORY = 60 * 60_000;
const DAY = 24 * 60 * 60_000;

const failuresSchema = z.object({
  count: z.int(),
  /** The last one; ms since 1970. */
  last: z.number(),
});
type Failures = z.infer<typeof failuresSchema>;

const NONE: Failures = { count: 0, last: 0 };

/**
 * Counted in the access store, so that all nodes count together and a restart forgets nothing: the n-th object of
 * `tries/<UTC day>/<key>` is the count after n changes, and only one can put it. Days are forgotten as a whole.
 */
export class LockOut {
  readonly #store: AccessStore;
  readonly #clock: Clock;

  constructor(store: AccessStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Milliseconds until the next try is heard; 0: this one is, and it is counted. Asked before the password is looked at,
   * so that tries side by side, on whichever nodes, are counted too.
   */
  async admit(account: string, address: string): Promise<number> {
    const keys = keysOf(account, address);
    const waits = await Promise.all(
      keys.map(async ([rule, key]) => this.#wait(rule, (await this.#read(key)).failures)),
    );
    if (Math.max(...waits) > 0) return Math.max(...waits);
    const taken = await Promise.all(keys.map(([rule, key]) => this.#take(rule, key)));
    const wait = Math.max(...taken);
    // Others came between the looking and the counting: this one is not heard, and so it is not counted.
    if (wait > 0) await Promise.all(keys.map(([, key], i) => taken[i] === 0 && this.#change(key, oneLess)));
    return wait;
  }

  /** The try was good: the account's failures are forgotten, and the address is not blamed for this one. */
  async succeeded(account: string, address: string): Promise<void> {
    await Promise.all(
      keysOf(account, address).map(([rule, key]) =>
        this.#change(key, rule === 'address' ? oneLess : () => NONE),
      ),
    );
  }

  /** The try was neither good nor bad: only it is forgotten. */
  async forgiven(account: string, address: string): Promise<void> {
    await Promise.all(keysOf(account, address).map(([, key]) => this.#change(key, oneLess)));
  }

  /** Counts a try where it need not wait; resolves to the wait. */
  async #take(rule: RuleName, key: string): Promise<number> {
    let wait = 0;
    await this.#change(key, (failures) => {
      wait = this.#wait(rule, failures);
      return wait > 0 ? undefined : { count: failures.count + 1, last: this.#clock.now() };
    });
    return wait;
  }

  #wait(name: RuleName, { count, last }: Failures): number {
    const rule = RULES[name];
    if (count < rule.free) return 0;
    const wait = Math.min(LONGEST, rule.wait * 2 ** Math.min(20, count - rule.free));
    return Math.max(0, last + wait - this.#clock.now());
  }

  /** Puts what comes after the newest count; looks again where another was first. Undefined: nothing is to change. */
  async #change(key: string, change: (before: Failures) => Failures | undefined): Promise<void> {
    for (;;) {
      const { failures, next } = await this.#read(key);
      const changed = change(failures);
      if (changed === undefined || (await this.#store.put(next, changed)) === 'stored') return;
    }
  }

  /** The newest count, and the name of the one after it. What two nodes count at the same midnight may count once. */
  async #read(key: string): Promise<{ failures: Failures; next: string }> {
    const now = this.#clock.now();
    const today = folderOfTries(key, now);
    const newest = await this.#store.last(today);
    const found = newest ?? (await this.#store.last(folderOfTries(key, now - DAY)));
    const failures = found === undefined ? undefined : await this.#store.get(found, failuresSchema);
    return {
      failures: failures === undefined || now - failures.last > MEMORY ? NONE : failures,
      next: `${today}/${numbered(newest === undefined ? 0 : numberOf(newest) + 1)}`,
    };
  }
}

type RuleName = keyof typeof RULES;

const oneLess = ({ count, last }: Failures): Failures => ({ count: Math.max(0, count - 1), last });

const keysOf = (account: string, address: string): [RuleName, string][] => [
  ['pair', `pair ${JSON.stringify([account, address])}`],
  ['address', `address ${address}`],
  ['account', `account ${account}`],
];

function folderOfTries(key: string, at: number): string {
  const day = new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
  return `tries/${day}/${folderOf(key)}`;
}
