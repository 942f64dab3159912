/**
 * What the directory says of a record, address by address and day by day: the reference that plans are held to. A time
 * that is not sure may be of any of its days.
 */
import type { Party } from '../event.ts';
import type { IndexDocument } from '../search/document.ts';
import { key } from '../search/fields.ts';
import { type MatchContext, opposite, strongest, type Verdict, weakest, when } from '../search/matches.ts';
import type { Direction } from '../search/query.ts';
import { timeRange } from '../search/time-range.ts';
import type { Custodian, Directory } from './fold.ts';
import { addressesOf, custodiansNamed, isOfFirm, ownersAt } from './people.ts';

const DAY = 86_400_000;

/** What queries ask of the directory, as it is. */
export function peopleBy(directory: Directory): Required<Pick<MatchContext, 'names' | 'goes'>> {
  return {
    names: (name, document) => names(directory, name, document),
    goes: (direction, document) => goes(directory, direction, document),
  };
}

function names(directory: Directory, name: string, document: IndexDocument): Verdict {
  const meant = custodiansNamed(directory, name);
  const { sender, actor, recipients = [], listed = [] } = document;
  const parties = [sender, actor, ...recipients, ...listed].filter((one) => one !== undefined);
  return strongest(
    parties.map((party) => isTheirs(directory, party, document, (one) => meant.includes(one))),
  );
}

function goes(directory: Directory, direction: Direction, document: IndexDocument): Verdict {
  const { sender, recipients = [] } = document;
  const isKnown = sender !== undefined && recipients.length > 0 && saysAnything(directory);
  if (direction === 'unknown' || !isKnown) return when((direction === 'unknown') !== isKnown);
  const from = isInside(directory, sender, document);
  const to = recipients.map((one) => isInside(directory, one, document));
  switch (direction) {
    case 'inbound':
      return weakest([opposite(from), strongest(to)]);
    case 'outbound':
      return weakest([from, strongest(to.map(opposite))]);
    case 'internal':
      return weakest([from, ...to]);
    case 'external':
      return weakest([opposite(from), ...to.map(opposite)]);
  }
}

const saying = new WeakMap<Directory, boolean>();

/** Whether the directory has an address or a domain: without one it cannot say who is of the firm. */
export function saysAnything(directory: Directory): boolean {
  const { domains, custodians } = directory;
  const known = saying.get(directory);
  if (known !== undefined) return known;
  const says = domains.length > 0 || [...custodians.values()].some((one) => addressesOf(one).length > 0);
  saying.set(directory, says);
  return says;
}

/** Of the firm: somebody's of the directory, or below one of its domains. */
function isInside(directory: Directory, party: Party, document: IndexDocument): Verdict {
  return isOfFirm(directory, party.address) ? 'yes' : isTheirs(directory, party, document, () => true);
}

/** Whether an address is somebody's whom `fits` takes: on every day of the record, on some, on none. */
function isTheirs(
  directory: Directory,
  { address }: Party,
  { network, at }: IndexDocument,
  fits: (custodian: Custodian) => boolean,
): Verdict {
  const { earliest, latest } = timeRange(at);
  const days: boolean[] = [];
  for (let day = Math.floor(earliest / DAY); day * DAY <= latest; day++) {
    const instant = new Date(day * DAY).toISOString();
    days.push(ownersAt(directory, key(network), address, instant).some(fits));
  }
  return days.every(Boolean) ? 'yes' : days.some(Boolean) ? 'maybe' : 'no';
}
