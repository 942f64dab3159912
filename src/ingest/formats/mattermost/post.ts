/** A post of a bulk export: itself, its reactions, its replies with theirs. */
import type { Conversation, Event, Moment, Repair } from '../../../core/event.ts';
import { changeKey, contentKey, type EventKey, eventId } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Outcome } from '../../format.ts';
import { type Shared, sharing } from '../../reading/files-beside.ts';
import { asExtra, type JsonObject } from '../../reading/json.ts';
import { objectsOf, textOf } from '../../reading/json-units.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import { instantOf } from '../../reading/time.ts';
import { type MattermostPeople, NETWORK } from './people.ts';

export interface Reading {
  readonly place: Place;
  readonly people: MattermostPeople;
  readonly repairs: readonly Repair[];
  /** Text of the line, to find the source text of numbers. */
  readonly text: string;
}

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;
type Refused = Extract<Outcome, { type: 'reject' }>;

export const unitsOf = (post: JsonObject): number =>
  1 +
  objectsOf(post.reactions).length +
  objectsOf(post.replies).reduce((sum, reply) => sum + 1 + objectsOf(reply.reactions).length, 0);

/** As many outcomes as `unitsOf` counts. */
export function* outcomesOf(post: JsonObject, reading: Reading): Iterable<Outcome> {
  const conversation = reading.people.conversation(post);
  if (conversation === undefined) {
    const units = unitsOf(post);
    for (let i = 0; i < units; i++)
      yield reject('conversation-unknown', 'channel', i === 0 ? undefined : String(i));
    return;
  }
  const root = yield* said(post, conversation, undefined, undefined, reading);
  for (const [i, reply] of objectsOf(post.replies).entries())
    yield* said(reply, conversation, root, `replies/${i}`, reading);
}

/** A post or reply and its reactions; returns the id of the message. */
function* said(
  post: JsonObject,
  conversation: Conversation,
  root: string | undefined,
  part: string | undefined,
  reading: Reading,
): Generator<Outcome, string | undefined> {
  const { people, place } = reading;
  const reactions = objectsOf(post.reactions);
  const user = textOf(post.user);
  const at = momentOf(post.create_at);
  if (user === undefined || at === undefined) {
    yield user === undefined
      ? reject('field-missing', 'user', part)
      : reject('time-invalid', 'create_at', part);
    for (const i of reactions.keys()) yield reject('field-missing', 'post', partOf(part, `reactions/${i}`));
    return undefined;
  }
  const repairs: Repair[] = [...reading.repairs];
  const sender = people.person(user);
  const text = textOf(post.message);
  const edited = typeof post.edit_at === 'number' && post.edit_at > 0 ? momentOf(post.edit_at) : undefined;
  // Of an edited post the first text is not known: its family hangs on author and time alone.
  const first = edited === undefined ? (text ?? '') : '';
  const ordinal = people.ordinals.next(conversation.id, sender.address, at.instant, first);
  const key: EventKey = contentKey(sender.address, at.instant, first, ordinal);
  const idOf = (of: EventKey): string => eventId(NETWORK, conversation.id, of);
  const { attachments, holdings } = filesOf(post, people);
  const extra = extraOf(post, reading.text, repairs);
  const base: Common = {
    id: idOf(key),
    network: NETWORK,
    conversation: { ...conversation, ...(root !== undefined && { thread: root }) },
    sender,
    at,
    ...(text !== undefined && { text }),
    ...(attachments !== undefined && { attachments }),
    provenance: provenance(place, { part, repairs }),
    ...(extra !== undefined && { extra }),
  };
  const type = textOf(post.type);
  const event: Event =
    edited !== undefined
      ? {
          ...base,
          kind: 'edit',
          id: idOf(changeKey('edit', key, sender.address, text ?? '', edited.instant)),
          target: base.id,
          at: edited,
          payload: { earlier: 'not-captured' },
        }
      : type === undefined
        ? { ...base, kind: 'message', ...(root !== undefined && { payload: { replyTo: root } }) }
        : system(base, type);
  yield { type: 'event', event, ...(holdings !== undefined && { holdings }) };
  for (const [i, reaction] of reactions.entries())
    yield reacted(reaction, base.id, key, partOf(part, `reactions/${i}`), conversation, reading);
  return base.id;
}

/** Newer servers mark the posts that they write themselves. */
function system(base: Common, type: string): Event {
  switch (type) {
    case 'system_join_channel':
    case 'system_join_team':
      return { ...base, kind: 'join', payload: { basis: 'stated' } };
    case 'system_leave_channel':
    case 'system_leave_team':
      return { ...base, kind: 'leave', payload: { basis: 'stated' } };
    case 'system_header_change':
      return { ...base, kind: 'topic', payload: { what: 'topic' } };
    case 'system_purpose_change':
      return { ...base, kind: 'topic', payload: { what: 'purpose' } };
    case 'system_displayname_change':
      return { ...base, kind: 'topic', payload: { what: 'name' } };
    default:
      return type.startsWith('system_')
        ? { ...base, kind: 'notice', payload: { type } }
        : { ...base, kind: 'message' };
  }
}

function reacted(
  reaction: JsonObject,
  target: string,
  key: EventKey,
  part: string,
  conversation: Conversation,
  { place, people, repairs }: Reading,
): Outcome {
  const user = textOf(reaction.user);
  const emoji = textOf(reaction.emoji_name);
  const at = momentOf(reaction.create_at);
  if (user === undefined || emoji === undefined || at === undefined)
    return reject('field-invalid', 'reaction', part);
  const sender = people.person(user);
  return {
    type: 'event',
    event: {
      kind: 'reaction',
      id: eventId(NETWORK, conversation.id, changeKey('reaction', key, sender.address, emoji, at.instant)),
      network: NETWORK,
      conversation,
      sender,
      target,
      at,
      payload: { emoji: `:${emoji}:`, change: 'added' },
      provenance: provenance(place, { part, repairs }),
    },
  };
}

function filesOf(post: JsonObject, people: MattermostPeople): ReturnType<typeof sharing> {
  return sharing(
    objectsOf(post.attachments).flatMap((each): Shared[] => {
      const path = textOf(each.path);
      if (path === undefined) return [];
      const file = people.bytesOf(path);
      return [
        {
          attachment: { name: path.slice(path.lastIndexOf('/') + 1), reference: path, state: 'missing' },
          file,
        },
      ];
    }),
  );
}

const PLACED: ReadonlySet<string> = new Set([
  'team',
  'channel',
  'channel_members',
  'user',
  'message',
  'create_at',
  'edit_at',
  'reactions',
  'replies',
  'attachments',
]);

function extraOf(post: JsonObject, text: string, repairs: Repair[]): ReturnType<typeof asExtra> | undefined {
  const rest = Object.entries(post).filter(
    ([name, value]) => !PLACED.has(name) && value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return rest.length === 0 ? undefined : asExtra(Object.fromEntries(rest), text, repairs);
}

/** Milliseconds since 1970. */
function momentOf(value: unknown): Moment | undefined {
  const instant = typeof value === 'number' && Number.isSafeInteger(value) ? instantOf(value) : undefined;
  return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision: 'ms' };
}

const partOf = (part: string | undefined, more: string): string =>
  part === undefined ? more : `${part}/${more}`;

const reject = (code: RejectCode, detail: string, part?: string): Refused => ({
  type: 'reject',
  code,
  detail,
  ...(part !== undefined && { part }),
});
