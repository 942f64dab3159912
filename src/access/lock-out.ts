/**
 * Failed sign-ins make the next ones wait: longer and longer, by account and address. An account by itself is held up
 * only after many failures from many places, so that a stranger cannot easily keep its owner out.
 *
 * Kept in memory by each node: a restart forgets, and n nodes allow n times as many tries. Every failure is an audit
 * entry, which forgets nothing.
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
/** Keys that are remembered; the oldest go first. */
const MOST = 50_000;

interface Failures {
  readonly count: number;
  readonly last: number;
}

export class LockOut {
  readonly #failures = new Map<string, Failures>();

  /** Milliseconds until the next try is heard; 0: now. */
  wait(account: string, address: string, now: number): number {
    return Math.max(...keysOf(account, address).map(([rule, key]) => this.#wait(RULES[rule], key, now)));
  }

  /** Counts a try. Called before the password is looked at, so that tries side by side are counted too. */
  tried(account: string, address: string, now: number): void {
    for (const [, key] of keysOf(account, address)) {
      const before = this.#recent(key, now)?.count ?? 0;
      this.#failures.delete(key);
      this.#failures.set(key, { count: before + 1, last: now });
    }
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= MOST) break;
      this.#failures.delete(key);
    }
  }

  /** The try was good: the account's failures are forgotten, and the address is not blamed for this one. */
  succeeded(account: string, address: string): void {
    for (const [rule, key] of keysOf(account, address)) {
      const found = this.#failures.get(key);
      if (found === undefined) continue;
      if (rule !== 'address') this.#failures.delete(key);
      else this.#failures.set(key, { ...found, count: Math.max(0, found.count - 1) });
    }
  }

  /** The try was neither good nor bad: only it is forgotten. */
  forgiven(account: string, address: string): void {
    for (const [, key] of keysOf(account, address)) {
      const found = this.#failures.get(key);
      if (found !== undefined) this.#failures.set(key, { ...found, count: found.count - 1 });
    }
  }

  #wait(rule: Rule, key: string, now: number): number {
    const failures = this.#recent(key, now);
    if (failures === undefined || failures.count < rule.free) return 0;
    const wait = Math.min(LONGEST, rule.wait * 2 ** Math.min(20, failures.count - rule.free));
    return Math.max(0, failures.last + wait - now);
  }

  #recent(key: string, now: number): Failures | undefined {
    const found = this.#failures.get(key);
    return found === undefined || now - found.last > MEMORY ? undefined : found;
  }
}

const keysOf = (account: string, address: string): [keyof typeof RULES, string][] => [
  ['pair', `pair ${JSON.stringify([account, address])}`],
  ['address', `address ${address}`],
  ['account', `account ${account}`],
];
