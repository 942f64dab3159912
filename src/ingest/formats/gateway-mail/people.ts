/** Who is in a conversation that came as a mail: by its headers, by what its heading lists, by who speaks. */
import type { Party, Recipient } from '../../../core/event.ts';
import type { Mail, Mailbox } from '../../reading/mail.ts';
import { party } from '../../reading/party.ts';

const PARTICIPANTS = /^(?:Participants?(?: list)?|Buddies|Members|Parties)\s*:\s*(.{1,8000})$/imu;
/** `ada_trader <ada@oak.example>`, `adaoak (ada@oak.example)`. */
const NAMED = /^(.{1,200}?)\s*[<(]([^<>()\s]{1,320})[>)]$/u;

export interface People {
  /** Name or address as a line may write it, in small letters → the person. */
  readonly known: ReadonlyMap<string, Party>;
  /** Those whom the heading lists. */
  readonly listed: readonly Party[];
}

/** Names as lines write them: display names, addresses, the part before the @, and what the heading lists. */
export function peopleOf(mail: Mail, heading: string, network: string): People {
  const known = new Map<string, Party>();
  const add = (name: string | undefined, box: Mailbox): Party | undefined => {
    const key = name?.replace(/\s*\([^()]{0,40}\)\s*$/u, '').trim();
    if (key === undefined || key === '') return undefined;
    const found = known.get(key.toLowerCase()) ?? party(network, box.address, key);
    known.set(key.toLowerCase(), found);
    return found;
  };
  const boxes = [...(mail.from === undefined ? [] : [mail.from]), ...mail.to, ...mail.cc, ...mail.bcc];
  for (const box of boxes) {
    add(box.name, box);
    add(box.address, { address: box.address });
  }
  const listed: Party[] = [];
  for (const each of (PARTICIPANTS.exec(heading)?.[1] ?? '').split(/[,;]/u)) {
    const plain = each.trim();
    const [, name, address] = NAMED.exec(plain) ?? [];
    const found = name === undefined || address === undefined ? undefined : add(name, { address });
    if (address !== undefined && found !== undefined) known.set(address.toLowerCase(), found);
    if (plain !== '') listed.push(found ?? known.get(plain.toLowerCase()) ?? party(network, plain));
  }
  addLocalParts(boxes, known, network);
  return { known, listed: unique(listed) };
}

/** `ada` is ada@oak.example where no other address begins so. */
function addLocalParts(boxes: readonly Mailbox[], known: Map<string, Party>, network: string): void {
  const byLocal = new Map<string, Set<string>>();
  for (const { address } of boxes) {
    const local = address.split('@', 1)[0]?.toLowerCase() ?? '';
    const all = byLocal.get(local) ?? new Set();
    byLocal.set(local, all.add(address.toLowerCase()));
  }
  for (const [local, [address, ...others]] of byLocal)
    if (local !== '' && address !== undefined && others.length === 0 && !known.has(local))
      known.set(local, known.get(address) ?? party(network, address));
}

/**
 * Those between whom the conversation is: whom the heading lists; else whom the headers name, unless none of those who
 * speak is among them, as where a gateway mails to an archive.
 */
export function sidesOf(
  people: People,
  headers: readonly Party[],
  speakers: readonly Party[],
): readonly Party[] {
  if (people.listed.length > 1) return people.listed;
  const named = new Set(headers.map(({ address }) => address));
  const isAside = speakers.length > 1 && !speakers.some(({ address }) => named.has(address));
  return unique(isAside ? speakers : headers);
}

const unique = (people: readonly Party[]): Party[] => [
  ...new Map(people.map((each) => [each.address, each])).values(),
];

/** Recipients by the headers, and those whom the envelope alone names. */
export function recipientsOf(mail: Mail, envelope: readonly Recipient[], network: string): Recipient[] {
  const found = new Map<string, Recipient>();
  for (const role of ['to', 'cc', 'bcc'] as const)
    for (const box of mail[role]) {
      const each = party(network, box.address, box.name);
      if (!found.has(each.address)) found.set(each.address, { ...each, role });
    }
  for (const { role, address, written } of envelope) {
    const each = party(network, written ?? address);
    if (!found.has(each.address)) found.set(each.address, { ...each, role });
  }
  return [...found.values()];
}
