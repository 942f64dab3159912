/** One row of the compliance CSV. `captured`: posts whose first text this file holds. */
import type { Conversation, Event, Moment, Repair } from '../../../core/event.ts';
import { changeKey, contentKey, type EventKey, eventId } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Outcome } from '../../format.ts';
import { party } from '../../reading/party.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import { instantOf } from '../../reading/time.ts';
import { NETWORK } from './people.ts';

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>;

export function outcomeOf(
  row: ReadonlyMap<string, string>,
  place: Place,
  repairs: readonly Repair[],
  captured: Set<string>,
): Outcome {
  const field = (name: string): string | undefined => {
    const value = row.get(name);
    return value === undefined || value === '' ? undefined : value;
  };
  const channel = field('Channel Id');
  if (channel === undefined) return reject('conversation-unknown', 'Channel Id');
  const created = field('Post Creation Time');
  if (created === undefined) return reject('time-missing', 'Post Creation Time');
  const at = momentOf(created);
  if (at === undefined) return reject('time-invalid', 'Post Creation Time');
  const who = field('User Email') ?? field('Username') ?? field('User Id');
  if (who === undefined) return reject('field-missing', 'User Email');
  const sender = party(NETWORK, who, field('Username'));
  const name = field('Channel Display Name') ?? field('Channel Name');
  const idOf = (key: EventKey): string => eventId(NETWORK, channel, key);
  const answered = field('Replied to Post Id');
  const conversation: Conversation = {
    id: channel,
    kind: kindOf(field('Channel Type')),
    ...(name !== undefined && { name }),
    ...(answered !== undefined && { thread: idOf(answered) }),
  };
  const text = field('Post Message');
  const post = field('Post Id');
  const type = field('Post Type') ?? 'message';
  const rest = Object.fromEntries([...row].filter(([column, value]) => value !== '' && !PLACED.has(column)));
  const base: Common = {
    id: idOf(post ?? contentKey(sender.address, at.instant, `${type} ${text ?? ''}`, 0)),
    network: NETWORK,
    conversation,
    sender,
    at,
    provenance: provenance(place, { repairs }),
    ...(Object.keys(rest).length > 0 && { extra: rest }),
  };
  switch (type) {
    case 'enter':
    case 'previously-joined':
      return event({ ...base, kind: 'join', payload: { basis: type === 'enter' ? 'stated' : 'inferred' } });
    case 'leave':
    case 'previously-left':
      return event({ ...base, kind: 'leave', payload: { basis: 'stated' } });
    case 'attachment':
    case 'deleted attachment':
      return fileRow(base, type, post, text);
  }
  const said = { ...base, ...(text !== undefined && { text }) };
  if (post === undefined) return reject('field-missing', 'Post Id');
  return event(
    updated(said, {
      update: field('Post Update Type'),
      post,
      root: field('Edited By Post Id'),
      at: momentOf(field('Post Update Time') ?? '') ?? at,
      answered,
      idOf,
      captured,
    }),
  );
}

interface Update {
  readonly update: string | undefined;
  readonly post: string;
  /** The post as it is now, where this row is an earlier text of it. */
  readonly root: string | undefined;
  readonly at: Moment;
  readonly answered: string | undefined;
  readonly idOf: (key: EventKey) => string;
  readonly captured: Set<string>;
}

/** Edited posts come as pairs of rows: a text before, under an id of its own, and the last text, under the post's. */
function updated(base: Common, { update, post, root, at, answered, idOf, captured }: Update): Event {
  const who = base.sender?.address ?? '';
  switch (update) {
    case 'EditedOriginalMsg': {
      if (root === undefined) break;
      const target = idOf(root);
      if (captured.has(root)) return { ...base, kind: 'edit', target, payload: { earlier: 'captured' } };
      captured.add(root);
      return { ...base, id: target, kind: 'message' };
    }
    case 'EditedNewMsg':
      return {
        ...base,
        kind: 'edit',
        id: idOf(changeKey('edit', post, who, base.text ?? '', at.instant)),
        target: idOf(post),
        at,
        payload: { earlier: captured.has(post) ? 'captured' : 'not-captured' },
      };
    case 'Deleted': {
      const { text, ...silent } = base;
      const shown = text?.startsWith('delete ') === true ? text.slice('delete '.length) : text;
      return {
        ...silent,
        ...(shown !== undefined && { text: shown }),
        kind: 'deletion',
        id: idOf(changeKey('deletion', post, who, '', at.instant)),
        target: idOf(post),
        at,
        payload: { earlier: 'captured', what: 'message' },
      };
    }
  }
  return {
    ...base,
    kind: 'message',
    ...(answered !== undefined && { payload: { replyTo: idOf(answered) } }),
  };
}

/** `(files/post/id-name.txt)`: where the export put the file. */
function fileRow(base: Common, type: string, post: string | undefined, text: string | undefined): Outcome {
  const path = text?.replace(/^\(|\)$/gu, '');
  if (path === undefined || path === '') return reject('field-missing', 'Post Message');
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/^[a-z0-9]{26}-/u, '');
  return event({
    ...base,
    id: eventId(NETWORK, base.conversation.id, [type, post ?? '', path]),
    kind: 'file',
    attachments: [{ name, reference: path, state: type === 'attachment' ? 'referenced' : 'missing' }],
    payload: { phase: type === 'attachment' ? 'completed' : 'failed', status: type },
  });
}

const PLACED: ReadonlySet<string> = new Set([
  'Post Creation Time',
  'Channel Id',
  'Channel Display Name',
  'User Email',
  'Username',
  'Post Message',
  'Replied to Post Id',
]);

function kindOf(type: string | undefined): Conversation['kind'] {
  return type === 'direct' ? 'direct' : type === 'group' ? 'group' : 'room';
}

/** Milliseconds since 1970. */
function momentOf(text: string): Moment | undefined {
  const instant = /^\d{1,15}$/u.test(text) && text !== '0' ? instantOf(Number(text)) : undefined;
  return instant === undefined ? undefined : { instant, zoneSource: 'stated', precision: 'ms' };
}

const event = (value: Event): Outcome => ({ type: 'event', event: value });
const reject = (code: RejectCode, detail: string): Outcome => ({ type: 'reject', code, detail });
