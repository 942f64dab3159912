/**
 * Instant messages in syslog (RFC 3164, RFC 5424), as gateways and firewalls send them: who, to whom, on which network,
 * and the text where it is logged. No vendor published its grammar: named values are understood by their names.
 */
import type { Json, Moment, Repair } from '../../core/event.ts';
import type { Format, Outcome, SourceFile } from '../format.ts';
import { entryFrames } from '../reading/entries.ts';
import { LogClock } from '../reading/log-clock.ts';
import { networkFor, networkNamed } from '../reading/network-name.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { direct, Scribe, to } from '../reading/scribe.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { nameOf } from '../source-name.ts';
import { NAMES, named, recordOf, type SyslogRecord, sidesIn, wallIn } from './im-syslog/record.ts';

const START =
  /^(?:\d{2,6} (?=<))?(?:<\d{1,3}>(?:1 |[A-Z][a-z]{2} )|(?:<\d{1,3}>)?\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\S{2,20} \S{1,255} \S{1,80}:? |[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d{2}:\d{2}:\d{2} \S)/u;
const NOTE = 'Its grammar is not public: named values of syslog are understood by their names.';
/** A month less than the one before by more than this is the next year. */
const MONTHS_BACK = 6;

export const imSyslog: Format = {
  name: 'im-syslog',
  title: 'Instant messages in syslog (RFC 3164, RFC 5424)',
  networks: ['any'],
  systems: [
    { name: 'Barracuda IM Firewall', proven: 'generic gateway', note: NOTE },
    { name: 'Cymphonix Network Composer', proven: 'generic gateway', note: NOTE },
  ],
  unit: 'A line.',
  limits: [
    'RFC 3164 has no year: it is that of a dated line before it or near the beginning, else of the path; without either the line is a reject.',
    'RFC 3164 has no zone: state it with --zone, else UTC is assumed and marked.',
    'A line without sender and recipient is a record of the firewall about itself.',
    'A text that nothing quotes goes to the end of the line, or to a name that such records commonly have.',
  ],
  detect({ text }) {
    const lines = text
      .slice(0, 16_384)
      .split(/\r?\n/u)
      .filter((line) => line !== '');
    if (lines.length === 0 || !lines.slice(0, 3).every((line) => START.test(line))) return undefined;
    const said = lines.some((line) => {
      const record = recordOf(line);
      return (
        record !== undefined &&
        named(record, NAMES.from) !== undefined &&
        named(record, NAMES.to) !== undefined
      );
    });
    return said
      ? { confidence: 0.7, reason: 'lines of syslog with sender and recipient of messages' }
      : undefined;
  },
  async *frames(source) {
    const scribe = new Scribe();
    for (const file of source.files) {
      const reader = new LineReader(file, scribe, decodeHead(await readHead(file, 65_536)));
      yield* entryFrames(source, file, {
        role: (line) => (START.test(line) ? 'entry' : line.trim() === '' ? 'blank' : 'unknown'),
        read: (line, place, repairs) => reader.read(line, place, repairs),
      });
    }
  },
};

class LineReader {
  readonly #file: SourceFile;
  readonly #scribe: Scribe;
  readonly #clock: LogClock;
  #year: number | undefined;
  #yearFrom: 'record' | 'path' | undefined;
  #month: number | undefined;

  constructor(file: SourceFile, scribe: Scribe, head: string) {
    this.#file = file;
    this.#scribe = scribe;
    this.#clock = new LogClock(file.settings);
    const year = /(?:^|\D)((?:19|20)\d{2})(?:[-_.]?(?:0[1-9]|1[0-2])|\D|$)/u.exec(
      nameOf(file).split('/').slice(-3).join('/'),
    )?.[1];
    if (year !== undefined) {
      this.#year = Number(year);
      this.#yearFrom = 'path';
    }
    for (const line of head.split(/\r?\n/u, 200)) {
      const time = recordOf(line)?.time;
      if (this.#year !== undefined || time === undefined || !('zone' in time)) continue;
      this.#year = new Date(time.wall).getUTCFullYear();
      this.#yearFrom = 'record';
    }
  }

  read(line: string, place: Place, repairs: Repair[]): Outcome {
    const record = recordOf(line);
    if (record === undefined) return { type: 'reject', code: 'line-unknown' };
    const at = this.#moment(record, repairs);
    if (at === undefined)
      return { type: 'reject', code: 'time-missing', detail: record.time === undefined ? 'time' : 'year' };
    const { from, to: target } = sidesIn(record);
    if (from === undefined || (target === undefined && named(record, NAMES.conversation) === undefined))
      return { type: 'excluded', reason: 'bookkeeping' };
    const protocol = named(record, NAMES.network);
    const { network, from: networkFrom } = networkFor(
      protocol === undefined ? undefined : networkNamed(protocol),
      this.#file,
    );
    const sender = party(network, from);
    const recipient = target === undefined ? undefined : party(network, target);
    const conversation = named(record, NAMES.conversation);
    const message = NAMES.text.some((name) => record.values.has(name))
      ? (named(record, NAMES.text) ?? '')
      : undefined;
    const outside = record.text === '' ? undefined : record.text.toWellFormed();
    const text = message === '' ? undefined : (message ?? outside);
    const file = named(record, NAMES.file);
    const extra: { [key: string]: Json } = { host: record.host, app: record.app };
    for (const [name, value] of record.values)
      if (!isPlaced(name)) extra[name.toWellFormed()] = value.toWellFormed();
    if (conversation !== undefined) extra.conversation = conversation;
    if (message !== undefined && outside !== undefined) extra.outside = outside;
    // Who is written to is the room itself where the record says so.
    const isRoom = target !== undefined && target === named(record, ['room', 'chat']);
    const written = this.#scribe.write(place, {
      network,
      conversation:
        recipient === undefined || isRoom
          ? { id: `${record.host} ${conversation ?? target ?? ''}`.trim(), kind: 'group' }
          : direct(sender.address, recipient.address),
      at,
      sender,
      recipients: isRoom ? undefined : to(recipient),
      text,
      attachments: file === undefined ? undefined : [{ name: file, state: 'referenced' }],
      facts: {
        ...(networkFrom !== undefined && networkFrom !== 'header' && { network: networkFrom }),
        ...(record.time !== undefined &&
          'month' in record.time &&
          this.#yearFrom === 'path' && { year: 'path' }),
      },
      repairs,
      extra,
    });
    if (file === undefined || text !== undefined)
      return { type: 'event', event: { ...written, kind: 'message' } };
    const failed = /^(?:block|den|drop|reject|fail)/iu.test(
      named(record, ['action', 'status', 'result']) ?? '',
    );
    return {
      type: 'event',
      event: { ...written, kind: 'file', payload: { phase: failed ? 'failed' : 'offered' } },
    };
  }

  /** The year of a clock without one: of a dated line before it, or of the path; after December comes January. */
  #moment(record: SyslogRecord, repairs: Repair[]): Moment | undefined {
    const { time, year } = record;
    if (time === undefined) return undefined;
    if ('zone' in time) {
      const at = new LogClock(this.#file.settings, { zone: time.zone, source: 'stated' }).moment(
        time.wall,
        time.precision,
        repairs,
      );
      if (at !== undefined)
        this.#begin(new Date(time.wall).getUTCFullYear(), new Date(time.wall).getUTCMonth() + 1);
      return at;
    }
    if (year !== undefined) this.#begin(year, time.month);
    else if (
      this.#year !== undefined &&
      this.#month !== undefined &&
      time.month < this.#month - MONTHS_BACK
    ) {
      this.#year++;
      repairs.push({ code: 'date-inferred' });
    }
    if (this.#year === undefined) return undefined;
    this.#month = time.month;
    const wall = wallIn(this.#year, time);
    return wall === undefined ? undefined : this.#clock.moment(wall, 's', repairs);
  }

  #begin(year: number, month: number): void {
    this.#year = year;
    this.#month = month;
    this.#yearFrom = 'record';
  }
}

const PLACED: ReadonlySet<string> = new Set(Object.values(NAMES).flat());
const isPlaced = (name: string): boolean => PLACED.has(name);
