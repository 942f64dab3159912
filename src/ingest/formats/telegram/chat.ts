/** Who and where in a Telegram export: chats, people, and whose export it is. */
import type { Conversation, Party } from '../../../core/event.ts';
import { directConversation } from '../../../core/ids.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { textOf } from '../../reading/json-units.ts';
import { party } from '../../reading/party.ts';

export const NETWORK = 'telegram';

/** A chat, and whether its message numbers mean the same to everybody in it. */
export interface Chat {
  readonly conversation: Conversation;
  /** False: each member numbers the messages for himself, so that the number is no id. */
  readonly shared: boolean;
  /** The other side of a direct chat. */
  readonly peer?: Party | undefined;
}

const KINDS: Readonly<Record<string, Conversation['kind']>> = {
  personal_chat: 'direct',
  bot_chat: 'direct',
  saved_messages: 'direct',
  replies: 'direct',
  verification_codes: 'direct',
  private_group: 'group',
  private_supergroup: 'group',
  public_supergroup: 'room',
  private_channel: 'broadcast',
  public_channel: 'broadcast',
};

const idText = (value: unknown): string | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value);

/**
 * The chat of a header; undefined where it has neither id nor name. `self`: address of whose export it is. `numbers`:
 * people are bare numbers, as before 2021, when the number of a personal chat was not that of the person.
 */
export function chatOf(header: JsonObject, self: string | undefined, numbers: boolean): Chat | undefined {
  const name = textOf(header.name)?.toWellFormed();
  const number = idText(header.id);
  const type = textOf(header.type) ?? '';
  const kind = Object.hasOwn(KINDS, type) ? (KINDS[type] as Conversation['kind']) : 'group';
  if (number === undefined) {
    if (name === undefined) return undefined;
    return { conversation: { id: name, kind, name }, shared: true };
  }
  const named = name === undefined ? {} : { name };
  if (kind === 'direct' && numbers) return { conversation: { id: number, kind, ...named }, shared: false };
  if (kind === 'direct') {
    const peer = party(NETWORK, `user${number}`, name);
    const saved = type === 'saved_messages';
    const id = directConversation([peer.address, ...(self === undefined || saved ? [] : [self])]);
    return { conversation: { id, kind, ...named }, shared: false, ...(!saved && { peer }) };
  }
  const basic = type === 'private_group';
  return {
    conversation: { id: `${basic ? 'chat' : 'channel'}${number}`, kind, ...named },
    shared: !basic,
  };
}

/** The address of an id as exports write it: `user1`, `channel2`; before 2021 the bare number of a person. */
export function addressOf(id: unknown): string | undefined {
  const text = idText(id);
  return text === undefined ? undefined : /^\d+$/u.test(text) ? `user${text}` : text;
}

/** Somebody by id and name; by name alone where the export gives no id. */
export function personOf(id: unknown, name: unknown): Party | undefined {
  const address = addressOf(id);
  const shown = textOf(name)?.toWellFormed();
  if (address !== undefined) return party(NETWORK, address, shown);
  return shown === undefined ? undefined : party(NETWORK, shown);
}

/** Whose export it is, as its heading says. */
export const selfOf = (information: unknown): string | undefined =>
  isObject(information) ? addressOf(information.user_id) : undefined;
