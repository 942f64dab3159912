/** The structures of a dbx_mmap profile: chains of offsets into one file, from a hostile source. */

export const isDatabase = (bytes: Buffer): boolean =>
  /^Miranda (?:ICQ DB|NG DB[ue]?|ICQ SA)/u.test(bytes.toString('latin1', 0, 16)) && bytes.length >= 44;

const SIGNATURES = {
  contact: 0x43decade,
  module: 0x4ddecade,
  settings: 0x53decade,
  event: 0x45decade,
} as const;

/** A value of a setting: a number, or the bytes of a text or blob. */
export type SettingValue = number | Buffer;

export interface DbContact {
  readonly offset: number;
  /** Events that the contact says it has. */
  readonly count: number;
  readonly firstEvent: number;
  /** Module → setting → value. */
  readonly settings: ReadonlyMap<string, ReadonlyMap<string, SettingValue>>;
}

export interface DbEvent {
  readonly offset: number;
  readonly length: number;
  readonly next: number;
  readonly module: string | undefined;
  /** Seconds since 1970. */
  readonly time: number;
  readonly flags: number;
  readonly kind: number;
  readonly blob: Buffer;
}

/** Contacts of one profile are thousands at most; a longer chain is none. */
const MAX_CHAIN = 200_000;
const MAX_SETTINGS = 4096;
/** Bytes of settings that are read of one profile: chains of many contacts can run into one another. */
const MAX_SETTING_BYTES = 128 * 1024 * 1024;

/** Offsets that have been visited: a bit each. */
export class Visited {
  readonly #bits: Uint8Array;

  constructor(length: number) {
    this.#bits = new Uint8Array((length >> 3) + 1);
  }

  /** Whether this is the first visit. */
  visit(offset: number): boolean {
    const mask = 1 << (offset & 7);
    const byte = this.#bits[offset >> 3] ?? 0;
    this.#bits[offset >> 3] = byte | mask;
    return (byte & mask) === 0;
  }
}

export class Database {
  readonly #bytes: Buffer;
  /** Since 0.95 an event begins with the number of its contact. */
  readonly #numbered: boolean;
  readonly #modules = new Map<number, string | undefined>();
  #settingBytes = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#numbered = bytes.readUInt32LE(16) >= 0x800;
  }

  /** The account's own settings. */
  owner(): DbContact | undefined {
    return this.#contact(this.#bytes.readUInt32LE(36))?.contact;
  }

  /** Contacts in the order of their chain; `damaged`: the offset at which it breaks. */
  contacts(): { readonly contacts: readonly DbContact[]; readonly damaged?: number } {
    const contacts: DbContact[] = [];
    const seen = new Set<number>();
    let at = this.#bytes.readUInt32LE(32);
    while (at !== 0) {
      const found = seen.has(at) || contacts.length >= MAX_CHAIN ? undefined : this.#contact(at);
      if (found === undefined) return { contacts, damaged: at };
      seen.add(at);
      contacts.push(found.contact);
      at = found.next;
    }
    return { contacts };
  }

  #has(offset: number, length: number, signature: number): boolean {
    return (
      offset >= 44 && offset + length <= this.#bytes.length && this.#bytes.readUInt32LE(offset) === signature
    );
  }

  #contact(offset: number): { readonly contact: DbContact; readonly next: number } | undefined {
    if (!this.#has(offset, 32, SIGNATURES.contact)) return undefined;
    const bytes = this.#bytes;
    return {
      contact: {
        offset,
        count: bytes.readUInt32LE(offset + 12),
        firstEvent: bytes.readUInt32LE(offset + 16),
        settings: this.#settings(bytes.readUInt32LE(offset + 8)),
      },
      next: bytes.readUInt32LE(offset + 4),
    };
  }

  #module(offset: number): string | undefined {
    if (this.#modules.has(offset)) return this.#modules.get(offset);
    let name: string | undefined;
    if (this.#has(offset, 9, SIGNATURES.module)) {
      const size = this.#bytes[offset + 8] ?? 0;
      name = this.#bytes.toString('latin1', offset + 9, Math.min(offset + 9 + size, this.#bytes.length));
    }
    if (this.#modules.size < MAX_CHAIN) this.#modules.set(offset, name);
    return name;
  }

  #settings(first: number): Map<string, Map<string, SettingValue>> {
    const all = new Map<string, Map<string, SettingValue>>();
    const seen = new Set<number>();
    for (let at = first; at !== 0 && !seen.has(at) && seen.size < MAX_SETTINGS; ) {
      if (!this.#has(at, 16, SIGNATURES.settings)) break;
      seen.add(at);
      const module = this.#module(this.#bytes.readUInt32LE(at + 8));
      const size = this.#bytes.readUInt32LE(at + 12);
      this.#settingBytes += 16 + Math.min(size, this.#bytes.length);
      if (this.#settingBytes > MAX_SETTING_BYTES) break;
      const blob = this.#bytes.subarray(at + 16, Math.min(at + 16 + size, this.#bytes.length));
      if (module !== undefined) all.set(module, settingsIn(blob));
      at = this.#bytes.readUInt32LE(at + 4);
    }
    return all;
  }

  /** Marks for one walk over all events. */
  visited(): Visited {
    return new Visited(this.#bytes.length);
  }

  /**
   * Events of a contact in the order of their chain; `damaged`: the offset at which it breaks. An event that was
   * visited already belongs to another chain.
   */
  *events(contact: DbContact, visited: Visited): Generator<DbEvent | { readonly damaged: number }> {
    const head = this.#numbered ? 34 : 30;
    let at = contact.firstEvent;
    while (at !== 0) {
      if (!this.#has(at, head, SIGNATURES.event) || !visited.visit(at)) {
        yield { damaged: at };
        return;
      }
      const base = at + (this.#numbered ? 4 : 0);
      const size = this.#bytes.readUInt32LE(base + 26);
      if (at + head + size > this.#bytes.length) {
        yield { damaged: at };
        return;
      }
      const event: DbEvent = {
        offset: at,
        length: head + size,
        next: this.#bytes.readUInt32LE(base + 8),
        module: this.#module(this.#bytes.readUInt32LE(base + 12)),
        time: this.#bytes.readUInt32LE(base + 16),
        flags: this.#bytes.readUInt32LE(base + 20),
        kind: this.#bytes.readUInt16LE(base + 24),
        blob: this.#bytes.subarray(at + head, at + head + size),
      };
      yield event;
      at = event.next;
    }
  }
}

/** Settings of one module: name, type, value, up to an empty name. */
function settingsIn(blob: Buffer): Map<string, SettingValue> {
  const found = new Map<string, SettingValue>();
  let at = 0;
  while (at < blob.length) {
    const size = blob[at] ?? 0;
    const typeAt = at + 1 + size;
    if (size === 0 || typeAt >= blob.length) break;
    const name = blob.toString('latin1', at + 1, typeAt);
    const type = blob[typeAt] ?? 0;
    if ((type & 0x80) !== 0) {
      if (typeAt + 3 > blob.length) break;
      const length = blob.readUInt16LE(typeAt + 1);
      found.set(name, blob.subarray(typeAt + 3, Math.min(typeAt + 3 + length, blob.length)));
      at = typeAt + 3 + length;
    } else {
      if ((type !== 1 && type !== 2 && type !== 4) || typeAt + 1 + type > blob.length) break;
      found.set(name, blob.readUIntLE(typeAt + 1, type));
      at = typeAt + 1 + type;
    }
  }
  return found;
}
