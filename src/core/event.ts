/**
 * The event: one thing that happened in a conversation, as every format yields it. Nothing here is guessed: what the
 * source does not say is absent. Field meanings are fixed by `docs/record-format.md`; sealed events never change form.
 */

/** Lower-case hex SHA-256, 64 characters. */
export type Sha256 = string;
/** Event id: lower-case hex SHA-256 over network, conversation and key (see `ids.ts`). */
export type EventId = string;

/** What may stand in `extra`: JSON; numbers are safe integers, any other number is its source text. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A participant as the source shows him. `address` is normalised (see `normaliseAddress`). */
export interface Party {
  readonly address: string;
  /** Display name as observed. */
  readonly name?: string;
  /** The address as written, where the normal form differs. */
  readonly written?: string;
}

/** A recipient that the source names for this very event; membership is never turned into recipients. */
export interface Recipient extends Party {
  readonly role: 'to' | 'cc' | 'bcc';
}

export interface Conversation {
  /** The source's own id, or the sorted addresses of a direct conversation joined by a space. */
  readonly id: string;
  readonly kind: 'direct' | 'group' | 'room' | 'broadcast';
  readonly name?: string;
  /** Event id of the message that the thread hangs on. */
  readonly thread?: EventId;
}

/** When it happened, and how sure that is. */
export interface Moment {
  /** UTC with milliseconds: `2006-01-02T15:04:05.678Z`, years 0001 to 9999. */
  readonly instant: string;
  /** Wall clock as written by the source, where it writes one. */
  readonly wall?: string;
  /** IANA name or `+hh:mm`, in which the wall clock is read. */
  readonly zone?: string;
  /** Where the zone comes from. Epoch times and `Z` are `stated`. */
  readonly zoneSource: 'stated' | 'path' | 'setting' | 'assumed';
  readonly precision: 'ms' | 's' | 'min' | 'day';
}

/** The original markup, kept beside the plain text. */
export interface Markup {
  /** `html`, `slack-mrkdwn`, `xhtml-im`, … */
  readonly type: string;
  readonly source: string;
}

export interface Attachment {
  readonly name?: string;
  /** Bytes, as the source says or as held. */
  readonly size?: number;
  readonly mediaType?: string;
  /** Digest of the bytes; present when `state` is `held`. */
  readonly sha256?: Sha256;
  /** The source's own reference (URL, file id, path). */
  readonly reference?: string;
  readonly state: 'held' | 'referenced' | 'missing';
}

/** Where in a capture something stands. Offsets and lengths are bytes of the (decompressed) member. */
export interface Position {
  /** Member inside the capture: `a.zip` entry, nested entries joined by `!/`. Absent: the capture itself. */
  readonly member?: string;
  readonly offset: number;
  readonly length: number;
  /** The unit within these bytes, where they hold several: `reactions/0/users/1`. */
  readonly part?: string;
}

/** A change made while reading, so that nobody is surprised: a code, and what it was applied to. */
export interface Repair {
  readonly code: string;
  readonly what?: string;
}

export interface Provenance {
  readonly receipt: Sha256;
  readonly capture: Sha256;
  /** Path of the captured file as it was received, `/` as separator. */
  readonly path: string;
  readonly position: Position;
  /** Whose copy this is (an address), where the source is one person's log. */
  readonly perspective?: string;
  /** Fact name → where it came from, for facts that do not stand in the record itself. */
  readonly facts?: { readonly [fact: string]: 'record' | 'header' | 'path' | 'setting' | 'account' };
  readonly repairs?: readonly Repair[];
}

interface EventBase {
  readonly id: EventId;
  readonly network: string;
  readonly conversation: Conversation;
  readonly sender?: Party;
  readonly recipients?: readonly Recipient[];
  /** Who did it, where that is not the sender: the moderator who deleted, the admin who added. */
  readonly actor?: Party;
  readonly at: Moment;
  /** Plain text. Lone surrogates are replaced by U+FFFD and the repair is recorded. */
  readonly text?: string;
  readonly markup?: Markup;
  readonly attachments?: readonly Attachment[];
  readonly provenance: Provenance;
  /** What the source said that has no place above, under its own names. */
  readonly extra?: { readonly [key: string]: Json };
}

/** A kind of event that changes or answers another: `target` is the event id of the family's root message. */
interface Targeted extends EventBase {
  readonly target: EventId;
}

export interface MessageEvent extends EventBase {
  readonly kind: 'message';
  readonly payload?: { readonly replyTo?: EventId; readonly automatic?: boolean };
}
/** `text` is the new text. `earlier`: whether the source itself holds the text before. */
export interface EditEvent extends Targeted {
  readonly kind: 'edit';
  readonly payload: { readonly earlier: 'captured' | 'not-captured' };
}
/** `text`, where present, is the deleted text as the source repeats it. */
export interface DeletionEvent extends Targeted {
  readonly kind: 'deletion';
  readonly payload: { readonly earlier: 'captured' | 'not-captured'; readonly what?: 'message' | 'file' };
}
export interface ReactionEvent extends Targeted {
  readonly kind: 'reaction';
  /** `emoji`: the characters, or the source's name for it where it has none. */
  readonly payload: { readonly emoji: string; readonly change: 'added' | 'removed' };
}
export interface ReadEvent extends Targeted {
  readonly kind: 'read';
}
/** A file transfer that is an event of its own; a file shared with a message is the message's attachment. */
export interface FileEvent extends EventBase {
  readonly kind: 'file';
  readonly payload: {
    readonly phase: 'offered' | 'started' | 'completed' | 'failed';
    readonly status?: string;
  };
}
/** `sender` is who came or went; `actor` who added or removed him. */
export interface MembershipEvent extends EventBase {
  readonly kind: 'join' | 'leave';
  readonly payload: { readonly basis: 'stated' | 'inferred' };
}
export interface InviteEvent extends EventBase {
  readonly kind: 'invite';
  readonly payload: { readonly invited: readonly Party[] };
}
export interface RosterEvent extends EventBase {
  readonly kind: 'roster';
  readonly payload: { readonly members: readonly Party[]; readonly basis: 'stated' | 'inferred' };
}
export interface PresenceEvent extends EventBase {
  readonly kind: 'presence';
  readonly payload: { readonly status: string };
}
/** `text` is the new topic (or name: `what`). */
export interface TopicEvent extends EventBase {
  readonly kind: 'topic';
  readonly payload: { readonly what: 'topic' | 'name' | 'purpose' };
}
export interface CallEvent extends EventBase {
  readonly kind: 'call';
  readonly payload: { readonly phase: 'started' | 'ended' | 'missed' | 'invited'; readonly seconds?: number };
}
export interface DisclaimerEvent extends EventBase {
  readonly kind: 'disclaimer';
}
/** What the system said that is none of the above. `type` is the source's own name for it. */
export interface NoticeEvent extends EventBase {
  readonly kind: 'notice';
  readonly payload: { readonly type: string };
}

export type Event =
  | MessageEvent
  | EditEvent
  | DeletionEvent
  | ReactionEvent
  | ReadEvent
  | FileEvent
  | MembershipEvent
  | InviteEvent
  | RosterEvent
  | PresenceEvent
  | TopicEvent
  | CallEvent
  | DisclaimerEvent
  | NoticeEvent;

export type EventKind = Event['kind'];

/** All kinds, in the order in which documents list them. */
export const EVENT_KINDS = [
  'message',
  'edit',
  'deletion',
  'reaction',
  'read',
  'file',
  'join',
  'leave',
  'invite',
  'roster',
  'presence',
  'topic',
  'call',
  'disclaimer',
  'notice',
] as const satisfies readonly EventKind[];

/** The id of the message that roots an event's family: its target, or itself. */
export function familyOf(event: Event): EventId {
  return 'target' in event ? event.target : event.id;
}
