/** From people as they are stated to the acts that make the directory say so. */
import type { Directory } from '../core/directory/fold.ts';
import type { DirectoryChange, StatedCustodian } from '../core/directory/form.ts';
import { addressesOf } from '../core/directory/people.ts';
import type { Json } from '../core/event.ts';
import { canonical } from '../core/json.ts';

/** Longest act, as JSON in bytes: below what any stream takes. */
const LONGEST_PART = 1024 * 1024;

export interface PlannedImport {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly changes: readonly DirectoryChange[];
}

/** What of the stated people is new or different. Nobody is taken off because a file does not name him. */
export function planImport(
  directory: Directory,
  custodians: readonly StatedCustodian[],
  domains?: readonly string[],
): PlannedImport {
  const changes: DirectoryChange[] = [];
  let added = 0;
  let changed = 0;
  for (const custodian of custodians) {
    const known = directory.custodians.get(custodian.id);
    if (known === undefined || known.removed !== null) added++;
    else if (isAsStated(directory, custodian)) continue;
    else changed++;
    changes.push({ what: 'set', custodian });
  }
  if (domains !== undefined && domains.length > 0) {
    const all = [...new Set([...directory.domains, ...domains.map((one) => one.toLowerCase())])].sort();
    if (all.length !== directory.domains.length) changes.push({ what: 'domains', domains: all });
  }
  return { added, changed, unchanged: custodians.length - added - changed, changes };
}

function isAsStated(directory: Directory, custodian: StatedCustodian): boolean {
  const known = directory.custodians.get(custodian.id);
  if (known === undefined) return false;
  const { since: _since, removed: _removed, former: _former, addresses: _addresses, ...rest } = known;
  const addresses = addressesOf(known).map(({ since: _, until: __, ...stated }) => stated);
  const sorted = (list: readonly object[]): string[] => list.map((one) => canonical(one)).sort();
  return (
    canonical({ ...rest, addresses: [] }) === canonical({ ...custodian, addresses: [] }) &&
    canonical(sorted(addresses)) === canonical(sorted(custodian.addresses))
  );
}

/** Details of the acts of one import, to be written in this order. `name`: 32 hex digits, fresh. */
export function importActs(
  name: string,
  expects: number,
  changes: readonly DirectoryChange[],
  via: { readonly via?: string },
): { readonly [key: string]: Json }[] {
  const groups: DirectoryChange[][] = [];
  let size = LONGEST_PART;
  for (const change of changes) {
    const bytes = Buffer.byteLength(JSON.stringify(change)) + 1;
    if (size + bytes > LONGEST_PART) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(change);
    size += bytes;
  }
  return groups.map((group, i) => ({
    expects,
    import: name,
    part: i + 1,
    parts: groups.length,
    changes: group,
    ...via,
  }));
}
