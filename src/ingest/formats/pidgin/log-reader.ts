/** Reads the entries of one log in their order: names, dates and directions depend on what came before. */

import type { Conversation, Event, Moment, Party, Provenance, Repair } from '../../../core/event.ts';
import { directConversation } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Frame, Outcome, Source, SourceFile } from '../../format.ts';
import type { Line } from '../../reading/lines.ts';
import { UNKNOWN_NETWORK } from '../../reading/network-name.ts';
import { Ordinals } from '../../reading/ordinals.ts';
import { party } from '../../reading/party.ts';
import { provenance } from '../../reading/provenance.ts';
import { decode, type TextStream } from '../../reading/text.ts';
import { instantOf, wallText, ZoneClock } from '../../reading/time.ts';
import { nameOf } from '../../source-name.ts';
import { type Entry, headingTitle, htmlEntry, startsEntry, textEntry } from './entry.ts';
import { addressOf, dayNear, pathFacts, titleFacts } from './heading.ts';
import { systemLine } from './system.ts';

const DAY = 86_400_000;
/** Entries older than twenty minutes when written carry their date, so a step back over an hour is the next day. */
const STEP_BACK = 3_600_000;

type Fact = 'record' | 'header' | 'path' | 'setting' | 'account';

/** What is known of a log before its first entry. */
interface Heading {
  readonly network: string;
  readonly account: string | undefined;
  readonly peer: string | undefined;
  readonly room: boolean;
  /** The account and the peer (or the room) as addresses, where both network and peer are known. */
  readonly self: string | undefined;
  readonly other: string | undefined;
  readonly conversation: Conversation | undefined;
  readonly facts: Readonly<Record<string, Fact>>;
  /** The same of an entry whose addressee follows from the conversation. */
  readonly factsOfSent: Readonly<Record<string, Fact>>;
}

export class LogReader {
  readonly #source: Source;
  readonly #file: SourceFile;
  readonly #stream: TextStream;
  readonly #html: boolean;
  readonly #path: ReturnType<typeof pathFacts>;
  readonly #ordinals = new Ordinals();
  readonly #aliases = new Map<string, string>();
  readonly #clock: ZoneClock;
  readonly #zoneSource: Moment['zoneSource'];
  #title: ReturnType<typeof titleFacts>;
  #heading: Heading | undefined;
  /** Wall clock of the last entry, as if UTC; before the first one, of the beginning of the log. */
  #last: number | undefined;
  #units = 0;
  /** An entry has begun: what is no entry now belongs to one. */
  #started = false;
  /** Lines in which the title was looked for. */
  #looked = 0;

  constructor(source: Source, file: SourceFile, stream: TextStream, html: boolean) {
    this.#source = source;
    this.#file = file;
    this.#stream = stream;
    this.#html = html;
    this.#path = pathFacts(nameOf(file));
    const zone = this.#path.zone ?? file.settings.zone;
    this.#clock = new ZoneClock(zone ?? '+00:00');
    this.#zoneSource = this.#path.zone !== undefined ? 'path' : zone !== undefined ? 'setting' : 'assumed';
  }

  get isEmpty(): boolean {
    return this.#units === 0;
  }

  /** What a line is, before anything is interpreted. */
  partOf(line: Line): 'entry' | 'continuation' | 'heading' | 'unknown' | 'too-long' {
    if (line.bytes === undefined) return 'too-long';
    // Only the beginning decides; a byte that is not UTF-8 can do no harm there.
    const start = line.bytes.toString('utf8', 0, Math.min(line.bytes.length, 512));
    if (startsEntry(start, this.#html)) {
      this.#started = true;
      return 'entry';
    }
    const bare = start.trim();
    if (!this.#started && this.#title === undefined && this.#looked++ < 64) {
      const head = line.bytes.toString('utf8', 0, Math.min(line.bytes.length, 8192));
      this.#title = titleFacts(headingTitle(head) ?? bare, this.#file.settings.dateOrder);
      if (this.#title !== undefined) return 'heading';
      // A title in a language that is not known here says nothing that the path does not.
      const isTitle = headingTitle(head) !== undefined || /\([a-z][\w-]{1,31}\)$/u.test(bare);
      if (this.#looked === 1 && isTitle && this.#path.network !== undefined) return 'heading';
    }
    const isFrame = /^(?:<\/?(?:html|head|body|meta|title|h1|h3)\b[^>]*>\s*)+$/iu.test(bare);
    if (bare === '' || isFrame) return this.#started && !this.#html ? 'continuation' : 'heading';
    return this.#started ? 'continuation' : 'unknown';
  }

  /** A frame of one entry: its lines joined by line feeds. */
  entry(bytes: Buffer, offset: number, length: number): Frame {
    this.#units++;
    return { file: this.#file, offset, length, units: 1, read: () => [this.#read(bytes, offset, length)] };
  }

  /** A frame of a part that is no entry, or too long for one. */
  reject(offset: number, length: number, code: RejectCode): Frame {
    this.#units++;
    return { file: this.#file, offset, length, units: 1, read: () => [{ type: 'reject', code }] };
  }

  headingOnly(): Frame {
    const length = this.#file.size;
    return {
      file: this.#file,
      offset: 0,
      length,
      units: 1,
      read: () => [{ type: 'excluded', reason: 'no-entries' }],
    };
  }

  #known(): Heading {
    if (this.#heading !== undefined) return this.#heading;
    const { settings } = this.#file;
    const facts: Record<string, Fact> = {};
    const pick = (
      name: string,
      ...values: readonly (readonly [string | undefined, Fact])[]
    ): string | undefined => {
      const found = values.find(([value]) => value !== undefined);
      if (found !== undefined) facts[name] = found[1];
      return found?.[0];
    };
    const network = pick(
      'network',
      [this.#path.network, 'path'],
      [this.#title?.network, 'header'],
      [settings.network, 'setting'],
    );
    const account = pick(
      'account',
      [this.#path.account, 'path'],
      [this.#title?.account, 'header'],
      [settings.account, 'setting'],
    );
    const peer = pick('conversation', [this.#path.peer, 'path'], [this.#title?.peer, 'header']);
    const began = this.#path.began ?? this.#title?.began;
    if (began !== undefined) facts.date = this.#path.began !== undefined ? 'path' : 'header';
    if (this.#path.began === undefined && settings.dateOrder !== undefined) facts.dateOrder = 'setting';
    this.#last ??= began;
    const known = icq(network, account) ?? UNKNOWN_NETWORK;
    const { room } = this.#path;
    const self = account === undefined ? undefined : addressOf(known, account);
    const other = peer === undefined ? undefined : addressOf(known, peer);
    const conversation = other === undefined ? undefined : conversationOf(self, other, room, peer);
    const factsOfSent = { ...facts, recipients: facts.conversation ?? 'header' };
    this.#heading = { network: known, account, peer, room, self, other, conversation, facts, factsOfSent };
    return this.#heading;
  }

  #read(bytes: Buffer, offset: number, length: number): Outcome {
    const repairs: Repair[] = [];
    const source = decode(this.#stream, bytes, repairs);
    const entry = this.#html ? htmlEntry(source, repairs) : textEntry(source);
    if (entry === undefined) return { type: 'reject', code: 'time-invalid' };
    const {
      network = UNKNOWN_NETWORK,
      account,
      peer,
      room,
      self,
      other,
      conversation,
      facts,
      factsOfSent,
    } = this.#known();
    if (peer === undefined || other === undefined || conversation === undefined)
      return { type: 'reject', code: 'conversation-unknown' };
    const at = this.#moment(entry, repairs);
    if (typeof at === 'string') return { type: 'reject', code: at };

    const sender = this.#sender(entry, network, self, room ? undefined : other, { account, peer });
    const from = (known: Provenance['facts']): Provenance =>
      provenance(
        { source: this.#source, file: this.#file, offset, length },
        { perspective: self, facts: known, repairs },
      );
    const identify = (who: string, text: string): string =>
      this.#ordinals.id(network, conversation.id, who, at.instant, text);
    const shared = { network, conversation, at };
    const markup = entry.html === undefined ? {} : { markup: { type: 'html', source: entry.html } };

    if (entry.alias === undefined || sender === undefined) {
      const event = this.#system(entry, network, { self, other: room ? undefined : other }, (who, text) => ({
        ...shared,
        id: identify(who, text),
        text,
        provenance: from(facts),
      }));
      return { type: 'event', event };
    }
    const to = room
      ? undefined
      : sender.address === self
        ? other
        : sender.address === other
          ? self
          : undefined;
    return {
      type: 'event',
      event: {
        ...shared,
        id: identify(sender.address, entry.text),
        kind: 'message',
        sender,
        ...(to !== undefined && { recipients: [{ address: to, role: 'to' as const }] }),
        text: entry.text,
        ...markup,
        ...(entry.automatic && { payload: { automatic: true } }),
        ...(entry.action && { extra: { action: true } }),
        provenance: from(to === undefined ? facts : factsOfSent),
      },
    };
  }

  /**
   * Who wrote an entry. Colours say sent or received; names that stood beside a colour are remembered, so that an action
   * without one can be told; a name that is neither account nor peer is the address itself.
   */
  #sender(
    entry: Entry,
    network: string,
    self: string | undefined,
    other: string | undefined,
    written: { account: string | undefined; peer: string },
  ): Party | undefined {
    const { alias } = entry;
    if (alias === undefined || alias.trim() === '') return undefined;
    const own = addressOf(network, alias);
    let address: string | undefined;
    if (entry.direction === 'sent') address = self;
    else if (entry.direction === 'received') address = other;
    if (address !== undefined) this.#remember(alias, address);
    else if (own === self || own === other) address = own;
    else address = this.#aliases.get(alias);
    if (address === undefined) return party(network, alias);
    const spelled = address === self ? (written.account ?? alias) : address === other ? written.peer : alias;
    return party(network, addressOf(network, spelled) === address ? spelled : address, alias);
  }

  #remember(alias: string, address: string): void {
    if (this.#aliases.size < 10_000) this.#aliases.set(alias, address);
  }

  #system(
    entry: Entry,
    network: string,
    known: { self: string | undefined; other: string | undefined },
    base: (who: string, text: string) => Omit<Extract<Event, { kind: 'disclaimer' }>, 'kind'>,
  ): Event {
    const line = systemLine(entry.text, entry.error);
    const who = 'who' in line && line.who !== undefined ? this.#named(network, line.who, known) : undefined;
    const shared = { ...base(who?.address ?? '', entry.text), ...(who !== undefined && { sender: who }) };
    switch (line.kind) {
      case 'presence':
        return { ...shared, kind: 'presence', payload: { status: line.status } };
      case 'join':
      case 'leave':
        return { ...shared, kind: line.kind, payload: { basis: 'stated' } };
      case 'topic':
        return { ...shared, kind: 'topic', text: line.topic, payload: { what: 'topic' } };
      case 'file':
        return {
          ...shared,
          kind: 'file',
          ...(line.name !== undefined && {
            attachments: [{ name: line.name, state: 'referenced' as const }],
          }),
          payload: { phase: line.phase },
        };
      case 'notice':
        return { ...shared, kind: 'notice', payload: { type: line.type } };
    }
  }

  #named(
    network: string,
    alias: string,
    known: { self: string | undefined; other: string | undefined },
  ): Party {
    const own = addressOf(network, alias);
    const address = own === known.self || own === known.other ? own : this.#aliases.get(alias);
    return address === undefined || address === own ? party(network, alias) : party(network, address, alias);
  }

  /** Time of an entry; where it has no date, that of the entry before it, or of the day after. */
  #moment(
    entry: Entry,
    repairs: Repair[],
  ): Moment | Extract<RejectCode, 'date-ambiguous' | 'time-missing' | 'time-invalid'> {
    let wall: number;
    if (entry.date !== undefined) {
      const day = dayNear(entry.date, this.#last, this.#file.settings.dateOrder);
      if (day === undefined) return 'date-ambiguous';
      wall = day + entry.clock;
    } else {
      if (this.#last === undefined) return this.#title?.unclear === true ? 'date-ambiguous' : 'time-missing';
      const day = Math.floor(this.#last / DAY) * DAY;
      wall = day + entry.clock;
      if (wall < this.#last - STEP_BACK) {
        wall += DAY;
        repairs.push({ code: 'date-inferred' });
      }
    }
    if (entry.date === undefined || this.#last === undefined || wall > this.#last) this.#last = wall;
    const instant = instantOf(this.#clock.instant(wall, repairs));
    if (instant === undefined) return 'time-invalid';
    return {
      instant,
      wall: wallText(wall),
      zone: this.#clock.zone,
      zoneSource: this.#zoneSource,
      precision: 's',
    };
  }
}

const conversationOf = (
  self: string | undefined,
  other: string,
  room: boolean,
  peer: string | undefined,
): Conversation =>
  room
    ? { id: other, kind: 'room', ...(peer !== undefined && peer !== other && { name: peer }) }
    : { id: directConversation(self === undefined ? [other] : [self, other]), kind: 'direct' };

/** Old Gaim kept ICQ under `oscar` and AIM's folder: an account of digits is a number of ICQ. */
const icq = (network: string | undefined, account: string | undefined): string | undefined =>
  network === 'aim' && account !== undefined && /^\d{5,10}$/u.test(account) ? 'icq' : network;
