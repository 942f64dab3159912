/** Addresses, names, and the conversations between them. */
import type { Conversation, Party, Provenance, Recipient } from '../../../core/event.ts';
import { directConversation, type EventKey, eventId, normaliseAddress } from '../../../core/ids.ts';
import { party } from '../../reading/party.ts';

export const NETWORK = 'whatsapp';

/** Where something was written, seen from the owner. */
export interface Chat {
  readonly conversation: Conversation;
  readonly peer: Party | undefined;
  idOf(key: EventKey): string;
}

export class People {
  readonly self: string | undefined;
  readonly #from: 'record' | 'setting';
  readonly #names: ReadonlyMap<string, string>;

  /** `owner`: as the database says; `stated`: as the settings say, a number or a whole address. */
  constructor(owner: string | undefined, stated: string | undefined, names: ReadonlyMap<string, string>) {
    const written =
      owner ??
      (stated === undefined || stated.includes('@')
        ? stated
        : `${stated.replaceAll(/\D/gu, '')}@s.whatsapp.net`);
    this.self = written === undefined ? undefined : normaliseAddress(NETWORK, written);
    this.#from = owner === undefined ? 'setting' : 'record';
    this.#names = names;
  }

  person(jid: string): Party {
    const address = normaliseAddress(NETWORK, jid);
    return party(NETWORK, jid, this.#names.get(address));
  }

  get owner(): Party | undefined {
    return this.self === undefined ? undefined : this.person(this.self);
  }

  chatOf(jid: string, subject: string | undefined): Chat {
    const address = normaliseAddress(NETWORK, jid);
    const server = address.slice(address.lastIndexOf('@') + 1);
    const kind =
      server === 'g.us'
        ? 'group'
        : server === 'broadcast' || server === 'newsletter'
          ? 'broadcast'
          : 'direct';
    const peer = kind === 'direct' ? this.person(jid) : undefined;
    const name = subject ?? (kind === 'direct' ? undefined : this.#names.get(address));
    const id =
      kind === 'direct'
        ? directConversation(this.self === undefined ? [address] : [address, this.self])
        : address;
    const conversation: Conversation = { id, kind, ...(name !== undefined && { name }) };
    return { conversation, peer, idOf: (key) => eventId(NETWORK, id, key) };
  }

  /** In a direct chat the other side is the one addressed. */
  recipients({ peer }: Chat, sent: boolean): { recipients?: readonly Recipient[] } {
    const other = peer === undefined ? undefined : sent ? peer : this.owner;
    return other === undefined ? {} : { recipients: [{ ...other, role: 'to' }] };
  }

  get whose(): { perspective?: string; facts?: Provenance['facts'] } {
    return this.self === undefined ? {} : { perspective: this.self, facts: { perspective: this.#from } };
  }
}
