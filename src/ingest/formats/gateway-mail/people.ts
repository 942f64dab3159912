/** Who is in a conversation that came as a mail: by its headers, by what its heading lists, by who speaks. */
import type { Party, Recipient } from '../../../core/event.ts';
import type { Mail, Mailbox } from '../../reading/mail.ts';
import { party } from '../../reading/party.ts';

const PARTICIPANTS =
  /^(?:Participants?(?: list)?|Buddies|Members|Parties)[ \t]*:[ \t]*(?:(?<row>\S.{0,8000})|(?<rows>(?:\r?\n[ \t]{0,40}[-*•]?[ \t]{1,40}\S.{0,400}){1,500}))$/gimu;
/** `ada_trader <ada@oak.example>`, `adaoak (ada@oak.example)`. */
const NAMED = /^(.{1,200}?)\s*[<(]([^<>()\s]{1,320})[>)]$/u;
/** `ada.oak (Ada Oak)`, `ada@oak.example (Ada Oak)`: a login before a name. */
const LOGIN = /^([^\s<>()]{1,320})\s*\(([^<>()@]{1,200})\)$/u;

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
  for (const plain of listedIn(heading)) {
    const [, login, title] = LOGIN.exec(plain) ?? [];
    const isLogin =
      login !== undefined && title !== undefined && (title.includes(' ') || login.includes('@'));
    const [, name, address] = isLogin ? [plain, title, login] : (NAMED.exec(plain) ?? []);
    const found =
      name === undefined || address === undefined
        ? undefined
        : ((isLogin ? known.get(title.toLowerCase()) : undefined) ?? add(name, { address }));
    if (name !== undefined && address !== undefined && found !== undefined) {
      known.set(address.toLowerCase(), found);
      if (!known.has(name.toLowerCase())) known.set(name.toLowerCase(), found);
    }
    listed.push(found ?? known.get(plain.toLowerCase()) ?? party(network, plain));
  }
  addLocalParts(boxes, known, network);
  return { known, listed: unique(listed) };
}

/** Each whom a heading lists: after the word, or a line each under it. */
function listedIn(heading: string): string[] {
  const found: string[] = [];
  for (const { groups } of heading.matchAll(PARTICIPANTS)) {
    const rows = groups?.rows?.split('\n').map((row) => row.replace(/^\s*[-*•]\s+/u, ''));
    for (const each of rows ?? (groups?.row ?? '').split(/[,;]/u))
      if (each.trim() !== '') found.push(each.trim());
  }
  return found;
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
 * speak is among them or its sender is none of them, as where a gateway mails to an archive.
 */
export function sidesOf(
  people: People,
  headers: readonly Party[],
  sender: Party | undefined,
  speakers: readonly Party[],
): readonly Party[] {
  if (people.listed.length > 1) {
    const all = unique([...people.listed, ...speakers]);
    // Somebody came later where more speak than are listed; else a speaker is one of them under another name.
    return unique(speakers).length > people.listed.length ? all : people.listed;
  }
  const named = new Set(headers.map(({ address }) => address));
  const all = unique(speakers);
  // Who sent the mail and said nothing is the gateway where somebody spoke whom the headers do not name.
  const isByGateway =
    sender !== undefined &&
    !all.some(({ address }) => address === sender.address) &&
    all.some(({ address }) => !named.has(address));
  const isAside = all.length > 1 && (isByGateway || !all.some(({ address }) => named.has(address)));
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
