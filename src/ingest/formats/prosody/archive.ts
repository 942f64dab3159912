/** Prosody's stores, from its files and from its SQL tables. */
import type { Repair } from '../../../core/event.ts';
import type { Outcome } from '../../format.ts';
import type { Place } from '../../reading/provenance.ts';
import { Scribe } from '../../reading/scribe.ts';
import type { TableReader } from '../../reading/table-frames.ts';
import type { Row, Tables } from '../../reading/tables.ts';
import { contactOutcome, extraOf } from '../xmpp/contact.ts';
import type { Heard } from '../xmpp/heard.ts';
import { stampMoment } from '../xmpp/moment.ts';
import { epochOf, stanzaIn } from '../xmpp/row.ts';
import { StanzaReader } from '../xmpp/stanza.ts';
import { isTable, type LuaTable, type LuaValue, luaValue } from './lua.ts';
import { stanzaOf } from './stanza-table.ts';

/** Whose store it is, by the path of a file or the columns of a row. */
export interface Store {
  readonly user: string | undefined;
  readonly host: string | undefined;
  readonly store: string | undefined;
}

export const TABLES: Tables['columns'] = {
  prosodyarchive: 'sort_id host user store key when with type value'.split(' '),
  prosody: 'host user store key type value'.split(' '),
};

/** A room's own archive, by the name of its store. */
const isRooms = (store: string | undefined): boolean => /^muc_log|^muc_/u.test(store ?? '');

export class ArchiveReader implements TableReader {
  readonly tables: Tables = {
    columns: TABLES,
    tableOf: (columns) =>
      columns.has('when') && columns.has('with')
        ? 'prosodyarchive'
        : columns.has('store') && columns.has('value')
          ? 'prosody'
          : undefined,
  };
  readonly #stanzas = new StanzaReader();
  readonly #scribe = new Scribe();

  read(row: Row, place: Place, part: string | undefined): readonly Outcome[] | undefined {
    const { repairs } = row;
    const store = { user: row.value('user'), host: row.value('host'), store: row.value('store') };
    if (row.table === 'prosodyarchive') {
      const at = epochOf(row.value('when'), 's');
      if (at === undefined) return [{ type: 'reject', code: 'time-invalid', detail: 'when' }];
      const node = stanzaIn(row.value('value'), repairs);
      if (node === undefined) return [{ type: 'reject', code: 'field-invalid', detail: 'value' }];
      return this.#stanzas.read(node, {
        ...this.#heard(store, 'record'),
        place,
        part,
        at,
        archiveId: row.value('key'),
        repairs,
        source: row.value('value'),
      });
    }
    if (row.table !== 'prosody') return undefined;
    if (row.value('store') !== 'roster') return [{ type: 'excluded', reason: 'directory-file' }];
    const [owner, contact] = [accountOf(store), row.value('key')];
    if (owner === undefined || contact === undefined || !contact.includes('@'))
      return [{ type: 'excluded', reason: 'bookkeeping' }];
    return [
      contactOutcome(this.#scribe, place, {
        owner,
        contact,
        part,
        repairs,
        extra: extraOf(row.value, 'value'),
      }),
    ];
  }

  /** One `item(…)` of a list: an archived stanza, or an offline message. */
  item(text: string, store: Store, place: Place, repairs: Repair[]): readonly Outcome[] {
    const value = luaValue(text);
    if (!isTable(value)) return [{ type: 'reject', code: 'record-malformed', detail: 'no table of Lua' }];
    const node = stanzaOf(value);
    if (node === undefined) return [{ type: 'reject', code: 'field-missing', detail: 'name' }];
    const stamp = node.attributes.stamp ?? node.attributes.stamp_legacy;
    const when = value.get('when');
    const at =
      (typeof when === 'number' ? epochOf(String(when), 's') : undefined) ??
      (stamp === undefined ? undefined : stampMoment(stamp));
    const { stamp: _stamp, stamp_legacy: _legacy, ...attributes } = node.attributes;
    return this.#stanzas.read(
      { ...node, attributes },
      {
        ...this.#heard(store, 'path'),
        place,
        at,
        archiveId: text_(value.get('key')),
        repairs,
      },
    );
  }

  /** A roster: `return { ["ben@elm.example"] = { … }; … }`. */
  roster(table: LuaTable, store: Store, place: Place): Outcome[] {
    const owner = accountOf(store);
    return [...table].flatMap(([contact, details]): Outcome[] => {
      if (!contact.includes('@') || !isTable(details)) return [];
      if (owner === undefined)
        return [{ type: 'reject', code: 'conversation-unknown', detail: 'whose list' }];
      const name = text_(details.get('name'));
      const subscription = text_(details.get('subscription'));
      const groups = details.get('groups');
      return [
        contactOutcome(this.#scribe, place, {
          owner,
          contact,
          name,
          repairs: [],
          part: contact.toWellFormed(),
          extra: {
            ...(subscription !== undefined && { subscription }),
            ...(isTable(groups) &&
              groups.size > 0 && { groups: [...groups.keys()].map((key) => key.toWellFormed()) }),
          },
        }),
      ];
    });
  }

  #heard(store: Store, fact: 'record' | 'path'): Pick<Heard, 'owner' | 'room' | 'facts'> {
    const owner = accountOf(store);
    return {
      owner,
      ...(isRooms(store.store) && owner !== undefined && { room: owner }),
      ...(owner !== undefined && { facts: { account: fact } }),
    };
  }
}

const text_ = (value: LuaValue | undefined): string | undefined =>
  typeof value === 'string' ? value.toWellFormed() : typeof value === 'number' ? String(value) : undefined;

function accountOf({ user, host }: Store): string | undefined {
  if (user === undefined || user === '') return undefined;
  return host === undefined || host === '' ? user : `${user}@${host}`;
}
