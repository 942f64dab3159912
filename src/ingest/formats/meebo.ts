/**
 * Logs of Meebo: the fragment that its server kept (a JSON string), and the pages of the archive that it gave its users
 * when it closed in 2012. Grammar: Deltik/Log2Log.
 */
import type { Event, Party, Repair } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';
import type { Format, Outcome, SourceFile } from '../format.ts';
import { type EntryLog, entryFrames, type Role } from '../reading/entries.ts';
import { decodeEntities, htmlText } from '../reading/html.ts';
import { DayRoll, dayMs, LogClock } from '../reading/log-clock.ts';
import { monthOf } from '../reading/month-name.ts';
import { networkNamed, UNKNOWN_NETWORK } from '../reading/network-name.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { direct, Scribe, to } from '../reading/scribe.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { numberOf, offsetText, parseTimestamp, wallMs } from '../reading/time.ts';
import { nameOf } from '../source-name.ts';

const HEADER =
  /<div class='ImChatHeader'>\p{L}{1,20} (\d{4}) (\p{L}{3,12}) (\d{1,2}) \((\d{1,2}):(\d{2}):(\d{2})\)/u;
const ENTRY = /^<span class='Im(Send|Receive)'>\[(\d{1,2}):(\d{2})\] ([^<>]{1,200})<\\?\/span>: ?/u;
const TITLE =
  /<h1>Chatlog between <span class="sender">([^<>]{1,200})<\/span> and <span class="receiver">([^<>]{1,200})<\/span> on <span title="([^"<>]{1,40})">/u;
const PROTOCOLS = /^(?:aim|icq|msn|yahoo|jabber|gtalk|facebook|fb|myspace|myspaceim|meebo|live)$/iu;

export const meebo: Format = {
  name: 'meebo',
  title: 'Meebo logs',
  networks: ['aim', 'icq', 'msn', 'yahoo', 'xmpp', 'facebook', 'myspace', 'meebo'],
  systems: [{ name: 'Meebo (server fragment, farewell archive)', proven: 'synthetic only' }],
  unit: 'A message.',
  limits: [
    'Times are local minutes: pages of the archive show the zone beside UTC; for fragments state it with --zone.',
    'Fragments name nobody but the aliases in them; network and account come from the path or the settings.',
  ],
  detect({ text }) {
    const start = text.slice(0, 16_384);
    if (!/<span class='Im(?:Send|Receive)'>\[\d{1,2}:\d{2}\]/u.test(start) && !HEADER.test(start))
      return undefined;
    return { confidence: 0.95, reason: 'spans of sent and received messages, as Meebo kept them' };
  },
  async *frames(source) {
    for (const file of source.files) {
      const head = decodeHead(await readHead(file, 16_384), file.settings.encoding);
      yield* entryFrames(source, file, new MeeboLog(file, head));
    }
  },
};

class MeeboLog implements EntryLog {
  readonly splits =
    /(?=<span class='Im(?:Send|Receive)'>)|(?=<br\\?\/><hr size=1><div class='ImChatHeader')/gu;
  readonly #clock: LogClock;
  readonly #days = new DayRoll();
  readonly #scribe = new Scribe();
  /** The text of a JSON string, as it stands in one. */
  readonly #escaped: boolean;
  readonly #network: string | undefined;
  readonly #self: string | undefined;
  readonly #peer: string | undefined;
  readonly #stem: string;
  readonly #facts: { [name: string]: 'header' | 'path' | 'setting' };

  constructor(file: SourceFile, head: string) {
    this.#escaped = head.includes('<\\/');
    const title = TITLE.exec(head);
    const zone = zoneIn(head, title?.[3]);
    this.#clock = new LogClock(file.settings, zone === undefined ? undefined : { zone, source: 'stated' });
    const parts = nameOf(file).split('/');
    // Pages of the archive lie in <account>/<protocol>/…; a fragment can lie anywhere.
    const at =
      title === null
        ? -1
        : parts.findLastIndex((part, i) => i > 0 && i < parts.length - 1 && PROTOCOLS.test(part));
    const found =
      at === -1
        ? undefined
        : networkNamed((parts[at] ?? '').replace(/^fb$/iu, 'facebook').replace(/^myspaceim$/iu, 'myspace'));
    this.#network = found ?? file.settings.network;
    const network = this.#network ?? 'unknown';
    const name = (written: string | undefined): string | undefined =>
      written === undefined ? undefined : normaliseAddress(network, decodeEntities(written, []));
    this.#self = name(title?.[1] ?? (at === -1 ? undefined : parts[at - 1]) ?? file.settings.account);
    this.#peer = name(title?.[2]);
    this.#stem = (parts.at(-1) ?? '').replace(/\.\w{2,5}$/u, '');
    this.#facts = {
      network: found === undefined ? 'setting' : 'path',
      conversation: title === null ? 'path' : 'header',
      date: 'header',
    };
  }

  role(text: string): Role {
    if (ENTRY.test(text)) return 'entry';
    if (HEADER.test(text)) return 'heading';
    return /^\s*(?:<!doctype|<meta|<style|<h1|<html|<br\\?\/>\s*$)/iu.test(text) || text.trim() === ''
      ? 'blank'
      : 'more';
  }

  heading(text: string): void {
    const day = headerDay(text);
    if (day !== undefined) this.#days.begin(day.ms, day.clock);
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const match = ENTRY.exec(entry);
    if (match === null) return { type: 'reject', code: 'line-unknown' };
    const [all, direction, hour = '', minute = '', alias = ''] = match;
    const network = this.#network ?? UNKNOWN_NETWORK;
    const clock = dayMs(hour, minute);
    if (clock === undefined) return { type: 'reject', code: 'time-invalid' };
    const wall = this.#days.wall(clock, repairs);
    if (wall === undefined) return { type: 'reject', code: 'time-missing' };
    const at = this.#clock.moment(wall, 'min', repairs);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const own = direction === 'Send';
    const source = this.#plain(entry.slice(all.length)).replace(/<br ?\/?>\s*$/u, '');
    const text = htmlText(source, repairs);
    const name = decodeEntities(this.#plain(alias), repairs);
    const address = own ? this.#self : this.#peer;
    const other = own ? this.#peer : this.#self;
    const side: Party | undefined = other === undefined ? undefined : { address: other };
    const base = this.#scribe.write(place, {
      network,
      conversation: direct(this.#self, this.#peer ?? normaliseAddress(network, this.#stem)),
      at,
      sender: party(network, address ?? name, name),
      recipients: to(side),
      text,
      ...(source !== text && { markup: { type: 'html', source } }),
      perspective: this.#self,
      facts: this.#facts,
      repairs,
    });
    const event: Event = { ...base, kind: 'message' };
    return { type: 'event', event };
  }

  #plain(text: string): string {
    if (!this.#escaped || !text.includes('\\')) return text;
    try {
      const value: unknown = JSON.parse(`"${text.replaceAll('\n', '')}"`);
      return typeof value === 'string' ? value.toWellFormed() : text;
    } catch {
      return text;
    }
  }
}

function headerDay(text: string): { ms: number; clock: number } | undefined {
  const match = HEADER.exec(text);
  if (match === null) return undefined;
  const [, year, name = '', day, hour = '', minute = '', second] = match;
  const month = monthOf(name);
  const clock = dayMs(hour, minute, second);
  const ms =
    month === undefined
      ? undefined
      : wallMs({ year: numberOf(year), month, day: numberOf(day), hour: 0, minute: 0, second: 0 });
  return ms === undefined || clock === undefined ? undefined : { ms, clock };
}

const FARTHEST = 14 * 3_600_000;
const QUARTER = 900_000;

/** The title gives in UTC the moment that the first header gives as the wall clock. */
function zoneIn(head: string, utc: string | undefined): string | undefined {
  const stamp = utc === undefined ? undefined : parseTimestamp(utc);
  const local = headerDay(head);
  if (stamp === undefined || local === undefined) return undefined;
  const offset = local.ms + local.clock - stamp.wall;
  return offset % QUARTER === 0 && Math.abs(offset) <= FARTHEST ? offsetText(offset / 60_000) : undefined;
}
