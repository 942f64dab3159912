/** The account, recipients and chats of an export, which stand before the items. */
import type { Conversation, Party } from '../../../core/event.ts';
import { sha256Hex } from '../../../core/hash.ts';
import { isObject, type JsonObject } from '../../reading/json.ts';
import { textOf } from '../../reading/json-units.ts';
import { party } from '../../reading/party.ts';
import { direct } from '../../reading/scribe.ts';

export const NETWORK = 'signal';

/** Ids are 64-bit numbers: text, or numbers where they are small. */
export const idOf = (value: unknown): string | undefined =>
  textOf(value) ?? (typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined);

export class SignalChats {
  readonly #account: string | undefined;
  readonly #recipients = new Map<string, JsonObject>();
  readonly #byAci = new Map<string, string>();
  readonly #chats = new Map<string, string>();
  #self: string | undefined;
  #name = '';

  /** `account`: the owner as the settings state him. */
  constructor(account: string | undefined) {
    this.#account = account;
  }

  /** Takes a line that is no chat item. */
  add(line: JsonObject): void {
    if (isObject(line.account)) {
      const { username, givenName, familyName } = line.account;
      this.#self = textOf(username) ?? this.#self;
      this.#name = [textOf(givenName), textOf(familyName)].filter((one) => one !== undefined).join(' ');
    } else if (isObject(line.recipient)) {
      const id = idOf(line.recipient.id);
      if (id === undefined) return;
      this.#recipients.set(id, line.recipient);
      const aci = isObject(line.recipient.contact) ? textOf(line.recipient.contact.aci) : undefined;
      if (aci !== undefined) this.#byAci.set(aci, id);
    } else if (isObject(line.chat)) {
      const id = idOf(line.chat.id);
      const recipient = idOf(line.chat.recipientId);
      if (id !== undefined && recipient !== undefined) this.#chats.set(id, recipient);
    }
  }
  /** The owner: as stated, else by his user name; undefined where the export does not say. */
  get owner(): Party | undefined {
    const address = this.#account ?? this.#self;
    return address === undefined ? undefined : party(NETWORK, address, textOf(this.#name));
  }

  get ownerIsStated(): boolean {
    return this.#account !== undefined;
  }

  person(id: unknown): Party | undefined {
    const text = idOf(id);
    const known = text === undefined ? undefined : this.#recipients.get(text);
    if (known === undefined) return undefined;
    if (isObject(known.self)) return this.owner;
    if (!isObject(known.contact)) return undefined;
    const { e164, aci, username, nickname } = known.contact;
    const number = idOf(e164);
    const address =
      number !== undefined ? `+${number.replace(/^\+/u, '')}` : (textOf(username) ?? textOf(aci));
    if (address === undefined) return undefined;
    const given = isObject(nickname) ? nickname : known.contact;
    return party(NETWORK, address, nameIn(given) ?? nameIn(known.contact));
  }

  personByAci(aci: unknown): Party | undefined {
    const text = textOf(aci);
    const id = text === undefined ? undefined : this.#byAci.get(text);
    return id === undefined ? (text === undefined ? undefined : party(NETWORK, text)) : this.person(id);
  }

  /** A group is named by the digest of its key: the key itself opens it and goes into no record. */
  conversation(chat: unknown): Conversation | undefined {
    const id = idOf(chat);
    const recipient = id === undefined ? undefined : this.#chats.get(id);
    const known = recipient === undefined ? undefined : this.#recipients.get(recipient);
    if (known === undefined) return undefined;
    if (isObject(known.group)) {
      const { masterKey, snapshot } = known.group;
      const title = isObject(snapshot) && isObject(snapshot.title) ? textOf(snapshot.title.title) : undefined;
      return {
        id: `group ${sha256Hex(textOf(masterKey) ?? `recipient ${recipient}`).slice(0, 32)}`,
        kind: 'group',
        ...(title !== undefined && { name: title }),
      };
    }
    if (isObject(known.distributionList)) return { id: `list ${recipient}`, kind: 'broadcast' };
    const other = isObject(known.self) ? this.owner : this.person(recipient);
    if (other === undefined && !isObject(known.self)) return { id: `recipient ${recipient}`, kind: 'direct' };
    return direct(other?.address ?? 'self', this.owner?.address);
  }
}

function nameIn(names: JsonObject): string | undefined {
  for (const [given, family] of [
    ['given', 'family'],
    ['systemGivenName', 'systemFamilyName'],
    ['profileGivenName', 'profileFamilyName'],
  ] as const) {
    const name = [textOf(names[given]), textOf(names[family])].filter((one) => one !== undefined).join(' ');
    if (name !== '') return name;
  }
  return undefined;
}
