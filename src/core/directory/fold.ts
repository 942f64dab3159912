/**
 * The directory as part of the register: control acts whose action begins with `directory.` are folded here. Pure and
 * deterministic: the same acts in the same order give the same directory. It knows two times: when something was so
 * (days of employment and of addresses) and since which version it was said; nothing that was said is forgotten.
 */
import type { SealedAct, Stamp } from '../control/stamp.ts';
import { stampOf } from '../control/stamp.ts';
import type { VoidReason } from '../control/void.ts';
import { DIRECTORY_CHANGE, type DirectoryChange, type StatedAddress, type StatedCustodian } from './form.ts';
import { addressKey, overlap } from './periods.ts';

/** An address of somebody for some days, as some versions of the directory said. */
export interface OwnedAddress extends StatedAddress {
  /** First version that says so. */
  readonly since: number;
  /** First version that does not say so any more; null: the current one does. */
  readonly until: number | null;
}

/** What is said of somebody beside his addresses. */
export type Facts = Omit<StatedCustodian, 'id' | 'addresses'>;

/** Facts that versions from `since` on, and before `until`, stated. */
export interface FormerFacts extends Facts {
  readonly since: number;
  readonly until: number;
}

export interface Custodian extends Omit<StatedCustodian, 'addresses'> {
  /** In the order in which they were said; those that are said no more stay. */
  readonly addresses: readonly OwnedAddress[];
  /** Version that said the rest. */
  readonly since: number;
  /** Version that took him off; null: he is in the directory. */
  readonly removed: number | null;
  /** What earlier versions said, ascending. */
  readonly former: readonly FormerFacts[];
}

/** Parts of an import whose last one is not sealed yet. */
interface Pending {
  readonly import: string;
  readonly parts: number;
  readonly next: number;
  readonly changes: readonly DirectoryChange[];
}

/** The directory at a position of control. */
export interface Directory {
  /** Number of changes; each act names the one it expects. */
  readonly version: number;
  /** The act that made this version; null at version 0, and of an earlier version (`directoryAt`). */
  readonly changed: Stamp | null;
  readonly custodians: ReadonlyMap<string, Custodian>;
  /** Domains of the firm, lower case. */
  readonly domains: readonly string[];
  /** Domains that versions before `until` stated, ascending. */
  readonly formerDomains: readonly { readonly domains: readonly string[]; readonly until: number }[];
  readonly pending: Pending | null;
}

export const EMPTY_DIRECTORY: Directory = {
  version: 0,
  changed: null,
  custodians: new Map(),
  domains: [],
  formerDomains: [],
  pending: null,
};

/** What an act comes to. The caller has checked signature, permission and the version that the act expects. */
export type DirectoryFold =
  | { readonly directory: Directory }
  | { readonly reason: VoidReason; readonly why: string };

const MOST_PENDING = 1_000_000;

export function foldDirectory(directory: Directory, sealed: SealedAct): DirectoryFold {
  if (sealed.act.action !== 'directory.change')
    return { reason: 'unreadable', why: 'no act on the directory has this name' };
  const read = DIRECTORY_CHANGE.safeParse(sealed.act.details);
  if (!read.success) {
    const where = read.error.issues[0]?.path.slice(0, 4).map(String).join(' ');
    return { reason: 'unreadable', why: `not of its form: ${where ?? 'details'}` };
  }
  const { part, parts, changes, import: name } = read.data;
  const earlier = part === 1 ? [] : earlierParts(directory.pending, name, part, parts);
  if (earlier === undefined)
    return { reason: 'not-now', why: 'the parts of this import before it are missing' };
  const all = [...earlier, ...changes];
  if (all.length > MOST_PENDING) return { reason: 'unreadable', why: 'the import is too large' };
  if (part > parts) return { reason: 'unreadable', why: 'not of its form: part' };
  if (part < parts)
    return { directory: { ...directory, pending: { import: name, parts, next: part + 1, changes: all } } };
  return apply(directory, all, stampOf(sealed));
}

function earlierParts(
  pending: Pending | null,
  name: string,
  part: number,
  parts: number,
): readonly DirectoryChange[] | undefined {
  const fits =
    pending !== null && pending.import === name && pending.next === part && pending.parts === parts;
  return fits ? pending.changes : undefined;
}

function apply(directory: Directory, changes: readonly DirectoryChange[], changed: Stamp): DirectoryFold {
  const version = directory.version + 1;
  const custodians = new Map(directory.custodians);
  let domains = directory.domains;
  for (const change of changes) {
    if (change.what === 'domains')
      domains = [...new Set(change.domains.map((one) => one.toLowerCase()))].sort();
    else if (change.what === 'set')
      custodians.set(
        change.custodian.id,
        stated(custodians.get(change.custodian.id), change.custodian, version),
      );
    else {
      const known = custodians.get(change.id);
      if (known === undefined || known.removed !== null)
        return { reason: 'unknown', why: `there is no custodian ${change.id}` };
      custodians.set(change.id, {
        ...known,
        addresses: retired(known.addresses, [], version),
        former: withFormer(known, version),
        removed: version,
      });
    }
  }
  const taken = takenTwice(custodians);
  if (taken !== undefined) return { reason: 'address-taken', why: taken };
  const formerDomains =
    domains === directory.domains
      ? directory.formerDomains
      : [...directory.formerDomains, { domains: directory.domains, until: version }];
  return { directory: { version, changed, custodians, domains, formerDomains, pending: null } };
}

/** A custodian as he is stated now. What was said of his addresses before stays, with the version that ended it. */
function stated(known: Custodian | undefined, now: StatedCustodian, version: number): Custodian {
  const { addresses, ...rest } = now;
  const before = known?.addresses ?? [];
  const kept = retired(before, addresses, version);
  const added = addresses
    .filter((one) => !before.some((old) => old.until === null && isSame(old, one)))
    .map((one) => ({ ...one, since: version, until: null }));
  const former = known === undefined ? [] : withFormer(known, version);
  return { ...rest, addresses: [...kept, ...added], since: version, removed: null, former };
}

/** What was said of somebody before this version. */
function withFormer(known: Custodian, version: number): readonly FormerFacts[] {
  // Whoever was taken off, or is stated twice in one version, leaves nothing that another version could have said.
  if (known.removed !== null || known.since === version) return known.former;
  const { id: _, addresses: __, removed: ___, former, ...facts } = known;
  return [...former, { ...facts, until: version }];
}

/** Addresses that are said no more get the version as their end. */
function retired(
  before: readonly OwnedAddress[],
  now: readonly StatedAddress[],
  version: number,
): readonly OwnedAddress[] {
  return before.map((old) =>
    old.until !== null || now.some((one) => isSame(old, one)) ? old : { ...old, until: version },
  );
}

const isSame = (one: StatedAddress, other: StatedAddress): boolean =>
  one.network === other.network &&
  one.address === other.address &&
  one.from === other.from &&
  one.to === other.to &&
  one.shared === other.shared;

/** Two people with one address on the same days, neither of whom shares it: never merged, never guessed. */
function takenTwice(custodians: ReadonlyMap<string, Custodian>): string | undefined {
  const owners = new Map<string, { id: string; owned: OwnedAddress }[]>();
  for (const { id, addresses } of custodians.values())
    for (const owned of addresses) {
      if (owned.until !== null) continue;
      const key = addressKey(owned.address);
      const list = owners.get(key) ?? [];
      owners.set(key, list);
      for (const other of list) {
        const apart =
          other.id === id ||
          (owned.shared && other.owned.shared) ||
          (owned.network !== null && other.owned.network !== null && owned.network !== other.owned.network);
        if (!apart && overlap(owned, other.owned))
          return `${id} and ${other.id} would have one address on the same days, which is not stated as shared`;
      }
      list.push({ id, owned });
    }
  return undefined;
}
