/**
 * Plans that one question cannot hold. A firm has thousands of addresses, each from its own day on, and a server takes
 * some thousand clauses in one query: such a plan is asked window by window of the records' instants, in each of which
 * nearly all addresses are somebody's throughout and stand in one list.
 */
import type { Plan, Tenure } from '../../core/search/plan.ts';
import { tenuresWithin } from '../../core/search/tenures.ts';
import { FARTHEST } from '../../core/search/time-range.ts';

/** Instants [from, to) of records in milliseconds since 1970 UTC. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** A plan as it is asked of the records of a window. */
export interface Part {
  readonly plan: Plan;
  readonly within: Window;
}

/** Conditions on addresses in one question. A server that nobody changed takes 1,024 clauses or more; each has up to four. */
const MOST_CONDITIONS = 200;
/** Of these, at least so many may begin or end in a window, so that a window is more than a day. */
const LEAST_BOUNDARIES = 50;
const DAY = 24 * 60 * 60_000;

/** Whether a plan is asked in one. */
export const isNarrow = (plan: Plan): boolean =>
  addressesIn(plan).reduce((sum, { tenures }) => sum + tenures.length, 0) <= MOST_CONDITIONS;

/** Parts that together find among records of `all` what the plan finds, ascending by time and without overlap. */
export function* partsOf(plan: Plan, all: Window, order: 'ascending' | 'descending'): Generator<Part> {
  const windows = windowsOf(plan, all);
  for (const within of order === 'ascending' ? windows : windows.reverse())
    yield { plan: planWithin(plan, within), within };
}

/** What a plan asks apart from its conditions on addresses: it finds no less than the plan. */
export function withoutAddresses(plan: Plan): Plan {
  const parts = plan.op === 'and' ? plan.parts : [plan];
  return { op: 'and', parts: parts.filter((part) => addressesIn(part).length === 0) };
}

function addressesIn(plan: Plan): (Plan & { readonly op: 'address' })[] {
  switch (plan.op) {
    case 'address':
      return [plan];
    case 'and':
    case 'or':
      return plan.parts.flatMap(addressesIn);
    case 'not':
      return addressesIn(plan.part);
    default:
      return [];
  }
}

/** The same on the records of a window, whose times may lie a little beside it. */
function planWithin(plan: Plan, window: Window): Plan {
  switch (plan.op) {
    case 'address': {
      const around = { from: window.from - FARTHEST, to: window.to + FARTHEST };
      return { ...plan, tenures: tenuresWithin(plan.tenures, around) };
    }
    case 'and':
    case 'or':
      return { op: plan.op, parts: plan.parts.map((part) => planWithin(part, window)) };
    case 'not':
      return { op: 'not', part: planWithin(plan.part, window) };
    default:
      return plan;
  }
}

/** Where a tenure begins or ends. */
interface Boundary {
  readonly at: number;
  /** Tenures whose boundaries have this name and instant are one condition in a window that has no other end of them. */
  readonly name: string;
  /** Where the tenure begins that ends here. */
  readonly began: number | null;
}

/** As few windows as fit, one after the other: none has more conditions than one question holds, unless it is one day. */
function windowsOf(plan: Plan, all: Window): Window[] {
  const { boundaries, throughout } = boundariesOf(plan);
  const most = Math.max(LEAST_BOUNDARIES, MOST_CONDITIONS - throughout);
  const windows: Window[] = [];
  for (let from = all.from, first = 0; from < all.to; ) {
    while ((boundaries[first]?.at ?? Number.POSITIVE_INFINITY) <= from - FARTHEST) first++;
    const to = Math.min(all.to, Math.max(from + DAY, endOf(boundaries, first, from, most)));
    windows.push({ from, to });
    from = to;
  }
  return windows;
}

/** Up to where a window may go that begins at `from` and has at most `most` boundaries, of which `first` is the first. */
function endOf(boundaries: readonly Boundary[], first: number, from: number, most: number): number {
  let conditions = 0;
  let before: Boundary | undefined;
  for (let i = first; i < boundaries.length; i++) {
    const boundary = boundaries[i];
    if (boundary === undefined) break;
    const isSame = before?.at === boundary.at && before.name === boundary.name;
    const isWhole = boundary.began !== null && boundary.began > from - FARTHEST;
    conditions += (isSame ? 0 : 1) + (isWhole ? 1 : 0);
    if (conditions > most) return boundary.at - FARTHEST;
    before = boundary;
  }
  return Number.POSITIVE_INFINITY;
}

/** In order of time. `throughout`: conditions that a window has of tenures which last longer than it. */
function boundariesOf(plan: Plan): { readonly boundaries: readonly Boundary[]; readonly throughout: number } {
  const numbers = new Map<string, number>();
  const all = addressesIn(plan).flatMap(({ tenures }, i) =>
    tenures.flatMap(({ networks, from, to }) => {
      const name = nameOf(numbers, i, networks);
      return [
        ...(from === null ? [] : [{ at: from, name: `${name} from`, began: null }]),
        ...(to === null ? [] : [{ at: to, name: `${name} to`, began: from }]),
      ];
    }),
  );
  all.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { boundaries: all, throughout: numbers.size };
}

function nameOf(numbers: Map<string, number>, condition: number, { is, names }: Tenure['networks']): string {
  const long = JSON.stringify([condition, is, names]);
  const number = numbers.get(long) ?? numbers.size;
  numbers.set(long, number);
  return String(number);
}
