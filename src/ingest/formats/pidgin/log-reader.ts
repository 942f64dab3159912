/** Reads the entries of one log in their order: names, dates and directions depend on what came before. */

import type { Conversation, Event, Moment, Party, Repair } from '../../../core/event.ts';
import { directConversation } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import type { EntryLog, Role } from '../../reading/entries.ts';
import { LogClock } from '../../reading/log-clock.ts';
import { UNKNOWN_NETWORK } from '../../reading/network-name.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { Scribe, type Written } from '../../reading/scribe.ts';
import { nameOf } from '../../source-name.ts';
import { type Entry, type Head, headingTitle, headOf, htmlEntry, textEntry } from './entry.ts';
import { addressOf, dayNear, pathFacts, titleFacts } from './heading.ts';
import { type SystemLine, systemLine } from './system.ts';

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

export class LogReader implements EntryLog<Head> {
  readonly #file: SourceFile;
  readonly #html: boolean;
  readonly #path: ReturnType<typeof pathFacts>;
  readonly #scribe = new Scribe();
  readonly #aliases = new Map<string, string>();
  readonly #clock: LogClock;
  #title: ReturnType<typeof titleFacts>;
  #heading: Heading | undefined;
  /** Wall clock of the last entry, as if UTC; before the first one, of the beginning of the log. */
  #last: number | undefined;
  /** An entry has begun: what is no entry now belongs to one. */
  #started = false;
  /** Lines in which the title was looked for. */
  #looked = 0;

  constructor(file: SourceFile, html: boolean) {
    this.#file = file;
    this.#html = html;
    this.#path = pathFacts(nameOf(file));
    const { zone } = this.#path;
    this.#clock = new LogClock(file.settings, zone === undefined ? undefined : { zone, source: 'path' });
  }

  role(line: string): Role | Head {
    const head = headOf(line, this.#html);
    if (head !== undefined) {
      this.#started = true;
      return head;
    }
    const bare = line.slice(0, 512).trim();
    if (!this.#started && this.#title === undefined && this.#looked++ < 64) {
      const title = headingTitle(line.slice(0, 8192));
      this.#title = titleFacts(title ?? bare, this.#file.settings.dateOrder);
      if (this.#title !== undefined) return 'heading';
      // A title in a language that is not known here says nothing that the path does not.
      const isTitle = title !== undefined || /\([a-z][\w-]{1,31}\)$/u.test(bare);
      if (this.#looked === 1 && isTitle && this.#path.network !== undefined) return 'heading';
    }
    const isFrame = /^(?:<\/?(?:html|head|body|meta|title|h1|h3)\b[^>]*>\s*)+$/iu.test(bare);
    if (bare === '' || isFrame) return this.#started && !this.#html ? 'more' : 'heading';
    return this.#started ? 'more' : 'unknown';
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

  read(source: string, place: Place, repairs: Repair[], head: Head | undefined): Outcome {
    if (head?.clock === undefined) return { type: 'reject', code: 'time-invalid' };
    const entry = this.#html ? htmlEntry(head, source, repairs) : textEntry(head, source);
    const { network, account, peer, room, self, other, conversation, facts, factsOfSent } = this.#known();
    if (peer === undefined || other === undefined || conversation === undefined)
      return { type: 'reject', code: 'conversation-unknown' };
    const at = this.#moment(head.clock, head.date, repairs);
    if (typeof at === 'string') return { type: 'reject', code: at };

    const sender = this.#sender(entry, network, self, room ? undefined : other, account, peer);
    if (sender === undefined) {
      const said = this.#said(entry, network, self, room ? undefined : other);
      const { text } = entry;
      const written = this.#scribe.write(place, {
        network,
        conversation,
        at,
        sender: said.who,
        text,
        perspective: self,
        facts,
        repairs,
      });
      return { type: 'event', event: systemEvent(written, said.line) };
    }
    const sent = room
      ? undefined
      : sender.address === self
        ? other
        : sender.address === other
          ? self
          : undefined;
    const written = this.#scribe.write(place, {
      network,
      conversation,
      at,
      sender,
      recipients: sent === undefined ? undefined : [{ address: sent, role: 'to' }],
      text: entry.text,
      markup: entry.html === undefined ? undefined : { type: 'html', source: entry.html },
      perspective: self,
      facts: sent === undefined ? facts : factsOfSent,
      repairs,
      extra: entry.action ? { action: true } : undefined,
    });
    return {
      type: 'event',
      event: entry.automatic
        ? { ...written, kind: 'message', payload: { automatic: true } }
        : { ...written, kind: 'message' },
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
    account: string | undefined,
    peer: string,
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
    const spelled = address === self ? (account ?? alias) : address === other ? peer : alias;
    return party(network, addressOf(network, spelled) === address ? spelled : address, alias);
  }

  #remember(alias: string, address: string): void {
    if (this.#aliases.size < 10_000) this.#aliases.set(alias, address);
  }

  /** A line of the client: what it says, and of whom. */
  #said(
    { text, error }: Entry,
    network: string,
    self: string | undefined,
    other: string | undefined,
  ): { readonly line: SystemLine; readonly who: Party | undefined } {
    const line = systemLine(text, error);
    const named = 'who' in line ? line.who : undefined;
    return { line, who: named === undefined ? undefined : this.#named(network, named, self, other) };
  }

  #named(network: string, alias: string, self: string | undefined, other: string | undefined): Party {
    const own = addressOf(network, alias);
    const address = own === self || own === other ? own : this.#aliases.get(alias);
    return address === undefined || address === own ? party(network, alias) : party(network, address, alias);
  }

  /** Time of an entry; where it has no date, that of the entry before it, or of the day after. */
  #moment(
    clock: number,
    date: Head['date'],
    repairs: Repair[],
  ): Moment | Extract<RejectCode, 'date-ambiguous' | 'time-missing' | 'time-invalid'> {
    const last = this.#last;
    let wall: number;
    if (date !== undefined) {
      const day = dayNear(date, last, this.#file.settings.dateOrder);
      if (day === undefined) return 'date-ambiguous';
      wall = day + clock;
    } else {
      if (last === undefined) return this.#title?.unclear === true ? 'date-ambiguous' : 'time-missing';
      wall = Math.floor(last / DAY) * DAY + clock;
      if (wall < last - STEP_BACK) {
        wall += DAY;
        repairs.push({ code: 'date-inferred' });
      }
    }
    if (date === undefined || last === undefined || wall > last) this.#last = wall;
    return this.#clock.moment(wall, 's', repairs) ?? 'time-invalid';
  }
}

function systemEvent(written: Written, line: SystemLine): Event {
  switch (line.kind) {
    case 'presence':
      return { ...written, kind: 'presence', payload: { status: line.status } };
    case 'join':
    case 'leave':
      return { ...written, kind: line.kind, payload: { basis: 'stated' } };
    case 'topic':
      return { ...written, kind: 'topic', text: line.topic, payload: { what: 'topic' } };
    case 'file':
      return {
        ...written,
        kind: 'file',
        ...(line.name !== undefined && { attachments: [{ name: line.name, state: 'referenced' }] }),
        payload: { phase: line.phase },
      };
    case 'notice':
      return { ...written, kind: 'notice', payload: { type: line.type } };
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
