/**
 * Logs of aMSN, the free client for MSN: lines with colour tags of its own. Grammar: public descriptions of the log, and
 * libpurple's log reader.
 */
import type { Event, Moment, Repair } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';
import type { Format, Outcome, SourceFile } from '../format.ts';
import { type EntryLog, entryFrames, type Role } from '../reading/entries.ts';
import { DayRoll, dayMs, epochMoment, LogClock } from '../reading/log-clock.ts';
import { monthOf } from '../reading/month-name.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { direct, Scribe } from '../reading/scribe.ts';
import { numberOf, wallMs } from '../reading/time.ts';
import { nameOf } from '../source-name.ts';

const NETWORK = 'msn';
const START = '|"L';
const TAG = /\|"L(?:TIME(\d{1,12}) ?|C[0-9A-Fa-f]{6}|[A-Z]{3})/gu;
const DATED = /(?<!\d)(\d{1,2}) (\p{L}{3,9}) (\d{4}) (\d{1,2}):(\d{2}):(\d{2})/u;

export const amsn: Format = {
  name: 'amsn',
  title: 'aMSN logs',
  networks: [NETWORK],
  systems: [{ name: 'aMSN', proven: 'synthetic only' }],
  unit: 'A line that begins with a colour tag, with the lines after it that do not.',
  limits: [
    'Older versions write local times without a zone; state it with --zone, else UTC is assumed and marked.',
    'People are shown by the name of the moment: that name is the address.',
  ],
  detect({ text }) {
    return /^\|"L(?:RED|GRA)\[?/mu.test(text.slice(0, 4096))
      ? { confidence: 0.9, reason: 'lines that begin with the colour tags of aMSN' }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) yield* entryFrames(source, file, new AmsnLog(file));
  },
};

class AmsnLog implements EntryLog {
  readonly #clock: LogClock;
  readonly #days = new DayRoll();
  readonly #scribe = new Scribe();
  readonly #peer: string;
  readonly #self: string | undefined;

  constructor(file: SourceFile) {
    this.#clock = new LogClock(file.settings);
    const stem = (nameOf(file).split('/').at(-1) ?? '').replace(/\.log$/iu, '');
    this.#peer = normaliseAddress(NETWORK, stem);
    const { account } = file.settings;
    this.#self = account === undefined ? undefined : normaliseAddress(NETWORK, account);
  }

  role(line: string): Role {
    return line.startsWith(START) ? 'entry' : 'more';
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const line = entry.replace(/\n+$/u, '');
    const plain = line.replaceAll(TAG, '');
    const isHeading = line.startsWith('|"LRED');
    const at = this.#moment(line, plain, isHeading, repairs);
    if (typeof at === 'string') return { type: 'reject', code: at };
    const said = isHeading ? undefined : saidIn(line);
    const base = this.#scribe.write(place, {
      network: NETWORK,
      conversation: direct(this.#self, this.#peer),
      at,
      sender: said === undefined ? undefined : party(NETWORK, said.name),
      text: said?.text ?? plain.replace(/^\[[\d: ]{0,12}\] ?/u, '').trim(),
      perspective: this.#self,
      facts: {
        network: 'header',
        conversation: 'path',
        ...(this.#self !== undefined && { account: 'setting' }),
      },
      repairs,
    });
    const event: Event =
      said === undefined
        ? { ...base, kind: 'notice', payload: { type: isHeading ? 'session' : 'system' } }
        : { ...base, kind: 'message' };
    return { type: 'event', event };
  }

  #moment(
    line: string,
    plain: string,
    isHeading: boolean,
    repairs: Repair[],
  ): Moment | 'time-missing' | 'time-invalid' {
    const epoch = /\|"LTIME(\d{1,12})/u.exec(line.slice(0, 200))?.[1];
    if (epoch !== undefined) return epochMoment(Number(epoch) * 1000) ?? 'time-invalid';
    const dated = isHeading ? DATED.exec(plain) : null;
    if (dated !== null) {
      const [, day, name = '', year, hour = '', minute = '', second] = dated;
      const month = monthOf(name);
      const clock = dayMs(hour, minute, second);
      if (month === undefined || clock === undefined) return 'time-invalid';
      const date = wallMs({ year: numberOf(year), month, day: numberOf(day), hour: 0, minute: 0, second: 0 });
      if (date === undefined) return 'time-invalid';
      this.#days.begin(date, clock);
      return this.#clock.moment(date + clock, 's', repairs) ?? 'time-invalid';
    }
    const time = /^\[(\d{1,2}):(\d{2}):(\d{2})\]/u.exec(plain);
    if (time === null) return 'time-missing';
    const clock = dayMs(time[1] ?? '', time[2] ?? '', time[3]);
    if (clock === undefined) return 'time-invalid';
    const wall = this.#days.wall(clock, repairs);
    if (wall === undefined) return 'time-missing';
    return this.#clock.moment(wall, 's', repairs) ?? 'time-invalid';
  }
}

/** The name stands in italics, the text after the next tag. */
function saidIn(line: string): { name: string; text: string } | undefined {
  const start = line.indexOf('|"LITA');
  if (start === -1) return undefined;
  const rest = line.slice(start + 6);
  const tag = /\|"L(?:C[0-9A-Fa-f]{6}|[A-Z]{3})/u.exec(rest);
  if (tag === null) return undefined;
  const name = rest
    .slice(0, tag.index)
    .trim()
    .replace(/(?: says| dice| dit)? ?:$/u, '');
  const text = rest
    .slice(tag.index + tag[0].length)
    .replaceAll(TAG, '')
    .replace(/^ /u, '');
  return name === '' ? undefined : { name, text };
}
