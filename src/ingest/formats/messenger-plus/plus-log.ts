/** Sessions of one log. */
import type { Conversation, Event, Party, Repair } from '../../../core/event.ts';
import { directConversation, normaliseAddress } from '../../../core/ids.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import type { EntryLog, Role } from '../../reading/entries.ts';
import { DayRoll, dayMs, LogClock } from '../../reading/log-clock.ts';
import { monthOf } from '../../reading/month-name.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { Scribe, to } from '../../reading/scribe.ts';
import { numberOf, wallMs } from '../../reading/time.ts';
import { nameOf } from '../../source-name.ts';

const NETWORK = 'msn';
const EDGE = /^\ufeff?[.*+]-{10,}[.*+]\s*$/u;
const ENTRY = /^\[(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?\] (.*)$/su;

export const isEdge = (line: string): boolean => EDGE.test(line);

export class PlusLog implements EntryLog {
  readonly #file: SourceFile;
  readonly #clock: LogClock;
  readonly #days = new DayRoll();
  readonly #scribe = new Scribe();
  readonly #self: string | undefined;
  /** Address by name, of the session that is open. */
  #people = new Map<string, string>();

  constructor(file: SourceFile) {
    this.#file = file;
    this.#clock = new LogClock(file.settings);
    const { account } = file.settings;
    this.#self = account === undefined ? undefined : normaliseAddress(NETWORK, account);
  }

  role(line: string): Role {
    if (isEdge(line) || line.startsWith('|')) return 'heading';
    return ENTRY.test(line) ? 'entry' : 'more';
  }

  heading(line: string): void {
    const inside = line
      .replace(/^\|/u, '')
      .replace(/\|\s*$/u, '')
      .trim();
    const person = /^(.{1,256}?) \(([^\s()]+@[^\s()]+)\)$/u.exec(inside);
    if (person?.[1] !== undefined && person[2] !== undefined) {
      if (this.#people.size < 1000) this.#people.set(person[1], normaliseAddress(NETWORK, person[2]));
      return;
    }
    const day = dateIn(inside);
    if (day === undefined) return;
    this.#days.begin(day);
    this.#people = new Map();
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const match = ENTRY.exec(entry.replace(/\n+$/u, ''));
    if (match === null) return { type: 'reject', code: 'line-unknown' };
    const [, hour = '', minute = '', second, half, rest = ''] = match;
    const clock = dayMs(hour, minute, second, half);
    if (clock === undefined) return { type: 'reject', code: 'time-invalid' };
    const wall = this.#days.wall(clock, repairs);
    if (wall === undefined) return { type: 'reject', code: 'time-missing' };
    const at = this.#clock.moment(wall, second === undefined ? 'min' : 's', repairs);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const { name, said } = this.#split(rest);
    const sender = name === undefined ? undefined : this.#party(name);
    // Lines that go on are set in under the text.
    const text = said.replaceAll(/\n[ \t]+/gu, '\n');
    const base = this.#scribe.write(place, {
      network: NETWORK,
      conversation: this.#conversation(),
      at,
      sender,
      recipients: sender === undefined ? undefined : to(this.#otherThan(sender)),
      text,
      perspective: this.#self,
      facts: { network: 'header', date: 'header', conversation: this.#people.size > 0 ? 'header' : 'path' },
      repairs,
    });
    const event: Event =
      sender === undefined
        ? { ...base, kind: 'notice', payload: { type: 'system' } }
        : { ...base, kind: 'message' };
    return { type: 'event', event };
  }

  /** Names hold colons and blanks: those of the box come first. */
  #split(rest: string): { name?: string; said: string } {
    if (rest.startsWith('*')) return { said: rest };
    for (const name of this.#people.keys())
      for (const mark of [': ', ' : '])
        if (rest.startsWith(name + mark)) return { name, said: rest.slice(name.length + mark.length) };
    const match = /^([^\n]{1,256}?) ?: (.*)$/su.exec(rest);
    return match?.[1] === undefined ? { said: rest } : { name: match[1], said: match[2] ?? '' };
  }

  #party(name: string): Party {
    const address = this.#people.get(name);
    return address === undefined ? party(NETWORK, name) : party(NETWORK, address, name);
  }

  #conversation(): Conversation {
    const people = [...this.#people.values()];
    if (people.length > 2) return { id: directConversation(people), kind: 'group' };
    if (people.length === 0) {
      const stem = (nameOf(this.#file).split('/').at(-1) ?? '').replace(/\.\w{1,4}$/u, '');
      people.push(normaliseAddress(NETWORK, stem));
    }
    if (people.length === 1 && this.#self !== undefined) people.push(this.#self);
    return { id: directConversation(people), kind: 'direct' };
  }

  #otherThan({ address }: Party): Party | undefined {
    const people = [...this.#people.values()];
    if (people.length !== 2 || !people.includes(address)) return undefined;
    const other = people.find((each) => each !== address);
    return other === undefined ? undefined : { address: other };
  }
}

/** `Wednesday, 31 December 2008` and `December 31, 2008`, in the languages whose months are known. */
function dateIn(text: string): number | undefined {
  const year = /(?<!\d)(\d{4})(?!\d)/u.exec(text)?.[1];
  const day = /(?<!\d)(\d{1,2})(?!\d)/u.exec(text)?.[1];
  const month = (text.match(/\p{L}{3,}/gu) ?? []).map(monthOf).findLast((found) => found !== undefined);
  if (year === undefined || day === undefined || month === undefined) return undefined;
  return wallMs({ year: numberOf(year), month, day: numberOf(day), hour: 0, minute: 0, second: 0 });
}
