/**
 * History of Psi: a line an event, fields between bars. Grammar: Psi's flat-file event database.
 */
import type { Event, Repair } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';
import type { Format, Outcome, SourceFile } from '../format.ts';
import { type EntryLog, entryFrames, type Role } from '../reading/entries.ts';
import { LogClock } from '../reading/log-clock.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { direct, Scribe, to } from '../reading/scribe.ts';
import { parseTimestamp } from '../reading/time.ts';
import { nameOf } from '../source-name.ts';

const NETWORK = 'xmpp';
const LINE = /^\|(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})Z?\|(\d)\|(to|from)\|([A-Z]?[0-9a-f-]{0,8})\|/u;

export const psi: Format = {
  name: 'psi',
  title: 'Psi history',
  networks: [NETWORK],
  systems: [{ name: 'Psi', proven: 'documented schema' }],
  unit: 'A line.',
  limits: [
    'Times are local without a zone; state it with --zone, else UTC is assumed and marked.',
    'The account stands nowhere in a file: state it with --account.',
  ],
  detect({ text }) {
    const [first = ''] = text.split('\n', 1);
    return LINE.test(first)
      ? {
          confidence: 0.9,
          reason: 'lines of time, type and direction between bars, as Psi keeps its history',
        }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) yield* entryFrames(source, file, new PsiLog(file));
  },
};

/** Numbers of events that are about a subscription. */
const SUBSCRIPTIONS: Readonly<Record<string, string>> = {
  2: 'system',
  3: 'subscribe',
  6: 'subscribed',
  7: 'unsubscribe',
  8: 'unsubscribed',
};

class PsiLog implements EntryLog {
  readonly #clock: LogClock;
  readonly #scribe = new Scribe();
  readonly #peer: string;
  readonly #self: string | undefined;

  constructor(file: SourceFile) {
    this.#clock = new LogClock(file.settings);
    const stem = (nameOf(file).split('/').at(-1) ?? '').replace(/\.(?:history|txt)$/iu, '');
    this.#peer = normaliseAddress(NETWORK, addressIn(stem));
    const { account } = file.settings;
    this.#self = account === undefined ? undefined : normaliseAddress(NETWORK, account);
  }

  role(line: string): Role {
    if (line.trim() === '') return 'blank';
    return LINE.test(line) ? 'entry' : 'unknown';
  }

  read(line: string, place: Place, repairs: Repair[]): Outcome {
    const match = LINE.exec(line);
    if (match === null) return { type: 'reject', code: 'line-unknown' };
    const [all, time = '', type = '', direction, flags = ''] = match;
    const stamp = parseTimestamp(time);
    const at = stamp === undefined ? undefined : this.#clock.moment(stamp.wall, 's', repairs);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const { subject, url, text } = fieldsIn(
      line.slice(all.length),
      Number.parseInt(flags.charAt(1), 16) || 0,
    );
    const own = direction === 'to';
    const sender = own ? this.#self : this.#peer;
    const other = own ? this.#peer : this.#self;
    const base = this.#scribe.write(place, {
      network: NETWORK,
      conversation: direct(this.#self, this.#peer),
      at,
      sender: sender === undefined ? undefined : party(NETWORK, sender),
      recipients: to(other === undefined ? undefined : { address: other }),
      text,
      perspective: this.#self,
      facts: {
        network: 'header',
        conversation: 'path',
        ...(this.#self !== undefined && { account: 'setting' }),
      },
      repairs,
      extra: {
        ...(sender === undefined && { direction: 'to' }),
        ...(subject !== undefined && { subject }),
        ...(url !== undefined && { url }),
        ...(type !== '1' && { type }),
      },
    });
    const subscription = Object.hasOwn(SUBSCRIPTIONS, type) ? SUBSCRIPTIONS[type] : undefined;
    const event: Event =
      subscription !== undefined
        ? { ...base, kind: 'notice', payload: { type: `subscription-${subscription}` } }
        : type === '4'
          ? { ...base, kind: 'notice', payload: { type: 'error' } }
          : { ...base, kind: 'message' };
    return { type: 'event', event };
  }
}

/** What stands after the flags: subject (bit 0) and address with its name (bit 1) where the flags say so, then the text. */
function fieldsIn(rest: string, flags: number): { subject?: string; url?: string; text: string } {
  const parts = rest.split('|');
  const subject = (flags & 1) === 1 ? parts.shift() : undefined;
  const url = (flags & 2) === 2 ? parts.splice(0, 2)[0] : undefined;
  return {
    ...(subject !== undefined && { subject: plain(subject) }),
    ...(url !== undefined && { url: plain(url) }),
    text: plain(parts.join('|')),
  };
}

const plain = (text: string): string =>
  text.replaceAll(/\\([np\\])/gu, (_all, code: string) => (code === 'n' ? '\n' : code === 'p' ? '|' : '\\'));

/** `bob_at_harbour.example`, with `%hh` for what a file name cannot hold. */
function addressIn(stem: string): string {
  const text = stem.replace('_at_', '@');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
