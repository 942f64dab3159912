/** Rows of Calls: those of which no message speaks. */
import { contentKey, eventId } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import type { Ordinals } from '../../reading/ordinals.ts';
import { party } from '../../reading/party.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import type { SqliteRow } from '../../reading/sqlite.ts';
import { numberColumn, otherColumns, textColumn } from '../../reading/sqlite-units.ts';
import { epochMoment, secondsMs } from '../../reading/stamp-moment.ts';
import { NETWORK } from '../skype/content.ts';
import type { Directory } from './directory.ts';

const PLACED = new Set([
  'id',
  'is_permanent',
  'begin_timestamp',
  'host_identity',
  'duration',
  'conv_dbid',
  'members_of',
  'longest',
  'name',
]);

/** `members_of`: names of who was called, by spaces; `longest`: their longest time in the call. */
export function callOutcome(
  row: SqliteRow,
  part: string,
  directory: Directory,
  ordinals: Ordinals,
  place: Place,
): Outcome {
  const at = epochMoment(secondsMs(row.begin_timestamp), 's');
  if (at === undefined) return { type: 'reject', code: 'time-missing' };
  const members = (textColumn(row, 'members_of') ?? '').split(' ').filter((name) => name !== '');
  const host = textColumn(row, 'host_identity');
  const peer = [host, ...members].find(
    (name) => name !== undefined && party(NETWORK, name).address !== directory.self,
  );
  const conversation =
    directory.conversationOf(row) ?? (peer === undefined ? undefined : directory.direct(peer));
  if (conversation === undefined) return { type: 'reject', code: 'conversation-unknown' };
  const sender = host === undefined ? undefined : party(NETWORK, host);
  const seconds = numberColumn(row, 'duration') ?? numberColumn(row, 'longest');
  const who = sender?.address ?? '';
  const key = contentKey(who, at.instant, 'call', ordinals.next(conversation.id, who, at.instant, 'call'));
  const extra = otherColumns(row, PLACED);
  return {
    type: 'event',
    event: {
      id: eventId(NETWORK, conversation.id, key),
      kind: 'call',
      network: NETWORK,
      conversation,
      ...(sender !== undefined && { sender }),
      ...(members.length > 0 && {
        recipients: members.map((name) => ({ ...party(NETWORK, name), role: 'to' as const })),
      }),
      at,
      payload: seconds === undefined ? { phase: 'started' } : { phase: 'ended', seconds },
      provenance: provenance(place, {
        part,
        ...directory.whose,
        repairs: sender === undefined ? [{ code: 'sender-absent' }] : [],
      }),
      ...(extra !== undefined && { extra }),
    },
  };
}
