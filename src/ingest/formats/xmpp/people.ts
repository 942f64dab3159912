/** Who and where: JIDs, rooms and the nicknames in them. */
import type { Conversation, Party, Recipient } from '../../../core/event.ts';
import { directConversation, normaliseAddress } from '../../../core/ids.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { attribute, child } from './element.ts';

export const NETWORK = 'xmpp';

/** Without the resource. Normalised twice: a blank before the slash would be left at the end. */
export const bare = (jid: string): string => normaliseAddress(NETWORK, normaliseAddress(NETWORK, jid));

/** Whoever a JID names. */
export function person(jid: string, name?: string): Party {
  const address = bare(jid);
  return {
    address,
    ...(name !== undefined && name !== '' && name !== address && { name }),
    ...(jid !== address && { written: jid }),
  };
}

/** What stands after the first slash: a device, or a nickname in a room. */
export function resourceOf(jid: string): string | undefined {
  const slash = jid.indexOf('/');
  return slash === -1 || slash === jid.length - 1 ? undefined : jid.slice(slash + 1);
}

/** Somebody in a room: by his own JID where the room shows it, else by his nickname there. */
export function occupant(jid: string, real: string | undefined): Party | undefined {
  const nick = resourceOf(jid);
  if (real !== undefined) return person(real, nick);
  if (nick === undefined) return undefined;
  const address = bare(nick);
  return address === '' ? undefined : { address, name: nick, written: jid };
}

/** The JID that `muc#user` shows of an occupant. */
export function realJid(node: XmlNode): string | undefined {
  const x = child(node, 'x', 'http://jabber.org/protocol/muc#user');
  const item = x === undefined ? undefined : child(x, 'item');
  return item === undefined ? undefined : attribute(item, 'jid');
}

export interface Ends {
  readonly conversation: Conversation;
  readonly sender: Party | undefined;
  readonly recipients: readonly Recipient[] | undefined;
}

/** A message in a room. `room`: the JID of the room, with or without a nickname. */
export function inRoom(room: string, from: string | undefined, real: string | undefined): Ends {
  const id = bare(room);
  const sender = from === undefined ? undefined : bare(from) === id ? occupant(from, real) : person(from);
  return { conversation: { id, kind: 'room' }, sender, recipients: undefined };
}

/** A message between two. A private message within a room names an occupant, not an account. */
export function betweenTwo(from: string | undefined, to: string | undefined, withinRoom: boolean): Ends {
  const one = (jid: string | undefined): { party: Party; key: string } | undefined => {
    if (jid === undefined || bare(jid) === '') return undefined;
    const guest = withinRoom && resourceOf(jid) !== undefined ? occupant(jid, undefined) : undefined;
    return guest === undefined
      ? { party: person(jid), key: bare(jid) }
      : { party: guest, key: jid.normalize('NFC').trim().toLowerCase() };
  };
  const sender = one(from);
  const recipient = one(to);
  const keys = [sender, recipient].flatMap((each) => (each === undefined ? [] : [each.key]));
  return {
    conversation: { id: directConversation(keys), kind: 'direct' },
    sender: sender?.party,
    recipients: recipient === undefined ? undefined : [{ ...recipient.party, role: 'to' }],
  };
}
