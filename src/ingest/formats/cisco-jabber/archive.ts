/**
 * Rows of the message archiver and of text conferencing (Jabber XCP, Cisco IM and Presence). Columns: Cisco's “Database
 * Setup for IM and Presence”, and public migrators (which say that `body_string` is empty for long bodies).
 */
import { hash } from 'node:crypto';
import type { Json, Moment, Repair } from '../../../core/event.ts';
import type { Outcome } from '../../format.ts';
import { LogClock } from '../../reading/log-clock.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import type { TableReader } from '../../reading/table-frames.ts';
import { TableTimes } from '../../reading/table-time.ts';
import type { Row, Tables } from '../../reading/tables.ts';
import type { FileSettings } from '../../rules.ts';
import { contactOutcome, extraOf } from '../xmpp/contact.ts';
import { bare, NETWORK, occupant, person } from '../xmpp/people.ts';
import { messageOf, stanzaIn, withAttributes } from '../xmpp/row.ts';
import { StanzaReader } from '../xmpp/stanza.ts';

export const TABLES: Tables['columns'] = {
  jm: 'to_jid from_jid sent_date subject thread_id msg_type direction body_len message_len body_string message_string body_text message_text history_flag'.split(
    ' ',
  ),
  tc_msgarchive:
    'msg_id to_jid from_jid nick_jid sent_date msg_type body_len message_len body_string message_string body_text message_text subject'.split(
      ' ',
    ),
  tc_rooms: 'room_jid creator_jid subject type config spacket start_msg_id next_msg_id'.split(' '),
  tc_users: 'room_jid real_jid role affiliation nick_jid reason initiator_jid'.split(' '),
  tc_messages: 'room_jid msg_id msg'.split(' '),
  tc_timelog: 'real_jid nick_jid direction date_time'.split(' '),
  aft_log:
    'aft_index jid to_jid method filename real_filename file_type chat_type file_server file_path file_size bytes_transferred timestampvalue'.split(
      ' ',
    ),
};

/** Copies that are remembered; past that both copies are read. */
const MAX_COPIES = 1_500_000;
const SECOND = 1000;
const TIMES = ['sent_date', 'date_time', 'datetime', 'timestampvalue'];

export class ArchiveReader implements TableReader {
  readonly tables: Tables = {
    columns: TABLES,
    tableOf: (columns) =>
      columns.has('direction') && columns.has('body_string')
        ? 'jm'
        : columns.has('body_string') && columns.has('to_jid')
          ? 'tc_msgarchive'
          : columns.has('real_filename')
            ? 'aft_log'
            : columns.has('affiliation') && columns.has('room_jid')
              ? 'tc_users'
              : columns.has('creator_jid')
                ? 'tc_rooms'
                : columns.has('real_jid') && columns.has('nick_jid') && columns.has('direction')
                  ? 'tc_timelog'
                  : undefined,
  };
  readonly #stanzas = new StanzaReader();
  readonly #scribe = new Scribe();
  /** Recipients' copies: what was said between whom in which second. */
  readonly #received = new Set<number>();
  readonly #times = new TableTimes();

  learn(row: Row): void {
    for (const column of TIMES) this.#times.see(row.value(column));
    if (row.table !== 'jm' || row.value('direction')?.toUpperCase() !== 'I') return;
    const second = this.#secondOf(row);
    if (second !== undefined && this.#received.size < MAX_COPIES) this.#received.add(copyKey(row, second));
  }

  read(row: Row, place: Place, part: string | undefined): readonly Outcome[] | undefined {
    const { repairs } = row;
    switch (row.table) {
      case 'jm':
        if (this.#hasOtherCopy(row)) return [{ type: 'excluded', reason: 'other-copy' }];
        return this.#message(row, place, part, repairs, undefined);
      case 'tc_msgarchive': {
        const room = row.value('to_jid');
        if (room === undefined) return [{ type: 'reject', code: 'conversation-unknown', detail: 'to_jid' }];
        return this.#message(row, place, part, repairs, room);
      }
      case 'tc_users': {
        const [room, contact] = [row.value('room_jid'), row.value('real_jid')];
        if (room === undefined || contact === undefined)
          return [{ type: 'reject', code: 'field-missing', detail: 'room_jid or real_jid' }];
        const extra = extraOf(row.value, 'role', 'affiliation', 'nick_jid', 'reason', 'initiator_jid');
        return [contactOutcome(this.#scribe, place, { owner: room, contact, room, part, repairs, extra })];
      }
      case 'tc_timelog':
        return [this.#coming(row, place, part, repairs)];
      case 'aft_log':
        return [this.#file(row, place, part, repairs)];
      case 'tc_rooms':
        return [{ type: 'excluded', reason: 'directory-file' }];
      case 'tc_messages':
        return [{ type: 'excluded', reason: 'bookkeeping' }];
      default:
        return undefined;
    }
  }

  /** The sender's copy (`O`) of what stands as the recipient's (`I`) in the same second or the two after it. */
  #hasOtherCopy(row: Row): boolean {
    if (row.value('direction')?.toUpperCase() !== 'O') return false;
    const second = this.#secondOf(row);
    if (second === undefined) return false;
    return [0, 1, 2, -1].some((step) => this.#received.has(copyKey(row, second + step)));
  }

  #message(
    row: Row,
    place: Place,
    part: string | undefined,
    repairs: Repair[],
    room: string | undefined,
  ): readonly Outcome[] {
    const at = this.#at(row.value('sent_date'), place.file.settings, repairs);
    if (typeof at === 'string') return [{ type: 'reject', code: at, detail: 'sent_date' }];
    const [from, target, nick] = [row.value('from_jid'), row.value('to_jid'), row.value('nick_jid')];
    const body = textIn(row, 'body_text', 'body_string');
    const source = textIn(row, 'message_text', 'message_string');
    const kept = stanzaIn(source, repairs);
    const subject = row.value('subject');
    const type =
      TYPES[row.value('msg_type')?.toLowerCase() ?? ''] ?? (room === undefined ? 'chat' : 'groupchat');
    const own = row.value('msg_id');
    const id = room === undefined || own === undefined ? undefined : `tc ${own}`;
    const hasBody = kept?.children.some(({ name }) => name === 'body') ?? false;
    const node =
      kept === undefined || (!hasBody && body !== undefined)
        ? messageOf(
            { from: room === undefined ? from : (nick ?? from), to: target, type, id },
            { subject: body === undefined ? subject : undefined, body },
          )
        : withAttributes(kept, { type, ...(id !== undefined && { id }) });
    const copy = row.value('direction')?.toUpperCase();
    return this.#stanzas.read(node, {
      place,
      part,
      at,
      from: nick ?? from,
      to: target,
      room,
      account: room === undefined ? undefined : from,
      owner: copy === 'O' ? from : copy === 'I' ? target : undefined,
      repairs,
      source,
      extra: extraOf(row.value, 'direction', 'thread_id', 'history_flag'),
    });
  }

  /** A time of the database: in the zone that it states, else that of the settings, else UTC, which is marked. */
  #at(
    text: string | undefined,
    settings: FileSettings,
    repairs: Repair[],
  ): Moment | 'time-missing' | 'time-invalid' {
    if (text === undefined) return 'time-missing';
    const found = this.#times.read(text, settings.dateOrder, repairs);
    if (found === undefined) return 'time-invalid';
    const { wall, offset, precision } = found;
    const clock = new LogClock(
      settings,
      offset === undefined ? undefined : { zone: /^z$/iu.test(offset) ? '+00:00' : offset, source: 'stated' },
    );
    return clock.moment(wall, precision, repairs) ?? 'time-invalid';
  }

  #secondOf(row: Row): number | undefined {
    const found = this.#times.read(row.value('sent_date') ?? '', undefined, []);
    return found === undefined ? undefined : Math.floor(found.wall / SECOND);
  }

  #coming(row: Row, place: Place, part: string | undefined, repairs: Repair[]): Outcome {
    // Versions call the column of the time differently.
    const column = row.columns.find((name) => /date|time/u.test(name));
    const at = this.#at(column === undefined ? undefined : row.value(column), place.file.settings, repairs);
    if (typeof at === 'string') return { type: 'reject', code: at, detail: 'date_time' };
    const [nick, real] = [row.value('nick_jid'), row.value('real_jid')];
    const sender = occupant(nick ?? '', real);
    if (nick === undefined || sender === undefined)
      return { type: 'reject', code: 'field-missing', detail: 'nick_jid' };
    const kind = /^[e1]/iu.test(row.value('direction') ?? '') ? 'join' : 'leave';
    return {
      type: 'event',
      event: {
        ...this.#scribe.write(place, {
          network: NETWORK,
          conversation: { id: bare(nick), kind: 'room' },
          at,
          sender,
          key: [kind, sender.address, at.instant],
          repairs,
          part,
        }),
        kind,
        payload: { basis: 'stated' },
      },
    };
  }

  /** A file that was put to the server (POST) or taken from it (GET). */
  #file(row: Row, place: Place, part: string | undefined, repairs: Repair[]): Outcome {
    const at = this.#at(row.value('timestampvalue'), place.file.settings, repairs);
    if (typeof at === 'string') return { type: 'reject', code: at, detail: 'timestampvalue' };
    const [who, target] = [row.value('jid'), row.value('to_jid')];
    if (who === undefined) return { type: 'reject', code: 'field-missing', detail: 'jid' };
    const sender = person(who);
    const recipient = target === undefined ? undefined : person(target);
    const inRoom = /group|room|persistent/iu.test(row.value('chat_type') ?? '');
    const size = row.value('file_size');
    const name = row.value('real_filename') ?? row.value('filename');
    const method = row.value('method')?.toUpperCase();
    const extra: { [key: string]: Json } = extraOf(
      row.value,
      'method',
      'file_type',
      'chat_type',
      'file_server',
      'bytes_transferred',
    );
    return {
      type: 'event',
      event: {
        ...this.#scribe.write(place, {
          network: NETWORK,
          conversation:
            inRoom && recipient !== undefined
              ? { id: recipient.address, kind: 'room' }
              : direct(sender.address, recipient?.address),
          at,
          sender,
          recipients: inRoom ? undefined : to(recipient),
          key: row.value('aft_index') === undefined ? undefined : `aft ${row.value('aft_index')}`,
          attachments: [
            {
              ...(name !== undefined && { name: name.toWellFormed() }),
              ...(size !== undefined && /^\d{1,15}$/u.test(size) && { size: Number(size) }),
              ...(row.value('filename') !== undefined && {
                reference: `${row.value('file_path') ?? ''}${row.value('filename')}`.toWellFormed(),
              }),
              state: 'referenced',
            },
          ],
          repairs,
          part,
          extra,
        }),
        kind: 'file',
        payload: {
          phase: method === 'POST' ? 'offered' : 'completed',
          ...(method !== undefined && { status: method.toWellFormed() }),
        },
      },
    };
  }
}

const TYPES: Readonly<Record<string, string>> = {
  c: 'chat',
  g: 'groupchat',
  n: 'normal',
  h: 'headline',
  e: 'error',
};

/** The first of these columns that holds something. */
function textIn(row: Row, ...columns: readonly string[]): string | undefined {
  for (const column of columns) {
    const value = row.value(column);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** 48 bits of a hash over who, whom, what and when: small enough to keep a million and a half. */
function copyKey(row: Row, second: number): number {
  const said = textIn(row, 'body_text', 'body_string') ?? '';
  const ends = [row.value('from_jid'), row.value('to_jid')].map((jid) =>
    jid === undefined ? '' : bare(jid),
  );
  return hash('sha256', JSON.stringify([...ends, said, second]), 'buffer').readUIntBE(0, 6);
}
