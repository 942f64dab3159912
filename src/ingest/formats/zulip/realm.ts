/** People, streams, groups, reactions and attachments of a Zulip export, read before its messages. */
import type { Attachment, Conversation, Party, Recipient } from '../../../core/event.ts';
import { directConversation } from '../../../core/ids.ts';
import type { Source, SourceFile } from '../../format.ts';
import type { FilesBeside, Shared } from '../../reading/files-beside.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { jsonFrames, textOf } from '../../reading/json-units.ts';
import { party } from '../../reading/party.ts';

export const NETWORK = 'zulip';

export interface ZulipReaction {
  readonly user: number;
  /** Characters, or `:name:`. */
  readonly emoji: string;
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;

/** The characters of an emoji, whose code points the export writes (`1f1f3-1f1f1`); else its name. */
function emojiOf(row: JsonObject): string | undefined {
  const name = textOf(row.emoji_name);
  const code = row.reaction_type === 'unicode_emoji' ? textOf(row.emoji_code) : undefined;
  if (code === undefined || !/^[0-9a-f]{2,6}(?:-[0-9a-f]{2,6}){0,9}$/u.test(code))
    return name === undefined ? undefined : `:${name}:`;
  const points = code.split('-').map((point) => Number.parseInt(point, 16));
  return points.every((point) => point <= 0x10ffff) ? String.fromCodePoint(...points).toWellFormed() : name;
}

const [PERSONAL, STREAM, GROUP] = [1, 2, 3];

export class ZulipRealm {
  readonly #root: string;
  readonly #beside: FilesBeside;
  readonly #people = new Map<number, Party>();
  readonly #streams = new Map<number, string>();
  readonly #recipients = new Map<number, { type: number; of: number }>();
  readonly #members = new Map<number, number[]>();
  readonly #reactions = new Map<number, ZulipReaction[]>();
  readonly #attachments = new Map<number, JsonObject[]>();

  constructor(root: string, beside: FilesBeside) {
    this.#root = root;
    this.#beside = beside;
  }

  /** Takes the tables of realm.json or attachment.json. */
  async read(source: Source, file: SourceFile): Promise<void> {
    const frames = jsonFrames(source, file, {
      walk: (path, list) => (path.length === 0 ? 'inside' : list && path.length === 1 ? 'units' : 'whole'),
      units: ({ path, value }) => {
        if (isObject(value)) this.#add(path[0] ?? '', value);
        return { units: 1, read: () => [] };
      },
    });
    for await (const _ of frames);
  }

  #add(table: string, row: JsonObject): void {
    const id = numberOf(row.id);
    if (/^zerver_userprofile(?:_mirrordummy|_crossrealm)?$/u.test(table) && id !== undefined) {
      const address = textOf(row.delivery_email) ?? textOf(row.email) ?? String(id);
      this.#people.set(id, party(NETWORK, address, textOf(row.full_name)));
    } else if (table === 'zerver_stream' && id !== undefined) {
      this.#streams.set(id, textOf(row.name) ?? String(id));
    } else if (table === 'zerver_recipient' && id !== undefined) {
      this.#recipients.set(id, { type: numberOf(row.type) ?? 0, of: numberOf(row.type_id) ?? 0 });
    } else if (table === 'zerver_subscription') {
      const [recipient, user] = [numberOf(row.recipient), numberOf(row.user_profile)];
      if (recipient !== undefined && user !== undefined) append(this.#members, recipient, user);
    } else if (table === 'zerver_reaction') {
      const [message, user] = [numberOf(row.message), numberOf(row.user_profile)];
      const emoji = emojiOf(row);
      if (message !== undefined && user !== undefined && emoji !== undefined)
        append(this.#reactions, message, { user, emoji });
    } else if (table === 'zerver_attachment' && Array.isArray(row.messages)) {
      for (const message of row.messages as unknown[]) {
        const of = numberOf(message);
        if (of !== undefined) append(this.#attachments, of, row);
      }
    }
  }

  person(id: unknown): Party | undefined {
    const number = numberOf(id);
    return number === undefined ? undefined : (this.#people.get(number) ?? party(NETWORK, `user${number}`));
  }

  /** The stream, group or pair that a message went to. */
  conversation(message: JsonObject): Conversation | undefined {
    const id = numberOf(message.recipient);
    const recipient = id === undefined ? undefined : this.#recipients.get(id);
    if (id === undefined) return undefined;
    const addresses = (users: readonly number[]): string[] =>
      users.flatMap((user) => this.person(user)?.address ?? []);
    switch (recipient?.type) {
      case STREAM: {
        const name = this.#streams.get(recipient.of);
        return { id: `stream ${recipient.of}`, kind: 'room', ...(name !== undefined && { name }) };
      }
      case PERSONAL: {
        const sender = numberOf(message.sender);
        return {
          id: directConversation(addresses([recipient.of, ...(sender === undefined ? [] : [sender])])),
          kind: 'direct',
        };
      }
      case GROUP: {
        const members = addresses(this.#members.get(id) ?? []);
        return {
          id: members.length === 0 ? `group ${recipient.of}` : directConversation(members),
          kind: members.length === 2 ? 'direct' : 'group',
        };
      }
      default:
        return { id: `recipient ${id}`, kind: 'room' };
    }
  }

  /** To whom a private message went; a message to oneself went to nobody. */
  recipients(message: JsonObject): Recipient[] {
    const id = numberOf(message.recipient);
    const recipient = id === undefined ? undefined : this.#recipients.get(id);
    const sender = numberOf(message.sender);
    const users =
      recipient?.type === PERSONAL
        ? [recipient.of]
        : recipient?.type === GROUP && id !== undefined
          ? (this.#members.get(id) ?? [])
          : [];
    return users
      .filter((user) => user !== sender)
      .flatMap((user) => this.person(user) ?? [])
      .map((person) => ({ ...person, role: 'to' }));
  }

  reactions(message: unknown): readonly ZulipReaction[] {
    const id = numberOf(message);
    return (id === undefined ? undefined : this.#reactions.get(id)) ?? [];
  }

  /** Attachments of a message, with their bytes where the export holds them. */
  files(message: number): Shared[] {
    return (this.#attachments.get(message) ?? []).map((row) => {
      const name = textOf(row.file_name);
      const path = textOf(row.path_id);
      const size = numberOf(row.size);
      const attachment: Attachment = {
        ...(name !== undefined && { name }),
        ...(size !== undefined && size >= 0 && { size }),
        ...(path !== undefined && { reference: path }),
        state: 'missing',
      };
      return {
        attachment,
        file: path === undefined ? undefined : this.#beside.find(`${this.#root}uploads/${path}`),
      };
    });
  }
}

function append<T>(map: Map<number, T[]>, key: number, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
