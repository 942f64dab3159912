/**
 * History of CenterIM and CenterICQ: records between form feeds, in a folder a contact. Grammar: a public description of
 * chat logs, and CenterIM's own reader.
 */

import type { Event, Repair } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';
import type { Format, Outcome, SourceFile } from '../format.ts';
import { type EntryLog, entryFrames, type Role } from '../reading/entries.ts';
import { epochMoment } from '../reading/log-clock.ts';
import { UNKNOWN_NETWORK } from '../reading/network-name.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { direct, Scribe, to } from '../reading/scribe.ts';
import { nameOf } from '../source-name.ts';

const FEED = '\f';

export const centerim: Format = {
  name: 'centerim',
  title: 'CenterIM and CenterICQ history',
  networks: ['icq', 'aim', 'msn', 'yahoo', 'xmpp', 'irc', 'gadu-gadu', 'livejournal'],
  systems: [
    {
      name: 'CenterIM',
      proven: 'documented schema',
      note: 'Tried on a file retyped from a public description.',
    },
  ],
  unit: 'A record: a form feed and the lines up to the next.',
  limits: [
    'The other side and the network come from the folder above the file (its first letter is the network), or from --network.',
    'The account stands nowhere in a file: state it with --account.',
  ],
  detect({ text }) {
    return /^(?:\f\r?\n|\r?\n)?(?:IN|OUT)\r?\n[A-Z]{2,12}\r?\n\d{6,11}\r?\n\d{6,11}\r?\n/u.test(text)
      ? {
          confidence: 0.9,
          reason: 'records of direction, kind and two times between form feeds, as CenterIM keeps them',
        }
      : undefined;
  },
  async *frames(source) {
    for (const file of source.files) yield* entryFrames(source, file, new CenterLog(file));
  },
};

/** First letters of folders; digits alone are a number of ICQ. */
const NETWORKS: Readonly<Record<string, string>> = {
  a: 'aim',
  m: 'msn',
  y: 'yahoo',
  j: 'xmpp',
  i: 'irc',
  g: 'gadu-gadu',
  l: 'livejournal',
};

class CenterLog implements EntryLog {
  readonly #network: string;
  readonly #peer: string | undefined;
  readonly #self: string | undefined;
  readonly #fromPath: boolean;
  readonly #isContact: boolean;
  readonly #scribe = new Scribe();
  #begun = false;

  constructor(file: SourceFile) {
    const parts = nameOf(file).split('/');
    const folder = parts.at(-1) === 'history' ? parts.at(-2) : undefined;
    const found = folder === undefined ? undefined : contactIn(folder);
    this.#fromPath = found !== undefined;
    this.#isContact = found !== undefined || file.settings.network !== undefined;
    this.#network = found?.network ?? file.settings.network ?? UNKNOWN_NETWORK;
    const peer = found?.peer ?? folder ?? parts.at(-1);
    const { account } = file.settings;
    if (peer !== undefined) this.#peer = normaliseAddress(this.#network, peer);
    if (account !== undefined) this.#self = normaliseAddress(this.#network, account);
  }

  role(line: string): Role {
    if (line === FEED) {
      this.#begun = true;
      return 'entry';
    }
    // A copy may have lost the form feed before the first record.
    if (!this.#begun && (line === 'IN' || line === 'OUT')) {
      this.#begun = true;
      return 'entry';
    }
    return 'more';
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const lines = entry.split('\n');
    if (lines[0] === FEED) lines.shift();
    const [direction, kind = '', first = '', second = ''] = lines;
    if (direction !== 'IN' && direction !== 'OUT') return { type: 'reject', code: 'record-malformed' };
    if (!/^\d{1,12}$/u.test(first)) return { type: 'reject', code: 'time-invalid' };
    const at = epochMoment(Number(first) * 1000);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const [network, peer] = [this.#network, this.#peer];
    if (peer === undefined) return { type: 'reject', code: 'conversation-unknown' };
    const own = direction === 'OUT';
    // A folder that is no contact's names the conversation, not whoever wrote in it.
    const named = this.#isContact ? peer : undefined;
    const sender = own ? this.#self : named;
    const other = own ? named : this.#self;
    if (sender === undefined) repairs.push({ code: 'sender-absent' });
    const base = this.#scribe.write(place, {
      network,
      conversation: direct(this.#self, peer),
      at,
      sender: sender === undefined ? undefined : party(network, sender),
      recipients: to(other === undefined ? undefined : { address: other }),
      text: lines.slice(4).join('\n').replace(/\n+$/u, ''),
      perspective: this.#self,
      facts: {
        network: this.#fromPath ? 'path' : 'setting',
        conversation: 'path',
        ...(this.#self !== undefined && { account: 'setting' }),
      },
      repairs,
      extra: {
        ...((sender === undefined || named === undefined) && { direction }),
        ...(kind !== 'MSG' && { kind }),
        ...(second !== first && { received: second }),
      },
    });
    const event: Event = /^(?:MSG|URL|SMS|EMAIL)$/u.test(kind)
      ? { ...base, kind: 'message' }
      : /^(?:ONLINE|OFFLINE)$/u.test(kind)
        ? { ...base, kind: 'presence', payload: { status: kind.toLowerCase() } }
        : { ...base, kind: 'notice', payload: { type: kind } };
    return { type: 'event', event };
  }
}

function contactIn(folder: string): { network: string; peer: string } | undefined {
  if (/^\d{5,10}$/u.test(folder)) return { network: 'icq', peer: folder };
  const letter = folder.charAt(0);
  if (folder.length < 2 || !Object.hasOwn(NETWORKS, letter)) return undefined;
  const network = NETWORKS[letter];
  return network === undefined ? undefined : { network, peer: folder.slice(1) };
}
