/** What the lists of an export say about people and channels. */
import type { Conversation, Party } from '../../../core/event.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { party } from '../../reading/party.ts';

export const NETWORK = 'slack';

type ListName = 'channels' | 'groups' | 'dms' | 'mpims';

const KIND = { channels: 'room', groups: 'room', dms: 'direct', mpims: 'group' } as const;

export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** People whose names are kept, so that a hostile list cannot fill the memory; others keep their ids. */
const MAX_NAMES = 1_000_000;

export class SlackDirectory {
  readonly #users = new Map<string, string>();
  readonly #channels = new Map<string, string>();
  readonly #folders = new Map<string, Conversation>();
  /** The two sides of a direct conversation. */
  readonly #sides = new Map<string, readonly string[]>();

  addUser(user: unknown): void {
    if (!isObject(user)) return;
    const id = text(user.id);
    const profile = isObject(user.profile) ? user.profile : {};
    const name =
      text(user.real_name) ?? text(profile.real_name) ?? text(profile.display_name) ?? text(user.name);
    if (id !== undefined && name !== undefined && this.#users.size < MAX_NAMES)
      this.#users.set(id, name.toWellFormed());
  }

  /** Returns the conversation that an entry of a list describes. */
  addConversation(list: ListName, entry: unknown): Conversation | undefined {
    if (!isObject(entry)) return undefined;
    const id = text(entry.id);
    if (id === undefined) return undefined;
    const name = text(entry.name)?.toWellFormed();
    const conversation = { id, kind: KIND[list], ...(name !== undefined && { name }) };
    if (name !== undefined) this.#channels.set(id, name);
    // Folders carry the name; direct ones, and channels whose name is taken, the id.
    if (name !== undefined && !this.#folders.has(name)) this.#folders.set(name, conversation);
    this.#folders.set(id, conversation);
    const members = Array.isArray(entry.members) ? (entry.members as unknown[]).map(text) : [];
    const sides = members.filter((member) => member !== undefined);
    if (list === 'dms' && sides.length === 2 && this.#sides.size < MAX_NAMES) this.#sides.set(id, sides);
    return conversation;
  }

  /** To whom somebody writes in a direct conversation whose two sides are listed. */
  otherSide(conversation: string, address: string | undefined): Party | undefined {
    const sides = this.#sides.get(conversation)?.map((id) => this.person(id)) ?? [];
    const other = sides.find((side) => side.address !== address);
    return sides.some((side) => side.address === address) ? other : undefined;
  }

  userName(id: string): string | undefined {
    return this.#users.get(id);
  }

  channelName(id: string): string | undefined {
    return this.#channels.get(id);
  }

  /** The conversation of a folder. Not listed: the folder's name is all there is, and `known` says so. */
  conversation(folder: string): { conversation: Conversation; known: boolean } {
    const listed = this.#folders.get(folder);
    if (listed !== undefined) return { conversation: listed, known: true };
    const kind = /^D[A-Z0-9]{6,}$/u.test(folder) ? 'direct' : folder.startsWith('mpdm-') ? 'group' : 'room';
    return { conversation: { id: folder, kind, name: folder }, known: false };
  }

  /** A person by id, with the name that the lists or the message itself give. */
  person(id: string, fallback?: string): Party {
    return party(NETWORK, id, this.#users.get(id) ?? fallback);
  }

  /** Who wrote a message: a user, a bot, or at least the name that it shows. */
  author(message: JsonObject): Party | undefined {
    const profile = isObject(message.user_profile) ? message.user_profile : {};
    const comment = isObject(message.comment) ? message.comment : {};
    const user = text(message.user) ?? text(comment.user);
    if (user !== undefined) return this.person(user, text(profile.real_name) ?? text(message.username));
    const bot = text(message.bot_id);
    const shown = text(message.username);
    if (bot !== undefined) return party(NETWORK, bot, shown ?? botName(message));
    return shown === undefined ? undefined : party(NETWORK, shown);
  }
}

const botName = (message: JsonObject): string | undefined =>
  isObject(message.bot_profile) ? text(message.bot_profile.name) : undefined;
