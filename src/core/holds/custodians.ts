/** `custodian:` in a hold: every address that was his in any version of the directory since the scope was written. */
import type { Directory } from '../directory/fold.ts';
import { addressesOf, custodiansNamed, keysOf } from '../directory/people.ts';
import { overlap } from '../directory/periods.ts';
import type { IndexDocument } from '../search/document.ts';
import { key } from '../search/fields.ts';
import { timeRange } from '../search/time-range.ts';

/**
 * Whether a record names one of these addresses on a day that some version gave to it. So neither an address that was
 * ended in the past, nor one that was taken away, nor a person who was taken off lets a record go. `since`: the version
 * in force when the scope was written.
 */
export function namesCustodian(
  directory: Directory,
  name: string,
  since: number,
  document: IndexDocument,
): boolean {
  const { sender, actor, recipients = [], listed = [], network, at } = document;
  const named = new Set(
    [sender, actor, ...recipients, ...listed].flatMap((party) =>
      party === undefined
        ? []
        : [key(party.address), ...(party.written === undefined ? [] : [key(party.written)])],
    ),
  );
  // A time that is not sure may be of any of its days.
  const { earliest, latest } = timeRange(at);
  const days = { from: dayOf(earliest), to: dayOf(latest) };
  return custodiansNamed(directory, name, true).some((custodian) =>
    addressesOf(custodian, since).some(
      (owned) =>
        (owned.network === null || owned.network === network) &&
        overlap(owned, days) &&
        keysOf(owned).some((one) => named.has(one)),
    ),
  );
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
