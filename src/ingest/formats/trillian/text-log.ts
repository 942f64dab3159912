/** Entries of a text log: `Session Start (me:them): Sat Jul 23 12:34:56 2005`, `[16:33] Name: text`, `*** …`. */
import type { Conversation, Event, Party, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import type { EntryLog, Role } from '../../reading/entries.ts';
import { DayRoll, dayMs, LogClock } from '../../reading/log-clock.ts';
import { UNKNOWN_NETWORK } from '../../reading/network-name.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { numberOf, wallMs } from '../../reading/time.ts';
import { nameOf } from '../../source-name.ts';
import { type LogPath, logPath, networkOf } from './medium.ts';

// A byte-order mark may stand over the first letters.
const SESSION =
  /^(?:S?ession|.{0,3}ssion|.{0,4}sion) (Start|Close) \(([^()]{0,200})\): \w{3} (\w{3}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4})\s*$/u;
const LINE =
  /^\[(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AP]M))?\] (?:(\*\*\*) (.*)|([^:\n]{1,120}): (.*)|(.*))$/su;
/** `me:them`, `AIM - me:them`. */
const SIDES = /^(?:([A-Za-z]{2,20}) - )?([^:]{1,120}):(.{1,200})$/u;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export const isSession = (line: string): boolean => SESSION.test(line);

export class TextLog implements EntryLog {
  readonly #file: SourceFile;
  readonly #path: LogPath;
  readonly #clock: LogClock;
  readonly #days = new DayRoll();
  readonly #scribe = new Scribe();
  #self: string | undefined;
  /** What a session says of its network. */
  #medium: string | undefined;
  #peer: string | undefined;

  constructor(file: SourceFile) {
    this.#file = file;
    this.#path = logPath(nameOf(file));
    this.#clock = new LogClock(file.settings);
    this.#self = file.settings.account;
    this.#peer = this.#path.peer;
  }

  role(line: string): Role {
    if (SESSION.test(line) || /^\[\d{1,2}:\d{2}/u.test(line)) return 'entry';
    return 'more';
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const network = this.#path.network ?? this.#medium ?? this.#file.settings.network ?? UNKNOWN_NETWORK;
    const session = SESSION.exec(entry.split('\n', 1)[0] ?? '');
    if (session !== null) return this.#session(session, place, repairs);
    const match = LINE.exec(entry.replace(/\n+$/u, ''));
    if (match === null) return { type: 'reject', code: 'line-unknown' };
    const [, hour = '', minute = '', second, half, stars, told, name, said, rest] = match;
    const clock = dayMs(hour, minute, second, half);
    if (clock === undefined) return { type: 'reject', code: 'time-invalid' };
    const wall = this.#days.wall(clock, repairs);
    if (wall === undefined) return { type: 'reject', code: 'time-missing' };
    const at = this.#clock.moment(wall, second === undefined ? 'min' : 's', repairs);
    const conversation = this.#conversation(network);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    if (conversation === undefined) return { type: 'reject', code: 'conversation-unknown' };
    const isSystem = stars !== undefined || name === undefined;
    const status = isSystem
      ? /^(.{1,80}?) (?:has )?(signed o(?:n|ff)|went away|returned)\b/u.exec(told ?? '')
      : null;
    const who = isSystem ? status?.[1]?.replaceAll('"', '') : name;
    const sender = who === undefined ? undefined : party(network, who);
    const base = this.#scribe.write(place, {
      network,
      conversation,
      at,
      sender,
      recipients: isSystem || sender === undefined ? undefined : to(this.#otherThan(network, sender)),
      text: isSystem ? (told ?? rest ?? '') : (said ?? ''),
      perspective: this.#self === undefined ? undefined : normaliseAddress(network, this.#self),
      facts: this.#facts(),
      repairs,
    });
    const event: Event = !isSystem
      ? { ...base, kind: 'message' }
      : status?.[2] !== undefined
        ? { ...base, kind: 'presence', payload: { status: status[2] } }
        : { ...base, kind: 'notice', payload: { type: 'system' } };
    return { type: 'event', event };
  }

  #session(match: RegExpExecArray, place: Place, repairs: Repair[]): Outcome {
    const [, phase = '', sides = '', month = '', day, hour, minute, second, year] = match;
    const wall = wallMs({
      year: numberOf(year),
      month: MONTHS.indexOf(month) + 1,
      day: numberOf(day),
      hour: numberOf(hour),
      minute: numberOf(minute),
      second: numberOf(second),
    });
    if (wall === undefined) return { type: 'reject', code: 'time-invalid' };
    const [, medium, self, peer] = SIDES.exec(sides) ?? [];
    if (phase === 'Start' && self !== undefined && peer !== undefined) {
      this.#self = self;
      this.#peer = peer;
      if (medium !== undefined) this.#medium ??= networkOf(medium);
    }
    const network = this.#path.network ?? this.#medium ?? this.#file.settings.network ?? UNKNOWN_NETWORK;
    this.#days.begin(wall, wall % 86_400_000);
    const at = this.#clock.moment(wall, 's', repairs);
    const conversation = this.#conversation(network);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    if (conversation === undefined) return { type: 'reject', code: 'conversation-unknown' };
    const base = this.#scribe.write(place, { network, conversation, at, facts: this.#facts(), repairs });
    return {
      type: 'event',
      event: { ...base, kind: 'notice', payload: { type: `session-${phase.toLowerCase()}` } },
    };
  }

  #facts(): { [name: string]: 'path' | 'setting' | 'header' } {
    return {
      network:
        this.#path.network !== undefined
          ? 'path'
          : this.#medium === undefined && this.#file.settings.network !== undefined
            ? 'setting'
            : 'header',
      conversation: this.#path.room ? 'path' : 'header',
      date: 'header',
    };
  }

  #conversation(network: string): Conversation | undefined {
    if (this.#peer === undefined) return undefined;
    const peer = normaliseAddress(network, this.#peer);
    if (this.#path.room) return { id: peer, kind: 'room', name: this.#peer };
    return direct(this.#self === undefined ? undefined : normaliseAddress(network, this.#self), peer);
  }

  #otherThan(network: string, { address }: Party): Party | undefined {
    if (this.#path.room || this.#peer === undefined || this.#self === undefined) return undefined;
    const [self, peer] = [normaliseAddress(network, this.#self), normaliseAddress(network, this.#peer)];
    return address === self ? { address: peer } : address === peer ? { address: self } : undefined;
  }
}
