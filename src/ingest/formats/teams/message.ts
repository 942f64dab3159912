/** One chatMessage: the message, edit, deletion or system event itself, then its reactions. */
import type { Event, Moment, Repair } from '../../../core/event.ts';
import { changeKey, eventId } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Outcome } from '../../format.ts';
import { asExtra, isObject, type JsonObject } from '../../reading/json.ts';
import { type JsonUnit, objectsOf, textOf } from '../../reading/json-units.ts';
import { provenance } from '../../reading/provenance.ts';
import { instantOf, offsetMinutes, parseTimestamp } from '../../reading/time.ts';
import { attachmentsOf, bodyOf, quotedBy } from './body.ts';
import { conversationOf, NETWORK, otherSide, partyOf } from './people.ts';
import { detailOf, initiatorOf, toldBy } from './system.ts';

/** Units of an object: itself, each reaction, and each further person whom it adds or removes. */
export function unitsOf(value: unknown): number {
  if (!isObject(value)) return 1;
  const system = detailOf(value);
  const told = system === undefined ? undefined : toldBy(system.type, system.detail);
  const people = told !== undefined && 'people' in told ? told.people.length : 1;
  return people + objectsOf(value.reactions).length;
}

/** As many outcomes as `unitsOf` counts. */
export function* outcomesOf(value: unknown, unit: JsonUnit): Iterable<Outcome> {
  if (!isObject(value)) {
    yield reject('json-shape', 'not an object');
    return;
  }
  const reader = readerOf(value, unit);
  if ('code' in reader) {
    const units = unitsOf(value);
    for (let i = 0; i < units; i++) yield i === 0 ? reader : { ...reader, part: String(i) };
    return;
  }
  yield* reader.itself();
  yield* reader.reactions();
}

function readerOf(value: JsonObject, unit: JsonUnit): TeamsMessage | Extract<Outcome, { type: 'reject' }> {
  const id = textOf(value.id);
  if (id === undefined) return reject('field-missing', 'id');
  if (value.createdDateTime === undefined || value.createdDateTime === null)
    return reject('time-missing', 'createdDateTime');
  const at = momentOf(value.createdDateTime);
  if (at === undefined) return reject('time-invalid', 'createdDateTime');
  const where = conversationOf(value, unit.around['@odata.context']);
  if (where === undefined) return reject('conversation-unknown', 'chatId and channelIdentity');
  return new TeamsMessage(value, id, at, where, unit);
}

/** Graph writes `Z` or an offset; a time without either is UTC by its documentation. */
function momentOf(value: unknown): Moment | undefined {
  const parsed = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (parsed === undefined) return undefined;
  const minutes = parsed.offset === undefined ? 0 : offsetMinutes(parsed.offset);
  const instant = minutes === undefined ? undefined : instantOf(parsed.wall - minutes * 60_000);
  return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision: parsed.precision };
}

/** Placed in the event, or empty in every message. */
const PLACED: ReadonlySet<string> = new Set([
  'id',
  'replyToId',
  'messageType',
  'createdDateTime',
  'lastEditedDateTime',
  'deletedDateTime',
  'chatId',
  'from',
  'subject',
  'body',
  'reactions',
  'etag',
]);

class TeamsMessage {
  readonly #raw: JsonObject;
  readonly #key: string;
  readonly #at: Moment;
  readonly #where: NonNullable<ReturnType<typeof conversationOf>>;
  readonly #unit: JsonUnit;

  constructor(
    raw: JsonObject,
    key: string,
    at: Moment,
    where: NonNullable<ReturnType<typeof conversationOf>>,
    unit: JsonUnit,
  ) {
    this.#raw = raw;
    this.#key = key;
    this.#at = at;
    this.#where = where;
    this.#unit = unit;
  }

  #id(key: Parameters<typeof eventId>[2]): string {
    return eventId(NETWORK, this.#where.conversation.id, key);
  }

  *itself(): Iterable<Outcome> {
    const system = detailOf(this.#raw);
    if (system !== undefined) yield* this.#told(system);
    else if (textOf(this.#raw.deletedDateTime) !== undefined) yield this.#deletion();
    else if (textOf(this.#raw.lastEditedDateTime) !== undefined) yield this.#edit();
    else {
      const quoted = quotedBy(this.#raw) ?? textOf(this.#raw.replyToId);
      yield event({
        ...this.#base(),
        kind: 'message',
        id: this.#id(this.#key),
        at: this.#at,
        ...(quoted !== undefined && { payload: { replyTo: this.#id(quoted) } }),
      });
    }
  }

  #base(): Omit<Common, 'id' | 'at'> {
    const repairs: Repair[] = [...this.#unit.repairs];
    const sender = partyOf(this.#raw.from);
    const body = bodyOf(this.#raw, repairs);
    const text = [textOf(this.#raw.subject), body.text].filter((part) => part !== undefined).join('\n\n');
    const recipients = otherSide(this.#where.conversation, sender);
    const attachments = attachmentsOf(this.#raw);
    const thread = textOf(this.#raw.replyToId);
    const extra = this.#extra(repairs);
    return {
      network: NETWORK,
      conversation: {
        ...this.#where.conversation,
        ...(thread !== undefined && { thread: this.#id(thread) }),
      },
      ...(sender !== undefined && { sender }),
      ...(recipients.length > 0 && { recipients }),
      ...body,
      ...(text !== '' && { text }),
      ...(attachments.length > 0 && { attachments }),
      provenance: provenance(this.#unit.place, { facts: this.#where.facts, repairs }),
      ...(extra !== undefined && { extra }),
    };
  }

  #extra(repairs: Repair[]): ReturnType<typeof asExtra> | undefined {
    const rest: { [name: string]: unknown } = {};
    for (const [name, value] of Object.entries(this.#raw)) {
      const empty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
      if (!empty && !PLACED.has(name)) rest[name] = value;
    }
    const type = textOf(this.#raw.messageType);
    if (type !== undefined && type !== 'message') rest.messageType = type;
    return Object.keys(rest).length === 0 ? undefined : asExtra(rest, this.#unit.text, repairs);
  }

  /** Graph shows the last text only: one edit and no message. */
  #edit(): Outcome {
    const at = momentOf(this.#raw.lastEditedDateTime);
    if (at === undefined) return reject('time-invalid', 'lastEditedDateTime');
    const base = this.#base();
    const text = base.markup?.source ?? base.text ?? '';
    return event({
      ...base,
      kind: 'edit',
      id: this.#id(changeKey('edit', this.#key, base.sender?.address ?? '', text, at.instant)),
      target: this.#id(this.#key),
      at,
      payload: { earlier: 'not-captured' },
    });
  }

  #deletion(): Outcome {
    const at = momentOf(this.#raw.deletedDateTime);
    if (at === undefined) return reject('time-invalid', 'deletedDateTime');
    const base = this.#base();
    return event({
      ...base,
      kind: 'deletion',
      id: this.#id(changeKey('deletion', this.#key, base.sender?.address ?? '', '', at.instant)),
      target: this.#id(this.#key),
      at,
      payload: { earlier: 'not-captured' },
    });
  }

  *#told({ type, detail }: { type: string; detail: JsonObject }): Iterable<Outcome> {
    const { sender: from, ...base } = this.#base();
    const initiator = initiatorOf(detail) ?? from;
    const told = toldBy(type, detail);
    const common = { ...base, id: this.#id(this.#key), at: this.#at };
    const sender = initiator === undefined ? {} : { sender: initiator };
    switch (told.kind) {
      case 'join':
      case 'leave':
        for (const [i, person] of told.people.entries()) {
          const other = initiator !== undefined && initiator.address !== person.address;
          const part = `eventDetail/members/${i}`;
          yield event({
            ...common,
            id: this.#id(i === 0 ? this.#key : [this.#key, person.address, i]),
            kind: told.kind,
            sender: person,
            ...(other && { actor: initiator }),
            payload: { basis: 'stated' },
            provenance: { ...base.provenance, position: { ...base.provenance.position, part } },
          });
        }
        return;
      case 'topic':
        yield event({ ...common, ...sender, kind: 'topic', text: told.text, payload: { what: told.what } });
        return;
      case 'call': {
        const { kind: _, ...payload } = told;
        yield event({ ...common, ...sender, kind: 'call', payload });
        return;
      }
      case 'notice':
        yield event({ ...common, ...sender, kind: 'notice', payload: { type: told.type } });
    }
  }

  *reactions(): Iterable<Outcome> {
    for (const [i, reaction] of objectsOf(this.#raw.reactions).entries()) {
      const part = `reactions/${i}`;
      const emoji = textOf(reaction.reactionType);
      const who = partyOf(reaction.user);
      const at = momentOf(reaction.createdDateTime);
      if (emoji === undefined || who === undefined || at === undefined) {
        yield { ...reject('field-invalid', 'reaction'), part };
        continue;
      }
      yield event({
        kind: 'reaction',
        id: this.#id(changeKey('reaction', this.#key, who.address, emoji, at.instant)),
        network: NETWORK,
        conversation: this.#where.conversation,
        sender: who,
        target: this.#id(this.#key),
        at,
        payload: { emoji: emojiOf(emoji), change: 'added' },
        provenance: provenance(this.#unit.place, {
          part,
          facts: this.#where.facts,
          repairs: this.#unit.repairs,
        }),
      });
    }
  }
}

/** The six names of the first reactions; newer ones are the characters themselves. */
const REACTIONS: Readonly<Record<string, string>> = {
  like: '👍',
  heart: '❤️',
  laugh: '😆',
  surprised: '😮',
  sad: '🙁',
  angry: '😠',
};
const emojiOf = (type: string): string =>
  Object.hasOwn(REACTIONS, type) ? (REACTIONS[type] as string) : type;

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;

const event = (value: Event): Outcome => ({ type: 'event', event: value });
const reject = (code: RejectCode, detail: string): Extract<Outcome, { type: 'reject' }> => ({
  type: 'reject',
  code,
  detail,
});
