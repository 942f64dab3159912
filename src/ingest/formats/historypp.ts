/**
 * Text that History++, the history plugin of Miranda, exports: a head between number signs, then time and name over
 * each text. Grammar: the import pattern of Miranda NG.
 */
import type { Party, Repair } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';
import type { Format, Outcome, SourceFile } from '../format.ts';
import { type EntryLog, entryFrames, type Role } from '../reading/entries.ts';
import { dayMs, LogClock } from '../reading/log-clock.ts';
import { networkNamed, UNKNOWN_NETWORK } from '../reading/network-name.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { direct, Scribe, to } from '../reading/scribe.ts';
import { numberOf, wallMs } from '../reading/time.ts';
import { nameOf } from '../source-name.ts';

const ENTRY = /^\[(\d{1,2})[./](\d{1,2})[./](\d{2,4}) (\d{1,2}):(\d{2}):(\d{2})\] (.{1,200}):\s*$/u;
const HEAD = /^###/u;
/** `### Alice (ICQ: 123) - Bob (ICQ: 456)`. */
const SIDES =
  /^### (.{1,200}?) \((?:([^():]{1,40}): )?([^()]{1,200})\) - (.{1,200}?) \((?:([^():]{1,40}): )?([^()]{1,200})\)\s*$/u;
/** `### Export of Bob (123456789), ICQ`. */
const ONE = /^### .{0,60}?(\S[^()]{0,120}) \(([^()]{1,200})\), (\S{1,40})\s*$/u;

export const historypp: Format = {
  name: 'historypp',
  title: 'History++ export (Miranda, text)',
  networks: ['icq', 'aim', 'msn', 'yahoo', 'xmpp', 'irc', 'gadu-gadu'],
  systems: [{ name: 'Miranda (History++ text)', proven: 'synthetic only' }],
  unit: 'A line of time and name, with the lines after it up to the next.',
  limits: [
    'There is no zone; state it with --zone, else UTC is assumed and marked.',
    'A name that is none of those in the head is the address itself.',
  ],
  detect({ text }) {
    const start = text.slice(0, 4096).split(/\r?\n/u, 30);
    const found = start.some((each) => HEAD.test(each)) && start.some((each) => ENTRY.test(each));
    return found
      ? {
          confidence: 0.85,
          reason: 'a head between number signs and lines of date and name, as History++ exports',
        }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) yield* entryFrames(source, file, new PlusPlusLog(file));
  },
};

class PlusPlusLog implements EntryLog {
  readonly #file: SourceFile;
  readonly #clock: LogClock;
  readonly #scribe = new Scribe();
  #network: string | undefined;
  #self: { readonly name: string; readonly address: string } | undefined;
  #peer: { readonly name: string; readonly address: string } | undefined;

  constructor(file: SourceFile) {
    this.#file = file;
    this.#clock = new LogClock(file.settings);
    this.#network = file.settings.network;
  }

  role(text: string): Role {
    if (HEAD.test(text)) return 'heading';
    return ENTRY.test(text) ? 'entry' : 'more';
  }

  heading(text: string): void {
    const sides = SIDES.exec(text);
    if (sides !== null) {
      const [, own = '', service = '', ownAddress = '', other = '', , address = ''] = sides;
      this.#network = networkOf(service) ?? this.#network;
      this.#self = { name: own, address: ownAddress };
      this.#peer = { name: other, address };
      return;
    }
    const one = ONE.exec(text);
    if (one === null) return;
    const [, name = '', address = '', service = ''] = one;
    this.#network = networkOf(service) ?? this.#network;
    this.#peer = { name: name.split(' ').at(-1) ?? name, address };
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const end = entry.indexOf('\n');
    const match = ENTRY.exec(end === -1 ? entry : entry.slice(0, end));
    if (match === null) return { type: 'reject', code: 'line-unknown' };
    const [, day, month, year = '', hour = '', minute = '', second, name = ''] = match;
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
    const network = this.#network ?? UNKNOWN_NETWORK;
    const account = this.#self?.address ?? this.#file.settings.account;
    const self = account === undefined ? undefined : normaliseAddress(network, account);
    const stem = (nameOf(this.#file).split('/').at(-1) ?? '').replace(/\.\w{1,5}$/u, '');
    const peer = normaliseAddress(network, this.#peer?.address ?? stem);
    const isPeer = name === this.#peer?.name;
    const isOwn = !isPeer && (name === this.#self?.name || (self !== undefined && this.#self === undefined));
    const sender: Party = isPeer
      ? party(network, peer, name)
      : isOwn && self !== undefined
        ? party(network, self, name)
        : party(network, name);
    const other = isPeer ? self : isOwn ? peer : undefined;
    const base = this.#scribe.write(place, {
      network,
      conversation: direct(self, peer),
      at,
      sender,
      recipients: to(other === undefined ? undefined : { address: other }),
      text: end === -1 ? '' : entry.slice(end + 1).replace(/^\n+|\n+$/gu, ''),
      perspective: self,
      facts: { network: 'header', conversation: this.#peer === undefined ? 'path' : 'header' },
      repairs,
    });
    return { type: 'event', event: { ...base, kind: 'message' } };
  }
}

/** Miranda names accounts and kinds of address: `ICQ`, `UIN`, `JID`. */
const networkOf = (word: string): string | undefined => {
  const known: Readonly<Record<string, string>> = {
    uin: 'icq',
    jid: 'xmpp',
    'e-mail': 'msn',
    sn: 'aim',
    id: '',
  };
  const name = word.toLowerCase();
  const network = Object.hasOwn(known, name) ? known[name] : networkNamed(word);
  return network === '' ? undefined : network;
};
