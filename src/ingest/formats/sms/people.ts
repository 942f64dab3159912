/** Telephone numbers as addresses, and the conversations between them. */
import type { Conversation, Party, Provenance, Recipient } from '../../../core/event.ts';
import { directConversation, normaliseAddress } from '../../../core/ids.ts';

export const NETWORK = 'sms';

/** A number without the separators that people and telephones put into it; short codes and names stay. */
const plain = (written: string): string => {
  const trimmed = written.trim();
  return /^\+?[\d\s().\-/\u00a0]+$/u.test(trimmed) && /\d/u.test(trimmed)
    ? trimmed.replaceAll(/[^+\d]/gu, '')
    : trimmed;
};

/** Somebody by number. “(Unknown)” is how an exporter writes that there is no name. */
export function personOf(number: string, name?: string): Party {
  const address = normaliseAddress(NETWORK, plain(number));
  const shown = name === undefined || name === '(Unknown)' ? undefined : name.toWellFormed();
  const written = number.toWellFormed();
  return {
    address: address.toWellFormed(),
    ...(shown !== undefined && shown !== '' && shown !== address && { name: shown }),
    ...(written !== address && { written }),
  };
}

/** Whose telephone it is, where that was stated: a telephone's copy does not say. */
export class Owner {
  readonly party: Party | undefined;

  constructor(account: string | undefined) {
    this.party = account === undefined ? undefined : personOf(account);
  }

  get whose(): { perspective?: string; facts?: Provenance['facts'] } {
    return this.party === undefined
      ? {}
      : { perspective: this.party.address, facts: { perspective: 'setting' } };
  }

  /** The conversation with one or several others. */
  conversation(others: readonly Party[], name?: string): Conversation {
    const addresses = others
      .map(({ address }) => address)
      .filter((address) => address !== this.party?.address);
    const all = [...addresses, ...(this.party === undefined ? [] : [this.party.address])];
    const shown = name === undefined || name === '(Unknown)' ? undefined : name;
    return {
      id: directConversation(all),
      kind: addresses.length > 1 ? 'group' : 'direct',
      ...(shown !== undefined && shown !== '' && { name: shown.toWellFormed() }),
    };
  }

  /** Sender and recipients of what went out or came in. */
  sides(
    sent: boolean,
    others: readonly Party[],
    from?: Party,
  ): { sender?: Party; recipients?: readonly Recipient[] } {
    const own = this.party;
    const sender = sent ? own : (from ?? others[0]);
    const to = sent ? others : own === undefined ? [] : [own];
    return {
      ...(sender !== undefined && { sender }),
      ...(to.length > 0 && { recipients: to.map((party) => ({ ...party, role: 'to' as const })) }),
    };
  }
}

/** `type` of a text message, `msg_box` of a multimedia message: what the telephone did with it. */
export const BOXES: Readonly<Record<number, 'received' | 'sent' | 'draft'>> = {
  1: 'received',
  2: 'sent',
  3: 'draft',
  // On their way out, or failed.
  4: 'sent',
  5: 'sent',
  6: 'sent',
};

/** `type` of an address of a multimedia message, by the numbers of the MMS standard's header fields. */
export const FROM = 137;
export const ROLES: Readonly<Record<number, Recipient['role']>> = { 151: 'to', 130: 'cc', 129: 'bcc' };
/** What stands where the network puts in the sender's number. */
export const OWN_TOKEN = 'insert-address-token';
