/** What a record says in the transcript, in words. Pure: no layout here. */
import type { Custodian } from '../../core/directory/fold.ts';
import type { Days } from '../../core/directory/periods.ts';
import type { EventId, Party } from '../../core/event.ts';
import type { RedactedEvent } from '../selection/closed.ts';
import type { EventRecord } from '../selection/sealed-event.ts';

export interface Words {
  /** Who; absent for what the system says. */
  readonly name?: string;
  /** What the directory says of him: EXT, unknown, or whose the address is. */
  readonly mark?: string;
  /** Recipients that the source names for this record. */
  readonly recipients?: string;
  /** Short facts behind the name: a reply's number, "automatic". */
  readonly aside?: string;
  /** A line in the report's own words. */
  readonly note?: string;
  /** What was written. */
  readonly text?: string;
  /** The tag of a change that stands under its message; `{when}` is its time. */
  readonly change?: string;
}

/** How a person is shown: name and address where both are known. */
export function partyName(party: Party | undefined): string {
  if (party === undefined) return 'someone whom the source does not name';
  const { name, address } = party;
  if (name === undefined || name === '' || name === address) return address;
  return `${name} (${address})`;
}

/** A conversation's name as the report shows it; the addresses of a direct one are set apart. */
export function titleOf({ name, id, kind }: { name: string | undefined; id: string; kind: string }): string {
  if (name !== undefined && name !== '') return name;
  const addresses = id.split(' ');
  return kind === 'direct' && addresses.length === 2 ? addresses.join(' and ') : id;
}

/** Where a custodian works, as the directory says. */
export function employerOf({ entity, desk, employedFrom: from, employedTo: to }: Custodian): string {
  const place = [entity, desk].filter((part) => part !== null).join(', ') || 'not stated';
  return from === null && to === null ? place : `${place}\n${days({ from, to })}`;
}

/** `from 2009-01-05`, `2009-01-05 to 2011-03-01`. */
export function days({ from, to }: Days): string {
  if (from === null && to === null) return 'at all times';
  if (to === null) return `from ${from}`;
  return from === null ? `to ${to}` : `${from} to ${to}`;
}

const shortName = (party: Party | undefined): string =>
  party === undefined
    ? 'someone not named'
    : party.name === undefined || party.name === ''
      ? party.address
      : party.name;

const SHOWN = 12;

function recipientsOf(record: Pick<EventRecord, 'recipients'>): string | undefined {
  const { recipients } = record;
  if (recipients === undefined || recipients.length === 0) return undefined;
  const names = recipients
    .slice(0, SHOWN)
    .map((recipient) => `${recipient.role === 'to' ? '' : `${recipient.role} `}${shortName(recipient)}`);
  const more = recipients.length - SHOWN;
  return `to ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Words for a record; `numberOf` finds the number of a message in the same conversation of this export. */
export function describe(record: EventRecord, numberOf: (event: EventId) => number | undefined): Words {
  const cite = (event: EventId): string => {
    const number = numberOf(event);
    return number === undefined ? 'a message that is not in this export' : `no. ${number}`;
  };
  const by = shortName(record.actor ?? record.sender);
  const text = record.text === undefined ? {} : { text: record.text };
  const recipients = recipientsOf(record);
  const person = {
    name: partyName(record.sender),
    ...(recipients === undefined ? {} : { recipients }),
  };
  switch (record.kind) {
    case 'message': {
      const { replyTo, automatic } = record.payload ?? {};
      const thread = record.conversation.thread;
      const aside = [
        replyTo === undefined ? undefined : `in reply to ${cite(replyTo)}`,
        thread === undefined || thread === replyTo || thread === record.id
          ? undefined
          : `in the thread of ${cite(thread)}`,
        automatic === true ? 'automatic' : undefined,
        record.actor === undefined ? undefined : `by ${partyName(record.actor)}`,
      ].filter((part) => part !== undefined);
      const empty = (record.text ?? '') === '' && (record.attachments ?? []).length === 0;
      return {
        ...person,
        ...text,
        ...(aside.length === 0 ? {} : { aside: aside.join('  ·  ') }),
        ...(empty ? { note: '[NO TEXT]' } : {}),
      };
    }
    case 'edit': {
      const earlier = record.payload.earlier === 'not-captured' ? '; the earlier text was not captured' : '';
      return {
        ...person,
        ...text,
        note: `[EDITED by ${by}] new text of ${cite(record.target)}${earlier}:`,
        change: `[EDITED {when} by ${by}]${earlier === '' ? '' : ' the earlier text was not captured'}`,
      };
    }
    case 'deletion': {
      const what = record.payload.what === 'file' ? 'FILE DELETED' : 'DELETED';
      const earlier = record.payload.earlier === 'not-captured' ? '; its text was not captured' : '';
      return {
        ...person,
        ...text,
        note: `[${what} by ${by}] ${cite(record.target)}${earlier}${record.text === undefined ? '' : '; the deleted text:'}`,
        change: `[${what} {when} by ${by}]${earlier === '' ? '' : ' its text was not captured'}`,
      };
    }
    case 'reaction': {
      const { emoji, change } = record.payload;
      const verb = change === 'added' ? 'REACTION' : 'REACTION REMOVED';
      return {
        ...person,
        note: `[${verb} by ${by}] ${emoji} to ${cite(record.target)}`,
        change: `[${verb} {when} by ${by}] ${emoji}`,
      };
    }
    case 'read':
      return {
        ...person,
        note: `[READ by ${by}] ${cite(record.target)}`,
        change: `[READ {when} by ${by}]`,
      };
    default:
      return { ...text, ...plain(record, person, by) };
  }
}

/** Tags of changes, where no more than their kind is shown. */
const CLOSED_CHANGE: { readonly [kind in EventRecord['kind']]?: string } = {
  edit: 'EDITED',
  deletion: 'DELETED',
  reaction: 'REACTION',
  read: 'READ',
};

/** Words for a record of which only who, when and where is shown. */
export function describeRedacted(record: RedactedEvent, reason: string): Words {
  const recipients = recipientsOf(record);
  const redacted = `[REDACTED – ${reason}]`;
  const change = CLOSED_CHANGE[record.kind];
  const by = shortName(record.actor ?? record.sender);
  return {
    ...(record.sender === undefined ? {} : { name: partyName(record.sender) }),
    ...(recipients === undefined ? {} : { recipients }),
    note: change === undefined ? redacted : `[${change} by ${by}] ${redacted}`,
    ...(change === undefined ? {} : { change: `[${change} {when} by ${by}] ${redacted}` }),
  };
}

type Plain = Exclude<EventRecord, { readonly kind: 'message' | 'edit' | 'deletion' | 'reaction' | 'read' }>;

/** Records that are neither a message nor a change of one. */
function plain(record: Plain, person: { name: string; recipients?: string }, by: string): Words {
  switch (record.kind) {
    case 'file': {
      const status = record.payload.status === undefined ? '' : ` (${record.payload.status})`;
      return { ...person, note: `[FILE TRANSFER ${record.payload.phase.toUpperCase()}]${status}` };
    }
    case 'join':
    case 'leave': {
      const verb = record.kind === 'join' ? 'JOINED' : 'LEFT';
      const basis = record.payload.basis === 'inferred' ? ', inferred by the archive' : '';
      const actor = record.actor === undefined ? '' : `, by ${partyName(record.actor)}`;
      return { note: `[${verb}] ${partyName(record.sender)}${actor}${basis}` };
    }
    case 'invite':
      return { note: `[INVITED by ${by}] ${record.payload.invited.slice(0, 100).map(partyName).join(', ')}` };
    case 'roster': {
      const { members, basis } = record.payload;
      const shown = members.slice(0, 100).map(partyName).join(', ');
      const more = members.length > 100 ? ` and ${members.length - 100} more` : '';
      return { note: `[MEMBERS${basis === 'inferred' ? ', inferred' : ''}] ${shown}${more}` };
    }
    case 'presence':
      return { note: `[PRESENCE] ${partyName(record.sender)}: ${record.payload.status}` };
    case 'topic':
      return { note: `[${record.payload.what.toUpperCase()} SET by ${by}]` };
    case 'call': {
      const seconds = record.payload.seconds;
      const length = seconds === undefined ? '' : `, ${seconds} s`;
      return { ...person, note: `[CALL ${record.payload.phase.toUpperCase()}${length}]` };
    }
    case 'disclaimer':
      return { note: '[DISCLAIMER]' };
    case 'notice':
      return {
        note: `[NOTICE ${record.payload.type}]${record.sender === undefined ? '' : ` ${partyName(record.sender)}`}`,
      };
  }
}
