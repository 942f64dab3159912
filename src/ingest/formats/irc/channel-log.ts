/** The lines of one log, in their order. */
import type { Conversation, Event, Moment, Party, Provenance, Repair } from '../../../core/event.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import { DateOrders, dateMs, sayAssumed } from '../../reading/date-order.ts';
import type { EntryLog, Role } from '../../reading/entries.ts';
import { LocaleDates } from '../../reading/locale-date.ts';
import { epochMoment, LogClock } from '../../reading/log-clock.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { dayOf, wallMs } from '../../reading/time.ts';
import { nameOf } from '../../source-name.ts';
import { headingOf, timed } from './dialect.ts';
import { type LogPath, logPath } from './log-path.ts';
import { fromColumns, saidIn, withoutCodes } from './said.ts';
import type { Timed } from './stamps.ts';

const NETWORK = 'irc';
const DAY = 86_400_000;
const STEP_BACK = 3_600_000;
const NAMED =
  /(?:[Nn]ow talking (?:on|in)|(?:has |just )?joined|(?:has |just )?left|(?:Topic|Mode) (?:for|of)|Topic changed on|Session Ident:|is now talking on|mode\/|from) ([#&][^\s,.:]{1,120})|^[^\n]{0,24}\] (#[^\s:]{1,120}): mode change/mu;
/** What is said in channels only. */
const IN_CHANNEL = /\] \*{1,3} (?:(?:Joins|Parts): \S|\S{1,64} (?:sets mode: |changes topic to ))/u;
/** How lines begin that have no time. */
const SPOKEN =
  /^(?:<\S|-->\||\|<--|=-=|===|\[[A-Z]{3,12}\]|\*\S|\* \S|\*{2,3} |-\S{1,64}- |[-*]?>\S|\*\S{1,64}\* )/u;

export class ChannelLog implements EntryLog<Timed> {
  readonly #path: LogPath;
  readonly #clock: LogClock;
  readonly #scribe = new Scribe();
  readonly #conversation: Conversation;
  readonly #facts: Provenance['facts'];
  readonly #self: string | undefined;
  /** Wall clock of the last line, as if UTC. */
  #last: number | undefined;
  #inferred = false;
  readonly #order: ReturnType<DateOrders['decide']>;
  readonly #words = new LocaleDates();
  /** No line has a time: all stand at that of the last heading. */
  readonly #isTimeless: boolean;

  constructor(file: SourceFile, head: string) {
    this.#path = logPath(nameOf(file));
    this.#clock = new LogClock(file.settings);
    this.#last = this.#path.day ?? dayOf(file.settings.date ?? '');
    const { account } = file.settings;
    this.#self = account === undefined ? undefined : party(NETWORK, account).address;
    const plain = withoutCodes(head);
    const orders = new DateOrders();
    const stamps = head.split(/\r?\n/u).flatMap((line) => timed(line) ?? []);
    for (const { digits } of stamps) if (digits !== undefined) orders.see(digits);
    this.#order = orders.decide(file.settings.dateOrder);
    this.#isTimeless = stamps.length === 0;
    const { channel: inPath, nick, server } = ofPath(this.#path, plain);
    const found = NAMED.exec(plain);
    const unnamed = nick !== undefined && found === null && IN_CHANNEL.test(plain) ? nick : undefined;
    const channel = inPath ?? unnamed;
    const named = channel ?? found?.[1] ?? found?.[2];
    this.#facts = {
      network: 'header',
      conversation: channel === undefined && named !== undefined ? 'record' : 'path',
      ...(this.#path.day !== undefined ? { date: 'path' } : this.#last !== undefined && { date: 'setting' }),
    };
    if (named !== undefined) {
      const id = party(NETWORK, named).address;
      this.#conversation = { id: server === undefined ? id : `${server}/${id}`, kind: 'room', name: named };
    } else {
      const peer = party(NETWORK, nick ?? nameOf(file).split('/').at(-1) ?? '').address;
      this.#conversation = direct(this.#self, peer);
    }
  }

  role(line: string): Role | Timed {
    if (line.trim() === '') return 'blank';
    if (headingOf(line).isHeading) return 'heading';
    const time = timed(line);
    if (time !== undefined) return time;
    if (/^(?:===|\*\*\*) /u.test(line)) return 'entry';
    return this.#isTimeless && SPOKEN.test(withoutCodes(line)) ? 'entry' : 'unknown';
  }

  heading(line: string): void {
    const { heading } = headingOf(line);
    if (heading === undefined) return;
    this.#last = heading.day + heading.clock;
    this.#inferred = false;
  }

  read(line: string, place: Place, repairs: Repair[], found: Timed | undefined): Outcome {
    const time: Timed = found ?? { seconds: false, rest: line };
    const at = this.#moment(time, repairs);
    if (typeof at === 'string') return { type: 'reject', code: at };
    const source = fromColumns(time.rest, time.isWorded);
    const plain = withoutCodes(source).trimEnd();
    const said = saidIn(plain.trimStart());
    const markup = plain.length < source.trimEnd().length ? { type: 'mirc', source } : undefined;
    const write = (sender: Party | undefined, text: string, actor?: Party, recipient?: Party) =>
      this.#scribe.write(place, {
        network: NETWORK,
        conversation: this.#conversation,
        at,
        sender,
        actor,
        recipients: to(recipient),
        text,
        markup,
        perspective: this.#self,
        facts: this.#facts,
        repairs,
      });
    const who = (nick: string): Party => party(NETWORK, nick);
    let event: Event;
    switch (said.kind) {
      case 'message':
        event = { ...write(who(said.who), said.text), kind: 'message' };
        break;
      case 'action':
        event = { ...write(who(said.who), said.text), kind: 'message', extra: { action: true } };
        break;
      case 'notice-from':
        event = { ...write(who(said.who), said.text), kind: 'message', extra: { notice: true } };
        break;
      case 'sent': {
        const self = this.#self === undefined ? undefined : who(this.#self);
        const sent = write(self, said.text, undefined, who(said.to));
        event = { ...sent, kind: 'message', ...(said.isNotice && { extra: { notice: true } }) };
        break;
      }
      case 'join':
      case 'leave': {
        const actor = said.by === undefined ? undefined : who(said.by);
        event = { ...write(who(said.who), plain, actor), kind: said.kind, payload: { basis: 'stated' } };
        break;
      }
      case 'topic': {
        const sender = said.who === undefined ? undefined : who(said.who);
        event = { ...write(sender, said.topic), kind: 'topic', payload: { what: 'topic' } };
        break;
      }
      case 'invite':
        event = { ...write(who(said.who), plain), kind: 'invite', payload: { invited: [who(said.invited)] } };
        break;
      case 'notice':
        event = { ...write(undefined, plain), kind: 'notice', payload: { type: said.type } };
        break;
    }
    return { type: 'event', event };
  }

  #moment(time: Timed, repairs: Repair[]): Moment | 'time-missing' | 'time-invalid' {
    if (time.epoch !== undefined) return epochMoment(time.epoch) ?? 'time-invalid';
    const { clock } = time;
    if (clock === 'invalid') return 'time-invalid';
    const wall = this.#wall(time, clock, repairs);
    if (wall === undefined)
      return this.#last === undefined && time.digits === undefined && time.words === undefined
        ? 'time-missing'
        : 'time-invalid';
    const precision = this.#isTimeless ? 'day' : time.seconds ? 's' : 'min';
    return this.#clock.moment(wall, precision, repairs) ?? 'time-invalid';
  }

  /** The day of a date whose order or language the file decides. */
  #dayOf({ digits, words }: Timed, repairs: Repair[]): number | undefined {
    if (digits !== undefined) {
      sayAssumed(digits, this.#order.from, repairs);
      return dateMs(digits, this.#order.order);
    }
    if (words === undefined) return undefined;
    const short = headingOf(`*** on ${words}`).heading;
    return short?.day ?? this.#words.read(`${words} 0:00`)?.wall;
  }

  /** The wall clock of a line: its own date, the year of the log, or the day of the line before. */
  #wall(time: Timed, clock: number | undefined, repairs: Repair[]): number | undefined {
    const last = this.#last;
    const day = time.day ?? this.#dayOf(time, repairs);
    if (day !== undefined) {
      this.#last = day + (clock ?? 0);
      return this.#last;
    }
    if (time.digits !== undefined || time.words !== undefined) return undefined;
    if (last === undefined) return undefined;
    if (clock === undefined) {
      repairs.push({ code: 'time-of-entry-before' });
      return last;
    }
    if (time.date !== undefined) {
      const [month, date] = time.date;
      const year = new Date(last).getUTCFullYear();
      const midnight = (y: number) => wallMs({ year: y, month, day: date, hour: 0, minute: 0, second: 0 });
      let day = midnight(year);
      // A date that steps back by months is in the next year.
      if (day !== undefined && day < last - 200 * DAY) day = midnight(year + 1);
      if (day === undefined) return undefined;
      this.#last = Math.max(last, day + clock);
      return day + clock;
    }
    let wall = Math.floor(last / DAY) * DAY + clock;
    if (wall < last - STEP_BACK) {
      wall += DAY;
      this.#inferred = true;
    }
    if (this.#inferred) repairs.push({ code: 'date-inferred' });
    this.#last = Math.max(last, wall);
    return wall;
  }
}

/** A channel that the log itself names as a part of what the path says: mIRC adds the server (`#desk.elm.log`). */
function ofPath(path: LogPath, head: string): LogPath {
  const named = /^Session Ident: ([#&][^\s,]{1,120})/mu.exec(head)?.[1];
  const { channel } = path;
  if (named === undefined || channel === undefined || !channel.startsWith(`${named}.`)) return path;
  return { ...path, channel: named, server: channel.slice(named.length + 1).toLowerCase() };
}
