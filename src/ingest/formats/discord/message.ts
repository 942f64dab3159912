/** One object of `messages`: what somebody wrote or the service says happened, and each reaction with a name. */
import type { Conversation, Event, Moment, Party, Repair } from '../../../core/event.ts';
import { changeKey, eventId } from '../../../core/ids.ts';
import type { Holding, Outcome } from '../../format.ts';
import { type FilesBeside, type Shared, sharing } from '../../reading/files-beside.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { type JsonUnit, objectsOf, textOf } from '../../reading/json-units.ts';
import { party } from '../../reading/party.ts';
import { provenance } from '../../reading/provenance.ts';
import { remainder } from '../../reading/remainder.ts';
import { stampMoment } from '../../reading/stamp-moment.ts';

export const NETWORK = 'discord';

export interface Reading {
  readonly unit: JsonUnit;
  readonly raw: JsonObject;
  readonly conversation: Conversation;
  readonly root: string;
  readonly beside: FilesBeside;
}

const reactionsOf = (raw: JsonObject): { readonly reaction: JsonObject; readonly user: JsonObject }[] =>
  objectsOf(raw.reactions).flatMap((reaction) =>
    objectsOf(reaction.users).map((user) => ({ reaction, user })),
  );

/** Units of an object: itself, and each person of each reaction. */
/** Older exports count those who reacted and name none; newer ones name the first. */
const countsMore = (raw: JsonObject): boolean =>
  objectsOf(raw.reactions).some(
    ({ count, users }) => typeof count === 'number' && count > objectsOf(users).length,
  );

export const unitsOf = (raw: JsonObject): number => 1 + reactionsOf(raw).length;

/** A user object; exports give ids, names, and the name shown on the server. */
function personOf(user: unknown): Party | undefined {
  if (!isObject(user)) return undefined;
  const name = textOf(user.nickname) ?? textOf(user.name);
  const address = textOf(user.id) ?? textOf(user.name);
  return address === undefined ? undefined : party(NETWORK, address, name);
}

const PLACED = new Set([
  'id',
  'timestamp',
  'timestampEdited',
  'content',
  'author',
  'attachments',
  'stickers',
  'reactions',
  'inlineEmojis',
  'mentions',
]);
/** Counts say more than the names do: they stay. */
const PLACED_BUT_REACTIONS: ReadonlySet<string> = new Set([...PLACED].filter((name) => name !== 'reactions'));

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind' | 'id'>;
interface Draft {
  readonly common: Common;
  readonly holdings?: readonly Holding[];
}

/** The outcomes of an object, as many as `unitsOf` counts. */
export function* outcomesOf(reading: Reading): Iterable<Outcome> {
  const { raw, unit, conversation } = reading;
  const key = textOf(raw.id);
  const repairs: Repair[] = [...unit.repairs];
  const at = stampMoment(raw.timestamp, unit.place.file.settings.zone, repairs);
  if (key === undefined || at === undefined) {
    const code =
      key === undefined ? 'field-missing' : raw.timestamp === undefined ? 'time-missing' : 'time-invalid';
    const units = unitsOf(raw);
    for (let i = 0; i < units; i++)
      yield { type: 'reject', code, detail: key === undefined ? 'id' : 'timestamp', part: String(i) };
    return;
  }
  yield messageOf(reading, key, at, repairs);
  for (const [i, { reaction, user }] of reactionsOf(raw).entries()) {
    const part = `reactions/${i}`;
    const emoji = isObject(reaction.emoji)
      ? (textOf(reaction.emoji.name) ?? textOf(reaction.emoji.code))
      : undefined;
    const sender = personOf(user);
    if (emoji === undefined || sender === undefined) {
      yield { type: 'reject', code: 'field-invalid', detail: 'reaction', part };
      continue;
    }
    yield {
      type: 'event',
      event: {
        id: eventId(NETWORK, conversation.id, changeKey('reaction', key, sender.address, emoji, at.instant)),
        kind: 'reaction',
        network: NETWORK,
        conversation,
        sender,
        at,
        target: eventId(NETWORK, conversation.id, key),
        payload: { emoji, change: 'added' },
        provenance: provenance(unit.place, {
          part,
          repairs: [...unit.repairs, { code: 'time-of-message', what: 'at' }],
        }),
      },
    };
  }
}

function messageOf(reading: Reading, key: string, at: Moment, repairs: Repair[]): Outcome {
  const { raw, conversation, unit } = reading;
  const id = eventId(NETWORK, conversation.id, key);
  const { common, holdings } = draftOf(reading, at, repairs);
  const held = holdings === undefined ? {} : { holdings };
  const edited = raw.timestampEdited ?? undefined;
  const type = textOf(raw.type) ?? 'Default';
  if (edited !== undefined && isMessage(type)) {
    const editedAt = stampMoment(edited, unit.place.file.settings.zone, []);
    if (editedAt === undefined) return { type: 'reject', code: 'time-invalid', detail: 'timestampEdited' };
    const editKey = changeKey('edit', key, common.sender?.address ?? '', common.text ?? '', editedAt.instant);
    return {
      type: 'event',
      event: {
        ...common,
        id: eventId(NETWORK, conversation.id, editKey),
        kind: 'edit',
        at: editedAt,
        target: id,
        extra: { ...common.extra, timestamp: String(raw.timestamp) },
        payload: { earlier: 'not-captured' },
      },
      ...held,
    };
  }
  return { type: 'event', event: eventOf(raw, type, { ...common, id }), ...held };
}

const isMessage = (type: string): boolean =>
  type === 'Default' || type === 'Reply' || type === '20' || type === '23';

/** Everything of an event but its kind and id. Bots write in embeds: their text is taken where there is no other. */
function draftOf(reading: Reading, at: Moment, repairs: Repair[]): Draft {
  const { raw, unit, conversation, root, beside } = reading;
  const sender = personOf(raw.author);
  if (sender === undefined) repairs.push({ code: 'sender-absent' });
  let text = textOf(raw.content);
  if (text === undefined) {
    text = textOf(textBeside(raw));
    if (text !== undefined) repairs.push({ code: 'text-from-attachments' });
  }
  const { attachments, holdings } = sharing(filesOf(raw, root, beside));
  const author = isObject(raw.author) ? remainder(raw.author, AUTHOR_PLACED, unit.text, repairs) : undefined;
  const rest = remainder(raw, countsMore(raw) ? PLACED_BUT_REACTIONS : PLACED, unit.text, repairs);
  for (const plain of ['Default', 'Reply']) if (rest?.type === plain) delete rest.type;
  if (rest?.isPinned === false) delete rest.isPinned;
  const extra = { ...rest, ...(author !== undefined && { author }) };
  return {
    common: {
      network: NETWORK,
      conversation,
      ...(sender !== undefined && { sender }),
      at,
      ...(text !== undefined && { text }),
      ...(attachments !== undefined && { attachments }),
      provenance: provenance(unit.place, { repairs }),
      ...(Object.keys(extra).length > 0 && { extra }),
    },
    ...(holdings !== undefined && { holdings }),
  };
}

const AUTHOR_PLACED = new Set(['id', 'nickname', 'color', 'roles', 'avatarUrl']);

/** What a forwarded message or the embeds say. */
function textBeside(raw: JsonObject): string {
  const forwarded = isObject(raw.forwardedMessage) ? textOf(raw.forwardedMessage.content) : undefined;
  if (forwarded !== undefined) return forwarded;
  return objectsOf(raw.embeds)
    .flatMap((embed) => [
      embed.title,
      embed.description,
      ...objectsOf(embed.fields).flatMap((field) => [field.name, field.value]),
    ])
    .map(textOf)
    .filter((line) => line !== undefined)
    .join('\n');
}

/** Attachments and stickers, of a forwarded message too; a relative URL names a file beside the export. */
function filesOf(raw: JsonObject, root: string, beside: FilesBeside): Shared[] {
  const inside = isObject(raw.forwardedMessage) ? raw.forwardedMessage : {};
  const shared = (each: JsonObject, link: unknown, label: unknown): Shared => {
    const reference = textOf(link);
    const name = textOf(label);
    const size = each.fileSizeBytes;
    const local = reference === undefined || /^[a-z]+:\/\//iu.test(reference) ? undefined : reference;
    return {
      attachment: {
        ...(name !== undefined && { name }),
        ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && { size }),
        ...(reference !== undefined && { reference }),
        state: reference === undefined ? 'missing' : 'referenced',
      },
      ...(local !== undefined && { file: beside.find(...namesOf(root, local)) }),
    };
  };
  return [raw, inside].flatMap((holder) => [
    ...objectsOf(holder.attachments).map((each) => shared(each, each.url, each.fileName)),
    ...objectsOf(holder.stickers).map((each) => shared(each, each.sourceUrl, each.name)),
  ]);
}

/** A local reference as it stands and with its escapes decoded, with either kind of slash. */
function namesOf(root: string, reference: string): string[] {
  const path = reference.replaceAll('\\', '/').replace(/^\.\//u, '');
  try {
    return [root + path, root + decodeURIComponent(path)];
  } catch {
    return [root + path];
  }
}

/** Kinds of the service's own messages, by the exporter's names and by Discord's numbers. */
function eventOf(raw: JsonObject, type: string, event: Common & { readonly id: string }): Event {
  const { author, mentions } = raw;
  switch (type) {
    case 'RecipientAdd':
    case 'RecipientRemove': {
      const kind = type === 'RecipientAdd' ? 'join' : 'leave';
      const who = personOf(objectsOf(mentions)[0]);
      const actor = event.sender;
      if (who === undefined || who.address === actor?.address)
        return { ...event, kind, payload: { basis: 'stated' } };
      return {
        ...event,
        kind,
        sender: who,
        ...(actor !== undefined && { actor }),
        payload: { basis: 'stated' },
      };
    }
    case 'GuildMemberJoin':
      return { ...event, kind: 'join', payload: { basis: 'stated' } };
    case 'Call': {
      const seconds = secondsBetween(raw.timestamp, raw.callEndedTimestamp);
      return {
        ...event,
        kind: 'call',
        payload: seconds === undefined ? { phase: 'started' } : { phase: 'ended', seconds },
      };
    }
    case 'ChannelNameChange': {
      const name = /^Changed the channel name: (.*?)\.?$/su.exec(event.text ?? '')?.[1] ?? event.text ?? '';
      return { ...event, kind: 'topic', text: name, payload: { what: 'name' } };
    }
    default: {
      if (!isMessage(type)) return { ...event, kind: 'notice', payload: { type } };
      const replyTo = replyOf(raw, event.conversation.id);
      const automatic = isObject(author) && author.isBot === true;
      const payload = { ...(replyTo !== undefined && { replyTo }), ...(automatic && { automatic }) };
      return { ...event, kind: 'message', ...(Object.keys(payload).length > 0 && { payload }) };
    }
  }
}

/** The message that this one answers; a forward refers to what it repeats, which is no answer. */
function replyOf(raw: JsonObject, channel: string): string | undefined {
  const { reference } = raw;
  if (!isObject(reference) || isObject(raw.forwardedMessage)) return undefined;
  const id = textOf(reference.messageId);
  return id === undefined ? undefined : eventId(NETWORK, textOf(reference.channelId) ?? channel, id);
}

function secondsBetween(from: unknown, to: unknown): number | undefined {
  const start = stampMoment(from, undefined, []);
  const end = stampMoment(to, undefined, []);
  if (start === undefined || end === undefined) return undefined;
  const seconds = Math.round((Date.parse(end.instant) - Date.parse(start.instant)) / 1000);
  return seconds >= 0 ? seconds : undefined;
}
