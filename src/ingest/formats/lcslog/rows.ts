/**
 * Rows of the archiving database of LCS 2005, OCS 2007, Lync and Skype for Business (LcsLog). Tables and columns:
 * Microsoft's “Archiving Server database schema” (dd572568) and public reporting queries; every time is UTC.
 */
import type { Attachment, Json, Moment, Party, Recipient, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import { epochMoment } from '../../reading/log-clock.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe } from '../../reading/scribe.ts';
import type { TableReader } from '../../reading/table-frames.ts';
import { type TableTime, TableTimes } from '../../reading/table-time.ts';
import type { Row, Tables } from '../../reading/tables.ts';
import { instantOf, offsetMinutes } from '../../reading/time.ts';
import { extraOf } from '../xmpp/contact.ts';
import { bodyOf } from './body.ts';
import { ALIASES, JOINED, TABLES, tableOf } from './columns.ts';
import { type Invitation, invitationIn, isSip, sipMessage } from './sip.ts';

const MAX_NAMES = 2_000_000;

export class LogReader implements TableReader {
  readonly tables: Tables = {
    columns: TABLES,
    tableOf,
  };
  readonly #scribe = new Scribe();
  readonly #users = new Map<string, string>();
  readonly #types = new Map<string, string>();
  readonly #conferences = new Map<string, string>();
  readonly #recipients = new Map<string, string[]>();
  readonly #times = new TableTimes();

  learn(row: Row): void {
    const { value } = row;
    this.#times.see(firstOf(row, ALIASES.time));
    if (row.table === 'users') set(this.#users, value('userid'), value('useruri'));
    else if (row.table === 'contenttypes') set(this.#types, value('contenttypeid'), value('contenttype'));
    else if (row.table === 'conferences') set(this.#conferences, sessionOf(row), value('conferenceuri'));
    else if (row.table === 'conferencemessagerecipientlist') {
      const [message, user] = [value('messageid'), value('userid')];
      if (message === undefined || user === undefined || this.#recipients.size >= MAX_NAMES) return;
      const list = this.#recipients.get(message) ?? [];
      this.#recipients.set(message, list);
      list.push(user);
    }
  }

  read(row: Row, place: Place, part: string | undefined): readonly Outcome[] | undefined {
    switch (row.table) {
      case 'messages':
        return row.columns.includes('messageidtime')
          ? [this.#message(row, place, part, row.value('messageidtime'), 'messageidtime')]
          : undefined;
      case 'conferencemessages':
        return [this.#message(row, place, part, row.value('date'), 'date')];
      case JOINED:
        return [this.#joined(row, place, part)];
      case 'messages0':
      case 'messages1':
        return [this.#sip(row, place, part)];
      case 'users':
      case 'contenttypes':
      case 'conferencemessagerecipientlist':
        return [{ type: 'excluded', reason: 'directory-file' }];
      case 'conferences':
        return this.#conference(row, place, part);
      default:
        return undefined;
    }
  }

  #message(
    row: Row,
    place: Place,
    part: string | undefined,
    time: string | undefined,
    column: string,
  ): Outcome {
    const { repairs } = row;
    const at = this.#utc(time, place, repairs);
    if (typeof at === 'string') return { type: 'reject', code: at, detail: column };
    const network = networkOf(place);
    const isConference = row.table === 'conferencemessages';
    const sender = this.#person(network, row.value('fromid'));
    const recipients = isConference
      ? (this.#recipients.get(row.value('messageid') ?? '') ?? []).map((id) => this.#person(network, id))
      : [this.#person(network, row.value('toid'))];
    const known = recipients.filter((each) => each !== undefined);
    const session = sessionOf(row);
    const uri = isConference && session !== undefined ? this.#conferences.get(session) : undefined;
    if (isConference && uri === undefined && session === undefined)
      return { type: 'reject', code: 'conversation-unknown', detail: 'sessionidtime' };
    if (!isConference && sender === undefined && known.length === 0)
      return { type: 'reject', code: 'conversation-unknown', detail: 'fromid and toid' };
    const type = this.#types.get(row.value('contenttypeid') ?? '');
    const extra: { [key: string]: Json } = extraOf(row.value, 'context', 'contextnote', 'toast');
    if (session !== undefined) extra.session = session;
    const key = isConference
      ? `conference ${row.value('messageid') ?? ''}`
      : `${at.instant} ${row.value('messageidseq') ?? ''}`;
    return this.#said({
      place,
      part,
      at,
      network,
      sender,
      recipients: known,
      conference: isConference ? (uri ?? `conference ${session}`) : undefined,
      type,
      body: row.value('body'),
      key,
      repairs,
      extra,
    });
  }

  /** A row of a query that joined messages with those who wrote them. */
  #joined(row: Row, place: Place, part: string | undefined): Outcome {
    const { repairs } = row;
    const first = (names: readonly string[]): string | undefined => firstOf(row, names);
    const at = this.#utc(first(ALIASES.time), place, repairs);
    if (typeof at === 'string') return { type: 'reject', code: at, detail: 'time' };
    const network = networkOf(place);
    const [from, to] = [first(ALIASES.from), first(ALIASES.to)];
    if (from === undefined && to === undefined)
      return { type: 'reject', code: 'conversation-unknown', detail: 'from and to' };
    const session = sessionOf(row);
    const extra: { [key: string]: Json } = extraOf(row.value, 'type', 'toast', 'contextnote');
    if (session !== undefined) extra.session = session;
    return this.#said({
      place,
      part,
      at,
      network,
      sender: from === undefined ? undefined : uriParty(network, from),
      recipients: to === undefined ? [] : to.split(';').map((each) => uriParty(network, each)),
      conference: first(ALIASES.conference),
      type: first(ALIASES.contentType),
      body: first(ALIASES.body),
      repairs,
      extra,
    });
  }

  /** A row of LCS 2003: a SIP request in one of its columns, and the time at which it was logged in another. */
  #sip(row: Row, place: Place, part: string | undefined): Outcome {
    const { repairs } = row;
    const values = row.columns.map((name) => row.value(name));
    const source = values.find((value) => value !== undefined && isSip(value));
    if (source === undefined) return { type: 'reject', code: 'field-missing', detail: 'SIP MESSAGE' };
    const sip = sipMessage(source);
    const logged = values.find(
      (value) => value !== undefined && value !== source && this.#read(value, place, []) !== undefined,
    );
    const header = sip.date === undefined ? Number.NaN : Date.parse(sip.date);
    const at =
      logged === undefined && Number.isFinite(header)
        ? (epochMoment(header) ?? 'time-invalid')
        : this.#utc(logged, place, repairs);
    if (typeof at === 'string') return { type: 'reject', code: at, detail: 'time of the row or of SIP' };
    const network = networkOf(place);
    if (sip.from === undefined && sip.to === undefined)
      return { type: 'reject', code: 'conversation-unknown', detail: 'From and To' };
    return this.#said({
      place,
      part,
      at,
      network,
      sender: sip.from === undefined ? undefined : uriParty(network, sip.from),
      recipients: sip.to === undefined ? [] : [uriParty(network, sip.to)],
      conference: undefined,
      type: sip.contentType,
      body: sip.body,
      key: sip.callId === undefined ? undefined : `${sip.callId} ${sip.sequence ?? ''}`.trim().toWellFormed(),
      repairs,
      extra: {},
    });
  }

  #said(given: {
    readonly place: Place;
    readonly part: string | undefined;
    readonly at: Moment;
    readonly network: string;
    readonly sender: Party | undefined;
    readonly recipients: readonly Party[];
    readonly conference: string | undefined;
    readonly type: string | undefined;
    readonly body: string | undefined;
    readonly key?: string | undefined;
    readonly repairs: Repair[];
    readonly extra: { [key: string]: Json };
  }): Outcome {
    const { place, part, at, network, sender, recipients, conference, type, body, key, repairs, extra } =
      given;
    const invitation = invitationIn(body ?? '', type);
    const isPlain = type === undefined || /^text\/plain\b/iu.test(type);
    const written = this.#scribe.write(place, {
      network,
      conversation:
        conference === undefined
          ? direct(sender?.address, ...recipients.map(({ address }) => address))
          : { id: conference.toWellFormed(), kind: 'group' },
      at,
      sender,
      recipients: recipients.map((each): Recipient => ({ ...each, role: 'to' })),
      ...bodyOf(body, type, repairs),
      attachments: attachmentsOf(invitation),
      key,
      facts: place.file.settings.network === undefined ? {} : { network: 'setting' },
      repairs,
      part,
      extra: isPlain ? extra : { contentType: type.toWellFormed(), ...extra },
    });
    if (invitation === undefined) return { type: 'event', event: { ...written, kind: 'message' } };
    const { application, command = '', file } = invitation;
    return file === undefined
      ? {
          type: 'event',
          event: { ...written, kind: 'notice', payload: { type: application ?? 'invitation' } },
        }
      : {
          type: 'event',
          event: {
            ...written,
            kind: 'file',
            payload: { phase: /^cancel/iu.test(command) ? 'failed' : 'offered', status: command },
          },
        };
  }

  /** Every time of LcsLog is UTC. */
  #utc(text: string | undefined, place: Place, repairs: Repair[]): Moment | 'time-missing' | 'time-invalid' {
    if (text === undefined) return 'time-missing';
    const found = this.#read(text, place, repairs);
    const apart = found?.offset === undefined ? 0 : (offsetMinutes(found.offset) ?? 0);
    const instant = found === undefined ? undefined : instantOf(found.wall - apart * 60_000);
    if (found === undefined || instant === undefined) return 'time-invalid';
    const wall = instant.slice(0, 19);
    return { instant, wall, zone: '+00:00', zoneSource: 'stated', precision: found.precision };
  }

  #read(text: string, place: Place, repairs: Repair[]): TableTime | undefined {
    return this.#times.read(text, place.file.settings.dateOrder, repairs);
  }

  /** A conference begins and ends. */
  #conference(row: Row, place: Place, part: string | undefined): readonly Outcome[] {
    const uri = row.value('conferenceuri')?.toWellFormed();
    const start = this.#utc(row.value('conferencestarttime'), place, row.repairs);
    if (uri === undefined || typeof start === 'string')
      return [{ type: 'excluded', reason: 'directory-file' }];
    const end = this.#utc(row.value('conferenceendtime'), place, row.repairs);
    const times = [
      ['started', start],
      ...(typeof end === 'string' ? [] : [['ended', end] as const]),
    ] as const;
    return times.map(
      ([phase, at], i): Outcome => ({
        type: 'event',
        event: {
          ...this.#scribe.write(place, {
            network: networkOf(place),
            conversation: { id: uri, kind: 'group' },
            at,
            key: ['call', phase, at.instant],
            repairs: row.repairs,
            part: i === 0 ? part : `${part === undefined ? '' : `${part}/`}ended`,
          }),
          kind: 'call',
          payload: { phase },
        },
      }),
    );
  }

  /** A user by number: his SIP address, or the number itself where the table of users is missing. */
  #person(network: string, id: string | undefined): Party | undefined {
    if (id === undefined) return undefined;
    const uri = this.#users.get(id);
    return uri === undefined ? { address: normaliseAddress(network, `user ${id}`) } : uriParty(network, uri);
  }
}

/** What a row has under one of several names. */
function firstOf(row: Row, names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = row.value(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

const uriParty = (network: string, uri: string): Party => party(network, uri.trim().replace(/^sips?:/iu, ''));

/** The file that an invitation offers. */
function attachmentsOf(invitation: Invitation | undefined): readonly Attachment[] | undefined {
  if (invitation?.file === undefined) return undefined;
  const { file, size } = invitation;
  return [{ name: file, ...(size !== undefined && { size }), state: 'referenced' }];
}

function set(map: Map<string, string>, key: string | undefined, value: string | undefined): void {
  if (key !== undefined && value !== undefined && map.size < MAX_NAMES) map.set(key, value.trim());
}

/** Reuters Messaging and others ran on the same server: whoever ingests says so. */
const networkOf = (place: Place): string => place.file.settings.network ?? 'skype-for-business';

const sessionOf = (row: Row): string | undefined => {
  const time = row.value('sessionidtime');
  return time === undefined ? undefined : `${time} ${row.value('sessionidseq') ?? ''}`.trim();
};
