/** What the small tables say: the chats, and whose database it is. */
import type { Conversation, Party, Provenance } from '../../../core/event.ts';
import { directConversation, normaliseAddress } from '../../../core/ids.ts';
import { party } from '../../reading/party.ts';
import type { SqliteRow } from '../../reading/sqlite.ts';
import { numberColumn, type Tables, textColumn } from '../../reading/sqlite-units.ts';

/** Rows of a small table that are kept. */
const MAX_KEPT = 200_000;
/** `style` of a chat of several. */
const GROUP = 43;

/** A chat as one account has it. */
export interface Chat {
  readonly network: string;
  readonly conversation: Conversation;
  /** The account's own address in this chat. */
  readonly self: string | undefined;
  /** The other side of a direct chat. */
  readonly peer: Party | undefined;
  readonly whose: { readonly perspective?: string; readonly facts?: Provenance['facts'] };
}

export class Directory {
  readonly #chats = new Map<number, Chat>();
  readonly #handles = new Map<number, string>();
  readonly #stated: string | undefined;

  constructor(db: Tables, stated: string | undefined) {
    this.#stated = stated;
    if (db.tables.get('handle')?.has('id') === true)
      for (const row of db.facts(`SELECT ROWID AS number, id FROM handle LIMIT ${MAX_KEPT}`)) {
        const id = textColumn(row, 'id');
        if (id !== undefined) this.#handles.set(numberColumn(row, 'number') ?? -1, id);
      }
    if (db.tables.get('chat')?.has('chat_identifier') === true)
      for (const row of db.facts(`SELECT ROWID AS number, * FROM chat LIMIT ${MAX_KEPT}`))
        this.#addChat(numberColumn(row, 'number') ?? -1, row);
  }

  #addChat(number: number, row: SqliteRow): void {
    const guid = textColumn(row, 'guid');
    const identifier = textColumn(row, 'chat_identifier');
    const own =
      accountOf(textColumn(row, 'account_login')) ?? accountOf(textColumn(row, 'last_addressed_handle'));
    const name = textColumn(row, 'display_name');
    const group = row.style === GROUP || /;\+;/u.test(guid ?? '');
    const chat = this.#chat(networkOf(textColumn(row, 'service_name')), own, group ? undefined : identifier);
    const id = group ? (guid ?? identifier) : undefined;
    if (group && id === undefined) return;
    this.#chats.set(number, {
      ...chat,
      conversation: {
        ...(id === undefined ? chat.conversation : { id, kind: 'group' }),
        ...(name !== undefined && { name }),
      },
    });
  }

  /** A direct chat with somebody, seen from an account. */
  #chat(network: string, own: string | undefined, other: string | undefined): Chat {
    const written = own ?? this.#stated;
    const self = written === undefined ? undefined : normaliseAddress(network, written);
    const peer = other === undefined ? undefined : party(network, other);
    const id = directConversation([peer?.address, self].filter((each) => each !== undefined));
    const from = own === undefined ? 'setting' : 'record';
    return {
      network,
      conversation: { id, kind: 'direct' },
      self,
      peer,
      whose: self === undefined ? {} : { perspective: self, facts: { perspective: from } },
    };
  }

  handle(number: number | undefined): string | undefined {
    return number === undefined ? undefined : this.#handles.get(number);
  }

  /** The chat of a message; one without a chat is taken to be with its handle, or in its room. */
  chatOf(row: SqliteRow): Chat | undefined {
    const listed = this.#chats.get(numberColumn(row, 'in_chat') ?? -1);
    if (listed !== undefined) return listed;
    const network = networkOf(textColumn(row, 'service'));
    const own = accountOf(textColumn(row, 'account'));
    const room = textColumn(row, 'cache_roomnames');
    const other = this.handle(numberColumn(row, 'handle_id'));
    if (room !== undefined)
      return { ...this.#chat(network, own, undefined), conversation: { id: room, kind: 'group' } };
    return other === undefined ? undefined : this.#chat(network, own, other);
  }
}

/** `E:alice@me.example`, `P:+15550100`: e-mail or telephone, then the address. */
function accountOf(login: string | undefined): string | undefined {
  const address = login?.replace(/^[EePpSs]:/u, '').trim();
  return address === undefined || address === '' ? undefined : address;
}

function networkOf(service: string | undefined): string {
  const name = service?.toLowerCase() ?? '';
  return name === 'sms' || name === 'rcs' ? name : 'imessage';
}
