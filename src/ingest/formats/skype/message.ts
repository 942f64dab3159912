/** One object of a conversation's `MessageList`. Types: siwen-r/skype-export-parser (`SkypeExport.d.ts`). */
import type { Conversation, Event, Party, Provenance, Recipient, Repair } from '../../../core/event.ts';
import { changeKey, directConversation, eventId, normaliseAddress } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import { type Shared, sharing } from '../../reading/files-beside.ts';
import { decodeEntities } from '../../reading/html.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { type JsonUnit, objectsOf, textOf } from '../../reading/json-units.ts';
import { party } from '../../reading/party.ts';
import { provenance } from '../../reading/provenance.ts';
import { remainder } from '../../reading/remainder.ts';
import { epochMoment, stampMoment } from '../../reading/stamp-moment.ts';
import { cardText } from './card.ts';
import { type Content, callOf, contentOf, elementText, NETWORK, skypeName } from './content.ts';
import type { Media } from './media.ts';

export interface Reading {
  readonly unit: JsonUnit;
  readonly raw: JsonObject;
  readonly header: JsonObject;
  /** Whose export it is, as it says or as the settings do. */
  readonly self: string | undefined;
  readonly selfFrom: 'header' | 'setting';
  readonly media: Media;
}

const MEMBERSHIP = /^ThreadActivity\/(?:(Add|MemberJoined)|(?:Delete|MemberLeft))/u;

interface Reaction {
  readonly key: string;
  readonly user: JsonObject;
}

function reactionsOf(raw: JsonObject): Reaction[] {
  const { properties } = raw;
  if (!isObject(properties)) return [];
  return objectsOf(properties.emotions).flatMap((emotion) => {
    const key = textOf(emotion.key);
    return key === undefined ? [] : objectsOf(emotion.users).map((user) => ({ key, user }));
  });
}

/** People whom a line of the service adds or removes. */
function targetsOf(raw: JsonObject): string[] {
  const content = textOf(raw.content) ?? '';
  if (!MEMBERSHIP.test(textOf(raw.messagetype) ?? '')) return [];
  return [...content.matchAll(/<target>([^<>]*)<\/target>/giu)]
    .map((match) => decodeEntities(match[1] ?? '', []).trim())
    .filter((target) => target !== '')
    .slice(0, 10_000);
}

/** Units of an object: itself (or each person whom it adds or removes), and each reaction. */
export const unitsOf = (raw: JsonObject): number =>
  Math.max(1, targetsOf(raw).length) + reactionsOf(raw).length;

const person = (id: string, name?: string): Party => {
  const plain = skypeName(id);
  const found = party(NETWORK, plain, name);
  return plain === id ? found : { ...found, written: id };
};

const PLACED = new Set([
  'id',
  'displayName',
  'originalarrivaltime',
  'content',
  'conversationid',
  'from',
  'amsreferences',
]);
type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind' | 'id'>;

export function* outcomesOf(reading: Reading): Iterable<Outcome> {
  const { raw, unit, header, self } = reading;
  const units = unitsOf(raw);
  const key = textOf(raw.id);
  const place = textOf(raw.conversationid) ?? textOf(header.id);
  const at = stampMoment(raw.originalarrivaltime, unit.place.file.settings.zone, []);
  if (key === undefined || place === undefined || at === undefined) {
    const code =
      key === undefined
        ? 'field-missing'
        : place === undefined
          ? 'conversation-unknown'
          : raw.originalarrivaltime === undefined
            ? 'time-missing'
            : 'time-invalid';
    for (let i = 0; i < units; i++) yield { type: 'reject', code, part: String(i) };
    return;
  }
  const conversation = conversationOf(place, textOf(header.displayName), self);
  const idOf = (each: Parameters<typeof eventId>[2]): string => eventId(NETWORK, conversation.id, each);
  const repairs: Repair[] = [...unit.repairs];
  const { common, holdings, editedMs, source } = draftOf(reading, conversation, at, repairs);
  const targets = targetsOf(raw);
  if (targets.length > 0) yield* membership(raw, source, key, common, targets, idOf);
  else {
    const held = holdings === undefined ? {} : { holdings };
    yield { type: 'event', event: eventOf(raw, source, key, common, editedMs, idOf), ...held };
  }
  for (const [i, { key: emoji, user }] of reactionsOf(raw).entries()) {
    const part = `emotions/${i}`;
    const by = textOf(user.mri);
    const when = epochMoment(typeof user.time === 'number' ? user.time : undefined, 'ms');
    if (by === undefined) {
      yield { type: 'reject', code: 'field-invalid', detail: 'emotions', part };
      continue;
    }
    const sender = person(by);
    const moment = when ?? at;
    yield {
      type: 'event',
      event: {
        id: idOf(changeKey('reaction', key, sender.address, emoji, moment.instant)),
        kind: 'reaction',
        network: NETWORK,
        conversation,
        sender,
        at: moment,
        target: idOf(key),
        payload: { emoji: EMOJI[emoji] ?? emoji, change: 'added' },
        provenance: provenance(unit.place, {
          part,
          ...whose(reading),
          repairs:
            when === undefined ? [...unit.repairs, { code: 'time-of-message', what: 'at' }] : unit.repairs,
        }),
      },
    };
  }
}

/** Skype's names of the reactions that it offers; any other stays a name. */
const EMOJI: Readonly<Record<string, string>> = {
  heart: '❤️',
  like: '👍',
  yes: '👍',
  laugh: '😆',
  surprised: '😮',
  sad: '😢',
  angry: '😠',
};

const whose = ({ self, selfFrom }: Reading): { perspective?: string; facts?: Provenance['facts'] } =>
  self === undefined ? {} : { perspective: self, facts: { perspective: selfFrom } };

/** `19:` is a thread of several, `48:` a list of the client’s own; anything else is somebody. */
function conversationOf(id: string, name: string | undefined, self: string | undefined): Conversation {
  const named = name === undefined ? {} : { name: name.toWellFormed() };
  if (/^(?:19|48):/u.test(id)) return { id, kind: 'group', ...named };
  const peer = normaliseAddress(NETWORK, skypeName(id));
  return { id: directConversation(self === undefined ? [peer] : [peer, self]), kind: 'direct', ...named };
}

function draftOf(reading: Reading, conversation: Conversation, at: Common['at'], repairs: Repair[]) {
  const { raw, unit, self, media } = reading;
  const from = textOf(raw.from);
  const sender = from === undefined ? undefined : person(from, textOf(raw.displayName));
  if (sender === undefined) repairs.push({ code: 'sender-absent' });
  const source = textOf(raw.content) ?? '';
  const content = contentIn(textOf(raw.messagetype) ?? '', source, repairs);
  const { attachments, holdings } = sharing(withMedia(content.attachments, raw, media));
  const extra = remainder(raw, PLACED, unit.text, repairs);
  const common: Common = {
    network: NETWORK,
    conversation,
    ...(sender !== undefined && { sender }),
    ...recipients(conversation, self, sender),
    at,
    ...(content.text !== undefined && { text: content.text }),
    ...(content.markup !== undefined && { markup: content.markup }),
    ...(attachments !== undefined && { attachments }),
    provenance: provenance(unit.place, { ...whose(reading), repairs }),
    ...(extra !== undefined && { extra }),
  };
  return { common, holdings, editedMs: content.editedMs, source };
}

/** `Text` has no markup: its signs are meant. Polls and Skype's own notices are cards. */
function contentIn(type: string, source: string, repairs: Repair[]): Content {
  if (type === 'Text') return { ...(source !== '' && { text: source }), attachments: [] };
  const card = /^(?:Notice|PopCard)\b/u.test(type) ? cardText(source) : undefined;
  return card === undefined
    ? contentOf(source, repairs)
    : { ...(card !== '' && { text: card }), markup: { type: 'skype-card', source }, attachments: [] };
}

/** Files of a message: those that its text names, with bytes where the export holds some for its references. */
function withMedia(named: Common['attachments'] & object, raw: JsonObject, media: Media): Shared[] {
  const references = Array.isArray(raw.amsreferences)
    ? (raw.amsreferences as unknown[]).map(textOf).filter((each) => each !== undefined)
    : [];
  const shared: Shared[] = named.map((attachment) => {
    const id = references.find((each) => attachment.reference?.includes(each) === true);
    return { attachment, file: id === undefined ? undefined : media.of(id) };
  });
  for (const id of references)
    if (!named.some(({ reference }) => reference?.includes(id) === true))
      shared.push({ attachment: { reference: id, state: 'referenced' }, file: media.of(id) });
  return shared;
}

/** In a direct conversation the other side is the one addressed. */
function recipients(
  conversation: Conversation,
  self: string | undefined,
  sender: Party | undefined,
): { recipients?: readonly Recipient[] } {
  if (conversation.kind !== 'direct' || self === undefined || sender === undefined) return {};
  const other = sender.address === self ? conversation.id.split(' ').find((each) => each !== self) : self;
  return other === undefined ? {} : { recipients: [{ address: other, role: 'to' }] };
}

function* membership(
  raw: JsonObject,
  source: string,
  key: string,
  common: Common,
  targets: readonly string[],
  idOf: (key: Parameters<typeof eventId>[2]) => string,
): Iterable<Outcome> {
  const kind = MEMBERSHIP.exec(textOf(raw.messagetype) ?? '')?.[1] === undefined ? 'leave' : 'join';
  const by = elementText(source, 'initiator');
  const actor = by === undefined ? undefined : person(by);
  const { sender: _sender, recipients: _recipients, text: _text, ...base } = common;
  for (const [i, target] of targets.entries()) {
    const sender = person(target);
    const { position } = base.provenance;
    yield {
      type: 'event',
      event: {
        ...base,
        id: idOf([key, kind, sender.address]),
        kind,
        sender,
        ...(actor !== undefined && actor.address !== sender.address && { actor }),
        provenance: { ...base.provenance, position: { ...position, part: `target/${i}` } },
        payload: { basis: 'stated' },
      },
    };
  }
}

function eventOf(
  raw: JsonObject,
  source: string,
  key: string,
  common: Common,
  editedMs: number | undefined,
  idOf: (key: Parameters<typeof eventId>[2]) => string,
): Event {
  const type = textOf(raw.messagetype) ?? '';
  const base = { ...common, id: idOf(key) };
  const who = common.sender?.address ?? '';
  const properties = isObject(raw.properties) ? raw.properties : {};
  const deleted = epochMoment(msOf(properties.deletetime), 'ms');
  const sentAt = { originalarrivaltime: textOf(raw.originalarrivaltime) ?? '' };
  if (deleted !== undefined)
    return {
      ...common,
      id: idOf(changeKey('deletion', key, who, '', deleted.instant)),
      kind: 'deletion',
      at: deleted,
      target: idOf(key),
      extra: { ...common.extra, ...sentAt },
      payload: { earlier: 'not-captured' },
    };
  const edited = epochMoment(editedMs ?? msOf(properties.edittime), 'ms');
  if (edited !== undefined)
    return {
      ...common,
      id: idOf(changeKey('edit', key, who, source, edited.instant)),
      kind: 'edit',
      at: edited,
      target: idOf(key),
      extra: { ...common.extra, ...sentAt },
      payload: { earlier: 'not-captured' },
    };
  if (type === 'Event/Call' || source.includes('<partlist')) {
    const { text: _text, ...bare } = base;
    return { ...bare, kind: 'call', payload: callOf(source) };
  }
  if (type === 'ThreadActivity/TopicUpdate') {
    const by = elementText(source, 'initiator');
    return {
      ...base,
      kind: 'topic',
      ...(by !== undefined && { sender: person(by) }),
      text: elementText(source, 'value') ?? '',
      payload: { what: 'topic' },
    };
  }
  if (type.startsWith('ThreadActivity/')) {
    // The words between its tags are no text of anybody; the markup keeps them.
    const { text: _text, ...bare } = base;
    const by = elementText(source, 'initiator');
    return {
      ...bare,
      kind: 'notice',
      ...(by !== undefined && { sender: person(by) }),
      payload: { type: type.toWellFormed() },
    };
  }
  if (/^(?:Control|Notice|PopCard|Event|Signal|EndToEndEncryption)/u.test(type))
    return { ...base, kind: 'notice', payload: { type: type.toWellFormed() } };
  return { ...base, kind: 'message' };
}

/** Milliseconds since 1970, as a number or as text. */
function msOf(value: unknown): number | undefined {
  const ms = typeof value === 'string' && /^\d{1,15}$/u.test(value) ? Number(value) : value;
  return typeof ms === 'number' && Number.isSafeInteger(ms) && ms > 0 ? ms : undefined;
}
