/**
 * A transcript as text: what IBM's style sheet of 2015 makes of a page. `!started at …`, `!initiated by …`, then a line
 * `time: Name: text` for each that was said.
 */
import type { Conversation, Party, Provenance, Recipient, Repair } from '../../../core/event.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import type { EntryLog, Role } from '../../reading/entries.ts';
import { DayRoll, dayMs, LogClock } from '../../reading/log-clock.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { betweenTwo, direct, type Scribe } from '../../reading/scribe.ts';
import { nameOf } from '../../source-name.ts';
import { dateOf } from './date.ts';
import { pathFacts } from './place.ts';
import { systemOutcome } from './system.ts';

const NETWORK = 'sametime';
const STARTED = /^!started at:?\s+(\S.{3,119})$/iu;
const HEADING = /^!(?:started at|initiated by)\b/iu;
const ENTRY = /^(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s?([\p{L}.]{1,8}\.?))?:\s+/u;
const MAX_NAME = 200;

/** The time that an entry begins with. */
interface Head {
  /** Milliseconds of the day; undefined: no clock shows it. */
  readonly clock: number | undefined;
  readonly precision: 'min' | 's';
  /** Where in the line the rest begins. */
  readonly rest: number;
}

function headOf(line: string): Head | undefined {
  const first = line.charCodeAt(0);
  const match = first >= 48 && first <= 57 ? ENTRY.exec(line) : null;
  if (match === null) return undefined;
  const [all, hour = '', minute = '', second, half] = match;
  return {
    clock: dayMs(hour, minute, second, half),
    precision: second === undefined ? 'min' : 's',
    rest: all.length,
  };
}

/** Who says what: `Name: text`; undefined: Sametime itself. */
function saidIn(rest: string): { readonly name: string; readonly text: string } | undefined {
  const colon = rest.indexOf(':');
  if (colon < 1 || colon > MAX_NAME) return undefined;
  const name = rest.slice(0, colon);
  const after = rest.charAt(colon + 1);
  if (name.includes('\n') || (after !== '' && after.trim() !== '')) return undefined;
  return { name, text: rest.slice(after === '\n' ? colon + 1 : colon + 2) };
}

export const isTextLog = (text: string): boolean =>
  text.split(/\r?\n/u, 5).some((line) => STARTED.test(line.replace(/^\ufeff/u, '')));

export class TextLog implements EntryLog<Head> {
  readonly #clock: LogClock;
  readonly #scribe: Scribe;
  readonly #roll = new DayRoll();
  readonly #conversation: Conversation;
  /** To whom each side of a chat of two writes, by address. */
  readonly #sentTo: ReadonlyMap<string, readonly Recipient[]>;
  readonly #self: string | undefined;
  #facts: Provenance['facts'] = { network: 'header' };

  /** `head`: the beginning of the file, which shows who speaks. */
  constructor(file: SourceFile, scribe: Scribe, head: string) {
    this.#clock = new LogClock(file.settings);
    this.#scribe = scribe;
    const path = pathFacts(nameOf(file));
    if (path.day !== undefined) {
      this.#roll.begin(path.day);
      this.#facts = { network: 'header', date: 'path' };
    }
    const { account } = file.settings;
    this.#self = account === undefined ? undefined : party(NETWORK, account).address;
    const people = new Map<string, Party>();
    for (const line of head.split(/\r?\n/u)) {
      const name = saidIn(line.slice(headOf(line)?.rest ?? line.length))?.name;
      if (name !== undefined && people.size < 3)
        people.set(party(NETWORK, name).address, party(NETWORK, name, name));
    }
    if (people.size === 1 && path.peer !== undefined)
      people.set(party(NETWORK, path.peer).address, party(NETWORK, path.peer));
    this.#sentTo = betweenTwo([...people.values()]);
    const stem = (nameOf(file).split('/').at(-1) ?? '').replace(/\.txt$/iu, '') || 'transcript';
    const name = path.room;
    this.#conversation =
      name !== undefined
        ? { id: name, kind: 'group', name }
        : people.size === 0 || people.size > 2
          ? { id: stem, kind: 'group' }
          : direct(...people.keys());
  }

  role(line: string): Role | Head {
    if (HEADING.test(line)) return 'heading';
    return headOf(line) ?? (line.trim() === '' ? 'blank' : 'more');
  }

  heading(line: string): void {
    const day = dateOf(STARTED.exec(line)?.[1]);
    if (day === undefined) return;
    this.#roll.begin(day);
    this.#facts = { network: 'header', date: 'header' };
  }

  read(entry: string, place: Place, repairs: Repair[], head: Head | undefined): Outcome {
    const clock = head?.clock;
    const wall = clock === undefined ? undefined : this.#roll.wall(clock, repairs);
    if (head === undefined || wall === undefined)
      return { type: 'reject', code: clock === undefined ? 'time-invalid' : 'time-missing' };
    const at = this.#clock.moment(wall, head.precision, repairs);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const rest = entry.slice(head.rest);
    const said = saidIn(rest);
    const sender = said === undefined ? undefined : party(NETWORK, said.name, said.name);
    const text = said?.text ?? rest;
    const written = this.#scribe.write(place, {
      network: NETWORK,
      conversation: this.#conversation,
      at,
      sender,
      recipients: sender === undefined ? undefined : this.#sentTo.get(sender.address),
      text,
      perspective: this.#self,
      facts: this.#facts,
      repairs,
    });
    return sender === undefined
      ? systemOutcome(text, written, new Map())
      : { type: 'event', event: { ...written, kind: 'message' } };
  }
}
