/** One object of `messages`. Shapes: issues of mrwoof/google-chat-takeout-reader, abrignoni/RLEAPP. */
import type { Conversation, Event, Moment, Party, Recipient, Repair } from '../../../core/event.ts';
import { changeKey, eventId, normaliseAddress } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import { type FilesBeside, type Shared, sharing } from '../../reading/files-beside.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { type JsonUnit, objectsOf, textOf } from '../../reading/json-units.ts';
import type { LocaleDates } from '../../reading/locale-date.ts';
import { party } from '../../reading/party.ts';
import { provenance } from '../../reading/provenance.ts';
import { remainder } from '../../reading/remainder.ts';
import { stampMoment } from '../../reading/stamp-moment.ts';
import { instantOf, offsetText, wallText, zoneClock } from '../../reading/time.ts';

export const NETWORK = 'google-chat';

/** What is known of the conversation whose file it is. */
export interface Group {
  /** Its id as the folder says; empty where the folder is none of a Takeout. */
  readonly folder: string;
  readonly kind: Conversation['kind'];
  readonly name?: string | undefined;
  readonly members: readonly Party[];
  /** Whose Takeout it is. */
  readonly self?: string | undefined;
}

export interface Reading {
  readonly unit: JsonUnit;
  readonly raw: JsonObject;
  readonly group: Group;
  readonly root: string;
  readonly beside: FilesBeside;
  readonly dates: LocaleDates;
}

const reactionsOf = (raw: JsonObject): { readonly emoji: string; readonly email: string }[] =>
  objectsOf(raw.reactions).flatMap((reaction) => {
    const emoji = isObject(reaction.emoji)
      ? (textOf(reaction.emoji.unicode) ?? textOf(reaction.emoji.shortcode))
      : textOf(reaction.emoji);
    const emails = Array.isArray(reaction.reactor_emails) ? (reaction.reactor_emails as unknown[]) : [];
    return emails.flatMap((each) => {
      const email = textOf(each);
      return emoji === undefined || email === undefined ? [] : [{ emoji, email }];
    });
  });

/** Units of an object: itself, and each reaction with a name. */
export const unitsOf = (raw: JsonObject): number => 1 + reactionsOf(raw).length;

/** A user object: the address is the e-mail address, else the name. */
export function personOf(user: unknown): Party | undefined {
  if (!isObject(user)) return undefined;
  const name = textOf(user.name)?.toWellFormed();
  const address = textOf(user.email)?.toWellFormed() ?? name;
  return address === undefined ? undefined : party(NETWORK, address, name);
}

const PLACED = new Set([
  'creator',
  'created_date',
  'text',
  'message_id',
  'topic_id',
  'attached_files',
  'reactions',
  'quoted_message_metadata',
  'updated_date',
  'deleted_date',
  'message_state',
]);

export function* outcomesOf(reading: Reading): Iterable<Outcome> {
  const { raw, unit, group } = reading;
  const key = textOf(raw.message_id);
  const deleted = raw.message_state === 'DELETED' || raw.deleted_date !== undefined;
  const field = deleted ? 'deleted_date' : 'created_date';
  const repairs: Repair[] = [...unit.repairs];
  const at = momentOf(raw[field], reading, repairs);
  const units = unitsOf(raw);
  if (key === undefined || at === undefined) {
    const code =
      key === undefined ? 'field-missing' : raw[field] === undefined ? 'time-missing' : 'time-invalid';
    for (let i = 0; i < units; i++)
      yield { type: 'reject', code, detail: key === undefined ? 'message_id' : field, part: String(i) };
    return;
  }
  // `group/topic/message`; a short id says nothing of the group, which the folder does.
  const [first, topic, last] = key.split('/');
  const stated = last !== undefined && first !== undefined && first !== '';
  const place = stated ? first : group.folder;
  if (place === '') {
    for (let i = 0; i < units; i++) yield { type: 'reject', code: 'conversation-unknown', part: String(i) };
    return;
  }
  const idOf = (each: Parameters<typeof eventId>[2]): string => eventId(NETWORK, place, each);
  const conversation: Conversation = {
    id: place,
    kind: group.kind,
    ...(group.name !== undefined && { name: group.name }),
    // The first message of a topic bears its id.
    ...(stated && topic !== last && { thread: idOf(`${first}/${topic}/${topic}`) }),
  };
  const sender = personOf(raw.creator);
  if (sender === undefined) repairs.push({ code: 'sender-absent' });
  const { attachments, holdings } = sharing(filesOf(reading));
  const extra = remainder(raw, PLACED, unit.text, repairs);
  const text = textOf(raw.text);
  const facts = stated ? {} : { conversation: 'path' as const };
  const common = {
    network: NETWORK,
    conversation,
    ...(sender !== undefined && { sender }),
    ...recipients(group, sender),
    at,
    ...(text !== undefined && { text }),
    ...(attachments !== undefined && { attachments }),
    provenance: provenance(unit.place, {
      ...(group.self !== undefined && { perspective: group.self }),
      facts: group.self === undefined ? facts : { ...facts, perspective: 'header' },
      repairs,
    }),
    ...(extra !== undefined && { extra }),
  };
  yield {
    type: 'event',
    event: eventOf(reading, key, common, deleted, idOf),
    ...(holdings !== undefined && { holdings }),
  };
  for (const [i, { emoji, email }] of reactionsOf(raw).entries()) {
    const who =
      group.members.find((member) => member.address === normaliseAddress(NETWORK, email)) ??
      party(NETWORK, email);
    yield {
      type: 'event',
      event: {
        id: idOf(changeKey('reaction', key, who.address, emoji, at.instant)),
        kind: 'reaction',
        network: NETWORK,
        conversation,
        sender: who,
        at,
        target: idOf(key),
        payload: { emoji, change: 'added' },
        provenance: provenance(unit.place, {
          part: `reactions/${i}`,
          repairs: [...unit.repairs, { code: 'time-of-message', what: 'at' }],
        }),
      },
    };
  }
}

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind' | 'id'>;

function eventOf(
  reading: Reading,
  key: string,
  common: Common,
  deleted: boolean,
  idOf: (key: Parameters<typeof eventId>[2]) => string,
): Event {
  const { raw } = reading;
  const who = common.sender?.address ?? '';
  if (deleted)
    return {
      ...common,
      id: idOf(changeKey('deletion', key, who, '', common.at.instant)),
      kind: 'deletion',
      target: idOf(key),
      payload: { earlier: 'not-captured' },
    };
  const updated = momentOf(raw.updated_date, reading, []);
  if (updated !== undefined)
    return {
      ...common,
      id: idOf(changeKey('edit', key, who, common.text ?? '', updated.instant)),
      kind: 'edit',
      at: updated,
      target: idOf(key),
      extra: { ...common.extra, created_date: textOf(raw.created_date) ?? '' },
      payload: { earlier: 'not-captured' },
    };
  const quoted = isObject(raw.quoted_message_metadata)
    ? textOf(raw.quoted_message_metadata.message_id)
    : undefined;
  const automatic = isObject(raw.creator) && raw.creator.user_type === 'Bot';
  const payload = { ...(quoted !== undefined && { replyTo: idOf(quoted) }), ...(automatic && { automatic }) };
  return { ...common, id: idOf(key), kind: 'message', ...(Object.keys(payload).length > 0 && { payload }) };
}

/** A date in the words of the account’s language, or a time stamp. */
function momentOf(value: unknown, { dates, unit }: Reading, repairs: Repair[]): Moment | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const { zone } = unit.place.file.settings;
  const stamp = stampMoment(text, zone, repairs);
  if (stamp !== undefined) return stamp;
  const found = dates.read(text);
  if (found === undefined) return undefined;
  const { wall, offset, precision, otherDay } = found;
  if (otherDay) repairs.push({ code: 'weekday-differs' });
  if (offset !== undefined) {
    const instant = instantOf(wall - offset * 60_000);
    const clock = offset === 0 ? {} : { wall: wallText(wall), zone: offsetText(offset) };
    return instant === undefined ? undefined : { instant, ...clock, zoneSource: 'stated', precision };
  }
  const named = zone ?? '+00:00';
  const instant = instantOf(zoneClock(named).instant(wall, repairs));
  const zoneSource = zone === undefined ? 'assumed' : 'setting';
  return instant === undefined
    ? undefined
    : { instant, wall: wallText(wall), zone: named, zoneSource, precision };
}

/** In a direct conversation the others are those addressed. */
function recipients(group: Group, sender: Party | undefined): { recipients?: readonly Recipient[] } {
  if (group.kind !== 'direct' || sender === undefined) return {};
  const others = group.members.filter((member) => member.address !== sender.address);
  return others.length === 0
    ? {}
    : { recipients: others.map((other) => ({ ...other, role: 'to' as const })) };
}

/** Files lie beside their messages; what no file system takes in a name is an underscore there. */
function filesOf({ raw, root, beside }: Reading): Shared[] {
  return objectsOf(raw.attached_files).map((each) => {
    const name = textOf(each.original_name)?.toWellFormed();
    const exported = textOf(each.export_name)?.toWellFormed();
    return {
      attachment: {
        ...(name !== undefined && { name }),
        ...(exported !== undefined && { reference: exported }),
        state: exported === undefined ? 'missing' : 'referenced',
      },
      file:
        exported === undefined
          ? undefined
          : beside.find(
              root + exported,
              root + exported.replaceAll(/["*/:<>?\\|&%#']/gu, '_'),
              root + exported.replaceAll(/["*/:<>?\\|]/gu, '_'),
            ),
    };
  });
}
