import type {
  Attachment,
  Conversation,
  EventId,
  EventKind,
  Moment,
  Party,
  Recipient,
} from '../core/event.ts';
import type { HeldRecords } from '../core/holds/held.ts';
import type { RecordName } from '../core/record.ts';
import type { IndexDocument } from '../core/search/document.ts';
import { type Highlight, highlights } from '../core/search/highlight.ts';
import type { Query } from '../core/search/query.ts';

/** What became of a message, as far as the index covers its family. */
export type MessageState = 'current' | 'edited' | 'deleted';

/** One record of an answer, as `search --json` prints it. */
export interface SearchLine {
  readonly id: EventId;
  readonly log: string;
  readonly leaf: number;
  readonly network: string;
  readonly conversation: Conversation;
  readonly kind: EventKind;
  /** UTC, milliseconds. */
  readonly at: string;
  readonly zone: string | null;
  readonly zoneSource: Moment['zoneSource'];
  readonly precision: Moment['precision'];
  /** The query asks for a time, and whether this record's lies there is not sure. */
  readonly uncertain: boolean;
  readonly sender: Party | null;
  readonly recipients: readonly Recipient[];
  readonly text: string | null;
  /** What is searched where there is no text: a reaction's emoji, a presence's status. */
  readonly said: string | null;
  readonly highlights: readonly Highlight[];
  /** Null for what is no message. */
  readonly state: MessageState | null;
  readonly family: EventId;
  readonly attachments: readonly Attachment[];
  readonly sealedAt: string;
  readonly class: string;
  /** Names of the holds that cover it; null: not judged yet. Only for those who may know of holds. */
  readonly holds?: readonly string[] | null;
}

export function searchLine(
  document: IndexDocument,
  query: Query | undefined,
  uncertain: boolean,
  state: MessageState | null,
  held?: HeldRecords,
): SearchLine {
  const { id, log, leaf, network, conversation, kind, at, family, sealedAt } = document;
  const text = document.text ?? null;
  return {
    id,
    log,
    leaf,
    network,
    conversation,
    kind,
    at: at.instant,
    zone: at.zone ?? null,
    zoneSource: at.zoneSource,
    precision: at.precision,
    uncertain,
    sender: document.sender ?? null,
    recipients: document.recipients ?? [],
    text,
    said: document.said ?? null,
    highlights: text === null || query === undefined ? [] : highlights(query, text),
    state,
    family,
    attachments: document.attachments ?? [],
    sealedAt,
    class: document.class,
    ...(held && { holds: held.holdsOf(document) }),
  };
}

/** `family`: all documents of the message's family. A deleted message that was edited before is deleted. */
export function stateOf(document: IndexDocument, family: readonly IndexDocument[]): MessageState | null {
  if (document.kind !== 'message') return null;
  if (family.some(({ kind, deletes }) => kind === 'deletion' && deletes !== 'file')) return 'deleted';
  return family.some(({ kind }) => kind === 'edit') ? 'edited' : 'current';
}

export const nameOf = ({ log, leaf }: { log: string; leaf: number }): RecordName => `${log}/${leaf}`;
