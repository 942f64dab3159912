/** Whom somebody supervises: whom the directory assigns to him now, as far as an approved version did so too. */
import type { Directory, OwnedAddress } from './fold.ts';
import { addressesOf } from './people.ts';
import { addressKey } from './periods.ts';
import { directoryAt } from './versions.ts';

export interface Supervised {
  /** HR ids of those whose supervisor he is by the current version. Ascending. */
  readonly assigned: readonly string[];
  /** Of these, everybody of whom something waits: himself, an address of his, or days of one. */
  readonly waiting: readonly string[];
  /** Addresses that are theirs by both versions, on the days of both. */
  readonly addresses: readonly OwnedAddress[];
}

/**
 * `supervisor`: HR id, who never supervises himself. `approved`: the version that a second person approved; null: none
 * yet. So a change of the directory narrows at once, and widens nothing until it is approved.
 */
export function supervisedBy(directory: Directory, supervisor: string, approved: number | null): Supervised {
  const then = approved === null ? undefined : directoryAt(directory, approved);
  const assigned: string[] = [];
  const waiting: string[] = [];
  const addresses: OwnedAddress[] = [];
  for (const custodian of directory.custodians.values()) {
    const { id } = custodian;
    if (custodian.supervisor !== supervisor || id === supervisor || custodian.removed !== null) continue;
    assigned.push(id);
    const before = then?.custodians.get(id);
    const approvedOnes = before?.supervisor === supervisor ? addressesOf(before) : [];
    const now = addressesOf(custodian);
    addresses.push(...now.flatMap((one) => approvedOnes.flatMap((other) => common(one, other) ?? [])));
    if (before?.supervisor !== supervisor || !now.every((one) => isWithin(one, approvedOnes)))
      waiting.push(id);
  }
  return { assigned: assigned.sort(), waiting: waiting.sort(), addresses };
}

/** The address on the networks and days of both; undefined where they have none in common. */
function common(one: OwnedAddress, other: OwnedAddress): OwnedAddress | undefined {
  if (addressKey(one.address) !== addressKey(other.address)) return undefined;
  if (one.network !== null && other.network !== null && one.network !== other.network) return undefined;
  const network = one.network ?? other.network;
  const from = later(one.from, other.from);
  const to = earlier(one.to, other.to);
  return from === null || to === null || from <= to ? { ...one, network, from, to } : undefined;
}

/** Whether one of the others says all that this address says. */
const isWithin = (one: OwnedAddress, others: readonly OwnedAddress[]): boolean =>
  others.some((other) => {
    const both = common(one, other);
    return both?.network === one.network && both.from === one.from && both.to === one.to;
  });

const later = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other > one) ? other : one;
const earlier = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other < one) ? other : one;
