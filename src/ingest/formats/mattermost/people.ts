/** Users and channels of a bulk export, which stand before its posts. */
import type { Conversation, Party } from '../../../core/event.ts';
import { directConversation, normaliseAddress } from '../../../core/ids.ts';
import type { SourceFile } from '../../format.ts';
import type { FilesBeside } from '../../reading/files-beside.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { textOf } from '../../reading/json-units.ts';
import { Ordinals } from '../../reading/ordinals.ts';
import { party } from '../../reading/party.ts';
import { nameOf } from '../../source-name.ts';

export const NETWORK = 'mattermost';

export class MattermostPeople {
  readonly ordinals = new Ordinals();
  readonly #beside: FilesBeside;
  readonly #root: string;
  readonly #names = new Map<string, string>();
  readonly #channels = new Map<string, string>();

  constructor(file: SourceFile, beside: FilesBeside) {
    this.#beside = beside;
    const name = nameOf(file);
    this.#root = name.slice(0, name.lastIndexOf('/') + 1);
  }

  /** Takes a line that is no post. */
  add(type: string, value: unknown): void {
    if (!isObject(value)) return;
    if (type === 'user') {
      const username = textOf(value.username);
      const full = [textOf(value.first_name), textOf(value.last_name)]
        .filter((part) => part !== undefined)
        .join(' ');
      const name = full === '' ? textOf(value.nickname) : full;
      if (username !== undefined && name !== undefined) this.#names.set(username, name);
    } else if (type === 'channel') {
      const name = textOf(value.display_name);
      if (name !== undefined)
        this.#channels.set(`${textOf(value.team) ?? ''}/${textOf(value.name) ?? ''}`, name);
    }
  }

  person(username: string): Party {
    return party(NETWORK, username, this.#names.get(username));
  }

  /** `team/channel`, or the sorted names of a direct channel; undefined where the post names neither. */
  conversation(post: JsonObject): Conversation | undefined {
    if (Array.isArray(post.channel_members)) {
      const members = (post.channel_members as unknown[]).flatMap((each) => textOf(each) ?? []);
      if (members.length === 0) return undefined;
      const id = directConversation(members.map((each) => normaliseAddress(NETWORK, each)));
      return { id, kind: members.length > 2 ? 'group' : 'direct' };
    }
    const channel = textOf(post.channel);
    if (channel === undefined) return undefined;
    const id = `${textOf(post.team) ?? ''}/${channel}`;
    const name = this.#channels.get(id);
    return { id, kind: 'room', ...(name !== undefined && { name }) };
  }

  /** The bytes of an attachment: in `data/` beside the export, or where the path itself says. */
  bytesOf(path: string): SourceFile | undefined {
    return this.#beside.find(`${this.#root}data/${path}`, this.#root + path);
  }
}
