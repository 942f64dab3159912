/** Entries of an HTML log. Tags are mis-nested as a rule; nothing here relies on them being closed. */
import type { Conversation, Event, Party, Provenance, Repair } from '../../../core/event.ts';
import { normaliseAddress } from '../../../core/ids.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import type { EntryLog, Role } from '../../reading/entries.ts';
import { decodeEntities, htmlText } from '../../reading/html.ts';
import { DayRoll, dayMs, LogClock } from '../../reading/log-clock.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { dayOf } from '../../reading/time.ts';
import { nameOf } from '../../source-name.ts';
import { type LogPath, logPath } from './log-path.ts';

const NETWORK = 'aim';
const TAGS = String.raw`(?:\s{0,8}<[^<>]{0,400}>){0,16}\s{0,8}`;
const TIME = String.raw`(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp])\.?[Mm]\.?)?`;
const SPOKEN = new RegExp(
  String.raw`^${TAGS}([^<>]{1,200}?)\s{0,4}(?:<!-- ?\(${TIME}\) ?-->|<SPAN[^<>]{0,200}>\s{0,4}\(${TIME}\)\s{0,4}</SPAN>)`,
  'iu',
);
const TOLD = new RegExp(
  String.raw`^${TAGS}([^<>]{1,200}?) (signed off|signed on|is away|is idle|is no longer idle|is no longer away|returned|went away|went idle|became idle|concluded) at ${TIME}\b`,
  'iu',
);
const COLON = /^(?:\s{0,8}<[^<>]{0,400}>){0,8}\s{0,8}:/u;
/** Begins something of its own, where it is no entry that is known. */
const OWN = /^\s*<(?:B|HR|BODY|SPAN STYLE="background)[ >]/iu;
const AUTO = /^Auto[ -]?response (?:from|sent to) /iu;

/** Whether a line begins an entry. */
export const isEntry = (line: string): boolean => SPOKEN.test(line) || TOLD.test(line);

/** Half of the day from its first letter. */
const half = (letter: string | undefined): string | undefined =>
  letter === undefined ? undefined : `${letter}m`;

export class HtmlLog implements EntryLog {
  readonly splits =
    /(?<=<\/HEAD>)|(?=<HR[^<>]{0,80}><B>Session concluded at )|(?<=<BR>)(?=(?:<[^<>]{0,400}>){1,16}[^<>]{1,200}(?:<!-- ?\(\d|<SPAN[^<>]{0,200}> ?\(\d))/giu;
  readonly #path: LogPath;
  readonly #clock: LogClock;
  readonly #days = new DayRoll();
  readonly #scribe = new Scribe();
  #self: string | undefined;
  #selfFrom: 'path' | 'setting' | 'record' = 'path';
  #peer: Party | undefined;
  #peerFrom: 'path' | 'record' = 'record';

  /** `head`: the beginning of the file, which shows the two sides where the path does not. */
  constructor(file: SourceFile, head: string) {
    this.#path = logPath(nameOf(file));
    this.#clock = new LogClock(file.settings);
    const day = this.#path.day ?? dayOf(file.settings.date ?? '');
    if (day !== undefined) this.#days.begin(day);
    const { account } = file.settings;
    const self = this.#path.account ?? account;
    if (self !== undefined) this.#self = normaliseAddress(NETWORK, self);
    if (this.#path.account === undefined && account !== undefined) this.#selfFrom = 'setting';
    if (this.#path.peer !== undefined || this.#path.room !== undefined) this.#peerFrom = 'path';
    if (this.#path.peer !== undefined) this.#peer = party(NETWORK, this.#path.peer);
    for (const line of head.replaceAll(this.splits, '\n').split('\n')) this.#learn(line);
  }

  role(line: string): Role {
    if (isEntry(line)) return 'entry';
    if (
      /^(?:\s*(?:<TITLE>[^<>]{0,400}<\/TITLE>|<\/?(?:HTML|HEAD|BODY|TITLE|META|HR|BR)\b[^<>]*>))+\s*$/iu.test(
        line,
      )
    )
      return 'blank';
    return OWN.test(line) ? 'unknown' : 'more';
  }

  /** Blue is the account, red the other side: taken where the path does not say it, from the first of each. */
  #learn(line: string): void {
    if (this.#self !== undefined && this.#peer !== undefined) return;
    const match = SPOKEN.exec(line) ?? TOLD.exec(line);
    const name = match?.[1]?.trim().replace(AUTO, '');
    if (match === null || name === undefined || /^Session$/iu.test(name)) return;
    const start = line.slice(0, match[0].length);
    if (this.#self === undefined && /COLOR="?#0000ff/iu.test(start)) {
      this.#self = party(NETWORK, decodeEntities(name, [])).address;
      this.#selfFrom = 'record';
    } else if (this.#peer === undefined && /COLOR="?#ff0000/iu.test(start)) {
      this.#peer = party(NETWORK, decodeEntities(name, []));
    }
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const spoken = SPOKEN.exec(entry);
    const told = spoken === null ? TOLD.exec(entry) : null;
    const match = spoken ?? told;
    if (match === null) return { type: 'reject', code: 'line-unknown' };
    const stamp =
      spoken === null ? match.slice(3, 7) : match[2] === undefined ? match.slice(6, 10) : match.slice(2, 6);
    const clock = dayMs(stamp[0] ?? '', stamp[1] ?? '', stamp[2], half(stamp[3]));
    if (clock === undefined) return { type: 'reject', code: 'time-invalid' };
    const wall = this.#days.wall(clock, repairs);
    if (wall === undefined) return { type: 'reject', code: 'time-missing' };
    const at = this.#clock.moment(wall, stamp[2] === undefined ? 'min' : 's', repairs);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const named = decodeEntities(match[1] ?? '', repairs).trim();
    const conversation = this.#conversation();
    if (conversation === undefined) return { type: 'reject', code: 'conversation-unknown' };
    const shared = { network: NETWORK, conversation, at, perspective: this.#self, repairs };
    if (told !== null) {
      const status = (told[2] ?? '').toLowerCase();
      const isSession = status === 'concluded';
      const text = htmlText(entry, repairs).trim();
      const base = this.#scribe.write(place, {
        ...shared,
        sender: isSession ? undefined : party(NETWORK, named),
        text,
        facts: this.#facts(),
      });
      const event: Event = isSession
        ? { ...base, kind: 'notice', payload: { type: 'session-concluded' } }
        : { ...base, kind: 'presence', payload: { status } };
      return { type: 'event', event };
    }
    const automatic = AUTO.test(named);
    const sender = party(NETWORK, named.replace(AUTO, ''));
    const rest = entry.slice(match[0].length);
    const source = rest.slice(COLON.exec(rest)?.[0].length ?? 0).replaceAll(/<BR>\n/giu, '<BR>');
    const text = htmlText(source, repairs)
      .replace(/^[ \u00a0]/u, '')
      .replace(/\s+$/u, '');
    const base = this.#scribe.write(place, {
      ...shared,
      sender,
      recipients: to(this.#otherThan(sender)),
      text,
      markup: { type: 'html', source: source.trim() },
      facts: this.#facts(),
    });
    return {
      type: 'event',
      event: { ...base, kind: 'message', ...(automatic && { payload: { automatic } }) },
    };
  }

  #otherThan({ address }: Party): Party | undefined {
    if (this.#path.room !== undefined || this.#peer === undefined) return undefined;
    if (address !== this.#peer.address) return this.#peer;
    return this.#self === undefined ? undefined : { address: this.#self };
  }

  #conversation(): Conversation | undefined {
    const { room } = this.#path;
    if (room !== undefined) return { id: normaliseAddress(NETWORK, room), kind: 'room', name: room };
    if (this.#peer === undefined && this.#self === undefined) return undefined;
    return direct(this.#self, this.#peer?.address);
  }

  #facts(): Provenance['facts'] {
    return {
      network: 'header',
      date: this.#path.day === undefined ? 'setting' : 'path',
      conversation: this.#peerFrom,
      ...(this.#self !== undefined && { account: this.#selfFrom }),
    };
  }
}
