/** What the archive and the directory say of each other: read from the vault, all of it. */
import type { ArchiveReader } from '../archive/reader.ts';
import type { Custodian, Directory } from '../core/directory/fold.ts';
import { isOfFirm, ownersAt, ownersBefore } from '../core/directory/people.ts';
import { ACT_LOGS, baseOf } from '../core/logs.ts';
import { indexDocument } from '../core/search/document.ts';

/** How often and when an address or a custodian was seen. Instants are UTC. */
export interface Seen {
  readonly events: number;
  readonly first: string;
  readonly last: string;
}

export interface UnmatchedAddress extends Seen {
  readonly network: string;
  readonly address: string;
  readonly name: string | null;
  /** Its domain is the firm's: somebody of the firm whom the directory does not know. */
  readonly ofFirm: boolean;
}

export interface LateLeaver extends Seen {
  readonly id: string;
  readonly employedTo: string;
}

export interface DirectoryReport {
  readonly version: number;
  /** Addresses that belong to nobody on the days on which they were seen; most events first. */
  readonly unmatched: readonly UnmatchedAddress[];
  /** True where there are more addresses than were counted apart. */
  readonly cut: boolean;
  /** Custodians in employment of whom nothing was captured. */
  readonly silent: readonly { readonly id: string; readonly names: readonly string[] }[];
  /** Custodians of whom something was sent after their last day, also from an address that ended with it. */
  readonly leavers: readonly LateLeaver[];
}

const MOST_ADDRESSES = 500_000;
const PROGRESS_EVERY = 1_000;

/** Reads every event of the vault. `progress` is called now and then and may throw, to stop. */
export async function reportOn(
  reader: ArchiveReader,
  directory: Directory,
  today: string,
  progress?: (read: number) => void,
): Promise<DirectoryReport> {
  const unmatched = new Map<string, Tally & { network: string; address: string; name: string | null }>();
  const custodians = new Map<string, Tally>();
  const late = new Map<string, Tally>();
  let cut = false;
  let read = 0;
  for (const log of await reader.logs()) {
    if (ACT_LOGS.includes(baseOf(log))) continue;
    const { size } = await reader.head(log);
    for await (const sealed of reader.scan(log, 0, size)) {
      if (++read % PROGRESS_EVERY === 0) progress?.(read);
      const document = indexDocument(log, sealed);
      if (document === undefined) continue;
      const { network, at, sender, actor, recipients = [], listed = [] } = document;
      const instant = at.instant;
      for (const party of [sender, actor, ...recipients, ...listed]) {
        if (party === undefined) continue;
        const owners = ownersAt(directory, network, party.address, instant);
        for (const { id } of owners) tally(custodians, id, instant, {});
        if (owners.length > 0) continue;
        const key = `${network}\n${party.address}`;
        if (!unmatched.has(key) && unmatched.size >= MOST_ADDRESSES) cut = true;
        else tally(unmatched, key, instant, { network, address: party.address, name: party.name ?? null });
      }
      if (sender !== undefined)
        for (const one of sendersOf(directory, network, sender.address, instant))
          if (one.employedTo !== null && instant.slice(0, 10) > one.employedTo)
            tally(late, one.id, instant, {});
    }
  }
  const present = [...directory.custodians.values()].filter((one) => isEmployed(one, today));
  return {
    version: directory.version,
    unmatched: [...unmatched.values()]
      .map((one) => ({ ...one, ofFirm: isOfFirm(directory, one.address) }))
      .sort((a, b) => b.events - a.events || (a.address < b.address ? -1 : 1)),
    cut,
    silent: present.filter(({ id }) => !custodians.has(id)).map(({ id, names }) => ({ id, names })),
    leavers: [...late].map(([id, seen]) => ({
      id,
      employedTo: directory.custodians.get(id)?.employedTo ?? '',
      ...seen,
    })),
  };
}

/** Whose an address is; where it is nobody's any more, whose it was: mostly it ended with the employment. */
function sendersOf(directory: Directory, network: string, address: string, instant: string) {
  const owners = ownersAt(directory, network, address, instant);
  return owners.length > 0 ? owners : ownersBefore(directory, network, address, instant);
}

interface Tally {
  events: number;
  first: string;
  last: string;
}

function tally<T extends object>(map: Map<string, Tally & T>, key: string, instant: string, facts: T): void {
  const known = map.get(key);
  if (known === undefined) {
    map.set(key, { events: 1, first: instant, last: instant, ...facts });
    return;
  }
  known.events++;
  if (instant < known.first) known.first = instant;
  if (instant > known.last) known.last = instant;
}

const isEmployed = ({ removed, employedFrom, employedTo }: Custodian, today: string): boolean =>
  removed === null &&
  (employedFrom === null || employedFrom <= today) &&
  (employedTo === null || employedTo >= today);
