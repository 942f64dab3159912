/**
 * History of QIP 2005, the Russian client for ICQ: blocks under a line of dashes whose arrow is the direction. Grammar:
 * the import pattern of Miranda NG.
 */
import type { Repair } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';
import type { Format, Outcome, SourceFile } from '../format.ts';
import { type EntryLog, entryFrames, type Role } from '../reading/entries.ts';
import { dayMs, LogClock } from '../reading/log-clock.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { direct, Scribe, to } from '../reading/scribe.ts';
import { numberOf, wallMs } from '../reading/time.ts';
import { nameOf } from '../source-name.ts';

const NETWORK = 'icq';
const RULE = /^-{20,60}([<>])-\s*$/u;
const HEAD = /^(.{1,200}?) \((\d{1,2}):(\d{2}):(\d{2}) (\d{1,2})\/(\d{1,2})\/(\d{2,4})\)\s*$/u;

export const qip: Format = {
  name: 'qip',
  title: 'QIP history (text)',
  networks: [NETWORK],
  systems: [{ name: 'QIP 2005 and QIP Infium (text)', proven: 'synthetic only' }],
  unit: 'A line of dashes with an arrow, and the lines up to the next.',
  limits: [
    'There is no zone; state it with --zone, else UTC is assumed and marked.',
    'The number of the other side is the name of the file; the account stands nowhere: state it with --account.',
  ],
  detect({ text }) {
    const start = text.slice(0, 4096).split(/\r?\n/u, 40);
    const found = start.some((each, i) => RULE.test(each) && HEAD.test(start[i + 1] ?? ''));
    return found
      ? {
          confidence: 0.95,
          reason: 'lines of dashes with an arrow over name and time, as QIP keeps its history',
        }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) yield* entryFrames(source, file, new QipLog(file));
  },
};

class QipLog implements EntryLog {
  readonly #clock: LogClock;
  readonly #scribe = new Scribe();
  readonly #peer: string;
  readonly #self: string | undefined;

  constructor(file: SourceFile) {
    this.#clock = new LogClock(file.settings);
    const stem = (nameOf(file).split('/').at(-1) ?? '').replace(/\.txt$/iu, '');
    this.#peer = normaliseAddress(NETWORK, /(\d{5,10})$/u.exec(stem)?.[1] ?? stem);
    const { account } = file.settings;
    this.#self = account === undefined ? undefined : normaliseAddress(NETWORK, account);
  }

  role(text: string): Role {
    return RULE.test(text) ? 'entry' : 'more';
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const [rule = '', head = '', ...rest] = entry.split('\n');
    const direction = RULE.exec(rule)?.[1];
    const match = HEAD.exec(head);
    if (match === null) return { type: 'reject', code: 'record-malformed' };
    const [, name = '', hour = '', minute = '', second, day, month, year = ''] = match;
    const date = wallMs({
      year: year.length === 2 ? 2000 + numberOf(year) : numberOf(year),
      month: numberOf(month),
      day: numberOf(day),
      hour: 0,
      minute: 0,
      second: 0,
    });
    const clock = dayMs(hour, minute, second);
    const at =
      date === undefined || clock === undefined ? undefined : this.#clock.moment(date + clock, 's', repairs);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const own = direction === '>';
    const address = own ? this.#self : this.#peer;
    const other = own ? this.#peer : this.#self;
    const base = this.#scribe.write(place, {
      network: NETWORK,
      conversation: direct(this.#self, this.#peer),
      at,
      sender: party(NETWORK, address ?? name, name),
      recipients: to(other === undefined ? undefined : { address: other }),
      text: rest.join('\n').replace(/\n+$/u, ''),
      perspective: this.#self,
      facts: {
        network: 'header',
        conversation: 'path',
        ...(this.#self !== undefined && { account: 'setting' }),
      },
      repairs,
    });
    return { type: 'event', event: { ...base, kind: 'message' } };
  }
}
