/** One object of a chat's `messages`: a message, or what the service says happened. */
import type { Event, Moment, Party, Repair } from '../../../core/event.ts';
import { changeKey, type EventKey, eventId, normaliseAddress } from '../../../core/ids.ts';
import type { Holding, Outcome } from '../../format.ts';
import { type FilesBeside, sharing } from '../../reading/files-beside.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { type JsonUnit, objectsOf, textOf } from '../../reading/json-units.ts';
import type { Ordinals } from '../../reading/ordinals.ts';
import { provenance } from '../../reading/provenance.ts';
import { remainder } from '../../reading/remainder.ts';
import { type Chat, NETWORK, personOf } from './chat.ts';
import { filesOf } from './files.ts';
import { editMoment, reactionMoment, sentMoment } from './moment.ts';

export interface Reading {
  readonly unit: JsonUnit;
  readonly raw: JsonObject;
  readonly chat: Chat;
  readonly self: string | undefined;
  readonly selfFrom: 'header' | 'setting';
  readonly root: string;
  readonly beside: FilesBeside;
  readonly ordinals: Ordinals;
  /** Number of a message → its key, in chats whose numbers are no ids. */
  readonly keys: Map<string, EventKey>;
}

/** Where each person added or removed is an event of his own. */
const MEMBERSHIP: Readonly<Record<string, 'join' | 'leave'>> = {
  invite_members: 'join',
  remove_members: 'leave',
};

/** Units of an object: itself (or each member that it names), and each reaction whose author is named. */
export function unitsOf(raw: unknown): number {
  if (!isObject(raw)) return 1;
  return Math.max(1, membersOf(raw)?.length ?? 1) + reactionsOf(raw).length;
}

function membersOf(raw: JsonObject): readonly unknown[] | undefined {
  const action = textOf(raw.action);
  return action !== undefined && Object.hasOwn(MEMBERSHIP, action) && Array.isArray(raw.members)
    ? raw.members
    : undefined;
}

function reactionsOf(raw: JsonObject): { readonly reaction: JsonObject; readonly by: JsonObject }[] {
  if (raw.reactions === undefined) return [];
  return objectsOf(raw.reactions).flatMap((reaction) =>
    objectsOf(reaction.recent).map((by) => ({ reaction, by })),
  );
}

/** More people reacted than are named: the counts stay beside the message. */
const countsMore = (raw: JsonObject): boolean =>
  raw.reactions !== undefined &&
  objectsOf(raw.reactions).some(
    ({ count, recent }) => typeof count === 'number' && count > objectsOf(recent).length,
  );

const withoutReactions = (placed: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...placed].filter((name) => name !== 'reactions'));

const PLACED = new Set([
  'id',
  'type',
  'date',
  'date_unixtime',
  'from',
  'from_id',
  'actor',
  'actor_id',
  'action',
  'text',
  'text_entities',
  'photo',
  'photo_file_size',
  'file',
  'file_name',
  'file_size',
  'mime_type',
  'thumbnail',
  'thumbnail_file_size',
  'contact_vcard',
  'contact_vcard_file_size',
  'edited',
  'edited_unixtime',
]);

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind' | 'id'>;

/** The outcomes of an object, as many as `unitsOf` counts. */
export function* outcomesOf(reading: Reading): Iterable<Outcome> {
  const { raw, unit } = reading;
  const units = unitsOf(raw);
  const at = sentMoment(raw, unit);
  if (typeof at === 'string') {
    for (let i = 0; i < units; i++) yield { type: 'reject', code: at, detail: 'date', part: String(i) };
    return;
  }
  const message = new TelegramMessage(reading, at);
  yield* message.outcomes();
}

class TelegramMessage {
  readonly #reading: Reading;
  readonly #raw: JsonObject;
  readonly #at: Moment;
  readonly #key: EventKey;
  readonly #sender: Party | undefined;

  constructor(reading: Reading, at: Moment) {
    const { raw, chat, ordinals, keys } = reading;
    this.#reading = reading;
    this.#raw = raw;
    this.#at = at;
    const service = raw.actor_id !== undefined || raw.actor !== undefined;
    this.#sender = service ? personOf(raw.actor_id, raw.actor) : personOf(raw.from_id, raw.from);
    const number = typeof raw.id === 'number' && Number.isSafeInteger(raw.id) ? raw.id : undefined;
    // Numbers of a migrated group's old messages are negative: each member has his own.
    const isId = number !== undefined && (chat.shared ? number >= 0 : typeof raw.from_id === 'number');
    if (isId) this.#key = number;
    else {
      const who = this.#sender?.address ?? '';
      // Without the text, so that an edited message keeps the key of the message.
      this.#key = [who, at.instant, '', ordinals.next(chat.conversation.id, who, at.instant, '')];
      if (number !== undefined && keys.size < MAX_KEYS)
        keys.set(`${chat.conversation.id}/${number}`, this.#key);
    }
  }

  #id(key: EventKey): string {
    return eventId(NETWORK, this.#reading.chat.conversation.id, key);
  }

  /** Event id of the message with a number; undefined where the export has not shown it. */
  #numbered(number: unknown): string | undefined {
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) return undefined;
    const { chat, keys } = this.#reading;
    const key = keys.get(`${chat.conversation.id}/${number}`);
    if (key !== undefined) return this.#id(key);
    return chat.shared && number >= 0 ? this.#id(number) : undefined;
  }

  *outcomes(): Iterable<Outcome> {
    const members = membersOf(this.#raw);
    if (members !== undefined && members.length > 0) yield* this.#membership(members);
    else yield this.#outcome();
    if (this.#raw.reactions !== undefined) yield* this.#reactions();
  }

  /** Everything of an event but its kind and id. */
  #draft(placed: ReadonlySet<string>): { readonly common: Common; readonly holdings?: readonly Holding[] } {
    const { unit, chat, self, root, beside, selfFrom } = this.#reading;
    const repairs: Repair[] = [...unit.repairs];
    if (this.#sender === undefined) repairs.push({ code: 'sender-absent' });
    const { attachments, holdings } = sharing(filesOf(this.#raw, root, beside));
    const extra = remainder(this.#raw, placed, unit.text, repairs);
    const common: Common = {
      network: NETWORK,
      conversation: chat.conversation,
      ...(this.#sender !== undefined && { sender: this.#sender }),
      ...recipients(chat, self, this.#sender),
      at: this.#at,
      ...textFields(this.#raw),
      ...(attachments !== undefined && { attachments }),
      provenance: provenance(unit.place, { ...whose(self, selfFrom), repairs }),
      ...(extra !== undefined && { extra }),
    };
    return { common, ...(holdings !== undefined && { holdings }) };
  }

  #outcome(): Outcome {
    const action = textOf(this.#raw.action);
    if (this.#raw.type === 'message' && action === undefined) return this.#message();
    const { common, holdings } = this.#draft(action === undefined ? PLACED : placedOf(action));
    const event = { ...common, id: this.#id(this.#key) };
    return {
      type: 'event',
      event: serviceEvent(this.#raw, action ?? textOf(this.#raw.type) ?? 'unknown', event),
      ...(holdings !== undefined && { holdings }),
    };
  }

  /** Only the last text is known: of an edited message there is the edit and no message; both have one family. */
  #message(): Outcome {
    const edited = editMoment(this.#raw, this.#at, this.#reading.unit);
    if (edited === 'time-invalid') return { type: 'reject', code: 'time-invalid', detail: 'edited' };
    const placed = edited === undefined ? PLACED_IN_MESSAGE : PLACED_IN_EDIT;
    const { common, holdings } = this.#draft(countsMore(this.#raw) ? withoutReactions(placed) : placed);
    const held = holdings === undefined ? {} : { holdings };
    const id = this.#id(this.#key);
    if (edited === undefined) {
      const replyTo = this.#numbered(this.#raw.reply_to_message_id);
      const automatic = textOf(this.#raw.via_bot) !== undefined;
      const payload = { ...(replyTo !== undefined && { replyTo }), ...(automatic && { automatic }) };
      const filled = Object.keys(payload).length > 0;
      return {
        type: 'event',
        event: { ...common, id, kind: 'message', ...(filled && { payload }) },
        ...held,
      };
    }
    const who = this.#sender?.address ?? '';
    const key = changeKey('edit', this.#key, who, common.text ?? '', edited.instant);
    return {
      type: 'event',
      event: {
        ...common,
        id: this.#id(key),
        kind: 'edit',
        at: edited,
        target: id,
        payload: { earlier: 'not-captured' },
      },
      ...held,
    };
  }

  /** One event for each person added or removed; exports name them without their ids. */
  *#membership(members: readonly unknown[]): Iterable<Outcome> {
    const kind = MEMBERSHIP[textOf(this.#raw.action) ?? ''] ?? 'join';
    const actor = this.#sender;
    for (const [i, member] of members.entries()) {
      const part = `members/${i}`;
      const person = personOf(undefined, member);
      const himself = person === undefined || person.address === normaliseAddress(NETWORK, actor?.name ?? '');
      const { common } = this.#draft(placedOf('members'));
      const { sender: _actor, ...rest } = common;
      const sender = himself && person !== undefined ? actor : person;
      yield {
        type: 'event',
        event: {
          ...rest,
          id: this.#id([this.#key, kind, sender?.address ?? String(i)]),
          kind,
          ...(sender !== undefined && { sender }),
          ...(actor !== undefined && sender !== actor && { actor }),
          provenance: {
            ...common.provenance,
            position: { ...common.provenance.position, part },
            ...(sender === undefined && {
              repairs: [...this.#reading.unit.repairs, { code: 'sender-absent' }],
            }),
          },
          payload: { basis: 'stated' },
        },
      };
    }
  }

  *#reactions(): Iterable<Outcome> {
    const { unit, chat, self, selfFrom } = this.#reading;
    for (const [i, { reaction, by }] of reactionsOf(this.#raw).entries()) {
      const part = `reactions/${i}`;
      const emoji = textOf(reaction.emoji) ?? textOf(reaction.document_id) ?? textOf(reaction.type);
      const sender = personOf(by.from_id, by.from);
      const at = reactionMoment(by, this.#raw, this.#at, unit);
      if (emoji === undefined || sender === undefined || at === undefined) {
        yield { type: 'reject', code: 'field-invalid', detail: 'reaction', part };
        continue;
      }
      yield {
        type: 'event',
        event: {
          id: this.#id(changeKey('reaction', this.#key, sender.address, emoji, at.instant)),
          kind: 'reaction',
          network: NETWORK,
          conversation: chat.conversation,
          sender,
          at,
          target: this.#id(this.#key),
          payload: { emoji: emoji.toWellFormed(), change: 'added' },
          provenance: provenance(unit.place, { part, ...whose(self, selfFrom), repairs: unit.repairs }),
        },
      };
    }
  }
}

/** Keys of messages that later ones may answer. */
const MAX_KEYS = 500_000;
const PLACED_IN_MESSAGE = new Set([...PLACED, 'reply_to_message_id', 'reactions']);
/** An edit has its own time: when the message was sent stays under the source's name. */
const PLACED_IN_EDIT = new Set([...PLACED].filter((name) => name !== 'date').concat('reactions'));

/** Fields that the kind of event itself says. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  members: ['members'],
  create_group: ['members'],
  edit_group_title: ['title'],
  phone_call: ['duration_seconds'],
  group_call: ['duration'],
};

const placedOf = (action: string): ReadonlySet<string> =>
  new Set([...PLACED].concat(Object.hasOwn(SAID, action) ? (SAID[action] ?? []) : []));

const whose = (self: string | undefined, from: Reading['selfFrom']) =>
  self === undefined ? {} : { perspective: self, facts: { perspective: from } };

/** In a direct chat the other side is the one addressed. */
function recipients(
  chat: Chat,
  self: string | undefined,
  sender: Party | undefined,
): Pick<Common, 'recipients'> {
  const { peer } = chat;
  if (peer === undefined || sender === undefined) return {};
  if (sender.address !== peer.address) return { recipients: [{ ...peer, role: 'to' }] };
  return self === undefined ? {} : { recipients: [{ address: self, role: 'to' }] };
}

/** Plain text, and the parts with their types where there are any. */
function textFields(raw: JsonObject): Pick<Common, 'text' | 'markup'> {
  const parts = raw.text === undefined || raw.text === '' ? raw.text_entities : raw.text;
  if (!Array.isArray(parts) || parts.length === 0) {
    const plain = textOf(raw.text) ?? textOf(raw.information_text) ?? cardText(raw);
    return plain === undefined ? {} : { text: plain };
  }
  const text = (parts as unknown[])
    .map((part) => (typeof part === 'string' ? part : isObject(part) ? (textOf(part.text) ?? '') : ''))
    .join('');
  return text === '' ? {} : { text, markup: { type: 'telegram-entities', source: JSON.stringify(parts) } };
}

/** What a poll, a contact, a place or a sticker says in words, where nobody wrote any. */
function cardText(raw: JsonObject): string | undefined {
  const { poll, contact_information: contact, location_information: location } = raw;
  const words: (string | undefined)[] = [];
  if (isObject(poll))
    words.push(textOf(poll.question), ...objectsOf(poll.answers).map((answer) => textOf(answer.text)));
  if (isObject(contact)) {
    const names = [textOf(contact.first_name), textOf(contact.last_name)];
    words.push(textOf(names.filter((name) => name !== undefined).join(' ')), textOf(contact.phone_number));
  }
  words.push(textOf(raw.place_name), textOf(raw.address));
  if (isObject(location)) {
    const at = [location.latitude, location.longitude].filter((each) => typeof each === 'number');
    words.push(textOf(at.join(', ')));
  }
  words.push(textOf(raw.sticker_emoji));
  const said = words.filter((word) => word !== undefined);
  return said.length === 0 ? undefined : said.join('\n').toWellFormed();
}

const secondsOf = (value: unknown): { seconds?: number } =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? { seconds: value } : {};

/** What the service says happened. */
function serviceEvent(raw: JsonObject, action: string, event: Common & { readonly id: string }): Event {
  switch (action) {
    case 'create_group': {
      const members = Array.isArray(raw.members) ? (raw.members as unknown[]) : [];
      const named = members.map((name) => personOf(undefined, name)).filter((each) => each !== undefined);
      return { ...event, kind: 'roster', payload: { members: named, basis: 'stated' } };
    }
    case 'join_group_by_link':
    case 'join_group_by_request':
      return { ...event, kind: 'join', payload: { basis: 'stated' } };
    case 'edit_group_title':
      return { ...event, kind: 'topic', text: textOf(raw.title) ?? '', payload: { what: 'name' } };
    case 'phone_call': {
      const missed = raw.discard_reason === 'missed' || raw.discard_reason === 'busy';
      return {
        ...event,
        kind: 'call',
        payload: { phase: missed ? 'missed' : 'ended', ...secondsOf(raw.duration_seconds) },
      };
    }
    case 'group_call':
      return {
        ...event,
        kind: 'call',
        payload: { phase: raw.duration === undefined ? 'started' : 'ended', ...secondsOf(raw.duration) },
      };
    case 'invite_to_group_call':
      return { ...event, kind: 'call', payload: { phase: 'invited' } };
    default:
      return { ...event, kind: 'notice', payload: { type: action.toWellFormed() } };
  }
}
