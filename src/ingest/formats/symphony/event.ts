/** One real-time event of Symphony. */
import type { Attachment, Conversation, Event, Moment, Party, Repair } from '../../../core/event.ts';
import { changeKey, eventId } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Outcome } from '../../format.ts';
import { htmlText } from '../../reading/html.ts';
import { asExtra, isObject, type JsonObject } from '../../reading/json.ts';
import { type JsonUnit, objectsOf, textOf } from '../../reading/json-units.ts';
import { party } from '../../reading/party.ts';
import { provenance } from '../../reading/provenance.ts';
import { instantOf } from '../../reading/time.ts';

const NETWORK = 'symphony';
type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;

/** The one inner object of the payload: `messageSent`, `userJoinedRoom`, … */
function innerOf(raw: JsonObject): JsonObject {
  const inner = isObject(raw.payload) ? Object.values(raw.payload).find(isObject) : undefined;
  return inner ?? {};
}

/** What events said that later ones only point at. */
export class Known {
  /** Id of a later text → id of the message that it goes back to. */
  readonly roots = new Map<string, string>();
  readonly #streams = new Map<string, Conversation>();
  readonly #people = new Map<string, Party>();

  /** A stream as it was described; some events give its id only. */
  stream(id: string, described: Conversation | undefined): Conversation {
    if (described !== undefined && this.#streams.size < MAX_KNOWN) this.#streams.set(id, described);
    return described ?? this.#streams.get(id) ?? { id, kind: 'room' };
  }

  /** Somebody by his number, with the address that an event before gave. */
  person(id: string | undefined, described: Party | undefined): Party | undefined {
    if (id === undefined) return described;
    const isMore = described !== undefined && described.address !== id;
    if (isMore && this.#people.size < MAX_KNOWN) this.#people.set(id, described);
    return isMore ? described : (this.#people.get(id) ?? described);
  }
}

const MAX_KNOWN = 500_000;

export function outcomeOf(unit: JsonUnit, known: Known): Outcome {
  if (!isObject(unit.value)) return reject('json-shape', 'not an object');
  const raw = asEvent(unit.value);
  const type = textOf(raw.type);
  if (type === undefined) return reject('field-missing', 'type');
  const inner = innerOf(raw);
  const message = isObject(inner.message) ? inner.message : inner;
  const at = momentOf(type === 'MESSAGESENT' ? (message.timestamp ?? raw.timestamp) : raw.timestamp);
  if (at === undefined)
    return reject(raw.timestamp === undefined ? 'time-missing' : 'time-invalid', 'timestamp');
  const initiator = isObject(raw.initiator) ? personOf(raw.initiator.user, known) : undefined;
  const conversation = conversationOf(message.stream ?? inner.stream, inner, initiator, known);
  if (conversation === undefined) return reject('conversation-unknown', 'stream');
  return read(raw, type, inner, message, at, initiator, conversation, unit, known);
}

/** A message of a list as the event that told of it. */
const asEvent = (raw: JsonObject): JsonObject =>
  raw.type === undefined && raw.messageId !== undefined && isObject(raw.stream)
    ? { type: 'MESSAGESENT', timestamp: raw.timestamp, payload: { messageSent: { message: raw } } }
    : raw;

/** Milliseconds since 1970; 0 stands for none. */
function momentOf(value: unknown): Moment | undefined {
  const ms = typeof value === 'string' && /^\d{1,15}$/u.test(value) ? Number(value) : value;
  const instant = typeof ms === 'number' && Number.isSafeInteger(ms) && ms > 0 ? instantOf(ms) : undefined;
  return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision: 'ms' };
}

function personOf(value: unknown, known: Known): Party | undefined {
  if (!isObject(value)) return undefined;
  const id =
    typeof value.userId === 'number' && value.userId > 0 ? String(value.userId) : textOf(value.userId);
  const address = textOf(value.email) ?? textOf(value.username) ?? textOf(value.userName) ?? id;
  if (address === undefined) return undefined;
  const full = [textOf(value.firstName), textOf(value.lastName)]
    .filter((part) => part !== undefined)
    .join(' ');
  return known.person(id, party(NETWORK, address, textOf(value.displayName) ?? textOf(full)));
}

/** A stream; connection events have none and concern two people. */
function conversationOf(
  stream: unknown,
  inner: JsonObject,
  initiator: Party | undefined,
  known: Known,
): Conversation | undefined {
  if (isObject(stream)) {
    const id = textOf(stream.streamId);
    if (id === undefined) return undefined;
    const name = textOf(stream.roomName);
    const type = textOf(stream.streamType);
    const kind = type === 'IM' ? 'direct' : type === 'MIM' ? 'group' : type === 'POST' ? 'broadcast' : 'room';
    const isDescribed = type !== undefined || name !== undefined;
    return known.stream(id, isDescribed ? { id, kind, ...(name !== undefined && { name }) } : undefined);
  }
  const other = personOf(inner.toUser, known) ?? personOf(inner.fromUser, known);
  if (other === undefined || initiator === undefined) return undefined;
  return { id: [...new Set([initiator.address, other.address])].sort().join(' '), kind: 'direct' };
}

function read(
  raw: JsonObject,
  type: string,
  inner: JsonObject,
  message: JsonObject,
  at: Moment,
  initiator: Party | undefined,
  conversation: Conversation,
  unit: JsonUnit,
  known: Known,
): Outcome {
  const idOf = (key: Parameters<typeof eventId>[2]): string => eventId(NETWORK, conversation.id, key);
  const repairs: Repair[] = [...unit.repairs];
  const eventKey = textOf(raw.id);
  const messageKey = textOf(message.messageId);
  const affected = personOf(inner.affectedUser, known);
  const extra = extraOf(raw, inner, message, unit, repairs);
  const key = eventKey ?? [type, at.instant, initiator?.address ?? '', affected?.address ?? ''];
  const base: Common = {
    id: idOf(key),
    network: NETWORK,
    conversation,
    ...(initiator !== undefined && { sender: initiator }),
    at,
    provenance: provenance(unit.place, { repairs }),
    ...(extra !== undefined && { extra }),
  };
  switch (type) {
    case 'MESSAGESENT':
    case 'SHAREDPOST': {
      if (messageKey === undefined) return reject('field-missing', 'messageId');
      const replaced = textOf(message.replacing);
      const said = { ...base, id: idOf(messageKey), ...saidIn(message, initiator, repairs, known) };
      if (replaced !== undefined && replaced !== messageKey) {
        const root = known.roots.get(replaced) ?? replaced;
        known.roots.set(messageKey, root);
        return event({ ...said, kind: 'edit', target: idOf(root), payload: { earlier: 'captured' } });
      }
      const answered = textOf(message.replyToMessageId) ?? textOf(message.parentMessageId);
      return event({
        ...said,
        kind: 'message',
        ...(answered !== undefined && { payload: { replyTo: idOf(answered) } }),
      });
    }
    case 'MESSAGESUPPRESSED': {
      if (messageKey === undefined) return reject('field-missing', 'messageId');
      const id = idOf(changeKey('deletion', messageKey, initiator?.address ?? '', '', at.instant));
      return event({
        ...base,
        id,
        kind: 'deletion',
        target: idOf(known.roots.get(messageKey) ?? messageKey),
        payload: { earlier: 'not-captured' },
      });
    }
    case 'USERJOINEDROOM':
    case 'USERLEFTROOM': {
      const { sender: _, ...rest } = base;
      const who = affected ?? initiator;
      const other = initiator !== undefined && initiator.address !== who?.address;
      return event({
        ...rest,
        ...(who !== undefined && { sender: who }),
        ...(other && { actor: initiator }),
        kind: type === 'USERJOINEDROOM' ? 'join' : 'leave',
        payload: { basis: 'stated' },
      });
    }
    case 'ROOMCREATED':
    case 'ROOMUPDATED': {
      const properties = isObject(inner.newRoomProperties) ? inner.newRoomProperties : inner.roomProperties;
      const name = isObject(properties) ? textOf(properties.name) : undefined;
      if (name !== undefined) return event({ ...base, kind: 'topic', text: name, payload: { what: 'name' } });
      break;
    }
    case 'INSTANTMESSAGECREATED': {
      const listed = isObject(inner.stream) ? objectsOf(inner.stream.members) : [];
      const members = listed.flatMap((each) => personOf(each, known) ?? []);
      if (members.length > 0)
        return event({ ...base, kind: 'roster', payload: { members, basis: 'stated' } });
      break;
    }
    case 'USERREQUESTEDTOJOINROOM':
    case 'CONNECTIONREQUESTED':
    case 'CONNECTIONACCEPTED':
      break;
  }
  return event({ ...base, kind: 'notice', payload: { type } });
}

/** Text from PresentationML (a subset of XHTML); the markup is kept. */
function saidIn(
  message: JsonObject,
  initiator: Party | undefined,
  repairs: Repair[],
  known: Known,
): Pick<Common, 'sender' | 'text' | 'markup' | 'attachments'> {
  const sender = personOf(message.user, known) ?? initiator;
  const source = textOf(message.message);
  const text =
    source === undefined
      ? undefined
      : htmlText(source, repairs)
          .replaceAll(/\n{2,}/gu, '\n')
          .trim();
  const attachments = objectsOf(message.attachments).map((each): Attachment => {
    const name = textOf(each.name);
    const reference = textOf(each.id);
    const { size } = each;
    return {
      ...(name !== undefined && { name }),
      ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && { size }),
      ...(reference !== undefined && { reference }),
      state: 'referenced',
    };
  });
  return {
    ...(sender !== undefined && { sender }),
    ...(text !== undefined && text !== '' && { text }),
    ...(source !== undefined && source !== text && { markup: { type: 'presentationml', source } }),
    ...(attachments.length > 0 && { attachments }),
  };
}

const PLACED: ReadonlySet<string> = new Set([
  'messageId',
  'timestamp',
  'message',
  'user',
  'stream',
  'attachments',
]);

function extraOf(
  raw: JsonObject,
  inner: JsonObject,
  message: JsonObject,
  unit: JsonUnit,
  repairs: Repair[],
): ReturnType<typeof asExtra> | undefined {
  const full = (value: unknown): boolean =>
    value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
  const rest: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(message))
    if (!PLACED.has(name) && full(value)) rest[name] = value;
  if (message !== inner)
    for (const [name, value] of Object.entries(inner))
      if (name !== 'message' && full(value)) rest[name] = value;
  const stream = isObject(message.stream) ? message.stream : inner.stream;
  if (isObject(stream) && typeof stream.external === 'boolean') rest.external = stream.external;
  if (raw.type !== 'MESSAGESENT') rest.type = raw.type;
  return Object.keys(rest).length === 0 ? undefined : asExtra(rest, unit.text, repairs);
}

const event = (value: Event): Outcome => ({ type: 'event', event: value });
const reject = (code: RejectCode, detail: string): Outcome => ({ type: 'reject', code, detail });
