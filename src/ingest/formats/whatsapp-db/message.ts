/** One row of `message` or `messages`. Kinds and actions: KnugiHK/WhatsApp-Chat-Exporter (`utility.py`). */
import type { Event, Moment, Party, Repair } from '../../../core/event.ts';
import { changeKey, type EventKey } from '../../../core/ids.ts';
import type { Holding, Outcome } from '../../format.ts';
import { type FilesBeside, type Shared, sharing } from '../../reading/files-beside.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import type { SqliteRow } from '../../reading/sqlite.ts';
import { numberColumn, otherColumns, textColumn } from '../../reading/sqlite-units.ts';
import { epochMoment } from '../../reading/stamp-moment.ts';
import { type Chat, NETWORK, type People } from './people.ts';

export interface Reading {
  readonly row: SqliteRow;
  readonly part: string;
  readonly people: People;
  readonly beside: FilesBeside;
  /** Folders that a file's path may start from. */
  readonly roots: readonly string[];
  /** Calls have a table of their own. */
  readonly callsListed: boolean;
}

const REVOKED = 15;
const SYSTEM = 7;
const MISSED_CALL = 10;
const CALL = 90;

/** What the service says was done, by number: who came, who went. */
const MEMBERSHIP: Readonly<Record<number, 'join' | 'leave'>> = {
  4: 'join',
  5: 'leave',
  7: 'leave',
  12: 'join',
  13: 'leave',
  14: 'leave',
  20: 'join',
};

const PLACED = new Set([
  'number',
  '_id',
  'chat_row_id',
  'from_me',
  'key_from_me',
  'key_id',
  'key_remote_jid',
  'sender_jid_row_id',
  'remote_resource',
  'timestamp',
  'text_data',
  'data',
  'chat_jid',
  'sender_jid',
  'subject',
  'sort_id',
  'participants',
  'file_path',
  'file_size',
  'file_length',
  'mime_type',
  'media_mime_type',
  'media_name',
  'media_caption',
  'quoted_key_id',
  'quoted_row_id',
  'raw_data',
  'thumb_image',
  'lookup_tables',
  'origination_flags',
]);

const isSystem = (row: SqliteRow): boolean => row.status === 6 || row.message_type === SYSTEM;
/** The older table keeps the action in the size of the media. */
const actionOf = (row: SqliteRow): number | undefined =>
  row.key_remote_jid === undefined ? numberColumn(row, 'action_type') : numberColumn(row, 'media_size');

function participantsOf(row: SqliteRow): string[] {
  if (!isSystem(row) || !Object.hasOwn(MEMBERSHIP, actionOf(row) ?? -1)) return [];
  return (textColumn(row, 'participants') ?? '').split(' ').filter((jid) => jid !== '');
}

/** Units of a row: itself, each person whom it adds or removes, and when it was read (in the older table). */
export const unitsOf = (row: SqliteRow): number =>
  Math.max(1, participantsOf(row).length) + (readAt(row) === undefined ? 0 : 1);

const positive = (row: SqliteRow, column: string): number | undefined => {
  const value = numberColumn(row, column);
  return value !== undefined && value > 0 ? value : undefined;
};

const readAt = (row: SqliteRow): Moment | undefined =>
  row.key_from_me === 1 ? epochMoment(positive(row, 'read_device_timestamp'), 'ms') : undefined;

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind' | 'id'>;

export function* outcomesOf(reading: Reading, place: Place): Iterable<Outcome> {
  const { row, people } = reading;
  const jid = textColumn(row, 'chat_jid') ?? textColumn(row, 'key_remote_jid');
  const key = textColumn(row, 'key_id');
  const at = epochMoment(positive(row, 'timestamp'), 'ms');
  if (jid === '-1') {
    // The older table begins with a row that is no message.
    const units = unitsOf(row);
    for (let i = 0; i < units; i++) yield { type: 'excluded', reason: 'bookkeeping' };
    return;
  }
  if (jid === undefined || key === undefined || at === undefined) {
    const code =
      jid === undefined ? 'conversation-unknown' : key === undefined ? 'field-missing' : 'time-missing';
    const units = unitsOf(row);
    for (let i = 0; i < units; i++) yield { type: 'reject', code };
    return;
  }
  const chat = people.chatOf(jid, textColumn(row, 'subject'));
  const draft = draftOf(reading, chat, at, place);
  const people_ = participantsOf(row);
  if (people_.length > 0) yield* membership(reading, chat, key, draft.common, people_);
  else yield outcomeOf(reading, chat, key, draft);
  const read = readAt(row);
  if (read === undefined) return;
  const {
    sender: _sender,
    recipients: _recipients,
    text: _text,
    attachments: _files,
    extra: _extra,
    ...rest
  } = draft.common;
  const { peer } = chat;
  yield {
    type: 'event',
    event: {
      ...rest,
      id: chat.idOf(changeKey('read', key, peer?.address ?? '', '', read.instant)),
      kind: 'read',
      at: read,
      target: chat.idOf(key),
      ...(peer !== undefined && { sender: peer }),
    },
  };
}

function senderOf({ row, people }: Reading, chat: Chat): Party | undefined {
  const sent = row.from_me === 1 || row.key_from_me === 1;
  // In a group the service names who acted even where the owner did.
  const named =
    textColumn(row, 'sender_jid') ??
    (row.key_remote_jid === undefined ? undefined : textColumn(row, 'remote_resource'));
  if (named !== undefined && (!sent || isSystem(row))) return people.person(named);
  return sent ? people.owner : chat.peer;
}

function draftOf(
  reading: Reading,
  chat: Chat,
  at: Moment,
  place: Place,
): { common: Common; holdings?: readonly Holding[] } {
  const { row, part, people } = reading;
  const repairs: Repair[] = [];
  const sender = senderOf(reading, chat);
  if (sender === undefined) repairs.push({ code: 'sender-absent' });
  const sent = row.from_me === 1 || row.key_from_me === 1;
  const text =
    textColumn(row, 'text_data') ??
    textColumn(row, 'data') ??
    textColumn(row, 'media_caption') ??
    placeOf(row);
  const rest = otherColumns(row, PLACED);
  const extra = { ...rest, ...(sender === undefined && sent && { from_me: 1 }) };
  const { attachments, holdings } = sharing(fileOf(reading));
  return {
    common: {
      network: NETWORK,
      conversation: chat.conversation,
      ...(sender !== undefined && { sender }),
      ...(isSystem(row) ? {} : people.recipients(chat, sent)),
      at,
      ...(text !== undefined && { text }),
      ...(attachments !== undefined && { attachments }),
      provenance: provenance(place, { part, ...people.whose, repairs }),
      ...(Object.keys(extra).length > 0 && { extra }),
    },
    ...(holdings !== undefined && { holdings }),
  };
}

/** A place that was shared: its name and address. */
function placeOf(row: SqliteRow): string | undefined {
  const lines = ['place_name', 'place_address', 'place_url'].map((column) => textColumn(row, column));
  const text = lines.filter((line) => line !== undefined).join('\n');
  return text === '' ? undefined : text;
}

function fileOf({ row, beside, roots }: Reading): Shared[] {
  if (isSystem(row)) return [];
  const path = textColumn(row, 'file_path');
  const mediaType = textColumn(row, 'mime_type') ?? textColumn(row, 'media_mime_type');
  const name = textColumn(row, 'media_name') ?? path?.slice(path.lastIndexOf('/') + 1);
  const size = positive(row, 'file_length') ?? positive(row, 'file_size') ?? positive(row, 'media_size');
  if (path === undefined && mediaType === undefined && name === undefined) return [];
  return [
    {
      attachment: {
        ...(name !== undefined && { name }),
        ...(size !== undefined && { size }),
        ...(mediaType !== undefined && { mediaType }),
        ...(path !== undefined && { reference: path }),
        state: path === undefined ? 'missing' : 'referenced',
      },
      file: path === undefined ? undefined : beside.find(...roots.map((root) => root + path)),
    },
  ];
}

/** One event for each person who came or went. */
function* membership(
  { row, people }: Reading,
  chat: Chat,
  key: EventKey,
  common: Common,
  jids: readonly string[],
): Iterable<Outcome> {
  const kind = MEMBERSHIP[actionOf(row) ?? 0] ?? 'join';
  const { sender: actor, ...rest } = common;
  for (const [i, jid] of jids.entries()) {
    const sender = people.person(jid);
    const { position } = rest.provenance;
    yield {
      type: 'event',
      event: {
        ...rest,
        id: chat.idOf([key, kind, sender.address]),
        kind,
        sender,
        ...(actor !== undefined && actor.address !== sender.address && { actor }),
        provenance: { ...rest.provenance, position: { ...position, part: `${position.part}/${i}` } },
        payload: { basis: 'stated' },
      },
    };
  }
}

function outcomeOf(reading: Reading, chat: Chat, key: string, draft: ReturnType<typeof draftOf>): Outcome {
  const { row, callsListed } = reading;
  const { common, holdings } = draft;
  const held = holdings === undefined ? {} : { holdings };
  const base = { ...common, id: chat.idOf(key) };
  const who = common.sender?.address ?? '';
  const type = numberColumn(row, 'message_type') ?? Number(row.media_wa_type ?? 0);
  if (isSystem(row)) return { type: 'event', event: systemEvent(row, base) };
  if (type === CALL && callsListed) return { type: 'excluded', reason: 'bookkeeping' };
  if (type === MISSED_CALL)
    return { type: 'event', event: { ...base, kind: 'call', payload: { phase: 'missed' } } };
  if (type === CALL)
    return { type: 'event', event: { ...base, kind: 'call', payload: { phase: 'started' } } };
  if (type === REVOKED || row.edit_version === 7) {
    const at = epochMoment(positive(row, 'revoke_timestamp'), 'ms');
    const original = textColumn(row, 'revoked_key_id') ?? key;
    const { repairs = [], ...from } = common.provenance;
    const said = at === undefined ? [...repairs, { code: 'time-of-message', what: 'at' }] : repairs;
    return {
      type: 'event',
      event: {
        ...common,
        id: chat.idOf(changeKey('deletion', original, who, '', (at ?? common.at).instant)),
        kind: 'deletion',
        at: at ?? common.at,
        target: chat.idOf(original),
        provenance: { ...from, ...(said.length > 0 && { repairs: said }) },
        extra: { ...common.extra, timestamp: numberColumn(row, 'timestamp') ?? 0 },
        payload: { earlier: 'not-captured' },
      },
    };
  }
  const edited = epochMoment(positive(row, 'edited_timestamp'), 'ms');
  if (edited !== undefined) {
    const original = textColumn(row, 'original_key_id') ?? key;
    return {
      type: 'event',
      event: {
        ...common,
        id: chat.idOf(changeKey('edit', original, who, common.text ?? '', edited.instant)),
        kind: 'edit',
        at: edited,
        target: chat.idOf(original),
        extra: { ...common.extra, timestamp: numberColumn(row, 'timestamp') ?? 0 },
        payload: { earlier: 'not-captured' },
      },
      ...held,
    };
  }
  const quoted = textColumn(row, 'quoted_key_id');
  return {
    type: 'event',
    event: {
      ...base,
      kind: 'message',
      ...(quoted !== undefined && { payload: { replyTo: chat.idOf(quoted) } }),
    },
    ...held,
  };
}

function systemEvent(row: SqliteRow, base: Common & { readonly id: string }): Event {
  const action = actionOf(row);
  const membership = action === undefined ? undefined : MEMBERSHIP[action];
  if (membership !== undefined) return { ...base, kind: membership, payload: { basis: 'stated' } };
  switch (action) {
    case 1:
    case 11:
      return { ...base, kind: 'topic', text: base.text ?? '', payload: { what: 'name' } };
    case 27:
      return { ...base, kind: 'topic', text: base.text ?? '', payload: { what: 'purpose' } };
    case 46:
      return { ...base, kind: 'notice', payload: { type: 'business account' } };
    default:
      return { ...base, kind: 'notice', payload: { type: `action ${action ?? 'unknown'}` } };
  }
}
