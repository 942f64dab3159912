/** Children of chat in the Unified Logging Format: message, action, status, event. */
import type { Conversation, Event, Moment, Party, Provenance, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import { decodeEntities, htmlText } from '../../reading/html.ts';
import { LogClock } from '../../reading/log-clock.ts';
import { networkNamed, UNKNOWN_NETWORK } from '../../reading/network-name.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { instantOf, offsetMinutes, offsetText, parseTimestamp, wallText } from '../../reading/time.ts';
import type { XmlElement, XmlLog } from '../../reading/xml-log.ts';
import { nameOf } from '../../source-name.ts';
import { type LogPath, logPath } from './log-path.ts';

/** Addresses of senders in the beginning of a log, as written. */
export const sidesIn = (head: string): ReadonlySet<string> =>
  new Set(
    [...head.matchAll(/ sender=["']([^"'<>]{1,256})["']/gu)].map((match) =>
      decodeEntities(match[1] ?? '', []),
    ),
  );

const USED = new Set(['type', 'sender', 'time', 'alias', 'auto']);

export class UlfLog implements XmlLog {
  readonly shape = {
    containers: new Set(['chat']),
    innermost: 'chat',
    facts: new Set<string>(),
    units: new Set(['message', 'action', 'status', 'event']),
  };
  readonly #file: SourceFile;
  readonly #path: LogPath;
  readonly #clock: LogClock;
  readonly #scribe = new Scribe();
  readonly #sides: ReadonlySet<string>;
  #network = UNKNOWN_NETWORK;
  #self: string | undefined;
  #facts: NonNullable<Provenance['facts']> = {};

  constructor(file: SourceFile, sides: ReadonlySet<string>) {
    this.#file = file;
    this.#path = logPath(nameOf(file));
    this.#sides = sides;
    this.#clock = new LogClock(
      file.settings,
      this.#path.zone === undefined ? undefined : { zone: this.#path.zone, source: 'path' },
    );
    this.#enter({});
  }

  enter({ attributes }: XmlElement): void {
    this.#enter(attributes);
  }

  #enter({ account, service }: Readonly<Record<string, string>>): void {
    const { settings } = this.#file;
    const stated = service === undefined ? undefined : networkNamed(service);
    this.#network = stated ?? this.#path.network ?? settings.network ?? UNKNOWN_NETWORK;
    const self = account ?? this.#path.account ?? settings.account;
    const source = (own: boolean, path: boolean) => (own ? 'header' : path ? 'path' : 'setting');
    this.#self = self === undefined ? undefined : normaliseAddress(this.#network, self);
    this.#facts = {
      network: source(stated !== undefined, this.#path.network !== undefined),
      ...(self !== undefined && { account: source(account !== undefined, this.#path.account !== undefined) }),
      conversation: this.#path.peer === undefined ? 'record' : 'path',
    };
  }

  unit({ name, attributes, inner }: XmlElement, place: Place, repairs: Repair[]): Outcome {
    const network = this.#network;
    if (!this.shape.units.has(name)) return { type: 'reject', code: 'element-unknown' };
    const at = this.#moment(attributes.time, repairs);
    if (typeof at === 'string') return { type: 'reject', code: at };
    const { conversation, other } = this.#conversation(network);
    if (conversation === undefined) return { type: 'reject', code: 'conversation-unknown' };
    const { sender: written, alias, type = '' } = attributes;
    const sender = written === undefined || written === '' ? undefined : party(network, written, alias);
    const text = htmlText(inner, repairs).replace(/^\n+|\n+$/gu, '');
    const extra = Object.fromEntries(Object.entries(attributes).filter(([key]) => !USED.has(key)));
    const write = (recipient?: Party) =>
      this.#scribe.write(place, {
        network,
        conversation,
        at,
        sender,
        recipients: to(recipient),
        ...((text !== '' || name === 'message') && { text }),
        ...(inner.includes('<') && { markup: { type: 'html', source: inner } }),
        perspective: this.#self,
        facts: this.#facts,
        repairs,
        extra,
      });
    let event: Event;
    if (name === 'message' || name === 'action') {
      const recipient = sender === undefined ? undefined : other(sender.address);
      const automatic = /^(?:yes|true|1)$/iu.test(attributes.auto ?? '');
      const base = write(recipient);
      event = {
        ...base,
        kind: 'message',
        ...(automatic && { payload: { automatic } }),
        ...(name === 'action' && { extra: { ...base.extra, action: true } }),
      };
    } else if (name === 'status' && PRESENCE.test(type))
      event = { ...write(), kind: 'presence', payload: { status: type } };
    else if (/^(?:chatroom-?|contact)(?:joined|entered)$|^join/iu.test(type))
      event = { ...write(), kind: 'join', payload: { basis: 'stated' } };
    else if (/^(?:chatroom-?|contact)(?:left|parted)$|^leave/iu.test(type))
      event = { ...write(), kind: 'leave', payload: { basis: 'stated' } };
    else if (/^(?:fileTransfer|file-transfer)/iu.test(type)) {
      const phase = /complete/iu.test(type)
        ? 'completed'
        : /fail|cancel|abort/iu.test(type)
          ? 'failed'
          : /start|begin/iu.test(type)
            ? 'started'
            : 'offered';
      event = { ...write(), kind: 'file', payload: { phase, status: type } };
    } else event = { ...write(), kind: 'notice', payload: { type: type === '' ? name : type } };
    return { type: 'event', event };
  }

  #moment(time: string | undefined, repairs: Repair[]): Moment | 'time-missing' | 'time-invalid' {
    if (time === undefined || time === '') return 'time-missing';
    const stamp = parseTimestamp(time);
    if (stamp === undefined) return 'time-invalid';
    if (stamp.offset === undefined)
      return this.#clock.moment(stamp.wall, stamp.precision, repairs) ?? 'time-invalid';
    const minutes = offsetMinutes(stamp.offset);
    const instant = minutes === undefined ? undefined : instantOf(stamp.wall - minutes * 60_000);
    if (minutes === undefined || instant === undefined) return 'time-invalid';
    return {
      instant,
      wall: wallText(stamp.wall),
      zone: offsetText(minutes),
      zoneSource: 'stated',
      precision: stamp.precision,
    };
  }

  /** The conversation; `other`: to whom a sender writes, where there are two sides. */
  #conversation(network: string): {
    conversation: Conversation | undefined;
    other: (address: string) => Party | undefined;
  } {
    const senders = [...this.#sides]
      .map((side) => normaliseAddress(network, side))
      .filter((side) => side !== '');
    const foreign = new Set(senders.filter((side) => side !== this.#self));
    const named = this.#path.peer === undefined ? undefined : normaliseAddress(network, this.#path.peer);
    const isGroup = foreign.size > 2 || (named !== undefined && foreign.size > 1 && !foreign.has(named));
    if (isGroup && named !== undefined)
      return {
        conversation: { id: named, kind: 'group', name: this.#path.peer ?? named },
        other: () => undefined,
      };
    const peer = named ?? (foreign.size === 1 ? [...foreign][0] : undefined);
    if (peer === undefined && foreign.size > 1)
      return { conversation: { ...direct(this.#self, ...foreign), kind: 'group' }, other: () => undefined };
    const conversation =
      peer === undefined && this.#self === undefined ? undefined : direct(this.#self, peer);
    return {
      conversation,
      other: (address) => {
        const found = address === this.#self ? peer : address === peer ? this.#self : undefined;
        return found === undefined ? undefined : { address: found };
      },
    };
  }
}

const PRESENCE =
  /^(?:online|offline|available|away|idle|busy|invisible|mobile|occupied|not available|extended away|connected|disconnected)/iu;
