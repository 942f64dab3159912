/**
 * One row of `message`: what was written or happened, its edits, its withdrawal, when it was read. Meaning of columns:
 * ReagentX/imessage-exporter (`messages.rs`, `variants.rs`), tried on a database of 2015.
 */
import type { Event, Moment, Party, Recipient, Repair } from '../../../core/event.ts';
import { changeKey, type EventKey, eventId } from '../../../core/ids.ts';
import type { Holding, Outcome } from '../../format.ts';
import { appleColumnMs } from '../../reading/apple-time.ts';
import { type Shared, sharing } from '../../reading/files-beside.ts';
import { party } from '../../reading/party.ts';
import { type Place, provenance } from '../../reading/provenance.ts';
import type { SqliteRow } from '../../reading/sqlite.ts';
import { numberColumn, otherColumns, textColumn } from '../../reading/sqlite-units.ts';
import { epochMoment } from '../../reading/stamp-moment.ts';
import type { Chat, Directory } from './directory.ts';
import { type History, historyOf, salvagedText, typedText } from './edits.ts';

export interface MessageRow {
  readonly row: SqliteRow;
  readonly part: string;
  readonly files: readonly Shared[];
}

const PLACED = new Set([
  'ROWID',
  'rowid',
  'guid',
  'text',
  'handle_id',
  'attributedBody',
  'message_summary_info',
  'payload_data',
  'date',
  'date_read',
  'in_chat',
  'was_deleted',
  'type',
  'version',
  'is_finished',
  'is_sent',
  'is_delivered',
  'is_read',
  'has_dd_results',
  'was_data_detected',
  'cache_has_attachments',
  'ck_sync_state',
  'ck_record_id',
  'ck_record_change_tag',
  'sort_id',
]);

/** Who sent it says nothing more where the sender is known. */
const PLACED_WITH_SENDER = new Set([...PLACED, 'is_from_me']);

type Common = Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind' | 'id'>;

const moment = (value: unknown): Moment | undefined => {
  const found = appleColumnMs(value);
  return epochMoment(found?.ms, found?.precision ?? 'ms');
};

/** What one row comes to, before any of it is interpreted. */
export class MessageUnits {
  readonly #message: MessageRow;
  readonly #directory: Directory;
  readonly #history: History;
  readonly #read: Moment | undefined;
  readonly #deleted: Moment | undefined;
  readonly #withdrawn: boolean;

  constructor(message: MessageRow, directory: Directory) {
    const { row } = message;
    this.#message = message;
    this.#directory = directory;
    this.#history = historyOf(row.message_summary_info);
    this.#read = moment(row.date_read);
    this.#deleted = moment(row.was_deleted);
    const empty = row.text === null && row.attributedBody === null && message.files.length === 0;
    this.#withdrawn = this.#history.retracted.length > 0 && empty && this.#history.versions.length === 0;
  }

  /** Later states of its parts, its withdrawal, its deletion, its read mark, and itself unless nothing of it is left. */
  get units(): number {
    const { retracted } = this.#history;
    return (
      (this.#withdrawn ? 0 : 1) +
      this.#edits().length +
      retracted.length +
      (this.#deleted === undefined ? 0 : 1) +
      (this.#read === undefined ? 0 : 1)
    );
  }

  /** All states but the first of each part. */
  #edits(): History['versions'] {
    const seen = new Set<string>();
    return this.#history.versions.filter(({ part }) => {
      if (seen.has(part)) return true;
      seen.add(part);
      return false;
    });
  }

  *read(place: Place): Iterable<Outcome> {
    const { row } = this.#message;
    const chat = this.#directory.chatOf(row);
    const guid = textColumn(row, 'guid');
    const at = moment(row.date);
    const code =
      guid === undefined
        ? 'field-missing'
        : chat === undefined
          ? 'conversation-unknown'
          : at === undefined
            ? 'time-missing'
            : undefined;
    if (chat === undefined || guid === undefined || at === undefined) {
      for (let i = 0; i < this.units; i++) yield { type: 'reject', code: code ?? 'field-missing' };
      return;
    }
    const idOf = (key: EventKey): string => eventId(chat.network, chat.conversation.id, key);
    const { common, holdings } = this.#draft(chat, at, place);
    const who = common.sender?.address ?? '';
    const change = { ...common, target: idOf(guid) };
    if (!this.#withdrawn)
      yield {
        type: 'event',
        event: eventOf(row, { ...common, id: idOf(guid) }, this.#directory, chat, idOf),
        ...(holdings !== undefined && { holdings }),
      };
    const { text: _text, attachments: _files, extra: _extra, ...bare } = change;
    for (const { part, ms, text } of this.#edits()) {
      const edited = epochMoment(ms, 'ms');
      if (edited === undefined)
        yield { type: 'reject', code: 'time-invalid', detail: 'message_summary_info' };
      else
        yield {
          type: 'event',
          event: {
            ...bare,
            id: idOf(changeKey('edit', guid, who, text, edited.instant)),
            kind: 'edit',
            at: edited,
            text,
            extra: { part },
            payload: { earlier: 'captured' },
          },
        };
    }
    const retractedAt = moment(row.date_retracted) ?? moment(row.date_edited);
    for (const part of this.#history.retracted) {
      const { provenance: from } = bare;
      const repairs = [...(from.repairs ?? []), { code: 'time-of-message', what: 'at' }];
      const when = retractedAt ?? at;
      yield {
        type: 'event',
        event: {
          ...bare,
          id: idOf(changeKey('deletion', guid, who, part, when.instant)),
          kind: 'deletion',
          at: when,
          provenance: retractedAt === undefined ? { ...from, repairs } : from,
          extra: { part },
          payload: { earlier: this.#withdrawn ? 'not-captured' : 'captured' },
        },
      };
    }
    if (this.#deleted !== undefined) yield this.#deletion(bare, this.#deleted, chat, guid, idOf);
    if (this.#read !== undefined) yield this.#readMark(bare, this.#read, chat, guid, idOf);
  }

  /** “Recently deleted”: the account's owner removed his copy; the message is still there. */
  #deletion(
    bare: Common & { readonly target: string },
    at: Moment,
    chat: Chat,
    guid: string,
    idOf: (key: EventKey) => string,
  ): Outcome {
    const { recipients: _recipients, ...rest } = bare;
    const actor = chat.self === undefined ? undefined : party(chat.network, chat.self);
    return {
      type: 'event',
      event: {
        ...rest,
        id: idOf(changeKey('deletion', guid, chat.self ?? '', 'own copy', at.instant)),
        kind: 'deletion',
        at,
        ...(actor !== undefined && actor.address !== rest.sender?.address && { actor }),
        extra: { copy: 'own' },
        payload: { earlier: 'captured' },
      },
    };
  }

  /** When the other side read what the owner wrote, or the owner what he got. */
  #readMark(
    bare: Common & { readonly target: string },
    at: Moment,
    chat: Chat,
    guid: string,
    idOf: (key: EventKey) => string,
  ): Outcome {
    const { sender: _sender, recipients: _recipients, ...rest } = bare;
    const own = chat.self === undefined ? undefined : party(chat.network, chat.self);
    const reader = this.#message.row.is_from_me === 1 ? chat.peer : own;
    const repairs: Repair[] = (bare.provenance.repairs ?? []).filter(({ code }) => code !== 'sender-absent');
    if (reader === undefined) repairs.push({ code: 'sender-absent' });
    const { repairs: _repairs, ...from } = bare.provenance;
    return {
      type: 'event',
      event: {
        ...rest,
        id: idOf(changeKey('read', guid, reader?.address ?? '', '', at.instant)),
        kind: 'read',
        at,
        ...(reader !== undefined && { sender: reader }),
        provenance: { ...from, ...(repairs.length > 0 && { repairs }) },
      },
    };
  }

  #draft(chat: Chat, at: Moment, place: Place): { common: Common; holdings?: readonly Holding[] } {
    const { row, part, files } = this.#message;
    const repairs: Repair[] = [];
    const sender = this.#sender(chat);
    if (sender === undefined) repairs.push({ code: 'sender-absent' });
    const rest = otherColumns(row, sender === undefined ? PLACED : PLACED_WITH_SENDER);
    const plain = textColumn(row, 'text');
    const rich = typedText(row.attributedBody);
    const first = this.#history.versions[0];
    const edited = this.#history.versions.filter((each) => each.part === first?.part).length > 1;
    // An edited message shows its last text; what was sent is the first state.
    const text =
      edited && first !== undefined ? first.text : (plain ?? rich ?? salvagedText(row.attributedBody));
    const differs = !edited && plain !== undefined && rich !== undefined && plain !== rich;
    if (differs) repairs.push({ code: 'text-differs', what: 'attributedBody' });
    if (row.attributedBody !== null && row.attributedBody !== undefined && rich === undefined)
      repairs.push({ code: 'rich-text-unreadable', what: 'attributedBody' });
    const extra = { ...rest, ...(differs && { attributedBody: rich }) };
    const { attachments, holdings } = sharing(files);
    return {
      common: {
        network: chat.network,
        conversation: chat.conversation,
        ...(sender !== undefined && { sender }),
        ...recipients(chat, row.is_from_me === 1),
        at,
        // A text that only marks the places of its attachments says nothing.
        ...(text !== undefined && text.replaceAll('\ufffc', '').trim() !== '' && { text }),
        ...(attachments !== undefined && { attachments }),
        provenance: provenance(place, { part, ...chat.whose, repairs }),
        ...(Object.keys(extra).length > 0 && { extra }),
      },
      ...(holdings !== undefined && { holdings }),
    };
  }

  #sender(chat: Chat): Party | undefined {
    const { row } = this.#message;
    if (row.is_from_me === 1) return chat.self === undefined ? undefined : party(chat.network, chat.self);
    const handle = this.#directory.handle(numberColumn(row, 'handle_id'));
    return handle === undefined ? chat.peer : party(chat.network, handle);
  }
}

/** In a direct chat the other side is the one addressed. */
function recipients(chat: Chat, sent: boolean): { recipients?: readonly Recipient[] } {
  const { self, peer, conversation, network } = chat;
  if (conversation.kind !== 'direct') return {};
  const other = sent ? peer : self === undefined ? undefined : party(network, self);
  return other === undefined ? {} : { recipients: [{ ...other, role: 'to' }] };
}

/** 2000 and on: a reaction; 3000 and on: the same taken back. */
const TAPBACKS: readonly string[] = ['❤️', '👍', '👎', '😂', '‼️', '❓'];

function eventOf(
  row: SqliteRow,
  event: Common & { readonly id: string },
  directory: Directory,
  chat: Chat,
  idOf: (key: EventKey) => string,
): Event {
  const type = numberColumn(row, 'associated_message_type') ?? 0;
  // `p:0/GUID` is a part of a message, `bp:GUID` a card.
  const associated = textColumn(row, 'associated_message_guid')?.replace(/^(?:p:\d+\/|bp:)/u, '');
  if (associated !== undefined && type >= 2000 && type < 4000) {
    const emoji =
      TAPBACKS[type % 1000] ??
      textColumn(row, 'associated_message_emoji') ??
      (type % 1000 === 7 ? 'sticker' : String(type));
    return {
      ...event,
      kind: 'reaction',
      target: idOf(associated),
      payload: { emoji, change: type < 3000 ? 'added' : 'removed' },
    };
  }
  const other = directory.handle(numberColumn(row, 'other_handle'));
  switch (row.item_type) {
    case 1: {
      const kind = row.group_action_type === 1 ? 'leave' : 'join';
      if (other === undefined) return { ...event, kind, payload: { basis: 'stated' } };
      const actor = event.sender;
      return {
        ...event,
        kind,
        sender: party(chat.network, other),
        ...(actor !== undefined && { actor }),
        payload: { basis: 'stated' },
      };
    }
    case 2:
      return {
        ...event,
        kind: 'topic',
        text: textColumn(row, 'group_title') ?? '',
        payload: { what: 'name' },
      };
    case 3:
      return row.group_action_type === 0 || row.group_action_type === null
        ? { ...event, kind: 'leave', payload: { basis: 'stated' } }
        : { ...event, kind: 'notice', payload: { type: `group photo (${row.group_action_type})` } };
    case 4:
      return { ...event, kind: 'notice', payload: { type: 'location sharing' } };
    case 5:
      return { ...event, kind: 'notice', payload: { type: 'audio kept' } };
    case 6:
      return { ...event, kind: 'call', payload: { phase: 'started' } };
    default: {
      const answered = textColumn(row, 'thread_originator_guid') ?? (type === 1000 ? associated : undefined);
      const payload = {
        ...(answered !== undefined && { replyTo: idOf(answered) }),
        ...(row.is_auto_reply === 1 && { automatic: true }),
      };
      return { ...event, kind: 'message', ...(Object.keys(payload).length > 0 && { payload }) };
    }
  }
}
