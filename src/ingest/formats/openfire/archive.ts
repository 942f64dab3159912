/** Rows of Openfire's database: the monitoring plugin's archive, room logs, contacts, presence, offline messages. */
import type { Repair } from '../../../core/event.ts';
import type { Outcome, Source } from '../../format.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe } from '../../reading/scribe.ts';
import type { TableReader } from '../../reading/table-frames.ts';
import type { Row, Tables } from '../../reading/tables.ts';
import { contactOutcome, extraOf } from '../xmpp/contact.ts';
import { bare, NETWORK, occupant, person } from '../xmpp/people.ts';
import { epochOf, jid, messageOf, stanzaIn, withAttributes, withBody } from '../xmpp/row.ts';
import { StanzaReader } from '../xmpp/stanza.ts';

/** Tables that are read; columns as the published schemas have them. */
export const TABLES: Tables['columns'] = {
  ofmessagearchive:
    'messageid conversationid fromjid fromjidresource tojid tojidresource sentdate stanza body ispmforjid'.split(
      ' ',
    ),
  ofconversation: 'conversationid roomid room isexternal startdate lastactivity messagecount'.split(' '),
  ofconparticipant: 'conversationid joineddate leftdate barejid jidresource nickname'.split(' '),
  ofmucconversationlog: 'roomid messageid sender nickname logtime subject body stanza'.split(' '),
  ofmucroom: [],
  ofmucservice: 'serviceid subdomain description ishidden'.split(' '),
  ofroster: 'rosterid username jid sub ask recv nick'.split(' '),
  ofoffline: 'username messageid creationdate messagesize stanza'.split(' '),
  ofpresence: 'username offlinepresence offlinedate'.split(' '),
  ofproperty: 'name propvalue'.split(' '),
};

const MAX_ROOMS = 500_000;

export class ArchiveReader implements TableReader {
  readonly tables: Tables = {
    columns: TABLES,
    tableOf: (columns) =>
      Object.entries(TABLES).find(
        ([, names]) => names.length > 2 && names.slice(1, 4).every((name) => columns.has(name)),
      )?.[0],
  };
  readonly #stanzas = new StanzaReader();
  readonly #scribe = new Scribe();
  /** conversationID → room; only of conversations in rooms. */
  readonly #rooms = new Map<string, string>();
  /** roomID → JID of the room, or its name until the service is known. */
  readonly #muc = new Map<string, { name: string; service: string | undefined }>();
  readonly #services = new Map<string, string>();
  readonly #seen = new Map<string, string>();
  #domain: string | undefined;
  #stated = 0;
  #found = 0;

  learn(row: Row): void {
    const id = row.value('roomid');
    if (row.table === 'ofconversation') {
      const room = row.value('room');
      const conversation = row.value('conversationid');
      if (conversation !== undefined && room !== undefined && room !== '' && this.#rooms.size < MAX_ROOMS)
        this.#rooms.set(conversation, room);
      this.#stated += Number(row.value('messagecount') ?? 0) || 0;
    } else if (row.table === 'ofmessagearchive') this.#found++;
    else if (row.table === 'ofmucroom') {
      const name = row.value('name');
      if (id !== undefined && name !== undefined)
        this.#muc.set(id, { name, service: row.value('serviceid') });
    } else if (row.table === 'ofmucservice') {
      const [service, subdomain] = [row.value('serviceid'), row.value('subdomain')];
      if (service !== undefined && subdomain !== undefined) this.#services.set(service, subdomain);
    } else if (row.table === 'ofproperty' && row.value('name') === 'xmpp.domain')
      this.#domain = row.value('propvalue')?.trim();
    else if (row.table === 'ofmucconversationlog' && id !== undefined && !this.#seen.has(id)) {
      const from = /\bfrom\s*=\s*["']([^"'/\s]{1,512}@[^"'/\s]{1,512})\//u.exec(
        row.value('stanza') ?? '',
      )?.[1];
      if (from !== undefined && this.#seen.size < MAX_ROOMS) this.#seen.set(id, from);
    }
  }

  /** Says how many messages the conversations count, beside how many there are. */
  state(source: Source): void {
    if (this.#stated > 0)
      source.state({ what: 'messages in all conversations', stated: this.#stated, found: this.#found });
  }

  read(row: Row, place: Place, part: string | undefined): readonly Outcome[] | undefined {
    const { repairs } = row;
    switch (row.table) {
      case 'ofmessagearchive':
        return this.#archived(row, place, part, repairs);
      case 'ofmucconversationlog':
        return this.#inRoom(row, place, part, repairs);
      case 'ofconparticipant':
        return this.#participant(row, place, part, repairs);
      case 'ofoffline': {
        const stanza = stanzaIn(row.value('stanza'), repairs);
        const owner = this.#account(row.value('username'));
        if (stanza === undefined) return [{ type: 'reject', code: 'field-invalid', detail: 'stanza' }];
        return this.#stanzas.read(stanza, {
          place,
          part,
          at: epochOf(row.value('creationdate'), 'ms'),
          owner,
          to: owner,
          repairs,
        });
      }
      case 'ofroster': {
        const [username, contact] = [this.#account(row.value('username')), row.value('jid')];
        if (username === undefined || contact === undefined)
          return [{ type: 'reject', code: 'field-missing', detail: 'username or jid' }];
        const extra = extraOf(row.value, 'sub', 'ask', 'recv');
        const name = row.value('nick');
        return [
          contactOutcome(this.#scribe, place, { owner: username, contact, name, part, repairs, extra }),
        ];
      }
      case 'ofpresence':
        return [this.#presence(row, place, part, repairs)];
      case 'ofconversation':
      case 'ofmucroom':
      case 'ofmucservice':
      case 'ofproperty':
        return [{ type: 'excluded', reason: 'directory-file' }];
      default:
        return undefined;
    }
  }

  #account(username: string | undefined): string | undefined {
    if (username === undefined || username.includes('@') || this.#domain === undefined) return username;
    return `${username}@${this.#domain}`;
  }

  #archived(row: Row, place: Place, part: string | undefined, repairs: Repair[]): readonly Outcome[] {
    const at = epochOf(row.value('sentdate'), 'ms');
    if (at === undefined) return [{ type: 'reject', code: 'time-invalid', detail: 'sentDate' }];
    const from = jid(row.value('fromjid'), row.value('fromjidresource'));
    const privately = row.value('ispmforjid');
    const to = privately ?? jid(row.value('tojid'), row.value('tojidresource'));
    const conversation = row.value('conversationid');
    const room =
      privately === undefined && conversation !== undefined ? this.#rooms.get(conversation) : undefined;
    const kept = stanzaIn(row.value('stanza'), repairs);
    const own = row.value('messageid');
    const id = kept?.attributes.id ?? (own === undefined ? undefined : `openfire ${own}`);
    const body = row.value('body');
    const type = room === undefined ? 'chat' : 'groupchat';
    const node =
      kept === undefined
        ? messageOf({ from, to, type, id }, { body })
        : withAttributes(withBody(kept, body), {
            id,
            ...(privately !== undefined && { from, to, type: 'chat' }),
          });
    return this.#stanzas.read(node, {
      place,
      part,
      at,
      from,
      to,
      room,
      account: room === undefined ? undefined : row.value('fromjid'),
      repairs,
      source: row.value('stanza'),
      extra: extraOf(row.value, 'conversationid'),
    });
  }

  #inRoom(row: Row, place: Place, part: string | undefined, repairs: Repair[]): readonly Outcome[] {
    const at = epochOf(
      row
        .value('logtime')
        ?.trim()
        .replace(/^0+(?=\d)/u, ''),
      'ms',
    );
    if (at === undefined) return [{ type: 'reject', code: 'time-invalid', detail: 'logTime' }];
    const id = row.value('roomid');
    if (id === undefined) return [{ type: 'reject', code: 'conversation-unknown', detail: 'roomID' }];
    const kept = stanzaIn(row.value('stanza'), repairs);
    const [sender, nick] = [row.value('sender'), row.value('nickname')];
    const room = this.#roomOf(id);
    const own = row.value('messageid');
    const message = {
      // A private message of the room's own, such as a new topic, comes from the room itself.
      from: nick === undefined ? sender : `${room}/${nick}`,
      type: 'groupchat',
      id: kept?.attributes.id ?? (own === undefined ? undefined : `openfire ${own}`),
    };
    const [body, subject] = [row.value('body'), row.value('subject')];
    const node =
      kept === undefined
        ? messageOf(message, { ...(subject !== '' && { subject }), ...(body !== '' && { body }) })
        : withAttributes(withBody(kept, body), { id: message.id });
    return this.#stanzas.read(node, {
      place,
      part,
      at,
      from: message.from,
      room,
      account: sender === undefined || bare(sender) === bare(room) ? undefined : sender,
      repairs,
      source: row.value('stanza'),
    });
  }

  /** JID of a room: from its row and service, else from what was said in it, else the number that the log gives. */
  #roomOf(id: string): string {
    const known = this.#muc.get(id);
    const service = known?.service === undefined ? undefined : this.#services.get(known.service);
    if (known !== undefined && service !== undefined && this.#domain !== undefined)
      return `${known.name}@${service}.${this.#domain}`;
    return this.#seen.get(id) ?? (known === undefined ? `room ${id}` : known.name);
  }

  /** Who took part, from when to when; of conversations between two the messages say as much. */
  #participant(row: Row, place: Place, part: string | undefined, repairs: Repair[]): readonly Outcome[] {
    const conversation = row.value('conversationid');
    const room = conversation === undefined ? undefined : this.#rooms.get(conversation);
    const who = row.value('barejid');
    if (room === undefined) return [{ type: 'excluded', reason: 'bookkeeping' }];
    if (who === undefined) return [{ type: 'reject', code: 'field-missing', detail: 'bareJID' }];
    const nick = row.value('nickname');
    const sender = occupant(nick === undefined ? room : `${room}/${nick}`, who) ?? person(who, nick);
    const times = [
      ['join', epochOf(row.value('joineddate'), 'ms')],
      ['leave', epochOf(row.value('leftdate'), 'ms')],
    ] as const;
    const outcomes = times.flatMap(([kind, at], i): Outcome[] =>
      at === undefined
        ? []
        : [
            {
              type: 'event',
              event: {
                ...this.#scribe.write(place, {
                  network: NETWORK,
                  conversation: { id: bare(room), kind: 'room' },
                  at,
                  sender,
                  text: undefined,
                  key: [kind, sender.address, at.instant],
                  repairs,
                  part: i === 0 ? part : `${part === undefined ? '' : `${part}/`}left`,
                }),
                kind,
                payload: { basis: 'stated' },
              },
            },
          ],
    );
    return outcomes.length === 0
      ? [{ type: 'reject', code: 'time-missing', detail: 'joinedDate' }]
      : outcomes;
  }

  #presence(row: Row, place: Place, part: string | undefined, repairs: Repair[]): Outcome {
    const who = this.#account(row.value('username'));
    const at = epochOf(
      row
        .value('offlinedate')
        ?.trim()
        .replace(/^0+(?=\d)/u, ''),
      'ms',
    );
    if (who === undefined) return { type: 'reject', code: 'field-missing', detail: 'username' };
    if (at === undefined) return { type: 'reject', code: 'time-missing', detail: 'offlineDate' };
    const said = stanzaIn(row.value('offlinepresence'), repairs);
    const text = said?.children.find(({ name }) => name === 'status')?.text.trim();
    const sender = person(who);
    return {
      type: 'event',
      event: {
        ...this.#scribe.write(place, {
          network: NETWORK,
          conversation: direct(sender.address),
          at,
          sender,
          text: text === '' ? undefined : text,
          repairs,
          part,
        }),
        kind: 'presence',
        payload: { status: 'unavailable' },
      },
    };
  }
}
