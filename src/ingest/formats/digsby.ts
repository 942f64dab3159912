/**
 * Logs of Digsby: a page a day and contact, a block an event, times in UTC. Grammar: a public study of the format; it
 * says that the client at times cuts off the beginning of a block.
 */

import type { Conversation, Repair } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';
import type { Format, Outcome, SourceFile } from '../format.ts';
import { type EntryLog, entryFrames, type Role } from '../reading/entries.ts';
import { decodeEntities, htmlText } from '../reading/html.ts';
import { epochMoment } from '../reading/log-clock.ts';
import { networkNamed, UNKNOWN_NETWORK } from '../reading/network-name.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { direct, Scribe, to } from '../reading/scribe.ts';
import { decodeHead, readHead } from '../reading/text.ts';
import { parseTimestamp } from '../reading/time.ts';
import { nameOf } from '../source-name.ts';

const BLOCK =
  /^\s{0,8}<div class="(incoming|outgoing) message" auto="(\w{1,8})" timestamp="([^"<>]{10,40})">\s{0,8}<span class="buddy">([^<>]{0,400})<\/span>\s{0,8}<span class="msgcontent">/u;

/** A page out of its folder: its title names the other side, and so do the first blocks. */
const TITLED = /<title>IM Logs with ([^<>]{1,200}?) on \d/iu;
const SPOKEN =
  /<div class="(incoming|outgoing) message"[^<>]{0,200}>\s{0,8}<span class="buddy">([^<>]{1,400})<\/span>/giu;
const HEAD = 65_536;

export const digsby: Format = {
  name: 'digsby',
  title: 'Digsby logs',
  networks: ['aim', 'icq', 'msn', 'yahoo', 'xmpp', 'facebook', 'digsby'],
  systems: [{ name: 'Digsby', proven: 'synthetic only' }],
  unit: 'A line after the head of the page, with the lines after it that begin no block.',
  limits: [
    'The network comes from the folders above the file, or from --network.',
    'A block whose beginning the client lost is a reject.',
  ],
  detect({ text }) {
    const start = text.slice(0, 16_384);
    return /<div class="(?:incoming|outgoing) message" auto="/u.test(start) ||
      (/<TITLE>(?:IM Logs with|Chat in) /u.test(start) && /utc_to_local/u.test(start))
      ? { confidence: 0.9, reason: 'blocks of incoming and outgoing messages, as Digsby writes its pages' }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) {
      const head = decodeHead(await readHead(file, HEAD), file.settings.encoding);
      yield* entryFrames(source, file, new DigsbyLog(file, head));
    }
  },
};

class DigsbyLog implements EntryLog {
  readonly splits = /(?<=<\/span><\/div>)(?=<div class="(?:incoming|outgoing) message" )/gu;
  readonly #network: string;
  readonly #self: string | undefined;
  readonly #peer: string | undefined;
  readonly #room: string | undefined;
  readonly #fromPath: boolean;
  readonly #scribe = new Scribe();
  #begun = false;
  #isBody = false;

  constructor(file: SourceFile, head: string) {
    const parts = nameOf(file).split('/');
    const folder = parts.at(-2) ?? '';
    const network = networkNamed(parts.at(-4) ?? '');
    const contact = /^(.+)_([a-z]{2,12})$/u.exec(folder);
    const isRoom = folder === 'Group Chats';
    this.#fromPath = contact !== null || isRoom;
    this.#network = (this.#fromPath ? network : undefined) ?? file.settings.network ?? UNKNOWN_NETWORK;
    const own = this.#fromPath ? parts.at(-3) : file.settings.account;
    const name = (address: string | undefined): string | undefined =>
      address === undefined ? undefined : normaliseAddress(this.#network, address);
    const isAlone = !this.#fromPath && !/<title>Chat in /iu.test(head);
    const shown = isAlone ? sidesIn(head) : {};
    this.#self = name(own ?? shown.self);
    this.#peer = name(contact?.[1] ?? shown.peer);
    this.#room = isRoom ? (/ - (.+)\.html$/u.exec(parts.at(-1) ?? '')?.[1] ?? folder) : undefined;
  }

  role(line: string): Role {
    if (BLOCK.test(line)) {
      this.#begun = true;
      return 'entry';
    }
    if (this.#begun) {
      // A block that lost its beginning still has its end.
      return /<\/span>\s*<\/div>\s*$/u.test(line) && /class="msgcontent"|="buddy"/u.test(line)
        ? 'unknown'
        : 'more';
    }
    if (!this.#isBody) {
      this.#isBody = /<BODY\b/iu.test(line);
      return 'blank';
    }
    return line.trim() === '' ? 'blank' : 'unknown';
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const match = BLOCK.exec(entry);
    if (match === null) return { type: 'reject', code: 'line-unknown' };
    const [all, direction, auto, time = '', buddy = ''] = match;
    const stamp = parseTimestamp(time);
    const at =
      stamp === undefined ? undefined : epochMoment(stamp.wall, stamp.precision === 'ms' ? 'ms' : 's');
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const network = this.#network;
    const sender = party(network, decodeEntities(buddy, repairs));
    const outgoing = direction === 'outgoing';
    const self = outgoing ? sender.address : this.#self;
    const peer = this.#peer ?? (outgoing ? undefined : sender.address);
    const conversation: Conversation =
      this.#room === undefined
        ? direct(this.#self ?? self, peer)
        : { id: normaliseAddress(network, this.#room), kind: 'group', name: this.#room };
    const other = this.#room !== undefined ? undefined : outgoing ? peer : self;
    // Line breaks of the page itself only repeat those that are written.
    const source = entry
      .slice(all.length)
      .replaceAll('\n', '')
      .replace(/<\/span>\s*<\/div>\s*$/u, '');
    const text = htmlText(source, repairs).replace(/\n+$/u, '');
    const base = this.#scribe.write(place, {
      network,
      conversation,
      at,
      sender,
      recipients: to(other === undefined ? undefined : { address: other }),
      text,
      ...(source !== text && { markup: { type: 'html', source } }),
      perspective: self,
      facts: {
        network: this.#fromPath ? 'path' : 'setting',
        conversation: this.#fromPath ? 'path' : 'record',
      },
      repairs,
    });
    const automatic = /^true$/iu.test(auto ?? '');
    return {
      type: 'event',
      event: { ...base, kind: 'message', ...(automatic && { payload: { automatic } }) },
    };
  }
}

function sidesIn(head: string): { readonly self?: string | undefined; readonly peer?: string | undefined } {
  const said = [...head.matchAll(SPOKEN)];
  const first = (direction: string): string | undefined => {
    const found = said.find(([, each]) => each?.toLowerCase() === direction)?.[2];
    return found === undefined ? undefined : decodeEntities(found, []);
  };
  const title = TITLED.exec(head)?.[1];
  return {
    self: first('outgoing'),
    peer: title === undefined ? first('incoming') : decodeEntities(title, []),
  };
}
