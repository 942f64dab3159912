/** Rows of ejabberd's database. Schema: `sql/{pg,mysql,lite,mssql}.sql` of processone/ejabberd, with and without host. */
import type { Repair } from '../../../core/event.ts';
import type { Outcome } from '../../format.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe } from '../../reading/scribe.ts';
import type { TableReader } from '../../reading/table-frames.ts';
import type { Row, Tables } from '../../reading/tables.ts';
import { parseTimestamp } from '../../reading/time.ts';
import type { XmlNode } from '../../reading/xml.ts';
import { contactOutcome, extraOf } from '../xmpp/contact.ts';
import { attribute } from '../xmpp/element.ts';
import { bare, NETWORK, person } from '../xmpp/people.ts';
import { epochOf, messageOf, stanzaIn, withAttributes, withBody } from '../xmpp/row.ts';
import { StanzaReader } from '../xmpp/stanza.ts';

export const TABLES: Tables['columns'] = {
  archive: 'username timestamp peer bare_peer xml txt id kind nick origin_id created_at'.split(' '),
  rosterusers: 'username jid nick subscription ask askmessage server subscribe type created_at'.split(' '),
  spool: 'username xml seq created_at'.split(' '),
  last: 'username seconds state'.split(' '),
  archive_prefs: 'username def always never created_at'.split(' '),
};

export class ArchiveReader implements TableReader {
  readonly tables: Tables = {
    columns: TABLES,
    tableOf: (columns) =>
      columns.has('bare_peer')
        ? 'archive'
        : columns.has('subscription') && columns.has('ask')
          ? 'rosterusers'
          : columns.has('xml') && columns.has('seq')
            ? 'spool'
            : undefined,
  };
  readonly #stanzas = new StanzaReader();
  readonly #scribe = new Scribe();

  read(row: Row, place: Place, part: string | undefined): readonly Outcome[] | undefined {
    const { repairs } = row;
    switch (row.table) {
      case 'archive':
        return row.columns.includes('bare_peer') ? this.#archived(row, place, part, repairs) : undefined;
      case 'spool': {
        const stanza = stanzaIn(row.value('xml'), repairs);
        if (stanza === undefined) return [{ type: 'reject', code: 'field-invalid', detail: 'xml' }];
        const owner = ownerOf(row) ?? attribute(stanza, 'to');
        // The moment at which it was stored stands in the stanza; else the row's own is taken.
        return this.#stanzas.read(stanza, {
          place,
          part,
          at: createdAt(row.value('created_at')),
          owner,
          to: owner,
          repairs,
          source: row.value('xml'),
        });
      }
      case 'rosterusers': {
        const [owner, contact] = [ownerOf(row), row.value('jid')];
        if (owner === undefined || contact === undefined)
          return [{ type: 'reject', code: 'field-missing', detail: 'username or jid' }];
        const extra = extraOf(row.value, 'subscription', 'ask', 'askmessage', 'created_at');
        const name = row.value('nick') === '' ? undefined : row.value('nick');
        return [contactOutcome(this.#scribe, place, { owner, contact, name, part, repairs, extra })];
      }
      case 'last':
        return row.columns.includes('seconds') ? [this.#last(row, place, part, repairs)] : undefined;
      default:
        return undefined;
    }
  }

  /** `username` is the account, or the JID of the room whose archive it is. */
  #archived(row: Row, place: Place, part: string | undefined, repairs: Repair[]): readonly Outcome[] {
    const stamp = row.value('timestamp');
    const at = epochOf(stamp, 'us');
    if (at === undefined) return [{ type: 'reject', code: 'time-invalid', detail: 'timestamp' }];
    const username = row.value('username');
    const isRoom = row.value('kind') === 'groupchat';
    const peer = row.value('peer');
    const kept = stanzaIn(row.value('xml'), repairs);
    const room = isRoom ? ownerOf(row) : undefined;
    const txt = row.value('txt');
    if (kept === undefined && (txt === undefined || txt === ''))
      return [{ type: 'reject', code: 'field-invalid', detail: 'xml' }];
    const owner = isRoom ? room : (ownerOf(row) ?? username);
    const node =
      kept === undefined
        ? messageOf({ type: row.value('kind'), from: isRoom ? peer : undefined, to: room }, { body: txt })
        : withBody(fromOccupant(kept, room, row.value('nick')), txt);
    const account = isRoom ? undefined : accountIn(kept, row.value('bare_peer') ?? peer, owner);
    return this.#stanzas.read(node, {
      place,
      part,
      at,
      archiveId: stamp,
      // A room's row names the account behind the occupant.
      account: room !== undefined && peer !== undefined && bare(peer) !== bare(room) ? peer : undefined,
      owner: account ?? owner,
      // Who wrote a message that was kept as text alone is not known, only between whom it went.
      ...(kept === undefined &&
        !isRoom &&
        owner !== undefined &&
        peer !== undefined && { between: [owner, peer] }),
      room,
      repairs,
      source: row.value('xml'),
      extra: extraOf(row.value, 'nick'),
    });
  }

  #last(row: Row, place: Place, part: string | undefined, repairs: Repair[]): Outcome {
    const owner = ownerOf(row);
    const at = epochOf(row.value('seconds'), 's');
    if (owner === undefined || at === undefined)
      return { type: 'reject', code: 'time-missing', detail: 'seconds' };
    const sender = person(owner);
    const text = row.value('state');
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

/** The account as the row has it; the host stands in a column of newer schemas only. */
function ownerOf(row: Row): string | undefined {
  const username = row.value('username');
  const host = row.value('server_host');
  return username === undefined || host === undefined || username.includes('@')
    ? username
    : `${username}@${host}`;
}

/** The account with its host, as the stanza itself shows it: the end of it that is not the peer. */
function accountIn(
  stanza: XmlNode | undefined,
  peer: string | undefined,
  owner: string | undefined,
): string | undefined {
  if (stanza === undefined || owner === undefined || owner.includes('@')) return undefined;
  for (const end of [attribute(stanza, 'from'), attribute(stanza, 'to')])
    if (end !== undefined && bare(end) !== bare(peer ?? '') && bare(end).startsWith(`${bare(owner)}@`))
      return bare(end);
  return undefined;
}

/** `2019-12-02 16:04:07.082938`, written in the zone of the database; its own zone is stated where it has one. */
function createdAt(text: string | undefined): ReturnType<typeof epochOf> {
  const found = text === undefined ? undefined : parseTimestamp(text.replace(/([+-]\d{2})$/u, '$1:00'));
  if (found === undefined) return undefined;
  const { wall, offset } = found;
  const minutes = /^([+-])(\d{2}):?(\d{2})$/u.exec(offset ?? '');
  const shift =
    minutes === null ? 0 : (minutes[1] === '-' ? -1 : 1) * (Number(minutes[2]) * 60 + Number(minutes[3]));
  const moment = epochOf(String(wall - shift * 60_000), 'ms');
  return moment === undefined
    ? undefined
    : { ...moment, zoneSource: offset === undefined ? 'assumed' : 'stated' };
}

/** A room's stanza without a sender is that of the occupant whose nick stands beside it. */
const fromOccupant = (kept: XmlNode, room: string | undefined, nick: string | undefined): XmlNode =>
  room === undefined || nick === undefined || nick === '' || kept.attributes.from !== undefined
    ? kept
    : withAttributes(kept, { from: `${bare(room)}/${nick}` });
