/** Rows beside the messages: reactions, read receipts, calls. */
import { changeKey } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import type { SqliteRow } from '../../reading/sqlite.ts';
import { numberColumn, otherColumns, textColumn } from '../../reading/sqlite-units.ts';
import { epochMoment } from '../../reading/stamp-moment.ts';
import { NETWORK, type People } from './people.ts';

const reject = (code: 'time-missing' | 'field-missing' | 'conversation-unknown'): Outcome => ({
  type: 'reject',
  code,
});

export function reactionOutcome(row: SqliteRow, part: string, people: People, place: Place): Outcome {
  const at = epochMoment(numberColumn(row, 'sender_timestamp') ?? numberColumn(row, 'timestamp'), 'ms');
  const jid = textColumn(row, 'chat_jid');
  const target = textColumn(row, 'parent_key_id');
  if (at === undefined) return reject('time-missing');
  if (jid === undefined) return reject('conversation-unknown');
  if (target === undefined) return reject('field-missing');
  const chat = people.chatOf(jid, textColumn(row, 'subject'));
  const named = textColumn(row, 'sender_jid');
  const sender = row.from_me === 1 ? people.owner : named === undefined ? chat.peer : people.person(named);
  // An empty reaction is one that was taken back.
  const emoji = textColumn(row, 'reaction') ?? '';
  const key =
    textColumn(row, 'key_id') ?? changeKey('reaction', target, sender?.address ?? '', emoji, at.instant);
  return {
    type: 'event',
    event: {
      id: chat.idOf(key),
      kind: 'reaction',
      network: NETWORK,
      conversation: chat.conversation,
      ...(sender !== undefined && { sender }),
      at,
      target: chat.idOf(target),
      payload: { emoji, change: emoji === '' ? 'removed' : 'added' },
      provenance: provenance(place, {
        part,
        ...people.whose,
        repairs: sender === undefined ? [{ code: 'sender-absent' }] : [],
      }),
    },
  };
}

export function receiptOutcome(row: SqliteRow, part: string, people: People, place: Place): Outcome {
  const at = epochMoment(numberColumn(row, 'read_timestamp'), 'ms');
  const jid = textColumn(row, 'chat_jid');
  const target = textColumn(row, 'key_id');
  if (at === undefined) return reject('time-missing');
  if (jid === undefined) return reject('conversation-unknown');
  if (target === undefined) return reject('field-missing');
  const chat = people.chatOf(jid, textColumn(row, 'subject'));
  const named = textColumn(row, 'reader_jid');
  const sender = named === undefined ? chat.peer : people.person(named);
  return {
    type: 'event',
    event: {
      id: chat.idOf(changeKey('read', target, sender?.address ?? '', '', at.instant)),
      kind: 'read',
      network: NETWORK,
      conversation: chat.conversation,
      ...(sender !== undefined && { sender }),
      at,
      target: chat.idOf(target),
      provenance: provenance(place, { part, ...people.whose }),
    },
  };
}

const PLACED = new Set([
  'number',
  '_id',
  'jid_row_id',
  'from_me',
  'call_id',
  'timestamp',
  'duration',
  'group_jid_row_id',
  'peer_jid',
  'group_jid',
]);
/** `call_result` of a call that was taken. */
const TAKEN = 5;

export function callOutcome(row: SqliteRow, part: string, people: People, place: Place): Outcome {
  const at = epochMoment(numberColumn(row, 'timestamp'), 'ms');
  const peer = textColumn(row, 'peer_jid');
  const id = textColumn(row, 'call_id');
  if (at === undefined) return reject('time-missing');
  if (peer === undefined) return reject('conversation-unknown');
  if (id === undefined) return reject('field-missing');
  const chat = people.chatOf(textColumn(row, 'group_jid') ?? peer, undefined);
  const sent = row.from_me === 1;
  const sender = sent ? people.owner : people.person(peer);
  const taken = row.call_result === TAKEN || (numberColumn(row, 'duration') ?? 0) > 0;
  const extra = otherColumns(row, PLACED);
  return {
    type: 'event',
    event: {
      id: chat.idOf(['call', id]),
      kind: 'call',
      network: NETWORK,
      conversation: chat.conversation,
      ...(sender !== undefined && { sender }),
      ...people.recipients(chat, sent),
      at,
      payload: taken ? { phase: 'ended', seconds: numberColumn(row, 'duration') ?? 0 } : { phase: 'missed' },
      provenance: provenance(place, {
        part,
        ...people.whose,
        repairs: sender === undefined ? [{ code: 'sender-absent' }] : [],
      }),
      ...(extra !== undefined && { extra }),
    },
  };
}
