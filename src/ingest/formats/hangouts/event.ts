/** One event of a conversation. Names: tdryer/hangups (`hangouts.proto`), adein/hangouts_to_sms (the later shape). */
import type { Attachment, Conversation, Event, Party, Recipient, Repair } from '../../../core/event.ts';
import { eventId } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import { type FilesBeside, type Shared, sharing } from '../../reading/files-beside.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { type JsonUnit, objectsOf, textOf } from '../../reading/json-units.ts';
import { party } from '../../reading/party.ts';
import { provenance } from '../../reading/provenance.ts';
import { remainder } from '../../reading/remainder.ts';
import { epochMoment } from '../../reading/stamp-moment.ts';

export const NETWORK = 'hangouts';

export interface Reading {
  readonly unit: JsonUnit;
  readonly raw: JsonObject;
  /** The `conversation` object around the event, where there is one. */
  readonly header: JsonObject;
  readonly root: string;
  readonly beside: FilesBeside;
}

/** The id of `{gaia_id, chat_id}`. */
const idOfUser = (value: unknown): string | undefined =>
  isObject(value) ? (textOf(value.gaia_id) ?? textOf(value.chat_id)) : undefined;

const membersOf = (raw: JsonObject): string[] =>
  isObject(raw.membership_change)
    ? objectsOf(raw.membership_change.participant_id).flatMap((id) => idOfUser(id) ?? [])
    : [];

/** Units of an event: itself, or each person who came or went. */
export const unitsOf = (raw: JsonObject): number => Math.max(1, membersOf(raw).length);

const PLACED = new Set([
  'conversation_id',
  'sender_id',
  'timestamp',
  'self_event_state',
  'event_id',
  'advances_sort_timestamp',
  'event_type',
  'chat_message',
  'membership_change',
  'conversation_rename',
]);

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;

export function* outcomesOf(reading: Reading): Iterable<Outcome> {
  const { raw, unit, header } = reading;
  const key = textOf(raw.event_id);
  const micro = textOf(raw.timestamp);
  const at =
    micro !== undefined && /^\d{1,18}$/u.test(micro)
      ? epochMoment(Math.floor(Number(micro) / 1000), 'ms')
      : undefined;
  const id = nested(header.id) ?? nested(raw.conversation_id) ?? nested(header.conversation_id);
  const units = unitsOf(raw);
  if (key === undefined || at === undefined || id === undefined) {
    const code =
      key === undefined
        ? 'field-missing'
        : id === undefined
          ? 'conversation-unknown'
          : micro === undefined
            ? 'time-missing'
            : 'time-invalid';
    for (let i = 0; i < units; i++) yield { type: 'reject', code, part: String(i) };
    return;
  }
  const people = new Map(
    objectsOf(header.participant_data).flatMap((each) => {
      const user = idOfUser(each.id);
      return user === undefined ? [] : [[user, textOf(each.fallback_name)] as const];
    }),
  );
  const person = (user: string): Party => party(NETWORK, user, people.get(user)?.toWellFormed());
  const from = idOfUser(raw.sender_id);
  const sender = from === undefined ? undefined : person(from);
  const self = isObject(raw.self_event_state) ? idOfUser(raw.self_event_state.user_id) : undefined;
  const repairs: Repair[] = [...unit.repairs];
  if (sender === undefined) repairs.push({ code: 'sender-absent' });
  const direct = header.type === 'STICKY_ONE_TO_ONE';
  const name = textOf(header.name)?.toWellFormed();
  const conversation: Conversation = {
    id,
    kind: direct ? 'direct' : 'group',
    ...(name !== undefined && { name }),
  };
  const others = direct ? [...people.keys()].filter((user) => user !== from).map(person) : [];
  const said = contentOf(raw.chat_message);
  const { attachments, holdings } = sharing(filesOf(said.attachments, reading));
  const extra = remainder(raw, PLACED, unit.text, repairs);
  const common: Common = {
    id: eventId(NETWORK, id, key),
    network: NETWORK,
    conversation,
    ...(sender !== undefined && { sender }),
    ...(others.length > 0 && { recipients: others.map((other): Recipient => ({ ...other, role: 'to' })) }),
    at,
    ...(said.text !== '' && { text: said.text }),
    ...(said.rich && { markup: { type: 'hangouts-segments', source: JSON.stringify(said.segments) } }),
    ...(attachments !== undefined && { attachments }),
    provenance: provenance(unit.place, {
      ...(self !== undefined && { perspective: person(self).address }),
      repairs,
    }),
    ...(extra !== undefined && { extra }),
  };
  const members = membersOf(raw);
  if (members.length > 0) {
    const { recipients: _recipients, sender: actor, ...base } = common;
    const kind = isObject(raw.membership_change) && raw.membership_change.type === 'LEAVE' ? 'leave' : 'join';
    for (const [i, user] of members.entries()) {
      const who = person(user);
      const { position } = base.provenance;
      yield {
        type: 'event',
        event: {
          ...base,
          id: eventId(NETWORK, id, [key, kind, who.address]),
          kind,
          sender: who,
          ...(actor !== undefined && actor.address !== who.address && { actor }),
          provenance: { ...base.provenance, position: { ...position, part: `participant/${i}` } },
          payload: { basis: 'stated' },
        },
      };
    }
    return;
  }
  yield { type: 'event', event: eventOf(raw, common), ...(holdings !== undefined && { holdings }) };
}

const nested = (value: unknown): string | undefined => (isObject(value) ? textOf(value.id) : textOf(value));

function eventOf(raw: JsonObject, common: Common): Event {
  const type = textOf(raw.event_type) ?? '';
  if (isObject(raw.conversation_rename))
    return {
      ...common,
      kind: 'topic',
      text: textOf(raw.conversation_rename.new_name) ?? '',
      payload: { what: 'name' },
    };
  if (isObject(raw.hangout_event)) {
    const { hangout_event: call } = raw;
    const seconds = Number(call.hangout_duration_secs ?? Number.NaN);
    const ended = call.event_type === 'END_HANGOUT';
    return {
      ...common,
      kind: 'call',
      payload: {
        phase: ended ? 'ended' : 'started',
        ...(ended && Number.isSafeInteger(seconds) && seconds >= 0 && { seconds }),
      },
    };
  }
  if (isObject(raw.chat_message)) return { ...common, kind: 'message' };
  return { ...common, kind: 'notice', payload: { type: type.toWellFormed() } };
}

function contentOf(message: unknown): {
  text: string;
  rich: boolean;
  segments: readonly JsonObject[];
  attachments: readonly JsonObject[];
} {
  const content = isObject(message) && isObject(message.message_content) ? message.message_content : {};
  const segments = objectsOf(content.segment);
  const text = segments
    .map((segment) => (segment.type === 'LINE_BREAK' ? '\n' : (textOf(segment.text) ?? '')))
    .join('');
  const rich = segments.some(
    (segment) =>
      segment.type === 'LINK' ||
      (isObject(segment.formatting) && Object.values(segment.formatting).includes(true)),
  );
  return { text, rich, segments, attachments: objectsOf(content.attachment) };
}

/** Photos, sounds and places; the files of a Takeout are called as their links end. */
function filesOf(attachments: readonly JsonObject[], { root, beside }: Reading): Shared[] {
  return attachments.flatMap((each): Shared[] => {
    const item = isObject(each.embed_item) ? each.embed_item : {};
    const inner =
      ['plus_photo', 'plus_audio_v2', 'place_v2', 'thing_v2'].map((key) => item[key]).find(isObject) ?? {};
    const reference = textOf(inner.original_content_url) ?? textOf(inner.url) ?? textOf(item.id);
    const kind = textOf(inner.media_type)?.toLowerCase();
    const name = textOf(inner.name) ?? reference?.split(/[?#]/u)[0]?.split('/').at(-1);
    const attachment: Attachment = {
      ...(name !== undefined && name !== '' && { name: decoded(name) }),
      ...(kind === 'photo' && { mediaType: 'image' }),
      ...(reference !== undefined && { reference }),
      state: reference === undefined ? 'missing' : 'referenced',
    };
    return [
      { attachment, file: name === undefined ? undefined : beside.find(root + name, root + decoded(name)) },
    ];
  });
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}
