/** Interprets the entries of one database. */
import type { Event, Moment, Party, Repair } from '../../../core/event.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import { embeddedText } from '../../reading/embedded-text.ts';
import { LogClock } from '../../reading/log-clock.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { instantOf } from '../../reading/time.ts';
import { nameOf } from '../../source-name.ts';
import { entriesIn, type IcqEntry } from './entries.ts';

const NETWORK = 'icq';
const TEXT_AT = 0x2a;
/** Behind the text: status, sent or received, version, time; then zeroes. */
const FOOTER = 14;
const RICH_AT = 0x21;
const SAMPLE = 262_144;
const MAX_NICKS = 100_000;
const SEPARATOR = 0xfe;

const KINDS = { message: 0xe0, long: 0x50, url: 0xa0, owner: 0xe4, contact: 0xe5 } as const;
/** Entries that say something of people. */
const PEOPLE: ReadonlySet<number> = new Set([KINDS.owner, KINDS.contact, 0xe7]);
/** Reminders, notes, folders, lists of servers. */
const OWN: ReadonlySet<number> = new Set([0xe6, 0xee, 0xef, 0xf1]);
const SUBTYPES: Readonly<Record<number, string>> = {
  6: 'authorization-request',
  7: 'authorization-denied',
  8: 'authorization-granted',
  9: 'system',
  12: 'added',
  13: 'web-pager',
  14: 'email-express',
  19: 'contacts',
  21: 'phone-call',
  26: 'sms',
  29: 'list-invitation',
  30: 'birthday',
};

export class EntryReader {
  readonly #bytes: Buffer;
  readonly #indexed: ReadonlySet<number> | undefined;
  readonly #clock: LogClock;
  readonly #scribe = new Scribe();
  readonly #self: string | undefined;
  readonly #selfFrom: 'path' | 'setting';
  readonly #nicks: ReadonlyMap<string, string>;
  readonly #text: (bytes: Buffer, repairs: Repair[]) => string;

  constructor(file: SourceFile, bytes: Buffer, indexed: ReadonlySet<number> | undefined) {
    this.#bytes = bytes;
    this.#indexed = indexed;
    this.#clock = new LogClock(file.settings);
    const number = /(?:^|\/)(\d{5,10})\.dat$/iu.exec(nameOf(file))?.[1];
    this.#self = number ?? file.settings.account;
    this.#selfFrom = number === undefined ? 'setting' : 'path';
    const sample: Buffer[] = [];
    let size = 0;
    for (const entry of entriesIn(bytes)) {
      if (size >= SAMPLE || entry.cut || !isMessage(entry.kind)) continue;
      const text = this.#ansi(entry);
      if (text === undefined) continue;
      sample.push(text, Buffer.from('\n'));
      size += text.length;
    }
    this.#text = embeddedText(file.settings.encoding, Buffer.concat(sample));
    const nicks = new Map<string, string>();
    for (const entry of entriesIn(bytes)) {
      const found = entry.kind === KINDS.contact && !entry.cut ? this.#contact(entry) : undefined;
      if (found !== undefined && nicks.size < MAX_NICKS) nicks.set(...found);
    }
    this.#nicks = nicks;
  }

  read(entry: IcqEntry, place: Place): Outcome {
    const { kind, cut } = entry;
    if (cut) return { type: 'reject', code: 'record-malformed' };
    if (PEOPLE.has(kind)) return { type: 'excluded', reason: 'directory-file' };
    if (OWN.has(kind)) return { type: 'excluded', reason: 'bookkeeping' };
    if (!isMessage(kind))
      return { type: 'reject', code: 'element-unknown', detail: `kind ${kind.toString(16)}` };
    const ansi = this.#ansi(entry);
    if (ansi === undefined) return { type: 'reject', code: 'record-malformed' };
    const bytes = this.#bytes;
    const { offset } = entry;
    const repairs: Repair[] = [];
    const footer = offset + TEXT_AT + bytes.readUInt16LE(offset + 0x28);
    const at = this.#moment(bytes.readUInt32LE(footer + 10), repairs);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const flags = bytes.readUInt32LE(offset + 0x1e);
    const subtype = bytes.readUInt16LE(offset + 0x22);
    const number = String(bytes.readUInt32LE(offset + 0x24));
    const sent = bytes.readUInt32LE(footer + 4) === 1;
    const peer = party(NETWORK, number, this.#nicks.get(number));
    const self: Party | undefined = this.#self === undefined ? undefined : party(NETWORK, this.#self);
    const isText = subtype === 1 || subtype === 4 || kind === KINDS.url;
    const base = this.#scribe.write(place, {
      network: NETWORK,
      conversation: direct(self?.address, peer.address),
      at,
      sender: sent ? self : peer,
      recipients: isText ? to(sent ? peer : self) : undefined,
      text: this.#textOf(entry, ansi, footer, repairs),
      perspective: self?.address,
      facts: { network: 'header', ...(self !== undefined && { account: this.#selfFrom }) },
      repairs,
      extra: {
        ...(sent && self === undefined && { direction: 'sent' }),
        ...((flags & 2) !== 0 && { filed: 'Deleted Items' }),
        ...(this.#indexed !== undefined && !this.#indexed.has(offset) && { index: 'not in use' }),
      },
    });
    const event: Event = isText
      ? { ...base, kind: 'message' }
      : { ...base, kind: 'notice', payload: { type: SUBTYPES[subtype] ?? `type-${subtype}` } };
    return { type: 'event', event };
  }

  /** The text in the machine's code page; undefined where the entry is too short for what it says. */
  #ansi({ offset, length }: IcqEntry): Buffer | undefined {
    if (length < TEXT_AT + FOOTER) return undefined;
    const size = this.#bytes.readUInt16LE(offset + 0x28);
    if (TEXT_AT + size + FOOTER > length) return undefined;
    const text = this.#bytes.subarray(offset + TEXT_AT, offset + TEXT_AT + size);
    const end = text.indexOf(0);
    return end === -1 ? text : text.subarray(0, end);
  }

  /** Later versions keep the text in UTF-8 behind rich text; an address of the web stands behind its description. */
  #textOf({ offset, length, kind }: IcqEntry, ansi: Buffer, footer: number, repairs: Repair[]): string {
    const separator = ansi.indexOf(SEPARATOR);
    const parts =
      separator === -1 || kind === KINDS.long
        ? [ansi]
        : [ansi.subarray(0, separator), ansi.subarray(separator + 1)];
    const plain = parts.map((part) => this.#text(part, repairs)).join('\n');
    if (kind !== KINDS.long) return plain;
    const bytes = this.#bytes;
    const end = offset + length;
    if (footer + RICH_AT + 2 > end) return plain;
    const utf8At = footer + RICH_AT + 2 + bytes.readUInt16LE(footer + RICH_AT);
    if (utf8At + 2 > end) return plain;
    const utf8 = bytes.subarray(utf8At + 2, Math.min(utf8At + 2 + bytes.readUInt16LE(utf8At), end));
    const stop = utf8.indexOf(0);
    const text = (stop === -1 ? utf8 : utf8.subarray(0, stop)).toString('utf8');
    return text === '' || text.includes('\ufffd') ? plain : text;
  }

  /** What is stored is the instant less the machine's offset east of UTC: so the offset is added to it. */
  #moment(stored: number, repairs: Repair[]): Moment | undefined {
    const read = this.#clock.moment(stored * 1000, 's', repairs);
    if (read === undefined || stored === 0) return undefined;
    const offset = stored * 1000 - Date.parse(read.instant);
    const instant = instantOf(stored * 1000 + offset);
    if (instant === undefined) return undefined;
    const { wall: _wall, ...rest } = read;
    return { ...rest, instant };
  }

  /** Number and nickname of a contact: properties have name, type and value behind each other. */
  #contact({ offset, length }: IcqEntry): [string, string] | undefined {
    const bytes = this.#bytes.subarray(offset, offset + length);
    const value = (name: string): number => {
      const at = bytes.indexOf(Buffer.from(`${name}\0`, 'latin1'));
      return at === -1 ? -1 : at + name.length + 1;
    };
    const [number, nick] = [value('UIN'), value('NickName')];
    if (number === -1 || nick === -1 || number + 5 > bytes.length || nick + 3 > bytes.length)
      return undefined;
    if (![0x68, 0x69].includes(bytes[number] ?? 0) || bytes[nick] !== 0x6b) return undefined;
    const size = bytes.readUInt16LE(nick + 1);
    const text = this.#text(bytes.subarray(nick + 3, nick + 3 + size), [])
      .replaceAll('\0', '')
      .trim();
    return text === '' ? undefined : [String(bytes.readUInt32LE(number + 1)), text];
  }
}

const isMessage = (kind: number): boolean =>
  kind === KINDS.message || kind === KINDS.long || kind === KINDS.url;
