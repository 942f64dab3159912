/** Entries of a text log of classic Mac OS: `<peer> IM Log`. */
import type { Conversation, Moment, Party, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import { dateMs, sayAssumed } from '../../reading/date-order.ts';
import type { EntryLog, Role } from '../../reading/entries.ts';
import { dayMs, LogClock } from '../../reading/log-clock.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { nameOf } from '../../source-name.ts';
import { headingOf, isMacEntry, isMacHeading, type MacSurvey, writerOf } from './mac-survey.ts';

const NETWORK = 'aim';
const AUTO = /^Auto[ -]?response from (.{1,64}):\s*$/iu;

export class MacLog implements EntryLog {
  readonly #survey: MacSurvey;
  readonly #clock: LogClock;
  readonly #scribe = new Scribe();
  readonly #peer: string | undefined;
  readonly #self: string | undefined;
  #heading: ReturnType<typeof headingOf>;
  /** The next entry answers by itself. */
  #automatic = false;

  constructor(file: SourceFile, survey: MacSurvey) {
    this.#survey = survey;
    this.#clock = new LogClock(file.settings);
    const peer = /([^/]+) IM Log$/u.exec(nameOf(file))?.[1];
    const named = peer === undefined ? undefined : normaliseAddress(NETWORK, peer);
    // A file that was renamed names nobody who writes in it: then both sides are those who do.
    this.#peer =
      named !== undefined && (survey.writers.has(named) || survey.writers.size < 2) ? named : undefined;
    const { account } = file.settings;
    const others = [...survey.writers].filter((writer) => writer !== this.#peer);
    this.#self =
      account !== undefined
        ? normaliseAddress(NETWORK, account)
        : this.#peer !== undefined && others.length === 1
          ? others[0]
          : undefined;
  }

  role(line: string): Role {
    if (isMacHeading(line) || AUTO.test(line)) return 'heading';
    return isMacEntry(line) ? 'entry' : 'more';
  }

  heading(line: string): void {
    if (AUTO.test(line)) {
      this.#automatic = true;
      return;
    }
    this.#heading = headingOf(line);
    this.#automatic = false;
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const automatic = this.#automatic;
    this.#automatic = false;
    const writer = writerOf(entry);
    if (writer === undefined) return { type: 'reject', code: 'line-unknown' };
    const at = this.#moment(repairs);
    if (at === undefined) return { type: 'reject', code: 'time-missing' };
    const sender = party(NETWORK, writer);
    const base = this.#scribe.write(place, {
      network: NETWORK,
      conversation: this.#conversation(),
      at,
      sender,
      recipients: to(this.#otherThan(sender)),
      text: entry.slice(writer.length + 2).replace(/\n+$/u, ''),
      perspective: this.#self,
      facts: {
        network: 'header',
        time: 'header',
        ...(this.#peer !== undefined && { conversation: 'path' }),
        ...(this.#survey.order.from === 'setting' && { dateOrder: 'setting' }),
      },
      repairs,
    });
    return {
      type: 'event',
      event: { ...base, kind: 'message', ...(automatic && { payload: { automatic } }) },
    };
  }

  #moment(repairs: Repair[]): Moment | undefined {
    if (this.#heading === undefined) return undefined;
    const { date, clock } = this.#heading;
    const { order, from } = this.#survey.order;
    const day = dateMs(date, order);
    const time = dayMs(clock[0], clock[1]);
    if (day === undefined || time === undefined) return undefined;
    sayAssumed(date, from, repairs);
    repairs.push({ code: 'time-of-conversation' });
    return this.#clock.moment(day + time, 'day', repairs);
  }

  #conversation(): Conversation {
    if (this.#peer !== undefined) return direct(this.#self, this.#peer);
    return direct(...(this.#survey.writers.size <= 2 ? this.#survey.writers : [this.#self ?? 'unknown']));
  }

  #otherThan({ address }: Party): Party | undefined {
    const sides = this.#peer === undefined ? [...this.#survey.writers] : [this.#peer, this.#self];
    const other =
      sides.length === 2 && sides.includes(address) ? sides.find((side) => side !== address) : undefined;
    return other === undefined ? undefined : { address: other };
  }
}
