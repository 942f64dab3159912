/** Who is meant: custodians by the addresses that a record names, at the time of the record. */
import { normaliseAddress } from '../ids.ts';
import type { IndexDocument } from '../search/document.ts';
import { foldText } from '../search/fold.ts';
import type { Custodian, Directory, OwnedAddress } from './fold.ts';
import { addressKey, includes } from './periods.ts';

/** Who took part in an event: custodians by their HR ids, and addresses that the directory knows nobody of. */
export interface People {
  readonly custodians: readonly string[];
  readonly unknown: readonly string[];
}

interface Owned {
  readonly custodian: Custodian;
  readonly owned: OwnedAddress;
}

/** Address → who has or had it by the current version. Made once a directory: it is a value. */
const indices = new WeakMap<Directory, ReadonlyMap<string, readonly Owned[]>>();

function indexOf(directory: Directory): ReadonlyMap<string, readonly Owned[]> {
  const known = indices.get(directory);
  if (known !== undefined) return known;
  const index = new Map<string, Owned[]>();
  for (const custodian of directory.custodians.values())
    for (const owned of custodian.addresses) {
      if (owned.until !== null) continue;
      for (const key of keysOf(owned)) {
        const list = index.get(key) ?? [];
        index.set(key, list);
        list.push({ custodian, owned });
      }
    }
  indices.set(directory, index);
  return index;
}

/** The keys under which an address of the directory stands in records of its network. */
export function keysOf({ network, address }: Pick<OwnedAddress, 'network' | 'address'>): string[] {
  const plain = addressKey(address);
  if (network !== null) return [addressKey(normaliseAddress(network, address))];
  return [...new Set([plain, ...['aim', 'xmpp'].map((one) => addressKey(normaliseAddress(one, address)))])];
}

/** Everybody who has an address at an instant (UTC, ISO): nobody, one, or several who share it. Ascending by HR id. */
export function ownersAt(
  directory: Directory,
  network: string,
  address: string,
  instant: string,
): readonly Custodian[] {
  const found = indexOf(directory).get(addressKey(address)) ?? [];
  const owners = found.filter(
    ({ owned }) => (owned.network === null || owned.network === network) && includes(owned, instant),
  );
  return [...new Set(owners.map(({ custodian }) => custodian))].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Everybody who had an address on some day before an instant (UTC, ISO) and has it no more. Ascending by HR id. */
export function ownersBefore(
  directory: Directory,
  network: string,
  address: string,
  instant: string,
): readonly Custodian[] {
  const day = instant.slice(0, 10);
  const found = indexOf(directory).get(addressKey(address)) ?? [];
  const owners = found.filter(
    ({ owned }) =>
      (owned.network === null || owned.network === network) && owned.to !== null && owned.to < day,
  );
  return [...new Set(owners.map(({ custodian }) => custodian))].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Addresses of a custodian with the days on which they are his. `since`: all that any version from that one on has said,
 * which is what a hold that was placed under it covers; default: what the current version says.
 */
export function addressesOf(
  { addresses }: Pick<Custodian, 'addresses'>,
  since?: number,
): readonly OwnedAddress[] {
  return addresses.filter(({ until }) => until === null || (since !== undefined && until > since));
}

/** Folded HR id or name → whom it stands for, those who were taken off too. Made once a directory. */
const named = new WeakMap<Directory, ReadonlyMap<string, readonly Custodian[]>>();

function namesOf(directory: Directory): ReadonlyMap<string, readonly Custodian[]> {
  const known = named.get(directory);
  if (known !== undefined) return known;
  const names = new Map<string, Custodian[]>();
  for (const custodian of directory.custodians.values())
    for (const name of new Set([custodian.id, ...custodian.names].map(foldText))) {
      const list = names.get(name) ?? [];
      names.set(name, list);
      list.push(custodian);
    }
  named.set(directory, names);
  return names;
}

/** Custodians by HR id or by one of their names, whole; ascending by id. `removed`: also those who were taken off. */
export function custodiansNamed(directory: Directory, name: string, removed = false): readonly Custodian[] {
  const found = namesOf(directory).get(foldText(name).trim()) ?? [];
  return found.filter((one) => removed || one.removed === null).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Whether an address is of the firm by its domain. */
export function isOfFirm(directory: Directory, address: string): boolean {
  const key = addressKey(address);
  const at = key.lastIndexOf('@');
  if (at === -1) return false;
  const domain = key.slice(at + 1);
  return directory.domains.map(addressKey).some((one) => domain === one || domain.endsWith(`.${one}`));
}

/** Everybody whom a record names, by the directory in force at the time of the event. */
export function peopleOf(directory: Directory, document: IndexDocument): People {
  const { sender, actor, recipients = [], listed = [], network, at } = document;
  const custodians = new Set<string>();
  const unknown = new Set<string>();
  for (const party of [sender, actor, ...recipients, ...listed]) {
    if (party === undefined) continue;
    const owners = ownersAt(directory, network, party.address, at.instant);
    if (owners.length === 0) unknown.add(party.address);
    for (const { id } of owners) custodians.add(id);
  }
  return { custodians: [...custodians].sort(), unknown: [...unknown] };
}
