/** One Matrix event as one outcome. */
import type { Attachment, Conversation, Event, Moment, Party, Repair } from '../../../core/event.ts';
import { eventId } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Outcome } from '../../format.ts';
import { asExtra, isObject, type JsonObject } from '../../reading/json.ts';
import { type JsonUnit, textOf } from '../../reading/json-units.ts';
import { party } from '../../reading/party.ts';
import { provenance } from '../../reading/provenance.ts';
import { instantOf } from '../../reading/time.ts';

const NETWORK = 'matrix';

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;

export function outcomeOf(unit: JsonUnit): Outcome {
  const raw = unit.value;
  if (!isObject(raw)) return reject('json-shape', 'not an object');
  const key = textOf(raw.event_id);
  if (key === undefined) return reject('field-missing', 'event_id');
  const room = textOf(raw.room_id) ?? textOf(unit.around.room_id);
  if (room === undefined) return reject('conversation-unknown', 'room_id');
  const at = momentOf(raw.origin_server_ts);
  if (at === undefined)
    return reject(raw.origin_server_ts === undefined ? 'time-missing' : 'time-invalid', 'origin_server_ts');
  return eventOf(raw, key, room, at, unit);
}

function momentOf(value: unknown): Moment | undefined {
  const instant = typeof value === 'number' && Number.isSafeInteger(value) ? instantOf(value) : undefined;
  return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision: 'ms' };
}

function eventOf(raw: JsonObject, key: string, room: string, at: Moment, unit: JsonUnit): Outcome {
  const idOf = (id: string): string => eventId(NETWORK, room, id);
  const content = isObject(raw.content) ? raw.content : {};
  const sender = textOf(raw.sender);
  const name = textOf(unit.around.room_name);
  const relates = isObject(content['m.relates_to']) ? content['m.relates_to'] : {};
  const related = textOf(relates.event_id);
  const thread = relates.rel_type === 'm.thread' ? related : undefined;
  const conversation: Conversation = {
    id: room,
    kind: 'room',
    ...(name !== undefined && { name }),
    ...(thread !== undefined && { thread: idOf(thread) }),
  };
  const repairs: Repair[] = [...unit.repairs];
  const extra = extraOf(raw, content, unit, repairs);
  const base: Common = {
    id: idOf(key),
    network: NETWORK,
    conversation,
    ...(sender !== undefined && { sender: party(NETWORK, sender) }),
    at,
    provenance: provenance(unit.place, {
      facts: name !== undefined ? { conversationName: 'header' } : undefined,
      repairs,
    }),
    ...(extra !== undefined && { extra }),
  };
  const removal = removalOf(raw);
  if (removal !== undefined) return redacted(base, removal, raw.type, idOf);
  const type = textOf(raw.type) ?? '';
  switch (type) {
    case 'm.room.message':
    case 'm.sticker':
      return { type: 'event', event: said(base, content, relates, idOf) };
    case 'm.reaction': {
      const emoji = textOf(relates.key);
      if (related === undefined || emoji === undefined) return reject('field-missing', 'm.relates_to');
      const payload = { emoji, change: 'added' } as const;
      return { type: 'event', event: { ...base, kind: 'reaction', target: idOf(related), payload } };
    }
    case 'm.room.redaction': {
      const target = textOf(raw.redacts) ?? textOf(content.redacts);
      if (target === undefined) return reject('field-missing', 'redacts');
      return { type: 'event', event: deletion(base, idOf(target), textOf(content.reason)) };
    }
    case 'm.room.member':
      return { type: 'event', event: member(base, raw, content) };
    case 'm.room.name':
      return topic(base, 'name', content.name, type);
    case 'm.room.topic':
      return topic(base, 'topic', content.topic, type);
    case 'm.poll.start':
    case 'org.matrix.msc3381.poll.start': {
      const asked = pollText(content);
      const text = asked === undefined ? {} : { text: asked };
      return { type: 'event', event: { ...base, kind: 'message', ...text } };
    }
    case 'm.call.invite':
      return { type: 'event', event: { ...base, kind: 'call', payload: { phase: 'started' } } };
    case 'm.call.hangup':
      return { type: 'event', event: { ...base, kind: 'call', payload: { phase: 'ended' } } };
    default:
      return {
        type: 'event',
        event: { ...base, kind: 'notice', payload: { type: type === '' ? 'unknown' : type } },
      };
  }
}

/** What a poll asks, as clients show it that know of none (MSC3381, MSC1767). */
function pollText(content: JsonObject): string | undefined {
  const plain = textOf(content['org.matrix.msc1767.text']);
  if (plain !== undefined) return plain;
  const blocks = Array.isArray(content['m.text']) ? (content['m.text'] as unknown[]) : [];
  return blocks
    .map((block) => (isObject(block) ? textOf(block.body) : undefined))
    .find((one) => one !== undefined);
}

/** The redaction that the server put into a removed event. */
function removalOf(raw: JsonObject): JsonObject | undefined {
  const { unsigned } = raw;
  if (isObject(unsigned) && isObject(unsigned.redacted_because)) return unsigned.redacted_because;
  return isObject(raw.redacted_because) ? raw.redacted_because : undefined;
}

/** A removed event has lost its content: what is known is that, when and by whom it was removed. */
function redacted(base: Common, removal: JsonObject, type: unknown, idOf: (id: string) => string): Outcome {
  const at = momentOf(removal.origin_server_ts);
  if (at === undefined) return reject('time-invalid', 'redacted_because.origin_server_ts');
  const key = textOf(removal.event_id);
  const by = textOf(removal.sender);
  const reason = isObject(removal.content) ? textOf(removal.content.reason) : undefined;
  const actor: Party | undefined = by === undefined ? undefined : party(NETWORK, by);
  const same = actor !== undefined && actor.address === base.sender?.address;
  if (type === 'm.reaction')
    return {
      type: 'event',
      event: { ...base, at, kind: 'notice', payload: { type: 'reaction removed' } },
    };
  return {
    type: 'event',
    event: {
      ...deletion({ ...base, id: key === undefined ? base.id : idOf(key), at }, base.id, reason),
      ...(actor !== undefined && !same && { actor }),
    },
  };
}

const deletion = (base: Common, target: string, reason: string | undefined): Event => ({
  ...base,
  kind: 'deletion',
  target,
  payload: { earlier: 'not-captured' },
  ...(reason !== undefined && { extra: { ...base.extra, reason } }),
});

function said(base: Common, content: JsonObject, relates: JsonObject, idOf: (id: string) => string): Event {
  const related = textOf(relates.event_id);
  const replaced = relates.rel_type === 'm.replace' ? related : undefined;
  // An edit carries the new content apart; its own body repeats it behind an asterisk for old clients.
  const shown =
    replaced !== undefined && isObject(content['m.new_content']) ? content['m.new_content'] : content;
  const reply = isObject(relates['m.in_reply_to']) ? textOf(relates['m.in_reply_to'].event_id) : undefined;
  const body = textOf(shown.body);
  const text = reply === undefined ? body : withoutQuote(body);
  const html = textOf(shown.formatted_body);
  const attachments = fileOf(shown);
  const common = {
    ...base,
    ...(text !== undefined && { text: shown.msgtype === 'm.emote' ? `* ${text}` : text }),
    ...(html !== undefined && { markup: { type: 'html', source: html } }),
    ...(attachments.length > 0 && { attachments }),
  };
  if (replaced !== undefined)
    return { ...common, kind: 'edit', target: idOf(replaced), payload: { earlier: 'captured' } };
  const automatic = shown.msgtype === 'm.notice';
  return {
    ...common,
    kind: 'message',
    ...((reply !== undefined || automatic) && {
      payload: { ...(reply !== undefined && { replyTo: idOf(reply) }), ...(automatic && { automatic }) },
    }),
  };
}

/** Old clients repeat the message that they answer, line by line behind `> `, then an empty line. */
function withoutQuote(body: string | undefined): string | undefined {
  if (body === undefined || !body.startsWith('> ')) return body;
  const lines = body.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('> ') && line !== '>');
  if (end === -1 || lines[end] !== '') return body;
  return textOf(lines.slice(end + 1).join('\n'));
}

function fileOf(content: JsonObject): Attachment[] {
  const encrypted = isObject(content.file) ? content.file : undefined;
  const reference = textOf(content.url) ?? textOf(encrypted?.url);
  if (reference === undefined) return [];
  const info = isObject(content.info) ? content.info : {};
  const name = textOf(content.filename) ?? textOf(content.body);
  const mediaType = textOf(info.mimetype);
  const { size } = info;
  return [
    {
      ...(name !== undefined && { name }),
      ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && { size }),
      ...(mediaType !== undefined && { mediaType }),
      reference,
      state: 'referenced',
    },
  ];
}

function member(base: Common, raw: JsonObject, content: JsonObject): Event {
  const who = textOf(raw.state_key) ?? textOf(raw.sender) ?? '';
  const person = party(NETWORK, who, textOf(content.displayname));
  const { sender: by, ...rest } = base;
  const other = by !== undefined && by.address !== person.address;
  const common = { ...rest, sender: person, ...(other && { actor: by }) };
  const before =
    isObject(raw.unsigned) && isObject(raw.unsigned.prev_content) ? raw.unsigned.prev_content : {};
  switch (content.membership) {
    case 'join':
      // A second join tells a new name or picture.
      return before.membership === 'join'
        ? { ...common, kind: 'notice', payload: { type: 'profile changed' } }
        : { ...common, kind: 'join', payload: { basis: 'stated' } };
    case 'leave':
    case 'ban':
      return { ...common, kind: 'leave', payload: { basis: 'stated' } };
    case 'invite':
      return { ...base, kind: 'invite', payload: { invited: [person] } };
    default:
      return {
        ...common,
        kind: 'notice',
        payload: { type: `membership ${textOf(content.membership) ?? 'unknown'}` },
      };
  }
}

function topic(base: Common, what: 'name' | 'topic', value: unknown, type: string): Outcome {
  if (typeof value !== 'string')
    return { type: 'event', event: { ...base, kind: 'notice', payload: { type } } };
  return { type: 'event', event: { ...base, kind: 'topic', text: value, payload: { what } } };
}

const PLACED: ReadonlySet<string> = new Set([
  'event_id',
  'room_id',
  'origin_server_ts',
  'sender',
  'type',
  'content',
  'unsigned',
  'user_id',
  'age',
]);
const SAID: ReadonlySet<string> = new Set([
  'body',
  'formatted_body',
  'format',
  'url',
  'filename',
  'm.new_content',
  'm.relates_to',
]);

function extraOf(
  raw: JsonObject,
  content: JsonObject,
  unit: JsonUnit,
  repairs: Repair[],
): ReturnType<typeof asExtra> | undefined {
  const rest: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(raw)) if (!PLACED.has(name)) rest[name] = value;
  const kept = Object.entries(content).filter(
    ([name, value]) => !SAID.has(name) && !(name === 'msgtype' && value === 'm.text'),
  );
  if (kept.length > 0) rest.content = Object.fromEntries(kept);
  return Object.keys(rest).length === 0 ? undefined : asExtra(rest, unit.text, repairs);
}

const reject = (code: RejectCode, detail: string): Outcome => ({ type: 'reject', code, detail });
