/** One document of rocketchat_message: a message, a version of one, a system message; then its reactions. */
import type { Attachment, Event, Moment, Repair } from '../../../core/event.ts';
import { changeKey, eventId } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Outcome } from '../../format.ts';
import { asExtra, isObject, type JsonObject } from '../../reading/json.ts';
import { objectsOf, textOf } from '../../reading/json-units.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import { parseTimestamp } from '../../reading/time.ts';
import { NETWORK, type RocketRooms } from './rooms.ts';

export interface Reading {
  readonly place: Place;
  readonly rooms: RocketRooms;
  readonly repairs: readonly Repair[];
}

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;

/** Reactions as pairs of emoji and account. */
function reactionsOf(raw: JsonObject): { emoji: string; username: unknown }[] {
  if (!isObject(raw.reactions)) return [];
  return Object.entries(raw.reactions).flatMap(([emoji, who]) =>
    isObject(who) && Array.isArray(who.usernames)
      ? (who.usernames as unknown[]).map((username) => ({ emoji, username }))
      : [],
  );
}

export const unitsOf = (value: JsonObject): number => 1 + reactionsOf(value).length;

/** As many outcomes as `unitsOf` counts. */
export function* outcomesOf(raw: JsonObject, reading: Reading): Iterable<Outcome> {
  const key = textOf(raw._id);
  const room = textOf(raw.rid);
  const at = momentOf(raw.ts);
  const problem =
    key === undefined
      ? reject('field-missing', '_id')
      : room === undefined
        ? reject('conversation-unknown', 'rid')
        : at === undefined
          ? reject(raw.ts === undefined ? 'time-missing' : 'time-invalid', 'ts')
          : undefined;
  if (key === undefined || room === undefined || at === undefined) {
    const units = unitsOf(raw);
    for (let i = 0; i < units; i++)
      yield { ...(problem ?? reject('record-malformed', '')), ...(i > 0 && { part: String(i) }) };
    return;
  }
  if (raw._hidden !== true) reading.rooms.count(room);
  yield itself(raw, key, room, at, reading);
  yield* reactions(raw, key, room, at, reading);
}

function momentOf(value: unknown): Moment | undefined {
  const parsed = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (parsed === undefined || value === undefined) return undefined;
  return { instant: String(value), zoneSource: 'stated', precision: 'ms' };
}

const PLACED: ReadonlySet<string> = new Set([
  '_id',
  'rid',
  'msg',
  'ts',
  'u',
  'reactions',
  'file',
  'files',
  'tmid',
  'editedAt',
  'editedBy',
  '_updatedAt',
  'urls',
  'mentions',
  'channels',
  'md',
]);

function itself(raw: JsonObject, key: string, room: string, at: Moment, reading: Reading): Outcome {
  const { rooms, place } = reading;
  const idOf = (id: Parameters<typeof eventId>[2]): string => eventId(NETWORK, room, id);
  const repairs: Repair[] = [...reading.repairs];
  const sender = rooms.personOf(raw.u);
  const other = rooms.otherSide(room, sender?.address);
  const thread = textOf(raw.tmid);
  const attachments = filesOf(raw);
  const text = textOf(raw.msg) ?? textOf(objectsOf(raw.attachments)[0]?.description);
  const rest = Object.entries(raw).filter(
    ([name, value]) => !PLACED.has(name) && value !== null && !(Array.isArray(value) && value.length === 0),
  );
  const extra =
    rest.length === 0
      ? undefined
      : asExtra(Object.fromEntries(rest), JSON.stringify(Object.fromEntries(rest)), repairs);
  const base: Common = {
    id: idOf(key),
    network: NETWORK,
    conversation: {
      ...rooms.conversation(room),
      ...(thread !== undefined && { thread: idOf(thread) }),
    },
    ...(sender !== undefined && { sender }),
    ...(other !== undefined && { recipients: [{ ...other, role: 'to' }] }),
    at,
    ...(text !== undefined && { text }),
    ...(attachments.length > 0 && { attachments }),
    provenance: provenance(place, {
      facts: rooms.isListed(room) ? { conversationKind: 'header' } : undefined,
      repairs,
    }),
    ...(extra !== undefined && { extra }),
  };
  const system = textOf(raw.t);
  const editedAt = momentOf(raw.editedAt);
  if (system === 'rm')
    return {
      type: 'event',
      event: removed(base, key, editedAt ?? momentOf(raw._updatedAt), raw, rooms, idOf),
    };
  if (system !== undefined) return { type: 'event', event: told(system, base, raw, rooms) };
  // Where history is kept, an earlier version stands apart and names the message that it was of.
  const parent = raw._hidden === true ? textOf(raw.parent) : undefined;
  const message = parent ?? key;
  if (editedAt === undefined)
    return {
      type: 'event',
      event: {
        ...base,
        id: idOf(message),
        kind: 'message',
        ...(thread !== undefined && { payload: { replyTo: idOf(thread) } }),
      },
    };
  const editor = rooms.personOf(raw.editedBy);
  const isOther = editor !== undefined && editor.address !== sender?.address;
  const id = idOf(changeKey('edit', message, editor?.address ?? '', text ?? '', editedAt.instant));
  return {
    type: 'event',
    event: {
      ...base,
      kind: 'edit',
      id,
      target: idOf(message),
      at: editedAt,
      ...(isOther && { actor: editor }),
      payload: { earlier: 'not-captured' },
    },
  };
}

function removed(
  base: Common,
  key: string,
  at: Moment | undefined,
  raw: JsonObject,
  rooms: RocketRooms,
  idOf: (id: Parameters<typeof eventId>[2]) => string,
): Event {
  const by = rooms.personOf(raw.editedBy);
  const moment = at ?? base.at;
  return {
    ...base,
    kind: 'deletion',
    id: idOf(changeKey('deletion', key, by?.address ?? base.sender?.address ?? '', '', moment.instant)),
    target: idOf(key),
    at: moment,
    ...(by !== undefined && by.address !== base.sender?.address && { actor: by }),
    payload: { earlier: 'not-captured' },
  };
}

/** System messages: `u` is who did it, `msg` whom or what it was about. */
function told(type: string, base: Common, raw: JsonObject, rooms: RocketRooms): Event {
  const about = textOf(raw.msg);
  const { text: _, ...silent } = base;
  switch (type) {
    case 'uj':
    case 'ut':
    case 'ujt':
      return { ...silent, kind: 'join', payload: { basis: 'stated' } };
    case 'ul':
    case 'ult':
      return { ...silent, kind: 'leave', payload: { basis: 'stated' } };
    case 'au':
    case 'added-user-to-team':
    case 'ru':
    case 'removed-user-from-team': {
      if (about === undefined) break;
      const { sender: actor, ...rest } = silent;
      const kind = type === 'au' || type === 'added-user-to-team' ? 'join' : 'leave';
      return {
        ...rest,
        kind,
        sender: rooms.person(about),
        ...(actor !== undefined && { actor }),
        payload: { basis: 'stated' },
      };
    }
    case 'r':
      return { ...base, kind: 'topic', payload: { what: 'name' } };
    case 'room_changed_topic':
      return { ...base, kind: 'topic', payload: { what: 'topic' } };
    case 'room_changed_description':
    case 'room_changed_announcement':
      return { ...base, kind: 'topic', payload: { what: 'purpose' } };
    case 'videoconf':
    case 'jitsi_call_started':
      return { ...base, kind: 'call', payload: { phase: 'started' } };
  }
  return { ...base, kind: 'notice', payload: { type } };
}

/** Files of a message; their bytes are not in the collection. */
function filesOf(raw: JsonObject): Attachment[] {
  const list = objectsOf(raw.files);
  const files = list.length > 0 ? list : isObject(raw.file) ? [raw.file] : [];
  return files.map((file) => {
    const name = textOf(file.name);
    const mediaType = textOf(file.type);
    const reference = textOf(file._id);
    const { size } = file;
    return {
      ...(name !== undefined && { name }),
      ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && { size }),
      ...(mediaType !== undefined && { mediaType }),
      ...(reference !== undefined && { reference }),
      state: 'referenced',
    };
  });
}

function* reactions(
  raw: JsonObject,
  key: string,
  room: string,
  at: Moment,
  reading: Reading,
): Iterable<Outcome> {
  const { rooms, place } = reading;
  for (const [i, { emoji, username }] of reactionsOf(raw).entries()) {
    const part = `reactions/${i}`;
    const who = textOf(username);
    if (who === undefined) {
      yield { ...reject('field-invalid', 'reaction'), part };
      continue;
    }
    const sender = rooms.person(who);
    yield {
      type: 'event',
      event: {
        kind: 'reaction',
        id: eventId(NETWORK, room, changeKey('reaction', key, sender.address, emoji, at.instant)),
        network: NETWORK,
        conversation: rooms.conversation(room),
        sender,
        target: eventId(NETWORK, room, key),
        at,
        payload: { emoji, change: 'added' },
        provenance: provenance(place, {
          part,
          repairs: [...reading.repairs, { code: 'time-of-message', what: 'at' }],
        }),
      },
    };
  }
}

const reject = (code: RejectCode, detail: string): Extract<Outcome, { type: 'reject' }> => ({
  type: 'reject',
  code,
  detail,
});
