/** What the small tables say: whose database it is, the conversations, and the file transfers of messages. */
import type { Conversation, Party, Provenance, Recipient } from '../../../core/event.ts';
import { directConversation, normaliseAddress } from '../../../core/ids.ts';
import { party } from '../../reading/party.ts';
import type { SqliteRow } from '../../reading/sqlite.ts';
import { numberColumn, type Tables, textColumn } from '../../reading/sqlite-units.ts';
import { NETWORK, skypeName } from '../skype/content.ts';

/** Rows of a small table that are kept. */
const MAX_KEPT = 200_000;

export class Directory {
  /** The account whose database this is. */
  readonly self: string | undefined;
  readonly #selfFrom: 'record' | 'setting';
  readonly #conversations = new Map<number, Conversation>();
  /** Name of a chat of two → the other side. Type 4 is a chat of several, which names a partner too. */
  readonly #partners = new Map<string, string>();
  readonly #transfers = new Map<string, SqliteRow[]>();
  #kept = 0;

  constructor(db: Tables, stated: string | undefined) {
    let account: string | undefined;
    if (db.tables.get('Accounts')?.has('skypename') === true)
      for (const row of db.facts('SELECT skypename FROM Accounts ORDER BY id LIMIT 1'))
        account = textColumn(row, 'skypename');
    const self = account ?? stated;
    this.self = self === undefined ? undefined : normaliseAddress(NETWORK, skypeName(self));
    this.#selfFrom = account === undefined ? 'setting' : 'record';
    if (db.tables.get('Conversations')?.has('identity') === true)
      for (const row of this.#rows(
        db,
        'SELECT id, identity, type, displayname, meta_topic FROM Conversations',
      ))
        this.#addConversation(row);
    if (db.tables.get('Chats')?.has('dialog_partner') === true)
      for (const row of this.#rows(
        db,
        'SELECT name, dialog_partner FROM Chats WHERE type IS NULL OR type <> 4',
      )) {
        const name = textColumn(row, 'name');
        const partner = textColumn(row, 'dialog_partner');
        if (name !== undefined && partner !== undefined) this.#partners.set(name, partner);
      }
    if (db.tables.get('Transfers')?.has('chatmsg_guid') === true)
      for (const row of this.#rows(
        db,
        'SELECT * FROM Transfers WHERE chatmsg_guid IS NOT NULL ORDER BY id',
      )) {
        const guid = guidOf(row.chatmsg_guid);
        if (guid === undefined) continue;
        const list = this.#transfers.get(guid) ?? [];
        this.#transfers.set(guid, list);
        list.push(row);
      }
  }

  *#rows(db: Tables, sql: string): Iterable<SqliteRow> {
    for (const row of db.facts(sql)) {
      if (this.#kept++ >= MAX_KEPT) return;
      yield row;
    }
  }

  #addConversation(row: SqliteRow): void {
    const id = numberColumn(row, 'id');
    const identity = textColumn(row, 'identity');
    if (id === undefined || identity === undefined) return;
    const name = textColumn(row, 'meta_topic') ?? textColumn(row, 'displayname');
    const direct = row.type === 1;
    this.#conversations.set(id, {
      ...(direct ? this.direct(identity) : { id: identity, kind: 'group' }),
      ...(name !== undefined && { name }),
    });
  }

  /** The direct conversation of the account with somebody. */
  direct(peer: string): Conversation {
    const address = normaliseAddress(NETWORK, skypeName(peer));
    return {
      id: directConversation(this.self === undefined ? [address] : [address, this.self]),
      kind: 'direct',
    };
  }

  /** The conversation of a row of Messages, Transfers or Calls. */
  conversationOf(row: SqliteRow): Conversation | undefined {
    const listed = this.#conversations.get(
      numberColumn(row, 'convo_id') ?? numberColumn(row, 'conv_dbid') ?? -1,
    );
    if (listed !== undefined) return listed;
    const chat = textColumn(row, 'chatname');
    const partner = chat === undefined ? undefined : this.#partners.get(chat);
    if (partner !== undefined) return this.direct(partner);
    if (chat !== undefined) return { id: chat, kind: 'group' };
    const peer = textColumn(row, 'dialog_partner') ?? textColumn(row, 'partner_handle');
    return peer === undefined ? undefined : this.direct(peer);
  }

  /** In a direct conversation the other side is the one addressed. */
  recipients(row: SqliteRow, sender: Party | undefined): { recipients?: readonly Recipient[] } {
    const conversation = this.conversationOf(row);
    if (conversation?.kind !== 'direct' || this.self === undefined || sender === undefined) return {};
    if (sender.address !== this.self) return { recipients: [{ address: this.self, role: 'to' }] };
    const peer = conversation.id.split(' ').find((each) => each !== this.self);
    return peer === undefined ? {} : { recipients: [{ ...party(NETWORK, peer), role: 'to' }] };
  }

  get whose(): { perspective?: string; facts?: Provenance['facts'] } {
    return this.self === undefined ? {} : { perspective: this.self, facts: { perspective: this.#selfFrom } };
  }

  /** File transfers that belong to a message. */
  transfersOf(guid: unknown): readonly SqliteRow[] {
    return this.#transfers.get(guidOf(guid) ?? '') ?? [];
  }
}

const guidOf = (value: unknown): string | undefined =>
  value instanceof Uint8Array && value.length > 0 && value.length <= 64
    ? Buffer.from(value).toString('hex')
    : undefined;
