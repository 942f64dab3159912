/** One chat item: a message with its earlier texts, reactions and read marks; or what happened to the chat. */
import type {
  Attachment,
  CallEvent,
  Conversation,
  Event,
  Moment,
  Party,
  Recipient,
} from '../../../core/event.ts';
import { changeKey, eventId } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Outcome } from '../../format.ts';
import { asExtra, isObject, type JsonObject } from '../../reading/json.ts';
import { type JsonUnit, objectsOf, textOf } from '../../reading/json-units.ts';
import { provenance } from '../../reading/provenance.ts';
import { instantOf } from '../../reading/time.ts';
import { idOf, NETWORK, type SignalChats } from './chats.ts';

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;

const bodyOf = (item: JsonObject): JsonObject => (isObject(item.standardMessage) ? item.standardMessage : {});

/** Reactions hang on any kind of message. */
const reactionsOf = (item: JsonObject): JsonObject[] =>
  Object.values(item).flatMap((part) => (isObject(part) ? objectsOf(part.reactions) : []));

const readersOf = (item: JsonObject): JsonObject[] =>
  isObject(item.outgoing)
    ? objectsOf(item.outgoing.sendStatus).filter((status) => isObject(status.read) || isObject(status.viewed))
    : [];

const revisionsOf = (item: JsonObject): JsonObject[] => objectsOf(item.revisions);

export const unitsOf = (item: JsonObject): number =>
  1 + revisionsOf(item).length + reactionsOf(item).length + readersOf(item).length;

/** As many outcomes as `unitsOf` counts. */
export function* outcomesOf(item: JsonObject, unit: JsonUnit, chats: SignalChats): Iterable<Outcome> {
  const conversation = chats.conversation(item.chatId);
  const at = momentOf(item.dateSent);
  if (conversation === undefined || at === undefined) {
    const refused =
      conversation === undefined
        ? reject('conversation-unknown', 'chatId')
        : reject('time-invalid', 'dateSent');
    const units = unitsOf(item);
    for (let i = 0; i < units; i++) yield i === 0 ? refused : { ...refused, part: String(i) };
    return;
  }
  yield* new Reading(item, conversation, unit, chats).outcomes(at);
}

class Reading {
  readonly #item: JsonObject;
  readonly #conversation: Conversation;
  readonly #unit: JsonUnit;
  readonly #chats: SignalChats;
  readonly #author: Party | undefined;
  /** The message as it was first: its author and the moment at which he sent it are its name in Signal. */
  readonly #key: string;

  constructor(item: JsonObject, conversation: Conversation, unit: JsonUnit, chats: SignalChats) {
    this.#item = item;
    this.#conversation = conversation;
    this.#unit = unit;
    this.#chats = chats;
    this.#author = chats.person(item.authorId);
    const first = revisionsOf(item)[0] ?? item;
    this.#key = this.#keyOf(item.authorId, first.dateSent);
  }

  #keyOf(author: unknown, sent: unknown): string {
    return `${this.#chats.person(author)?.address ?? 'self'}/${idOf(sent) ?? ''}`;
  }

  #id(key: Parameters<typeof eventId>[2]): string {
    return eventId(NETWORK, this.#conversation.id, key);
  }

  *outcomes(at: Moment): Iterable<Outcome> {
    const revisions = revisionsOf(this.#item);
    if (revisions.length === 0) yield { type: 'event', event: this.#itself(at) };
    else {
      const [first, ...later] = [...revisions, this.#item];
      for (const [i, version] of [first ?? this.#item, ...later].entries()) {
        const part = i < revisions.length ? `revisions/${i}` : undefined;
        const moment = momentOf(version.dateSent);
        if (moment === undefined) yield reject('time-invalid', 'dateSent', part);
        else yield { type: 'event', event: this.#version(version, moment, i, part) };
      }
    }
    yield* this.#reactions();
    yield* this.#readers();
  }

  #base(item: JsonObject, at: Moment, part?: string): Common {
    const repairs = [...this.#unit.repairs];
    const body = bodyOf(item);
    const text = isObject(body.text) ? textOf(body.text.body) : undefined;
    const attachments = objectsOf(body.attachments).map(attachmentOf);
    const extra = extraOf(item, this.#unit.text, repairs);
    const recipients = this.#recipients(item);
    const self = isObject(item.outgoing) && this.#chats.ownerIsStated;
    return {
      id: this.#id(this.#key),
      network: NETWORK,
      conversation: this.#conversation,
      ...(this.#author !== undefined && { sender: this.#author }),
      ...(recipients.length > 0 && { recipients }),
      at,
      ...(text !== undefined && { text }),
      ...(attachments.length > 0 && { attachments }),
      provenance: provenance(this.#unit.place, {
        part,
        perspective: this.#chats.owner?.address,
        facts: self ? { sender: 'setting' } : undefined,
        repairs:
          this.#author === undefined && !isObject(item.directionless)
            ? [...repairs, { code: 'sender-absent' }]
            : repairs,
      }),
      ...(extra !== undefined && { extra }),
    };
  }

  /** To whom a message was sent: as the export states it; what came in directly was for the owner. */
  #recipients(item: JsonObject): Recipient[] {
    const people = isObject(item.outgoing)
      ? objectsOf(item.outgoing.sendStatus).map((status) => this.#chats.person(status.recipientId))
      : isObject(item.incoming) && this.#conversation.kind === 'direct'
        ? [this.#chats.owner]
        : [];
    return people.flatMap((person) => (person === undefined ? [] : [{ ...person, role: 'to' }]));
  }

  #version(version: JsonObject, at: Moment, i: number, part: string | undefined): Event {
    const base = this.#base(version, at, part);
    if (i === 0) return { ...base, kind: 'message' };
    const key = changeKey('edit', this.#key, this.#author?.address ?? '', base.text ?? '', at.instant);
    return {
      ...base,
      id: this.#id(key),
      kind: 'edit',
      target: this.#id(this.#key),
      payload: { earlier: 'captured' },
    };
  }

  #itself(at: Moment): Event {
    const item = this.#item;
    const base = this.#base(item, at);
    if (isObject(item.remoteDeletedMessage)) {
      const key = changeKey('deletion', this.#key, this.#author?.address ?? '', '', at.instant);
      return {
        ...base,
        id: this.#id(key),
        kind: 'deletion',
        target: this.#id(this.#key),
        payload: { earlier: 'not-captured' },
      };
    }
    if (isObject(item.updateMessage)) return this.#update(item.updateMessage, base);
    const { quote } = bodyOf(item);
    const quoted = isObject(quote) ? this.#keyOf(quote.authorId, quote.targetSentTimestamp) : undefined;
    const sticker =
      isObject(item.stickerMessage) && isObject(item.stickerMessage.sticker)
        ? textOf(item.stickerMessage.sticker.emoji)
        : undefined;
    return {
      ...base,
      ...(sticker !== undefined && { text: sticker }),
      ...pollOf(item.poll),
      kind: 'message',
      ...(quoted !== undefined && { payload: { replyTo: this.#id(quoted) } }),
    };
  }

  #update(update: JsonObject, base: Common): Event {
    const { groupChange, individualCall, groupCall } = update;
    if (isObject(individualCall) || isObject(groupCall)) {
      const call = isObject(individualCall) ? individualCall : (groupCall as JsonObject);
      const missed = /MISSED/u.test(textOf(call.state) ?? '');
      const payload: CallEvent['payload'] = { phase: missed ? 'missed' : 'started' };
      return { ...base, kind: 'call', payload };
    }
    const change = isObject(groupChange) ? objectsOf(groupChange.updates)[0] : undefined;
    const [name, details] = Object.entries(change ?? {}).find(([, value]) => isObject(value)) ?? [];
    if (name !== undefined && isObject(details)) {
      const who = this.#chats.personByAci(
        details.newMemberAci ?? details.aci ?? details.removedAci ?? details.removedMemberAci,
      );
      const { sender: by, ...rest } = base;
      const actor = by !== undefined && by.address !== who?.address ? { actor: by } : {};
      const kind = /Joined|Added/u.test(name) ? 'join' : /Left|Removed/u.test(name) ? 'leave' : undefined;
      if (kind !== undefined && who !== undefined)
        return { ...rest, ...actor, sender: who, kind, payload: { basis: 'stated' } };
      const title = textOf(details.newGroupName);
      if (title !== undefined) return { ...base, kind: 'topic', text: title, payload: { what: 'name' } };
      return { ...base, kind: 'notice', payload: { type: name } };
    }
    return { ...base, kind: 'notice', payload: { type: Object.keys(update)[0] ?? 'update' } };
  }

  *#reactions(): Iterable<Outcome> {
    for (const [i, reaction] of reactionsOf(this.#item).entries()) {
      const part = `reactions/${i}`;
      const emoji = textOf(reaction.emoji);
      const at = momentOf(reaction.sentTimestamp);
      if (emoji === undefined || at === undefined) {
        yield reject('field-invalid', 'reaction', part);
        continue;
      }
      const sender = this.#chats.person(reaction.authorId);
      const key = changeKey('reaction', this.#key, sender?.address ?? 'self', emoji, at.instant);
      yield {
        type: 'event',
        event: {
          ...this.#mark(key, sender, at, part),
          kind: 'reaction',
          target: this.#id(this.#key),
          payload: { emoji, change: 'added' },
        },
      };
    }
  }

  *#readers(): Iterable<Outcome> {
    for (const [i, status] of readersOf(this.#item).entries()) {
      const part = `sendStatus/${i}`;
      const at = momentOf(status.timestamp);
      const sender = this.#chats.person(status.recipientId);
      if (at === undefined || sender === undefined) {
        yield reject('field-invalid', 'sendStatus', part);
        continue;
      }
      const key = changeKey('read', this.#key, sender.address, '', at.instant);
      yield {
        type: 'event',
        event: { ...this.#mark(key, sender, at, part), kind: 'read', target: this.#id(this.#key) },
      };
    }
  }

  #mark(key: Parameters<typeof eventId>[2], sender: Party | undefined, at: Moment, part: string): Common {
    return {
      id: this.#id(key),
      network: NETWORK,
      conversation: this.#conversation,
      ...(sender !== undefined && { sender }),
      at,
      provenance: provenance(this.#unit.place, { part, perspective: this.#chats.owner?.address }),
    };
  }
}

/** The words of a poll. */
function pollOf(poll: unknown): { text?: string } {
  if (!isObject(poll)) return {};
  const options = objectsOf(poll.options).map((option) => textOf(option.option));
  const words = [textOf(poll.question), ...options].filter((each) => each !== undefined);
  return words.length === 0 ? {} : { text: words.join('\n') };
}

function attachmentOf(attachment: JsonObject): Attachment {
  const pointer = isObject(attachment.pointer) ? attachment.pointer : {};
  const locator = isObject(pointer.locatorInfo) ? pointer.locatorInfo : {};
  const name = textOf(pointer.fileName);
  const mediaType = textOf(pointer.contentType);
  const hash = textOf(locator.plaintextHash);
  const { size } = locator;
  return {
    ...(name !== undefined && { name }),
    ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && { size }),
    ...(mediaType !== undefined && { mediaType }),
    ...(hash !== undefined && { reference: hash }),
    state: 'referenced',
  };
}

const PLACED: ReadonlySet<string> = new Set([
  'chatId',
  'authorId',
  'dateSent',
  'revisions',
  'standardMessage',
  'outgoing',
  'incoming',
  'directionless',
  'remoteDeletedMessage',
]);

/** What of an item has no other place; keys of attachments open them and are left out with their pointers. */
function extraOf(
  item: JsonObject,
  text: string,
  repairs: Parameters<typeof asExtra>[2],
): ReturnType<typeof asExtra> | undefined {
  const rest: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(item)) if (!PLACED.has(name)) rest[name] = value;
  if (isObject(item.incoming) && Object.keys(item.incoming).length > 0) rest.incoming = item.incoming;
  const { text: _text, attachments: _attachments, reactions: _reactions, ...others } = bodyOf(item);
  if (Object.keys(others).length > 0) rest.standardMessage = others;
  return Object.keys(rest).length === 0 ? undefined : asExtra(rest, text, repairs);
}

/** Milliseconds since 1970, as text. */
function momentOf(value: unknown): Moment | undefined {
  const id = idOf(value);
  const instant =
    id !== undefined && /^\d{1,15}$/u.test(id) && id !== '0' ? instantOf(Number(id)) : undefined;
  return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision: 'ms' };
}

const reject = (code: RejectCode, detail: string, part?: string): Extract<Outcome, { type: 'reject' }> => ({
  type: 'reject',
  code,
  detail,
  ...(part !== undefined && { part }),
});
