/** One row of Messages. Types: Skyperious (`skypedata.py`), tried on a database of 2013. */
import type { Event, Party, Repair } from '../../../core/event.ts';
import { changeKey, contentKey, type EventKey, eventId } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import type { Ordinals } from '../../reading/ordinals.ts';
import { party } from '../../reading/party.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import type { SqliteRow } from '../../reading/sqlite.ts';
import { numberColumn, otherColumns, textColumn } from '../../reading/sqlite-units.ts';
import { epochMoment, secondsMs } from '../../reading/stamp-moment.ts';
import { callOf, contentOf, NETWORK } from '../skype/content.ts';
import type { Directory } from './directory.ts';
import { transferred } from './transfer.ts';

const PLACED = new Set([
  'id',
  'is_permanent',
  'convo_id',
  'author',
  'from_dispname',
  'timestamp',
  'edited_by',
  'edited_timestamp',
  'body_xml',
  'body_is_rawxml',
  'pk_id',
  'crc',
  'dialog_partner',
]);

const JOIN = 10;
const REMOVE = 12;
const SMS = 64;

const identities = (row: SqliteRow): string[] =>
  (textColumn(row, 'identities') ?? '').split(' ').filter((name) => name !== '');

/** To whom a text message went. */
function numbers(row: SqliteRow): Pick<Common, 'recipients'> {
  const recipients = identities(row).map((name) => ({ ...party(NETWORK, name), role: 'to' as const }));
  return recipients.length === 0 ? {} : { recipients };
}

/** Units of a row: itself, or each person whom it adds or removes. */
export function unitsOf(row: SqliteRow): number {
  return row.type === JOIN || row.type === REMOVE ? Math.max(1, identities(row).length) : 1;
}

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;

/** The outcomes of a row, as many as `unitsOf` counts. */
export function* outcomesOf(
  row: SqliteRow,
  part: string,
  directory: Directory,
  ordinals: Ordinals,
  place: Place,
): Iterable<Outcome> {
  const at = epochMoment(secondsMs(row.timestamp), 's');
  const conversation = directory.conversationOf(row);
  if (at === undefined || conversation === undefined) {
    const units = unitsOf(row);
    const code = at === undefined ? 'time-invalid' : 'conversation-unknown';
    for (let i = 0; i < units; i++) yield { type: 'reject', code };
    return;
  }
  const repairs: Repair[] = [];
  const author = textColumn(row, 'author');
  const sender = author === undefined ? undefined : party(NETWORK, author, textColumn(row, 'from_dispname'));
  if (sender === undefined) repairs.push({ code: 'sender-absent' });
  const source = textColumn(row, 'body_xml') ?? '';
  const content = contentOf(source, repairs);
  const key: EventKey =
    row.guid instanceof Uint8Array && row.guid.length > 0
      ? Buffer.from(row.guid).toString('hex')
      : contentKey(
          sender?.address ?? '',
          at.instant,
          source,
          ordinals.next(conversation.id, sender?.address ?? '', at.instant, source),
        );
  const idOf = (each: EventKey): string => eventId(NETWORK, conversation.id, each);
  const files = transferred(directory, row, content.attachments);
  const extra = otherColumns(row, PLACED);
  const common: Common = {
    id: idOf(key),
    network: NETWORK,
    conversation,
    ...(sender !== undefined && { sender }),
    ...(row.type === SMS ? numbers(row) : directory.recipients(row, sender)),
    at,
    ...(content.text !== undefined && { text: content.text }),
    ...(content.markup !== undefined && { markup: content.markup }),
    ...(files.attachments.length > 0 && { attachments: files.attachments }),
    provenance: provenance(place, { part, ...directory.whose, repairs }),
    ...(extra !== undefined && { extra }),
  };
  const type = numberColumn(row, 'type');
  if (type === JOIN || type === REMOVE) {
    yield* membership(row, type === JOIN ? 'join' : 'leave', key, common, sender, idOf);
    return;
  }
  const edited = epochMoment(secondsMs(row.edited_timestamp), 's');
  if (edited !== undefined && isMessage(type)) {
    const { text: _text, markup: _markup, ...bare } = common;
    const editor = textColumn(row, 'edited_by');
    const actor = editor === undefined || editor === author ? undefined : party(NETWORK, editor);
    const base = {
      ...(content.text === undefined ? bare : common),
      target: common.id,
      at: edited,
      ...(actor !== undefined && { actor }),
      extra: { ...extra, timestamp: numberColumn(row, 'timestamp') ?? 0 },
    };
    const who = actor?.address ?? sender?.address ?? '';
    const kind = source === '' ? 'deletion' : 'edit';
    const id = idOf(changeKey(kind, key, who, kind === 'edit' ? source : '', edited.instant));
    yield { type: 'event', event: { ...base, id, kind, payload: { earlier: 'not-captured' } } };
    return;
  }
  yield { type: 'event', event: eventOf(row, type, common, source, files.completed) };
}

const isMessage = (type: number | undefined): boolean =>
  type === undefined || [60, 61, 63, 64, 70, 201, 253, 254].includes(type);

function* membership(
  row: SqliteRow,
  kind: 'join' | 'leave',
  key: EventKey,
  common: Common,
  actor: Party | undefined,
  idOf: (key: EventKey) => string,
): Iterable<Outcome> {
  const people = identities(row);
  const { sender: _actor, recipients: _recipients, ...base } = common;
  if (people.length === 0)
    yield { type: 'event', event: { ...common, kind: 'notice', payload: { type: String(row.type) } } };
  for (const [i, name] of people.entries()) {
    const sender = party(NETWORK, name);
    const { position } = base.provenance;
    yield {
      type: 'event',
      event: {
        ...base,
        id: idOf([key, kind, sender.address]),
        kind,
        sender,
        ...(actor !== undefined && actor.address !== sender.address && { actor }),
        provenance: { ...base.provenance, position: { ...position, part: `${position.part}/${i}` } },
        payload: { basis: 'stated' },
      },
    };
  }
}

function eventOf(
  row: SqliteRow,
  type: number | undefined,
  common: Common,
  source: string,
  completed: boolean,
): Event {
  switch (type) {
    case 4: {
      const members = [
        ...(common.sender === undefined ? [] : [common.sender]),
        ...identities(row).map((name) => party(NETWORK, name)),
      ];
      return { ...common, kind: 'roster', payload: { members, basis: 'stated' } };
    }
    case 13:
      return { ...common, kind: 'leave', payload: { basis: 'stated' } };
    case 2:
      return source.includes('<pictureupdate')
        ? { ...common, kind: 'notice', payload: { type: 'picture' } }
        : { ...common, kind: 'topic', text: common.text ?? '', payload: { what: 'topic' } };
    case 30:
    case 39: {
      const { text: _text, ...bare } = common;
      const call = callOf(source);
      return {
        ...bare,
        kind: 'call',
        payload: type === 39 && call.phase === 'started' ? { ...call, phase: 'ended' } : call,
      };
    }
    case 68:
      return { ...common, kind: 'file', payload: { phase: completed ? 'completed' : 'offered' } };
    case 50:
      return { ...common, kind: 'notice', payload: { type: 'authorisation asked for' } };
    case 51:
      return { ...common, kind: 'notice', payload: { type: 'authorisation given' } };
    case 53:
      return { ...common, kind: 'notice', payload: { type: 'blocked' } };
    default:
      return isMessage(type)
        ? { ...common, kind: 'message' }
        : { ...common, kind: 'notice', payload: { type: String(type) } };
  }
}
