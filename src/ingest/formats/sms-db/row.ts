/** One row of `sms`, or of `pdu` with its parts and addresses. */
import type { Event, Moment, Party, Recipient, Repair } from '../../../core/event.ts';
import { contentKey, eventId } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import { type FilesBeside, type Shared, sharing } from '../../reading/files-beside.ts';
import type { Ordinals } from '../../reading/ordinals.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import type { SqliteRow } from '../../reading/sqlite.ts';
import { numberColumn, otherColumns, textColumn } from '../../reading/sqlite-units.ts';
import { epochMoment, secondsMs } from '../../reading/stamp-moment.ts';
import { BOXES, FROM, NETWORK, OWN_TOKEN, type Owner, personOf, ROLES } from '../sms/people.ts';
import type { Threads } from './threads.ts';

export interface Reading {
  readonly row: SqliteRow;
  readonly part: string;
  readonly owner: Owner;
  readonly threads: Threads;
  readonly ordinals: Ordinals;
}

const SMS_PLACED = new Set(['_id', 'thread_id', 'address', 'date', 'body']);
const PDU_PLACED = new Set(['_id', 'thread_id', 'date', 'm_id']);

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;

function commonOf(
  { row, part, owner, ordinals }: Reading,
  place: Place,
  placed: ReadonlySet<string>,
  said: {
    readonly at: Moment;
    readonly others: readonly Party[];
    readonly sender?: Party | undefined;
    readonly recipients?: readonly Recipient[] | undefined;
    readonly text?: string | undefined;
    readonly key?: string | undefined;
    readonly content?: string;
  },
): Common {
  const { at, others, sender, recipients = [], text } = said;
  const conversation = owner.conversation(others);
  const who = sender?.address ?? '';
  const content = text ?? said.content ?? '';
  const key =
    said.key ??
    contentKey(who, at.instant, content, ordinals.next(conversation.id, who, at.instant, content));
  const extra = otherColumns(row, placed);
  const repairs: Repair[] = sender === undefined ? [{ code: 'sender-absent' }] : [];
  return {
    id: eventId(NETWORK, conversation.id, key),
    network: NETWORK,
    conversation,
    ...(sender !== undefined && { sender }),
    ...(recipients.length > 0 && { recipients }),
    at,
    ...(text !== undefined && { text }),
    provenance: provenance(place, { part, ...owner.whose, repairs }),
    ...(extra !== undefined && { extra }),
  };
}

const kindOf = (common: Common, box: 'received' | 'sent' | 'draft'): Event =>
  box === 'draft'
    ? { ...common, kind: 'notice', payload: { type: 'draft' } }
    : { ...common, kind: 'message' };

export function textOutcome(reading: Reading, place: Place): Outcome {
  const { row, owner, threads } = reading;
  const ms = numberColumn(row, 'date');
  const at = ms === undefined || ms <= 0 ? undefined : epochMoment(ms, 'ms');
  const box = BOXES[numberColumn(row, 'type') ?? 0];
  if (at === undefined) return { type: 'reject', code: 'time-missing' };
  if (box === undefined) return { type: 'reject', code: 'field-invalid', detail: 'type' };
  const address = textColumn(row, 'address');
  const listed = threads.of(numberColumn(row, 'thread_id'));
  const numbers = listed.length > 1 || address === undefined ? listed : [address];
  const others = numbers.map((number) => personOf(number));
  if (others.length === 0) return { type: 'reject', code: 'conversation-unknown' };
  const from = address === undefined ? undefined : personOf(address);
  const common = commonOf(reading, place, SMS_PLACED, {
    at,
    others,
    ...owner.sides(box !== 'received', others, from),
    text: textColumn(row, 'body'),
  });
  return { type: 'event', event: kindOf(common, box) };
}

export function multimediaOutcome(
  reading: Reading,
  more: {
    readonly parts: readonly SqliteRow[];
    readonly addresses: readonly SqliteRow[];
    readonly beside: FilesBeside;
    readonly root: string;
  },
  place: Place,
): Outcome {
  const { row, owner, threads } = reading;
  // Seconds, unlike in the table of text messages.
  const at = epochMoment(secondsMs(row.date), 's');
  const box = BOXES[numberColumn(row, 'msg_box') ?? 0];
  if (at === undefined) return { type: 'reject', code: 'time-missing' };
  if (box === undefined) return { type: 'reject', code: 'field-invalid', detail: 'msg_box' };
  const listed = more.addresses.flatMap((each) => {
    const address = textColumn(each, 'address');
    const type = numberColumn(each, 'type') ?? 0;
    return address === undefined || address === OWN_TOKEN ? [] : [{ person: personOf(address), type }];
  });
  const from = listed.find(({ type }) => type === FROM)?.person;
  const recipients = listed.flatMap(({ person, type }) => {
    const role = ROLES[type];
    return role === undefined ? [] : [{ ...person, role }];
  });
  const numbers = threads.of(numberColumn(row, 'thread_id')).map((number) => personOf(number));
  const others =
    numbers.length > 0
      ? numbers
      : box === 'received'
        ? from === undefined
          ? []
          : [from]
        : recipients.map(({ role: _role, ...person }) => person);
  if (others.length === 0) return { type: 'reject', code: 'conversation-unknown' };
  const sides = owner.sides(box !== 'received', others, from);
  const lines: string[] = [];
  const shared: Shared[] = [];
  for (const each of more.parts) {
    const type = textColumn(each, 'ct') ?? '';
    const text = textColumn(each, 'text');
    if (type === 'application/smil') continue;
    if (/^text\/plain\b/u.test(type) && text !== undefined) lines.push(text);
    else shared.push(sharedOf(each, type, more.beside, more.root));
  }
  const { attachments, holdings } = sharing(shared);
  const common = commonOf(reading, place, PDU_PLACED, {
    at,
    others,
    sender: sides.sender,
    recipients: recipients.length > 0 ? recipients : sides.recipients,
    text: lines.length === 0 ? undefined : lines.join('\n'),
    key: textColumn(row, 'm_id'),
    content: shared.map(({ attachment }) => attachment.name ?? '').join('/'),
  });
  const event = kindOf({ ...common, ...(attachments !== undefined && { attachments }) }, box);
  return { type: 'event', event, ...(holdings !== undefined && { holdings }) };
}

/** A part whose bytes lie in a file of the telephone: the folder's last name and the file's are kept in copies. */
function sharedOf(row: SqliteRow, mediaType: string, beside: FilesBeside, root: string): Shared {
  const path = textColumn(row, '_data');
  const name = textColumn(row, 'name') ?? textColumn(row, 'fn') ?? textColumn(row, 'cl');
  const last = path?.slice(path.lastIndexOf('/') + 1);
  return {
    attachment: {
      ...(name !== undefined && { name }),
      ...(mediaType !== '' && { mediaType }),
      ...(path !== undefined && { reference: path }),
      state: path === undefined ? 'missing' : 'referenced',
    },
    file: last === undefined ? undefined : beside.find(`${root}app_parts/${last}`, `${root}parts/${last}`),
  };
}
