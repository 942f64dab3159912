/** Blocks of an HTML log: `<div class="send"><span class="timestamp">…</span> <span class="sender">…` */

import type { Event, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import type { EntryLog, Role } from '../../reading/entries.ts';
import { decodeEntities, htmlText } from '../../reading/html.ts';
import { DayRoll, dayMs, LogClock } from '../../reading/log-clock.ts';
import { UNKNOWN_NETWORK } from '../../reading/network-name.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { dayOf } from '../../reading/time.ts';
import { nameOf } from '../../source-name.ts';
import { type LogPath, logPath } from './log-path.ts';

const TIME = String.raw`(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp][Mm]))?`;
const SAID = new RegExp(
  String.raw`^\s{0,8}<div class="(send|receive)">\s*<span class="timestamp">${TIME}</span>\s*<span class="sender">([^<>]{1,256}?):?\s*</span>`,
  'u',
);
const STATUS = new RegExp(
  String.raw`^\s{0,8}<div class="status">\s*(.{0,2000}?)\s*(?:<span class="timestamp">)?\(?${TIME}\)?`,
  'su',
);
const START = /^\s{0,8}<div class="(?:send|receive|status)">/u;

export const isHtmlEntry = (line: string): boolean => SAID.test(line);

export class OldLog implements EntryLog {
  readonly splits = /(?<=<\/div>)(?=<div class="(?:send|receive|status)">)/gu;
  readonly #path: LogPath;
  readonly #file: SourceFile;
  readonly #clock: LogClock;
  readonly #days = new DayRoll();
  readonly #scribe = new Scribe();

  constructor(file: SourceFile) {
    this.#file = file;
    this.#path = logPath(nameOf(file));
    this.#clock = new LogClock(file.settings);
    const day = this.#path.day ?? dayOf(file.settings.date ?? '');
    if (day !== undefined) this.#days.begin(day);
  }

  role(line: string): Role {
    if (START.test(line)) return 'entry';
    return /^\s*<\/?(?:html|head|body|meta|title|!doctype)\b[^<>]*>\s*$/iu.test(line) ? 'blank' : 'more';
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const said = SAID.exec(entry);
    const status = said === null ? STATUS.exec(entry) : null;
    const match = said ?? status;
    if (match === null) return { type: 'reject', code: 'line-unknown' };
    const [hour = '', minute = '', second, half] = match.slice(2, 6);
    const clock = dayMs(hour, minute, second, half);
    if (clock === undefined) return { type: 'reject', code: 'time-invalid' };
    const wall = this.#days.wall(clock, repairs);
    if (wall === undefined) return { type: 'reject', code: 'time-missing' };
    const at = this.#clock.moment(wall, second === undefined ? 'min' : 's', repairs);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const network = this.#path.network ?? this.#file.settings.network ?? UNKNOWN_NETWORK;
    const account = this.#path.account ?? this.#file.settings.account;
    const self = account === undefined ? undefined : normaliseAddress(network, account);
    const peer = this.#path.peer === undefined ? undefined : normaliseAddress(network, this.#path.peer);
    if (peer === undefined) return { type: 'reject', code: 'conversation-unknown' };
    const sent = said?.[1] === 'send';
    const name = said === null ? undefined : decodeEntities(said[6] ?? '', repairs).trim();
    // What is sent is the account’s and what is received the other side’s, whatever name is shown.
    const address = sent ? self : peer;
    const sender = name === undefined ? undefined : party(network, address ?? name, name);
    const source = said === null ? (status?.[1] ?? '') : entry.slice(said[0].length).trim();
    const body = source
      .replace(/^<pre class="message">/u, '')
      .replace(/(?:<\/pre>)?\s*(?:<\/div>)?\s*$/u, '');
    const text = htmlText(body, repairs).trim();
    const base = this.#scribe.write(place, {
      network,
      conversation: direct(self, peer),
      at,
      sender,
      recipients:
        said === null
          ? undefined
          : to(sent ? { address: peer } : self === undefined ? undefined : { address: self }),
      text,
      ...(body !== text && { markup: { type: 'html', source: body } }),
      perspective: self,
      facts: {
        network: this.#path.network === undefined ? 'setting' : 'path',
        ...(self !== undefined && { account: this.#path.account === undefined ? 'setting' : 'path' }),
        conversation: 'path',
        date: this.#path.day === undefined ? 'setting' : 'path',
      },
      repairs,
    });
    const event: Event =
      said === null ? { ...base, kind: 'notice', payload: { type: 'status' } } : { ...base, kind: 'message' };
    return { type: 'event', event };
  }
}
