/**
 * The index document: what an index keeps of one sealed event. It is a pure function of the sealed record, so that an
 * index can be thrown away, rebuilt, and compared with the vault document by document.
 *
 * Only events are indexed. Rejects are counted ("could not be searched"); receipts, observations and acts hold nothing
 * that anybody said.
 */
import type {
  Attachment,
  Conversation,
  Event,
  EventId,
  EventKind,
  Moment,
  Party,
  Recipient,
} from '../event.ts';
import { familyOf } from '../event.ts';
import { sha256Hex } from '../hash.ts';
import { canonical } from '../json.ts';
import type { Bucket, LogName, SealedRecord } from '../record.ts';

/** What `has:` can ask for, judged on the record alone. `direct`: the conversation is between two. */
export const FEATURES = [
  'attachment',
  'link',
  'reply',
  'thread',
  'text',
  'repair',
  'sender',
  'recipient',
  'direct',
] as const;
export type Feature = (typeof FEATURES)[number];

/** Raise it whenever the same record would give another document or other search fields: indices are then rebuilt. */
export const DOCUMENT_VERSION = 2;

export interface IndexDocument extends Bucket {
  readonly log: LogName;
  readonly leaf: number;
  readonly id: EventId;
  /** Event id of the message that roots the family. */
  readonly family: EventId;
  readonly kind: EventKind;
  readonly network: string;
  readonly conversation: Conversation;
  readonly at: Moment;
  readonly sender?: Party;
  readonly actor?: Party;
  readonly recipients?: readonly Recipient[];
  /** Whom a roster or an invitation lists. */
  readonly listed?: readonly Party[];
  /** Plain text of the event. */
  readonly text?: string;
  /** What is searched where there is no text: the emoji of a reaction, the status of a presence. */
  readonly said?: string;
  readonly attachments?: readonly Attachment[];
  /** Of a deletion that took away a file and not the message. */
  readonly deletes?: 'file';
  /** Features that cannot be read off the parts above. */
  readonly has?: readonly Feature[];
  readonly sealedAt: string;
}

/** The document of a sealed record; undefined for records that are not searched. */
export function indexDocument(log: LogName, sealed: SealedRecord): IndexDocument | undefined {
  if (sealed.type !== 'event') return undefined;
  const record = sealed.record;
  const listed = listedIn(record);
  const said = record.text === undefined ? saidBy(record) : undefined;
  const has = hiddenFeatures(record);
  return {
    log,
    leaf: sealed.leaf,
    id: record.id,
    family: familyOf(record),
    kind: record.kind,
    network: record.network,
    conversation: record.conversation,
    at: record.at,
    ...(record.sender && { sender: record.sender }),
    ...(record.actor && { actor: record.actor }),
    ...(record.recipients && { recipients: record.recipients }),
    ...(listed && { listed }),
    ...(record.text !== undefined && { text: record.text }),
    ...(said !== undefined && { said }),
    ...(record.attachments && { attachments: record.attachments }),
    ...(record.kind === 'deletion' && record.payload.what === 'file' && { deletes: 'file' as const }),
    ...(has.length > 0 && { has }),
    class: record.class,
    quarter: record.quarter,
    sealedAt: record.sealedAt,
  };
}

/** Hex SHA-256 of the document's canonical JSON: what verification compares an index with. */
export function documentDigest(document: IndexDocument): string {
  return sha256Hex(canonical(document));
}

function listedIn(event: Event): readonly Party[] | undefined {
  if (event.kind === 'roster') return event.payload.members;
  return event.kind === 'invite' ? event.payload.invited : undefined;
}

function saidBy(event: Event): string | undefined {
  if (event.kind === 'reaction') return event.payload.emoji;
  return event.kind === 'presence' ? event.payload.status : undefined;
}

function hiddenFeatures(event: Event): Feature[] {
  const has: Feature[] = [];
  if (event.kind === 'message' && event.payload?.replyTo !== undefined) has.push('reply');
  if ((event.provenance.repairs?.length ?? 0) > 0) has.push('repair');
  return has;
}
