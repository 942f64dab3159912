/** Rooms and people of a dump, read before the messages. */
import type { Conversation, Party } from '../../../core/event.ts';
import type { Statement } from '../../../core/record.ts';
import { isObject } from '../../reading/json.ts';
import { textOf } from '../../reading/json-units.ts';
import { party } from '../../reading/party.ts';

export const NETWORK = 'rocketchat';

interface Room {
  readonly conversation: Omit<Conversation, 'id'>;
  readonly stated: number | undefined;
  /** The two sides of a direct conversation. */
  readonly sides: readonly string[];
}

export class RocketRooms {
  readonly #rooms = new Map<string, Room>();
  readonly #names = new Map<string, string>();
  readonly #found = new Map<string, number>();

  addRoom(value: unknown): void {
    if (!isObject(value)) return;
    const id = textOf(value._id);
    if (id === undefined) return;
    const name = textOf(value.fname) ?? textOf(value.name);
    const people = Array.isArray(value.usernames) ? (value.usernames as unknown[]).map(textOf) : [];
    const sides = people.filter((each) => each !== undefined);
    const { msgs } = value;
    this.#rooms.set(id, {
      conversation: {
        kind: value.t === 'd' ? (people.length > 2 ? 'group' : 'direct') : 'room',
        ...(name !== undefined && { name }),
      },
      stated: typeof msgs === 'number' && Number.isSafeInteger(msgs) ? msgs : undefined,
      sides: value.t === 'd' && sides.length === 2 ? sides : [],
    });
  }

  addUser(value: unknown): void {
    if (!isObject(value)) return;
    const username = textOf(value.username);
    const name = textOf(value.name);
    if (username !== undefined && name !== undefined) this.#names.set(username, name);
  }

  /** A room; one that the dump does not list is a room without a name. */
  conversation(id: string): Conversation {
    return { id, ...(this.#rooms.get(id)?.conversation ?? { kind: 'room' }) };
  }

  /** To whom somebody writes in a room of two. */
  otherSide(room: string, address: string | undefined): Party | undefined {
    const sides = (this.#rooms.get(room)?.sides ?? []).map((username) => this.person(username));
    const isSide = sides.some((side) => side.address === address);
    return isSide ? sides.find((side) => side.address !== address) : undefined;
  }

  isListed(id: string): boolean {
    return this.#rooms.has(id);
  }

  /** A person by name of account. */
  person(username: string, name?: string): Party {
    return party(NETWORK, username, name ?? this.#names.get(username));
  }

  /** `u` of a message, or `editedBy`. */
  personOf(value: unknown): Party | undefined {
    if (!isObject(value)) return undefined;
    const username = textOf(value.username) ?? textOf(value._id);
    return username === undefined ? undefined : this.person(username, textOf(value.name));
  }

  /** Counts a message of a room, to be compared with what the room states. */
  count(room: string): void {
    this.#found.set(room, (this.#found.get(room) ?? 0) + 1);
  }

  /** What rooms state: the number of their messages, system messages among them (a new discussion counts twice there). */
  statements(): Statement[] {
    return [...this.#rooms].flatMap(([id, { stated }]) =>
      stated === undefined
        ? []
        : [{ what: `messages in room ${id}`, stated, found: this.#found.get(id) ?? 0 }],
    );
  }
}
