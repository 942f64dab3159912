/** The entries of one chat. */
import type {
  Attachment,
  Conversation,
  Event,
  Moment,
  Party,
  Provenance,
  Recipient,
  Repair,
} from '../../../core/event.ts';
import { changeKey, contentKey, eventId } from '../../../core/ids.ts';
import type { Holding, Outcome, SourceFile } from '../../format.ts';
import { type DateDigits, type DecidedOrder, dateMs, sayAssumed } from '../../reading/date-order.ts';
import { type EntryLog, type Role, withoutBlankEnd } from '../../reading/entries.ts';
import { LogClock } from '../../reading/log-clock.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { betweenTwo, direct, Scribe, type Written } from '../../reading/scribe.ts';
import { nameOf } from '../../source-name.ts';
import { peopleIn } from './people.ts';
import {
  editedText,
  fileBehind,
  fileNamed,
  isDeleted,
  isEncryptionNotice,
  omittedFile,
  systemLine,
} from './phrases.ts';
import { type Stamp, stampOf } from './stamp.ts';
import { type Survey, senderOf } from './survey.ts';

const NETWORK = 'whatsapp';
const MAX_PEOPLE = 10_000;
const QUOTE = /["“”„«»‘’]/u;
const NOT_ASCII = /[^\x20-\x7e]/;
const BIDI = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** `WhatsApp Chat with Bob.txt`, `WhatsApp Chat - Bob.zip!/_chat.txt`, `Chat de WhatsApp con Bob.txt`, … */
const TITLE =
  /(?:^|\/)(?:WhatsApp[- ]Chat (?:with|mit) |WhatsApp-chat met |Chat (?:de WhatsApp con|WhatsApp con|di WhatsApp con) |Discussion WhatsApp avec |Conversa do WhatsApp com |Chat do WhatsApp com |Чат WhatsApp с (?:контактом )?|(?:WhatsApp[- ]Chat|Chat (?:de |di |do )?WhatsApp|Discussion WhatsApp|Conversa do WhatsApp|Чат WhatsApp) - )([^/]+?)(?: ?\(\d+\))?(?:\.txt|\.zip!\/[^/]+\.txt|\/_chat\.txt)$/iu;

export class ChatReader implements EntryLog<Stamp> {
  /** Files beside the chat that a message has named. */
  readonly used = new Set<SourceFile>();
  readonly #survey: Survey;
  readonly #media: ReadonlyMap<string, SourceFile>;
  readonly #clock: LogClock;
  readonly #scribe = new Scribe();
  readonly #conversation: Conversation;
  /** To whom each side of a chat of two writes, by address. */
  readonly #sentTo: ReadonlyMap<string, readonly Recipient[]>;
  readonly #self: string | undefined;
  readonly #facts: Provenance['facts'];
  /** Everybody who was named so far, as written. */
  readonly #people = new Map<string, Party>();
  /** The date read last. */
  #day:
    | { readonly date: DateDigits; readonly from: DecidedOrder['from']; readonly ms: number | undefined }
    | undefined;

  constructor(file: SourceFile, survey: Survey, media: ReadonlyMap<string, SourceFile>) {
    this.#survey = survey;
    this.#media = media;
    this.#clock = new LogClock(file.settings);
    const { account } = file.settings;
    this.#self = account === undefined ? undefined : person(account).address;
    const name = nameOf(file);
    const title = TITLE.exec(name)?.[1];
    if (survey.group) {
      this.#sentTo = new Map();
      const id = title ?? stem(name);
      this.#conversation = { id, kind: 'group', ...(title !== undefined && { name: title }) };
    } else {
      const people = new Map([...survey.senders].map((each) => [person(each).address, person(each)]));
      if (title !== undefined && people.size < 2) people.set(person(title).address, person(title));
      this.#sentTo = betweenTwo([...people.values()]);
      const known = [...people.keys()];
      this.#conversation =
        known.length === 0 ? { id: stem(name), kind: 'direct' } : direct(...known, this.#ownSide(known));
    }
    this.#facts = {
      conversation: this.#sentTo.size === 2 ? 'record' : 'path',
      ...(file.settings.dateOrder !== undefined && { dateOrder: 'setting' }),
    };
  }

  /** The account as a side of its own, where the chat shows fewer than two. */
  #ownSide(known: readonly string[]): string | undefined {
    return known.length < 2 ? this.#self : undefined;
  }

  #person(written: string): Party {
    const known = this.#people.get(written);
    if (known !== undefined) return known;
    const found = person(written);
    if (this.#people.size < MAX_PEOPLE) this.#people.set(written, found);
    return found;
  }

  role(line: string): Role | Stamp {
    return stampOf(line) ?? 'more';
  }

  unitsOf(entry: string, stamp: Stamp | undefined): number {
    if (stamp === undefined) return 1;
    const { own, text } = this.#divided(entry, stamp);
    const line = own ? systemLine(text) : undefined;
    return line?.kind === 'join' || line?.kind === 'leave' ? this.#peopleIn(line.who).length : 1;
  }

  read(
    entry: string,
    place: Place,
    repairs: Repair[],
    stamp: Stamp | undefined,
  ): Outcome | readonly Outcome[] {
    if (stamp === undefined) return { type: 'reject', code: 'line-unknown' };
    const at = this.#moment(stamp, repairs);
    if (at === undefined) {
      const units = this.unitsOf(entry, stamp);
      return Array.from({ length: units }, (_, i) => ({
        type: 'reject',
        code: 'time-invalid',
        ...(units > 1 && { part: `people/${i}` }),
      }));
    }
    const { own, name, text } = this.#divided(entry, stamp);
    const shown = name === undefined ? undefined : this.#person(name);
    return own || shown === undefined
      ? this.#system(text, at, shown, place, repairs).map((event) => ({ type: 'event', event }))
      : this.#message(shown, text, at, place, repairs);
  }

  /** Who is shown, and what is said; `own`: WhatsApp says it. */
  #divided(entry: string, stamp: Stamp): { own: boolean; name?: string; text: string } {
    const rest = withoutBlankEnd(entry.slice(stamp.length));
    const name = this.#nameIn(rest);
    if (name === undefined) return { own: true, text: rest };
    const text = rest.slice(name.length + (rest[name.length + 1] === ' ' ? 2 : 1));
    if (name === this.#conversation.name) return { own: true, text };
    // An iPhone puts its own lines behind a name, after a mark of direction.
    const line = stamp.ios && text.startsWith('\u200e') ? systemLine(text) : undefined;
    return { own: line !== undefined && (line.kind !== 'notice' || isEncryptionNotice(text)), name, text };
  }

  #peopleIn(listed: string): readonly string[] {
    return peopleIn(listed, (name) => this.#survey.senders.has(name));
  }

  #nameIn(rest: string): string | undefined {
    const name = senderOf(rest);
    if (name !== undefined) {
      // A quoted name can hold a colon; an iPhone's mark of direction after one says that it is none.
      const isName =
        rest[name.length + 2] === '\u200e' ||
        !QUOTE.test(name) ||
        systemLine(firstLine(rest)).kind !== 'name';
      return isName ? name : undefined;
    }
    const colon = rest.indexOf(':');
    const before = colon === -1 ? undefined : rest.slice(0, colon);
    return before !== undefined && this.#survey.senders.has(before) ? before : undefined;
  }

  #moment(stamp: Stamp, repairs: Repair[]): Moment | undefined {
    if (stamp.date !== this.#day?.date) {
      const { order, from } = this.#survey.orderOf(stamp.date);
      this.#day = { date: stamp.date, from, ms: dateMs(stamp.date, order) };
    }
    const { ms: day, from } = this.#day;
    if (day === undefined || stamp.clock === undefined) return undefined;
    sayAssumed(stamp.date, from, repairs);
    return this.#clock.moment(day + stamp.clock, stamp.seconds ? 's' : 'min', repairs);
  }

  #write(
    place: Place,
    at: Moment,
    repairs: Repair[],
    more: {
      sender?: Party | undefined;
      actor?: Party | undefined;
      text?: string;
      attachments?: readonly Attachment[] | undefined;
      extra?: { readonly [key: string]: string } | undefined;
      part?: string | undefined;
    },
  ): Written {
    const { sender, actor, text, attachments, extra, part } = more;
    return this.#scribe.write(place, {
      network: NETWORK,
      conversation: this.#conversation,
      at,
      sender,
      actor,
      text,
      attachments,
      extra,
      part,
      recipients: sender === undefined ? undefined : this.#sentTo.get(sender.address),
      perspective: this.#self,
      facts: this.#facts,
      repairs,
    });
  }

  #message(sender: Party, source: string, at: Moment, place: Place, repairs: Repair[]): Outcome {
    if (isDeleted(source)) {
      const base = this.#write(place, at, repairs, { sender, text: '' });
      const { text: _none, ...rest } = base;
      const key = contentKey(sender.address, at.instant, '', 0);
      return {
        type: 'event',
        event: {
          ...rest,
          kind: 'deletion',
          id: eventId(NETWORK, this.#conversation.id, changeKey('deletion', key, '', base.id, at.instant)),
          target: base.id,
          payload: { earlier: 'not-captured' },
          extra: { text: source },
        },
      };
    }
    const edited = editedText(source);
    const text = edited ?? source;
    const { attachment, holding } = this.#attached(text);
    const base = this.#write(place, at, repairs, {
      sender,
      text,
      attachments: attachment === undefined ? undefined : [attachment],
      extra: edited === undefined ? undefined : { edited: source.slice(edited.length).trim() },
    });
    const holdings = holding === undefined ? undefined : { holdings: [holding] };
    if (edited === undefined) return { type: 'event', event: { ...base, kind: 'message' }, ...holdings };
    const key = contentKey(sender.address, at.instant, text, 0);
    return {
      type: 'event',
      event: {
        ...base,
        kind: 'edit',
        id: eventId(NETWORK, this.#conversation.id, changeKey('edit', key, '', base.id, at.instant)),
        target: base.id,
        payload: { earlier: 'not-captured' },
      },
      ...holdings,
    };
  }

  /** The file that a text stands for, and its bytes where they are beside the chat. */
  #attached(text: string): { attachment?: Attachment; holding?: Holding } {
    const line = firstLine(text);
    const omitted = omittedFile(line);
    if (omitted !== undefined) return { attachment: { ...omitted, state: 'missing' } };
    const name = fileNamed(line, (each) => this.#media.has(each)) ?? fileBehind(text);
    if (name === undefined) return {};
    const file = this.#media.get(name);
    if (file === undefined || file.size === 0)
      return { attachment: { name, reference: name, state: file === undefined ? 'referenced' : 'missing' } };
    this.used.add(file);
    return {
      attachment: { name, reference: name, state: 'referenced' },
      holding: { attachment: 0, open: () => file.open() },
    };
  }

  #system(
    text: string,
    at: Moment,
    shown: Party | undefined,
    place: Place,
    repairs: Repair[],
  ): readonly Event[] {
    const line = systemLine(text);
    switch (line.kind) {
      case 'join':
      case 'leave': {
        const { kind, by } = line;
        const actor = by === undefined ? undefined : this.#person(by);
        const people = this.#peopleIn(line.who);
        return people.map((who, i) => {
          const part = people.length > 1 ? `people/${i}` : undefined;
          const base = this.#write(place, at, repairs, { sender: this.#person(who), actor, text, part });
          const { recipients: _none, ...rest } = base;
          return { ...rest, kind, payload: { basis: 'stated' } };
        });
      }
      case 'name': {
        const base = this.#write(place, at, repairs, { sender: this.#person(line.by), text: line.name });
        return [{ ...base, kind: 'topic', payload: { what: 'name' }, extra: { text } }];
      }
      case 'call': {
        const seconds = line.seconds === undefined ? {} : { seconds: line.seconds };
        const base = this.#write(place, at, repairs, { sender: shown, text });
        return [{ ...base, kind: 'call', payload: { phase: line.phase, ...seconds } }];
      }
      case 'notice': {
        const base = this.#write(place, at, repairs, { sender: shown, text });
        return [{ ...base, kind: 'notice', payload: { type: 'system' } }];
      }
    }
  }
}

const firstLine = (text: string): string => {
  const end = text.indexOf('\n');
  return end === -1 ? text : text.slice(0, end);
};

/** Names and numbers come wrapped in direction marks, and unknown people with a tilde before their own name. */
function person(written: string): Party {
  const plain = (
    NOT_ASCII.test(written) ? written.replaceAll(BIDI, '').replaceAll(/[\u00a0\u202f]/gu, ' ') : written
  ).trim();
  return party(NETWORK, plain === '' ? written : plain);
}

/** What a chat is called where nothing else says: by its file; an iPhone calls each one `_chat`, so by what holds it. */
function stem(name: string): string {
  const parts = name.split('/');
  const file = parts.at(-1) ?? name;
  const holder = parts.at(-2)?.replace(/(?:\.zip)?!?$/iu, '') ?? '';
  return (/^_chat\.txt$/iu.test(file) && holder !== '' ? holder : file.replace(/\.txt$/iu, '')) || name;
}
