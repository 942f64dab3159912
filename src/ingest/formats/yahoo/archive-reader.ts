/** The records of one archive file. */
import type { Conversation, Event, Party, Provenance, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import { embeddedText } from '../../reading/embedded-text.ts';
import { decodeEntities } from '../../reading/html.ts';
import { epochMoment } from '../../reading/log-clock.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { wellFormed } from '../../reading/text.ts';
import { nameOf } from '../../source-name.ts';
import { recordsIn, type YahooRecord } from './records.ts';

const NETWORK = 'yahoo';
const KINDS: Readonly<Record<number, 'start' | 'message' | 'join' | 'decline' | 'leave' | 'conference'>> = {
  0: 'start',
  6: 'message',
  25: 'join',
  26: 'decline',
  27: 'leave',
  29: 'conference',
};
const SAMPLE = 262_144;

export class ArchiveReader {
  readonly #scribe = new Scribe();
  readonly #key: Buffer | undefined;
  readonly #self: string | undefined;
  readonly #peer: string | undefined;
  readonly #room: string | undefined;
  readonly #facts: NonNullable<Provenance['facts']>;
  readonly #text: (bytes: Buffer, repairs: Repair[]) => string;

  constructor(file: SourceFile, bytes: Buffer) {
    const names = nameOf(file).split('/');
    const named = /(?<!\d)\d{8}-(.+)\.dat$/iu.exec(names.at(-1) ?? '')?.[1];
    const account = named ?? file.settings.account;
    this.#key = account === undefined ? undefined : Buffer.from(account, 'utf8');
    this.#self = account === undefined ? undefined : normaliseAddress(NETWORK, account);
    const kind = names.at(-3) ?? '';
    const folder = names.at(-2);
    const isTree = /^(?:Messages|Conferences|Mobile Messages)$/iu.test(kind);
    const { sample, hasConference } = this.#survey(bytes);
    const isConference = /^Conferences$/iu.test(kind) || hasConference;
    if (isConference) this.#room = isTree ? folder : (names.at(-1) ?? '');
    else if (isTree && folder !== undefined) this.#peer = normaliseAddress(NETWORK, folder);
    this.#facts = {
      network: 'header',
      ...(account !== undefined && { account: named === undefined ? 'setting' : 'path' }),
      ...(isTree && { conversation: 'path' }),
    };
    this.#text = embeddedText(file.settings.encoding, sample);
  }

  /** Texts to tell the code page by, and whether anything is of a conference. */
  #survey(bytes: Buffer): { readonly sample: Buffer; readonly hasConference: boolean } {
    const pieces: Buffer[] = [];
    let size = 0;
    let hasConference = false;
    for (const part of recordsIn(bytes, false)) {
      if (part.type !== 'record') continue;
      hasConference ||= part.kind >= 25 && part.kind <= 29;
      if (size >= SAMPLE || part.text.length === 0) continue;
      pieces.push(this.#plain(part.text), Buffer.from('\n'));
      size += part.text.length;
    }
    return { sample: Buffer.concat(pieces), hasConference };
  }

  /** The bytes of a text; they are XORed with the account’s name, over and over. */
  #plain(bytes: Buffer): Buffer {
    const key = this.#key;
    if (key === undefined || key.length === 0) return bytes;
    const plain = Buffer.from(bytes);
    for (let i = 0; i < plain.length; i++) plain[i] = (plain[i] ?? 0) ^ (key[i % key.length] ?? 0);
    return plain;
  }

  read(record: YahooRecord, place: Place): Outcome {
    if (this.#key === undefined && record.text.length > 0)
      return { type: 'reject', code: 'field-missing', detail: 'the account, which is the key of the text' };
    const at = epochMoment(record.time * 1000);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    if (this.#self === undefined && this.#peer === undefined && this.#room === undefined)
      return { type: 'reject', code: 'conversation-unknown' };
    const repairs: Repair[] = [];
    const source = wellFormed(this.#text(this.#plain(record.text), repairs), repairs, 'text');
    const text = plainText(source, repairs);
    const extra = this.#text(record.extra, repairs).replaceAll('\0', '').trim();
    const kind = KINDS[record.kind];
    const outgoing = record.direction === 0;
    const isConference = this.#room !== undefined;
    // In a conference, what is sent names the last who spoke; what is received names its sender.
    const who = outgoing ? this.#self : isConference && extra !== '' ? extra : this.#peer;
    const sender = who === undefined || kind === 'start' ? undefined : party(NETWORK, who);
    const other = outgoing ? this.#peer : this.#self;
    const base = this.#scribe.write(place, {
      network: NETWORK,
      conversation: this.#conversation(),
      at,
      sender,
      recipients:
        kind === 'message' && !isConference && other !== sender?.address ? to(side(other)) : undefined,
      ...((text !== '' || kind === 'message' || kind === 'conference') && { text }),
      ...(text !== source && { markup: { type: 'yahoo', source } }),
      perspective: this.#self,
      facts: this.#facts,
      repairs,
      extra: {
        ...(record.direction > 1 && { direction: record.direction }),
        ...(kind === undefined && { type: record.kind }),
        ...(extra !== '' && outgoing && { extra }),
      },
    });
    return { type: 'event', event: eventOf(kind, record, base) };
  }

  #conversation(): Conversation {
    if (this.#room !== undefined) {
      const id = normaliseAddress(NETWORK, this.#room);
      return { id, kind: 'group', ...(id !== this.#room && { name: this.#room }) };
    }
    return direct(this.#self, this.#peer);
  }
}

const side = (address: string | undefined): Party | undefined =>
  address === undefined ? undefined : { address };

function eventOf(
  kind: (typeof KINDS)[number] | undefined,
  record: YahooRecord,
  base: ReturnType<Scribe['write']>,
): Event {
  switch (kind) {
    case 'message':
    case 'conference':
      return { ...base, kind: 'message' };
    case 'join':
      return { ...base, kind: 'join', payload: { basis: 'stated' } };
    case 'leave':
      return { ...base, kind: 'leave', payload: { basis: 'stated' } };
    case 'decline':
      return { ...base, kind: 'notice', payload: { type: 'invitation-declined' } };
    case 'start':
      return { ...base, kind: 'notice', payload: { type: 'conversation-start' } };
    case undefined:
      return { ...base, kind: 'notice', payload: { type: `type-${record.kind}` } };
  }
}

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[^m]{0,16}m`, 'gu');
const TAGS = /<\/?(?:font|fade|alt|snd|b|i|u)(?: [^<>]{0,400})?>/giu;

/** The text without marks of colour, weight and font. */
function plainText(source: string, repairs: Repair[]): string {
  const bare = source.replaceAll(ESCAPES, '').replaceAll(TAGS, '');
  // Names of characters are written where the text has markup.
  return bare === source ? source : decodeEntities(bare, repairs);
}
