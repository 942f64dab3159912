/** One row of `ZWAMESSAGE`. Kinds by number: KnugiHK/WhatsApp-Chat-Exporter (`ios_handler.py`). */
import type { Attachment, Event, Json, Moment, Party } from '../../../core/event.ts';
import { changeKey } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import { type FilesBeside, type Shared, sharing } from '../../reading/files-beside.ts';
import { epochMoment } from '../../reading/log-clock.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import type { SqliteRow } from '../../reading/sqlite.ts';
import { numberColumn, otherColumns, textColumn } from '../../reading/sqlite-units.ts';
import { type Chat, NETWORK, type People } from '../whatsapp-db/people.ts';

export interface Reading {
  readonly row: SqliteRow;
  readonly part: string;
  readonly people: People;
  readonly beside: FilesBeside;
  /** The folder of the database, with its slash. */
  readonly root: string;
}

/** Apple's clocks begin with 2001. */
const SECONDS_TO_2001 = 978_307_200;
const GROUP_EVENT = 6;
const SYSTEM = 10;
const DELETED = 14;
const WITH_FILE: Readonly<Record<number, string>> = {
  1: 'image',
  2: 'video',
  3: 'audio',
  8: 'document',
  11: 'gif',
  15: 'sticker',
};

const PLACED = new Set([
  'number',
  'Z_PK',
  'Z_ENT',
  'Z_OPT',
  'ZISFROMME',
  'ZCHATSESSION',
  'ZGROUPMEMBER',
  'ZMEDIAITEM',
  'ZMESSAGEDATE',
  'ZFROMJID',
  'ZTOJID',
  'ZSTANZAID',
  'ZTEXT',
  'ZSORT',
  'ZDOCID',
  'ZLASTSESSION',
  'chat_jid',
  'chat_name',
  'member_jid',
  'file_path',
  'file_url',
  'file_size',
  'caption',
  'media_type',
  'media_name',
]);

/** Seconds since 2001, whole or not. */
function momentIn(row: SqliteRow, column: string): Moment | undefined {
  const value = row[column];
  if (typeof value !== 'number' || value === 0) return undefined;
  const ms = Math.round((value + SECONDS_TO_2001) * 1000);
  return Number.isSafeInteger(ms) ? epochMoment(ms, Number.isInteger(value) ? 's' : 'ms') : undefined;
}

export function messageOutcome({ row, part, people, beside, root }: Reading, place: Place): Outcome {
  const jid = textColumn(row, 'chat_jid') ?? textColumn(row, 'ZFROMJID') ?? textColumn(row, 'ZTOJID');
  if (jid === undefined) return { type: 'reject', code: 'conversation-unknown', part };
  const at = momentIn(row, 'ZMESSAGEDATE') ?? momentIn(row, 'ZSENTDATE');
  if (at === undefined) return { type: 'reject', code: 'time-missing', part };
  const name = textColumn(row, 'chat_name');
  const chat = people.chatOf(jid, jid.endsWith('@g.us') ? name : undefined);
  const kind = numberColumn(row, 'ZMESSAGETYPE') ?? 0;
  const key = textColumn(row, 'ZSTANZAID') ?? `row ${row.number}`;
  const sent = row.ZISFROMME === 1;
  const sender = kind === SYSTEM ? undefined : senderOf(row, chat, people, sent);
  const text = textColumn(row, 'ZTEXT') ?? textColumn(row, 'caption');
  const { attachments, holdings } = sharing(filesOf(row, kind, beside, root));
  const extra: { [key: string]: Json } | undefined = otherColumns(row, PLACED);
  const { perspective, facts } = people.whose;
  const base = {
    network: NETWORK,
    conversation: chat.conversation,
    at,
    ...(sender !== undefined && { sender }),
    ...people.recipients(chat, sent),
    ...(text !== undefined && { text }),
    ...(attachments !== undefined && { attachments }),
    ...(extra !== undefined && { extra }),
    provenance: provenance(place, {
      part,
      perspective,
      facts,
      repairs: sender === undefined && sent ? [{ code: 'sender-absent' }] : [],
    }),
  };
  const event = eventOf(base, kind, chat, key, row);
  return { type: 'event', event, ...(holdings !== undefined && { holdings }) };
}

type Base = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind' | 'id'>;

function eventOf(base: Base, kind: number, chat: Chat, key: string, row: SqliteRow): Event {
  const id = chat.idOf(key);
  if (kind === DELETED)
    return {
      ...base,
      id: chat.idOf(changeKey('deletion', key, base.sender?.address ?? '', '', base.at.instant)),
      kind: 'deletion',
      target: id,
      payload: { earlier: 'not-captured' },
    };
  if (kind === GROUP_EVENT || kind === SYSTEM) {
    const number = numberColumn(row, 'ZGROUPEVENTTYPE') ?? 0;
    const type = kind === GROUP_EVENT ? `group event ${number}` : 'system';
    return { ...base, id, kind: 'notice', payload: { type } };
  }
  return { ...base, id, kind: 'message' };
}

/** In a group the member who wrote it; else the other side, or the owner. */
function senderOf(row: SqliteRow, chat: Chat, people: People, sent: boolean): Party | undefined {
  if (sent) return people.owner;
  const member = textColumn(row, 'member_jid');
  if (member !== undefined) return people.person(member);
  if (chat.peer !== undefined) return chat.peer;
  const from = textColumn(row, 'ZFROMJID');
  return from === undefined || from.endsWith('@g.us') ? undefined : people.person(from);
}

function filesOf(row: SqliteRow, kind: number, beside: FilesBeside, root: string): readonly Shared[] {
  const path = textColumn(row, 'file_path');
  const url = textColumn(row, 'file_url');
  if (path === undefined && url === undefined && WITH_FILE[kind] === undefined) return [];
  const mediaType = textColumn(row, 'media_type');
  const size = numberColumn(row, 'file_size');
  const reference = path ?? url;
  const isInside = path !== undefined && !path.split('/').includes('..');
  const file = isInside ? beside.find(`${root}${path}`, `${root}Message/${path}`) : undefined;
  const name = textColumn(row, 'media_name') ?? path?.split('/').at(-1);
  const attachment: Attachment = {
    ...(name !== undefined && { name }),
    ...(size !== undefined && size > 0 && { size }),
    ...(mediaType !== undefined && /^\w+\/[\w.+-]{1,80}$/u.test(mediaType) && { mediaType }),
    ...(reference !== undefined && { reference }),
    state: reference === undefined ? 'missing' : 'referenced',
  };
  return [{ attachment, file }];
}
