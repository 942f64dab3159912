/** One object of a day file: the message itself, and one event for each person of each reaction. */
import type {
  Attachment,
  Conversation,
  Event,
  Moment,
  Party,
  Provenance,
  Repair,
} from '../../../core/event.ts';
import { changeKey, eventId, normaliseAddress } from '../../../core/ids.ts';
import type { ExclusionReason, RejectCode } from '../../../core/rejects.ts';
import type { Outcome } from '../../format.ts';
import { asExtra, isObject, type JsonObject } from '../../reading/json.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import { instantOf } from '../../reading/time.ts';
import { NETWORK, type SlackDirectory, text } from './directory.ts';
import { emojiOf, mrkdwnText } from './mrkdwn.ts';
import { textOfAttachments } from './rich-text.ts';

export interface Reading {
  readonly place: Place;
  readonly directory: SlackDirectory;
  readonly conversation: Conversation;
  readonly facts: Provenance['facts'];
  /** Text of the object, to find the source text of numbers. */
  readonly source: string;
  readonly repairs: readonly Repair[];
}

/** Units of an object: itself, and every person of every reaction. Counted before anything is interpreted. */
export function unitsOf(value: unknown): number {
  if (!isObject(value) || !Array.isArray(value.reactions)) return 1;
  let units = 1;
  for (const reaction of value.reactions as unknown[])
    if (isObject(reaction) && Array.isArray(reaction.users)) units += reaction.users.length;
  return units;
}

/** The outcomes of an object, as many as `unitsOf` counts, one by one. */
export function* outcomesOf(value: unknown, reading: Reading): Iterable<Outcome> {
  if (!isObject(value)) {
    yield { type: 'reject', code: 'json-shape', detail: 'not an object' };
    return;
  }
  const at = momentOf(value.ts);
  if (at === undefined) {
    const code = value.ts === undefined ? 'time-missing' : 'time-invalid';
    const units = unitsOf(value);
    for (let i = 0; i < units; i++)
      yield { type: 'reject', code, detail: 'ts', ...(i > 0 && { part: `reaction ${i - 1}` }) };
    return;
  }
  const message = new SlackMessage(value, String(value.ts), at, reading);
  yield message.outcome();
  yield* message.reactions();
}

/** `1452845865.000008`: seconds since 1970 and microseconds. Text, since a number would round. */
function momentOf(ts: unknown): Moment | undefined {
  if (typeof ts !== 'string') return undefined;
  const match = /^(\d{1,12})(?:\.(\d{1,6}))?$/u.exec(ts);
  if (match === null) return undefined;
  const micro = (match[2] ?? '').padEnd(6, '0');
  const instant = instantOf(Number(match[1]) * 1000 + Number(micro.slice(0, 3)));
  return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision: 'ms' };
}

/** Said elsewhere in the record, or only how clients show it. */
const PLACED = new Set([
  'type',
  'user',
  'text',
  'ts',
  'files',
  'file',
  'reactions',
  'edited',
  'thread_ts',
  'user_profile',
  'inviter',
]);
const BOOKKEEPING = new Set(['message_replied', 'reply_broadcast']);

class SlackMessage {
  readonly #raw: JsonObject;
  readonly #ts: string;
  readonly #at: Moment;
  readonly #reading: Reading;
  readonly #repairs: Repair[];

  constructor(raw: JsonObject, ts: string, at: Moment, reading: Reading) {
    this.#raw = raw;
    this.#ts = ts;
    this.#at = at;
    this.#reading = reading;
    this.#repairs = [...reading.repairs];
  }

  #id(key: Parameters<typeof eventId>[2]): string {
    return eventId(NETWORK, this.#reading.conversation.id, key);
  }

  /** The object itself. */
  outcome(): Outcome {
    const subtype = text(this.#raw.subtype);
    if (subtype !== undefined && BOOKKEEPING.has(subtype)) return excluded('bookkeeping');
    switch (subtype) {
      case 'message_changed':
        return this.#changed();
      case 'message_deleted':
        return this.#deleted();
      case 'tombstone':
        return this.#tombstone();
    }
    const base = this.#base(this.#raw);
    const edited = isObject(this.#raw.edited) ? this.#raw.edited : undefined;
    if (edited !== undefined) return this.#edit(base, edited, this.#ts, 'not-captured');
    return { type: 'event', event: this.#plain(subtype, { ...base, id: this.#id(this.#ts), at: this.#at }) };
  }

  #plain(subtype: string | undefined, base: Common): Event {
    const raw = this.#raw;
    switch (subtype) {
      case 'channel_join':
      case 'group_join':
        return { ...base, kind: 'join', ...this.#inviter(), payload: { basis: 'stated' } };
      case 'channel_leave':
      case 'group_leave':
        return { ...base, kind: 'leave', payload: { basis: 'stated' } };
      case 'channel_topic':
      case 'group_topic':
        return {
          ...base,
          kind: 'topic',
          text: text(raw.topic) ?? base.text ?? '',
          payload: { what: 'topic' },
        };
      case 'channel_purpose':
      case 'group_purpose':
        return {
          ...base,
          kind: 'topic',
          text: text(raw.purpose) ?? base.text ?? '',
          payload: { what: 'purpose' },
        };
      case 'channel_name':
      case 'group_name':
        return { ...base, kind: 'topic', text: text(raw.name) ?? base.text ?? '', payload: { what: 'name' } };
      case 'huddle_thread':
      case 'sh_room_created':
        return this.#huddle(base);
      case undefined:
      case 'bot_message':
      case 'me_message':
      case 'thread_broadcast':
      case 'file_share':
      case 'file_comment':
      case 'file_mention':
      case 'slackbot_response':
      case 'assistant_app_thread':
      case 'document_mention':
        return { ...base, kind: 'message' };
      default:
        return { ...base, kind: 'notice', payload: { type: subtype } };
    }
  }

  /** Slack itself tells of a huddle: who began it, and how long it took, stands with the room. */
  #huddle(base: Common): Event {
    const room = isObject(this.#raw.room) ? this.#raw.room : {};
    const by = text(room.created_by);
    const { date_start: start, date_end: end } = room;
    const seconds = typeof start === 'number' && typeof end === 'number' ? Math.round(end - start) : -1;
    return {
      ...base,
      ...(by !== undefined && { sender: this.#reading.directory.person(by) }),
      kind: 'call',
      payload:
        Number.isSafeInteger(seconds) && seconds >= 0 ? { phase: 'ended', seconds } : { phase: 'started' },
    };
  }

  #inviter(): { actor?: Party } {
    const inviter = text(this.#raw.inviter);
    return inviter === undefined ? {} : { actor: this.#reading.directory.person(inviter) };
  }

  /** What all kinds share; `shown` is the object that holds author and text. */
  #base(shown: JsonObject): Omit<Common, 'id' | 'at'> {
    const { directory, conversation, place, facts } = this.#reading;
    const sender = directory.author(shown);
    if (sender === undefined) this.#repairs.push({ code: 'sender-absent' });
    const markup = typeof shown.text === 'string' ? shown.text : '';
    let plain = mrkdwnText(markup, directory);
    if (plain === '') {
      plain = textOfAttachments(shown, directory);
      if (plain !== '') this.#repairs.push({ code: 'text-from-attachments' });
    }
    const attachments = filesOf(shown);
    const other = directory.otherSide(conversation.id, sender?.address);
    const extra = this.#extra(plain !== '' && markup !== '');
    const thread = text(this.#raw.thread_ts) ?? text(shown.thread_ts);
    return {
      network: NETWORK,
      conversation:
        thread === undefined || thread === this.#ts
          ? conversation
          : { ...conversation, thread: this.#id(thread) },
      ...(sender !== undefined && { sender }),
      ...(other !== undefined && { recipients: [{ ...other, role: 'to' }] }),
      ...(plain !== '' && { text: plain }),
      ...(markup !== '' && markup !== plain && { markup: { type: 'slack-mrkdwn', source: markup } }),
      ...(attachments.length > 0 && { attachments }),
      provenance: provenance(place, { facts, repairs: this.#repairs }),
      ...(extra !== undefined && { extra }),
    };
  }

  #extra(hasText: boolean): ReturnType<typeof asExtra> | undefined {
    const rest: { [key: string]: unknown } = {};
    let found = false;
    for (const key of Object.keys(this.#raw)) {
      // Blocks repeat the text; reactions are events of their own unless the source counts more than it names.
      if (
        key === 'blocks' ? hasText : key === 'reactions' ? !namesFewer(this.#raw.reactions) : PLACED.has(key)
      )
        continue;
      rest[key] = this.#raw[key];
      found = true;
    }
    return found ? asExtra(rest, this.#reading.source, this.#repairs) : undefined;
  }

  /** Only the last text is known: one edit and no message; the family hangs on the id of the message all the same. */
  #edit(
    base: Omit<Common, 'id' | 'at'>,
    edited: JsonObject,
    ts: string,
    earlier: 'captured' | 'not-captured',
  ): Outcome {
    const at = momentOf(edited.ts);
    if (at === undefined) return reject('time-invalid', 'edited.ts');
    const editor = text(edited.user);
    const actor = editor === undefined ? undefined : this.#reading.directory.person(editor);
    const who = actor?.address ?? base.sender?.address ?? '';
    const source = base.markup?.source ?? base.text ?? '';
    return {
      type: 'event',
      event: {
        ...base,
        kind: 'edit',
        id: this.#id(changeKey('edit', ts, who, source, at.instant)),
        target: this.#id(ts),
        at,
        ...(actor !== undefined && actor.address !== base.sender?.address && { actor }),
        payload: { earlier },
      },
    };
  }

  #changed(): Outcome {
    const inner = this.#raw.message;
    if (!isObject(inner)) return reject('field-missing', 'message');
    const ts = text(inner.ts);
    if (ts === undefined) return reject('field-missing', 'message.ts');
    const edited = isObject(inner.edited) ? inner.edited : { ts: this.#ts };
    const earlier = isObject(this.#raw.previous_message) ? 'captured' : 'not-captured';
    return this.#edit(this.#base(inner), edited, ts, earlier);
  }

  #deleted(): Outcome {
    const ts = text(this.#raw.deleted_ts);
    if (ts === undefined) return reject('field-missing', 'deleted_ts');
    const previous = isObject(this.#raw.previous_message) ? this.#raw.previous_message : undefined;
    return this.#deletion(ts, previous ?? {}, previous === undefined ? 'not-captured' : 'captured');
  }

  #tombstone(): Outcome {
    this.#repairs.push({ code: 'time-of-message', what: 'at' });
    return this.#deletion(this.#ts, { ...this.#raw, text: '' }, 'not-captured');
  }

  #deletion(ts: string, shown: JsonObject, earlier: 'captured' | 'not-captured'): Outcome {
    const base = this.#base(shown);
    const key = changeKey('deletion', ts, base.sender?.address ?? '', '', this.#at.instant);
    return {
      type: 'event',
      event: {
        ...base,
        kind: 'deletion',
        id: this.#id(key),
        target: this.#id(ts),
        at: this.#at,
        payload: { earlier },
      },
    };
  }

  /** One event for each person. Slack does not say when: it stands at the time of its message, and says so. */
  *reactions(): Iterable<Outcome> {
    const list: unknown = this.#raw.reactions;
    if (!Array.isArray(list)) return;
    const { directory, conversation, place, facts } = this.#reading;
    for (const [i, reaction] of (list as unknown[]).entries()) {
      if (!isObject(reaction) || !Array.isArray(reaction.users)) continue;
      const name = text(reaction.name);
      for (const [j, user] of (reaction.users as unknown[]).entries()) {
        const part = `reactions/${i}/users/${j}`;
        const id = text(user);
        if (name === undefined || id === undefined) {
          yield { type: 'reject', code: 'field-invalid', detail: 'reaction', part };
          continue;
        }
        const who = normaliseAddress(NETWORK, id);
        yield {
          type: 'event',
          event: {
            id: this.#id(changeKey('reaction', this.#ts, who, name, this.#at.instant)),
            kind: 'reaction',
            network: NETWORK,
            conversation,
            sender: directory.person(id),
            target: this.#id(this.#ts),
            at: this.#at,
            payload: { emoji: emojiOf(name), change: 'added' },
            provenance: provenance(place, {
              part,
              facts,
              repairs: [...this.#reading.repairs, { code: 'time-of-message', what: 'at' }],
            }),
          },
        };
      }
    }
  }
}

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;

const excluded = (reason: ExclusionReason): Outcome => ({ type: 'excluded', reason });
const reject = (code: RejectCode, detail: string): Outcome => ({ type: 'reject', code, detail });

/** Slack may count more people than it names. */
function namesFewer(reactions: unknown): boolean {
  return (
    Array.isArray(reactions) &&
    (reactions as unknown[]).some(
      (each) =>
        !isObject(each) ||
        !Array.isArray(each.users) ||
        (typeof each.count === 'number' && each.count !== each.users.length),
    )
  );
}

/** Files of a message. Their bytes are not in the export; a link's token is left out, it opens the file to anybody. */
function filesOf(message: JsonObject): Attachment[] {
  const list: unknown[] = Array.isArray(message.files)
    ? message.files
    : message.file === undefined
      ? []
      : [message.file];
  return list.filter(isObject).map((file) => {
    const { size } = file;
    const name = text(file.name) ?? text(file.title);
    const mediaType = text(file.mimetype);
    const link = text(file.permalink) ?? text(file.url_private);
    const reference = link?.split('?')[0] ?? text(file.id);
    return {
      ...(name !== undefined && { name }),
      ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && { size }),
      ...(mediaType !== undefined && { mediaType }),
      ...(reference !== undefined && { reference }),
      state: file.mode === 'tombstone' || file.mode === 'hidden_by_limit' ? 'missing' : 'referenced',
    };
  });
}
