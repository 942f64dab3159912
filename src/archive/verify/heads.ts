import type { Findings } from '../../core/findings.ts';
import { sameBytes } from '../../core/ledger/read.ts';
import type { Hash } from '../../core/ledger/tree.ts';
import { baseOf, CONTROL } from '../../core/logs.ts';
import type { LogName } from '../../core/record.ts';

/** A head that somebody else vouches for: control, or an outsider. */
export interface KnownHead {
  readonly log: LogName;
  readonly size: number;
  readonly root: Hash;
  /** Who says so: a record of control, or a file of the outsider's. */
  readonly by: string;
  readonly from: 'control' | 'outside';
}

const CODES = {
  control: { cut: 'log-truncated', other: 'log-rewritten' },
  outside: { cut: 'outside-truncated', other: 'outside-rewritten' },
} as const;

/** What is expected of one log, and how far it was seen. */
interface Expected {
  readonly heads: Map<number, KnownHead[]>;
  /** Sizes of `heads`, ascending; undefined while they must be sorted anew. */
  sorted: number[] | undefined;
  /** Roots that the log was seen to have: kept for control only, whose heads become known while it is read. */
  readonly seen: Map<number, Hash>;
  /** Its size, once it was read to its end. */
  end: number | undefined;
}

/** The heads that logs must still have, and what was found of them. */
export class KnownHeads {
  readonly #findings: Findings;
  readonly #logs = new Map<LogName, Expected>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  add(head: KnownHead): void {
    const expected = this.#of(head.log);
    if (expected.end !== undefined) {
      this.#late(head, expected, expected.end);
      return;
    }
    const ofSize = expected.heads.get(head.size) ?? [];
    if (ofSize.length === 0) expected.sorted = undefined;
    expected.heads.set(head.size, ofSize);
    // Control seals the same head again while a log stands still.
    if (!ofSize.some((known) => known.from === head.from && sameBytes(known.root, head.root)))
      ofSize.push(head);
  }

  /** Sizes after `from`, up to `to`, at which a head is known, ascending. */
  sizes(log: LogName, from: number, to: number): number[] {
    const expected = this.#of(log);
    expected.sorted ??= [...expected.heads.keys()].sort((a, b) => a - b);
    const { sorted } = expected;
    let low = 0;
    for (let high = sorted.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] as number) <= from) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (end < sorted.length && (sorted[end] as number) <= to) end++;
    return sorted.slice(low, end);
  }

  /** Compares the root that the log has at `size` with every head known of that size. */
  check(log: LogName, size: number, root: Hash): void {
    const expected = this.#of(log);
    if (baseOf(log) === CONTROL) expected.seen.set(size, root);
    for (const head of expected.heads.get(size) ?? []) this.#compare(head, root);
    expected.heads.delete(size);
  }

  /** Says of a log that ends at `size` which heads it does not reach. */
  finish(log: LogName, size: number): void {
    const expected = this.#of(log);
    expected.end = size;
    for (const [wanted, heads] of expected.heads)
      if (wanted > size) for (const head of heads) this.#cut(head, size);
    expected.heads.clear();
  }

  /** Says so of every log that was never read. */
  finishOthers(): void {
    for (const [log, { end }] of this.#logs) if (end === undefined) this.finish(log, 0);
  }

  #of(log: LogName): Expected {
    const found = this.#logs.get(log);
    if (found !== undefined) return found;
    const made: Expected = { heads: new Map(), sorted: undefined, seen: new Map(), end: undefined };
    this.#logs.set(log, made);
    return made;
  }

  /** A head of a log that was read before: an earlier generation of control. */
  #late(head: KnownHead, expected: Expected, end: number): void {
    const root = expected.seen.get(head.size);
    if (root !== undefined) this.#compare(head, root);
    else if (head.size > end) this.#cut(head, end);
    else this.#rewritten(head);
  }

  #compare(head: KnownHead, root: Hash): void {
    this.#findings.count(head.from === 'control' ? 'sealedHeads' : 'outsideHeads');
    if (!sameBytes(head.root, root)) this.#rewritten(head);
  }

  #rewritten({ log, size, by, from }: KnownHead): void {
    this.#findings.fault(
      CODES[from].other,
      `ledger/${log}`,
      `${by} holds another root for its first ${size} leaves.`,
    );
  }

  #cut({ log, size, by, from }: KnownHead, end: number): void {
    this.#findings.fault(
      CODES[from].cut,
      `ledger/${log}`,
      `${by} holds a head of ${size} leaves; the log has ${end}.`,
    );
  }
}
