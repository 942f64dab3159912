/** Who speaks in Teams: `identitySet` objects, one of user, application, device or conversation. */
import type { Conversation, Party, Recipient } from '../../../core/event.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { textOf } from '../../reading/json-units.ts';
import { party } from '../../reading/party.ts';

export const NETWORK = 'teams';

/** The party of an identity set; undefined where the source names nobody. */
export function partyOf(set: unknown): Party | undefined {
  if (!isObject(set)) return undefined;
  for (const kind of ['user', 'application', 'device', 'conversation', 'phone', 'guest']) {
    const identity = set[kind];
    if (!isObject(identity)) continue;
    const id = textOf(identity.id) ?? textOf(identity.userPrincipalName) ?? textOf(identity.email);
    const name = textOf(identity.displayName);
    if (id !== undefined || name !== undefined) return party(NETWORK, id ?? (name as string), name);
  }
  return undefined;
}

/** A member as system messages list him: the identity itself, without a set around it. */
export function memberOf(identity: unknown): Party | undefined {
  return partyOf({ user: identity });
}

/** The chat or channel of a message, and which facts stand outside of the message itself. */
export function conversationOf(
  message: JsonObject,
  page: unknown,
): { conversation: Conversation; facts: { conversation?: 'header' } } | undefined {
  const chat = textOf(message.chatId);
  if (chat !== undefined) return { conversation: chatOf(chat), facts: {} };
  const channel = isObject(message.channelIdentity) ? textOf(message.channelIdentity.channelId) : undefined;
  if (channel !== undefined) return { conversation: { id: channel, kind: 'room' }, facts: {} };
  const address = textOf(page) ?? textOf(message.webUrl);
  const named =
    address === undefined ? undefined : /(chats|channels|message)(?:\('|\/)([^'/?]{1,400})/u.exec(address);
  if (named === null || named === undefined) return undefined;
  const id = decoded(named[2] as string);
  return {
    conversation: named[1] === 'chats' ? chatOf(id) : { id, kind: 'room' },
    facts: { conversation: 'header' },
  };
}

/** `19:<id>_<id>@unq.gbl.spaces` is a chat of two; `@thread.v2` any other; `48:notes` is with oneself. */
const chatOf = (id: string): Conversation => ({
  id,
  kind:
    id.endsWith('@unq.gbl.spaces') || id === '48:notes'
      ? 'direct'
      : /@thread\.(?:tacv2|skype)$/u.test(id)
        ? 'room'
        : 'group',
});

/** The other side of a chat of two, whose id names both. */
export function otherSide({ id }: Conversation, sender: Party | undefined): readonly Recipient[] {
  const sides = /^19:([^_@]{1,64})_([^_@]{1,64})@unq\.gbl\.spaces$/u.exec(id)?.slice(1) ?? [];
  const people = sides.map((side) => party(NETWORK, side));
  const other = people.find(({ address }) => address !== sender?.address);
  const isSide = people.some(({ address }) => address === sender?.address);
  return other === undefined || !isSide ? [] : [{ ...other, role: 'to' }];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
