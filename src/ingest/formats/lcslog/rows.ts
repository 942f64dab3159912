/**
 * Rows of the archiving database of LCS 2005, OCS 2007, Lync and Skype for Business (LcsLog). Tables and columns:
 * Microsoft's “Archiving Server database schema” (dd572568) and public reporting queries; every time is UTC.
 */
import type { Json, Markup, Moment, Party, Recipient, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome } from '../../format.ts';
import { htmlText } from '../../reading/html.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { isRtf, rtfText } from '../../reading/rtf.ts';
import { direct, Scribe } from '../../reading/scribe.ts';
import type { TableReader } from '../../reading/table-frames.ts';
import type { Row, Tables } from '../../reading/tables.ts';
import { instantOf, parseTimestamp } from '../../reading/time.ts';
import { extraOf } from '../xmpp/contact.ts';

export const TABLES: Tables['columns'] = {
  messages: 'sessionidtime sessionidseq messageidtime messageidseq fromid toid contenttypeid body'.split(' '),
  users: 'userid useruri'.split(' '),
  contenttypes: 'contenttypeid contenttype'.split(' '),
  conferences: 'sessionidtime sessionidseq conferenceuri conferencestarttime conferenceendtime'.split(' '),
  conferencemessages: 'messageid sessionidtime sessionidseq date fromid contenttypeid body'.split(' '),
  conferencemessagerecipientlist: 'messageid userid'.split(' '),
  sessiondetails: [],
  filetransfers: 'sessionidtime sessionidseq filename cookie accepted'.split(' '),
};

const MAX_NAMES = 2_000_000;

export class LogReader implements TableReader {
  readonly tables: Tables = {
    columns: TABLES,
    tableOf: (columns) =>
      columns.has('messageidtime')
        ? 'messages'
        : columns.has('useruri')
          ? 'users'
          : columns.has('conferenceuri')
            ? 'conferences'
            : columns.has('fromid') && columns.has('messageid')
              ? 'conferencemessages'
              : columns.has('contenttype') && columns.size === 2
                ? 'contenttypes'
                : columns.has('messageid') && columns.has('userid')
                  ? 'conferencemessagerecipientlist'
                  : undefined,
  };
  readonly #scribe = new Scribe();
  readonly #users = new Map<string, string>();
  readonly #types = new Map<string, string>();
  readonly #conferences = new Map<string, string>();
  readonly #recipients = new Map<string, string[]>();

  learn(row: Row): void {
    const { value } = row;
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
    const at = utc(time);
    if (at === undefined)
      return { type: 'reject', code: time === undefined ? 'time-missing' : 'time-invalid', detail: column };
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
    const said = bodyOf(row.value('body'), type, repairs);
    const extra: { [key: string]: Json } = extraOf(row.value, 'context', 'toast');
    if (type !== undefined && type !== 'text/plain') extra.contentType = type.toWellFormed();
    if (session !== undefined) extra.session = session;
    const key = isConference
      ? `conference ${row.value('messageid') ?? ''}`
      : `${at.instant} ${row.value('messageidseq') ?? ''}`;
    const written = this.#scribe.write(place, {
      network,
      conversation: isConference
        ? { id: (uri ?? `conference ${session}`).toWellFormed(), kind: 'group' }
        : direct(sender?.address, ...known.map(({ address }) => address)),
      at,
      sender,
      recipients: known.map((each): Recipient => ({ ...each, role: 'to' })),
      ...said,
      key,
      facts: place.file.settings.network === undefined ? {} : { network: 'setting' },
      repairs,
      part,
      extra,
    });
    return { type: 'event', event: { ...written, kind: 'message' } };
  }

  /** A conference begins and ends. */
  #conference(row: Row, place: Place, part: string | undefined): readonly Outcome[] {
    const uri = row.value('conferenceuri')?.toWellFormed();
    const start = utc(row.value('conferencestarttime'));
    if (uri === undefined || start === undefined) return [{ type: 'excluded', reason: 'directory-file' }];
    const end = utc(row.value('conferenceendtime'));
    const times = [['started', start], ...(end === undefined ? [] : [['ended', end] as const])] as const;
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
    return uri === undefined
      ? { address: normaliseAddress(network, `user ${id}`) }
      : party(network, uri.replace(/^sips?:/iu, ''));
  }
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

/** `2008-06-04 20:15:40.953`, or `Jun  4 2008  8:15PM` as SQL Server's CAST to text writes it. */
function utc(text: string | undefined): Moment | undefined {
  if (text === undefined) return undefined;
  const found = parseTimestamp(text.trim());
  const instant = found === undefined ? undefined : instantOf(found.wall);
  if (found === undefined || instant === undefined) return undefined;
  return {
    instant,
    wall: instant.slice(0, 19),
    zone: '+00:00',
    zoneSource: 'stated',
    precision: found.precision,
  };
}

function bodyOf(
  body: string | undefined,
  type: string | undefined,
  repairs: Repair[],
): { text?: string | undefined; markup?: Markup } {
  if (body === undefined) return {};
  const source = body.toWellFormed();
  if (isRtf(source)) return { text: rtfText(source), markup: { type: 'rtf', source } };
  const isHtml = /html/iu.test(type ?? '') || /^\s*<(?:html|div|span|p|font)\b/iu.test(source);
  if (isHtml) return { text: htmlText(source, repairs).trim(), markup: { type: 'html', source } };
  return { text: source };
}
