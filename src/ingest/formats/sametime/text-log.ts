/**
 * A transcript as text: what IBM's style sheet of 2015 makes of a page. `!started at …`, `!initiated by …`, then a line
 * `time: Name: text` for each that was said.
 */
import type { Conversation, Party, Repair } from '../../../core/event.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import type { EntryLog, Role } from '../../reading/entries.ts';
import { DayRoll, dayMs, LogClock } from '../../reading/log-clock.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, type Scribe, to } from '../../reading/scribe.ts';
import { nameOf } from '../../source-name.ts';
import { dateOf } from './date.ts';
import { pathFacts } from './place.ts';
import { systemOutcome } from './system.ts';

const NETWORK = 'sametime';
const STARTED = /^!started at:?\s+(\S.{3,119})$/iu;
const HEADING = /^!(?:started at|initiated by)\b/iu;
const ENTRY = /^(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s?([\p{L}.]{1,8}\.?))?:\s+(.*)$/u;
const SAID = /^([^:\n]{1,200}):(?:\s([\s\S]*))?$/u;

export const isTextLog = (text: string): boolean =>
  text.split(/\r?\n/u, 5).some((line) => STARTED.test(line.replace(/^\ufeff/u, '')));

export class TextLog implements EntryLog {
  readonly #clock: LogClock;
  readonly #scribe: Scribe;
  readonly #roll = new DayRoll();
  readonly #conversation: Conversation;
  readonly #sides: readonly Party[];
  readonly #self: string | undefined;
  #day: 'path' | 'header' | undefined;

  /** `head`: the beginning of the file, which shows who speaks. */
  constructor(file: SourceFile, scribe: Scribe, head: string) {
    this.#clock = new LogClock(file.settings);
    this.#scribe = scribe;
    const path = pathFacts(nameOf(file));
    if (path.day !== undefined) {
      this.#roll.begin(path.day);
      this.#day = 'path';
    }
    const { account } = file.settings;
    this.#self = account === undefined ? undefined : party(NETWORK, account).address;
    const people = new Map<string, Party>();
    for (const line of head.split(/\r?\n/u)) {
      const name = SAID.exec(ENTRY.exec(line)?.[5] ?? '')?.[1];
      if (name !== undefined && people.size < 3)
        people.set(party(NETWORK, name).address, party(NETWORK, name, name));
    }
    if (people.size === 1 && path.peer !== undefined)
      people.set(party(NETWORK, path.peer).address, party(NETWORK, path.peer));
    this.#sides = people.size === 2 ? [...people.values()] : [];
    const stem = (nameOf(file).split('/').at(-1) ?? '').replace(/\.txt$/iu, '') || 'transcript';
    const name = path.room;
    this.#conversation =
      name !== undefined
        ? { id: name, kind: 'group', name }
        : people.size === 0 || people.size > 2
          ? { id: stem, kind: 'group' }
          : direct(...people.keys());
  }

  role(line: string): Role {
    if (HEADING.test(line)) return 'heading';
    return ENTRY.test(line) ? 'entry' : line.trim() === '' ? 'blank' : 'more';
  }

  heading(line: string): void {
    const day = dateOf(STARTED.exec(line)?.[1]);
    if (day === undefined) return;
    this.#roll.begin(day);
    this.#day = 'header';
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const [line = '', ...more] = entry.split('\n');
    const [, hour = '', minute = '', second, half, rest = ''] = ENTRY.exec(line) ?? [];
    const clock = dayMs(hour, minute, second, half);
    const wall = clock === undefined ? undefined : this.#roll.wall(clock, repairs);
    if (wall === undefined)
      return { type: 'reject', code: clock === undefined ? 'time-invalid' : 'time-missing' };
    const at = this.#clock.moment(wall, second === undefined ? 'min' : 's', repairs);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const [, name, said] = SAID.exec(rest) ?? [];
    const sender = name === undefined ? undefined : party(NETWORK, name, name);
    const text = [name === undefined ? rest : (said ?? ''), ...more].join('\n');
    const other = this.#sides.find(({ address }) => address !== sender?.address);
    const written = this.#scribe.write(place, {
      network: NETWORK,
      conversation: this.#conversation,
      at,
      sender,
      recipients: sender === undefined ? undefined : to(other),
      text,
      perspective: this.#self,
      facts: { network: 'header', ...(this.#day !== undefined && { date: this.#day }) },
      repairs,
    });
    return sender === undefined
      ? systemOutcome(text, written, new Map())
      : { type: 'event', event: { ...written, kind: 'message' } };
  }
}
