/**
 * Addresses of the directory as conditions on records: whose they are, or nobody's, on which networks, from when to
 * when. Neighbouring days are one period, so that a time that is not sure may lie across them; addresses with the same
 * periods stand together.
 */

import type { Tenure } from '../search/plan.ts';
import type { Firm } from '../search/resolve.ts';
import type { Directory, OwnedAddress } from './fold.ts';
import { addressesOf, custodiansNamed, isOfFirm, keysOf } from './people.ts';
import type { Days } from './periods.ts';

const DAY = 86_400_000;

type Span = Pick<Tenure, 'from' | 'to'>;

/** The addresses of everybody whom this HR id or name stands for, by the directory as it is. */
export function tenuresOfCustodian(directory: Directory, name: string): readonly Tenure[] {
  return tenuresOf(custodiansNamed(directory, name).flatMap((one) => addressesOf(one)));
}

/** Addresses while they are somebody's. */
export function tenuresOf(owned: readonly OwnedAddress[]): readonly Tenure[] {
  const groups = new Groups();
  for (const [key, ownership] of ownerships(owned)) groups.add(key, ownership, spansOf);
  return groups.tenures();
}

/** The sides of the firm, of these keys of addresses; undefined where the directory says nothing of the firm. */
export function firmOf(directory: Directory, keys: readonly string[]): Firm | undefined {
  const owned = ownerships([...directory.custodians.values()].flatMap((one) => addressesOf(one)));
  if (owned.size === 0 && directory.domains.length === 0) return undefined;
  const inside = new Groups();
  const outside = new Groups();
  for (const key of keys) {
    const ownership = owned.get(key) ?? NOBODY;
    if (isOfFirm(directory, key)) inside.add(key, NOBODY, () => ALWAYS);
    else {
      inside.add(key, ownership, spansOf);
      outside.add(key, ownership, (days) => gapsOf(spansOf(days)));
    }
  }
  return { inside: inside.tenures(), outside: outside.tenures() };
}

/** Days on which an address is somebody's: on every network, and on some beside that. */
interface Ownership {
  readonly anywhere: readonly Days[];
  readonly on: ReadonlyMap<string, readonly Days[]>;
}

const NOBODY: Ownership = { anywhere: [], on: new Map() };
const ALWAYS: readonly Span[] = [{ from: null, to: null }];

function ownerships(owned: readonly OwnedAddress[]): ReadonlyMap<string, Ownership> {
  const found = new Map<string, { anywhere: Days[]; on: Map<string, Days[]> }>();
  for (const one of owned)
    for (const key of keysOf(one)) {
      const ownership = found.get(key) ?? { anywhere: [], on: new Map<string, Days[]>() };
      found.set(key, ownership);
      const days = one.network === null ? ownership.anywhere : (ownership.on.get(one.network) ?? []);
      days.push(one);
      if (one.network !== null) ownership.on.set(one.network, days);
    }
  return found;
}

/** Keys with the same networks and period are one tenure. */
class Groups {
  readonly #groups = new Map<string, { tenure: Tenure; keys: string[] }>();

  add(key: string, { anywhere, on }: Ownership, spans: (days: readonly Days[]) => readonly Span[]): void {
    const networks = [...on.keys()].sort();
    for (const network of networks)
      this.#add(key, { is: 'among', names: [network] }, spans([...anywhere, ...(on.get(network) ?? [])]));
    this.#add(key, { is: 'beyond', names: networks }, spans(anywhere));
  }

  #add(key: string, networks: Tenure['networks'], spans: readonly Span[]): void {
    for (const { from, to } of spans) {
      const name = JSON.stringify([networks.is, networks.names, from, to]);
      const group = this.#groups.get(name) ?? { tenure: { keys: [], networks, from, to }, keys: [] };
      this.#groups.set(name, group);
      group.keys.push(key);
    }
  }

  tenures(): readonly Tenure[] {
    return [...this.#groups.values()].map(({ tenure, keys }) => ({ ...tenure, keys }));
  }
}

/** Periods of these days, ascending, with something between any two. */
function spansOf(days: readonly Days[]): readonly Span[] {
  const sorted = days.map(spanOf).sort((a, b) => begin(a) - begin(b));
  const spans: Span[] = [];
  for (const span of sorted) {
    const last = spans.at(-1);
    if (last === undefined || end(last) < begin(span)) spans.push(span);
    else if (end(span) > end(last)) spans[spans.length - 1] = { from: last.from, to: span.to };
  }
  return spans;
}

/** What lies before, between and after them. */
function gapsOf(spans: readonly Span[]): readonly Span[] {
  const gaps: Span[] = [];
  let from: number | null = null;
  for (const span of spans) {
    if (span.from !== null) gaps.push({ from, to: span.from });
    if (span.to === null) return gaps;
    from = span.to;
  }
  return [...gaps, { from, to: null }];
}

const spanOf = ({ from, to }: Days): Span => ({
  from: from === null ? null : Date.parse(from),
  to: to === null ? null : Date.parse(to) + DAY,
});

const begin = ({ from }: Span): number => from ?? Number.NEGATIVE_INFINITY;
const end = ({ to }: Span): number => to ?? Number.POSITIVE_INFINITY;
