/** Rows of Transfers: files sent from person to person. Their bytes are not in the database. */
import type { Attachment } from '../../../core/event.ts';
import { contentKey, eventId, normaliseAddress } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import type { Ordinals } from '../../reading/ordinals.ts';
import { party } from '../../reading/party.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import type { SqliteRow } from '../../reading/sqlite.ts';
import { otherColumns, textColumn } from '../../reading/sqlite-units.ts';
import { epochMoment, secondsMs } from '../../reading/stamp-moment.ts';
import { NETWORK } from '../skype/content.ts';
import type { Directory } from './directory.ts';

/** `status` of a transfer that came through (log2timeline/plaso, `skype.py`). */
const COMPLETED = 8;
/** `type`: the partner sends; 2 is the other way. */
const FROM_PARTNER = 1;

function attachmentOf(row: SqliteRow): Attachment {
  const name = textColumn(row, 'filename');
  const size = Number(textColumn(row, 'filesize') ?? Number.NaN);
  const path = textColumn(row, 'filepath');
  return {
    ...(name !== undefined && { name }),
    ...(Number.isSafeInteger(size) && size >= 0 && { size }),
    ...(path !== undefined && { reference: path }),
    state: path === undefined ? 'missing' : 'referenced',
  };
}

/** The files of a message: its transfers, else what its text says. `completed`: all of them came through. */
export function transferred(
  directory: Directory,
  row: SqliteRow,
  said: readonly Attachment[],
): { attachments: readonly Attachment[]; completed: boolean } {
  const transfers = directory.transfersOf(row.guid);
  if (transfers.length === 0) return { attachments: said, completed: false };
  return {
    attachments: transfers.map(attachmentOf),
    completed: transfers.every((each) => each.status === COMPLETED),
  };
}

const PLACED = new Set([
  'id',
  'is_permanent',
  'filename',
  'filesize',
  'filepath',
  'partner_handle',
  'partner_dispname',
  'convo_id',
  'pk_id',
]);

/** A transfer that no message names. */
export function transferOutcome(
  row: SqliteRow,
  part: string,
  directory: Directory,
  ordinals: Ordinals,
  place: Place,
): Outcome {
  const at = epochMoment(
    secondsMs(row.starttime) ?? secondsMs(row.accepttime) ?? secondsMs(row.finishtime),
    's',
  );
  const conversation = directory.conversationOf(row);
  const handle = textColumn(row, 'partner_handle');
  if (at === undefined) return { type: 'reject', code: 'time-missing' };
  if (conversation === undefined || handle === undefined)
    return { type: 'reject', code: 'conversation-unknown' };
  const partner = party(NETWORK, handle, textColumn(row, 'partner_dispname'));
  const self =
    directory.self === undefined ? undefined : party(NETWORK, normaliseAddress(NETWORK, directory.self));
  const [sender, recipient] = row.type === FROM_PARTNER ? [partner, self] : [self, partner];
  const attachment = attachmentOf(row);
  const what = `${attachment.name ?? ''}/${attachment.size ?? ''}`;
  const who = sender?.address ?? '';
  const key = contentKey(who, at.instant, what, ordinals.next(conversation.id, who, at.instant, what));
  const extra = otherColumns(row, PLACED);
  return {
    type: 'event',
    event: {
      id: eventId(NETWORK, conversation.id, key),
      kind: 'file',
      network: NETWORK,
      conversation,
      ...(sender !== undefined && { sender }),
      ...(recipient !== undefined && { recipients: [{ ...recipient, role: 'to' }] }),
      at,
      attachments: [attachment],
      payload: {
        phase: row.status === COMPLETED ? 'completed' : 'offered',
        ...(row.status !== null && { status: String(row.status) }),
      },
      provenance: provenance(place, {
        part,
        ...directory.whose,
        repairs: sender === undefined ? [{ code: 'sender-absent' }] : [],
      }),
      ...(extra !== undefined && { extra }),
    },
  };
}
