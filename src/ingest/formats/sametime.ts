/**
 * IBM Lotus Sametime: what Sametime Connect saves (`SametimeTranscripts/<contact>/<day>/…html`), and its list of
 * contacts (`personfolders.xml`). Grammar: IBM's style sheets of 2015 and a public page on chat log formats.
 */
import type { Conversation, Moment, Party, Repair } from '../../core/event.ts';
import type { Format, Frame, Outcome, Source, SourceFile } from '../format.ts';
import { entryFrames } from '../reading/entries.ts';
import { noEntries, wholeFile } from '../reading/frames.ts';
import { DayRoll, epochMoment, LogClock } from '../reading/log-clock.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { direct, Scribe, to } from '../reading/scribe.ts';
import { decode, decodeHead, measure, openText, readHead } from '../reading/text.ts';
import { offsetText } from '../reading/time.ts';
import { undated } from '../reading/undated.ts';
import { readWhole } from '../reading/whole.ts';
import { parseXml } from '../reading/xml.ts';
import { nameOf } from '../source-name.ts';
import { dateOf } from './sametime/date.ts';
import { dateIn, type Entry, entryOf, headOf, STARTS } from './sametime/page.ts';
import { pathFacts } from './sametime/place.ts';
import { systemOutcome } from './sametime/system.ts';
import { isTextLog, TextLog } from './sametime/text-log.ts';

const NETWORK = 'sametime';
const FOLDERS = /<folders\b[^<>]*>\s*<folder\b[^<>]*\bcommunityId=/u;
const MAX_PAGE = 32 * 1024 * 1024;
const DAY = 86_400_000;
const QUARTER = 900_000;

export const sametime: Format = {
  name: 'sametime',
  title: 'IBM Lotus Sametime transcripts',
  networks: [NETWORK],
  systems: [
    {
      name: 'IBM Lotus Sametime',
      proven: 'synthetic only',
      note: 'Pages and text of Sametime Connect by IBM’s own style sheets; the server’s file logger is not published.',
    },
  ],
  unit: 'A row or block of a page; a line of a text with those after it; a contact of personfolders.xml; another file of the transcripts.',
  limits: [
    'Times are local: the zone follows from the instant at which the page was begun where that agrees with its first time; else state it with --zone, else UTC is assumed and marked.',
    'The day is that of the folder or heading; a clock that steps back is the next day, which is recorded.',
    'The other side stands in the path or in the titles of names only.',
    'The grammar of the server’s own log (StChatLog) is not public: use the gateway’s mail or FileDump.',
  ],
  detect({ text, name }) {
    if (/<meta\b[^<>]*\bsametime:(?:creationTime|initiator)/iu.test(text.slice(0, 16_384)))
      return { confidence: 0.95, reason: 'an HTML page with the heading of a Sametime transcript' };
    if (
      /\bclass\s*=\s*["']?showTimestamp\b/iu.test(text) &&
      /\bclass\s*=\s*["']?(?:myself|other)\d*(?:Cont)?\d*\b/iu.test(text)
    )
      return { confidence: 0.9, reason: 'an HTML page with the rows of a Sametime transcript' };
    if (isTextLog(text))
      return {
        confidence: 0.9,
        reason: 'text that begins as IBM’s style sheet writes a Sametime transcript',
      };
    if (FOLDERS.test(text.slice(0, 4096)))
      return {
        confidence: 0.9,
        reason: 'XML with the contacts of Sametime’s transcripts (personfolders.xml)',
      };
    return /(?:^|\/)ChatHistory\.properties$/u.test(name) && /^#Chat History Properties/mu.test(text)
      ? { confidence: 0.9, reason: 'the properties that Sametime keeps beside a contact’s transcripts' }
      : undefined;
  },
  async *frames(source) {
    const scribe = new Scribe();
    for (const file of source.files) {
      if (/\.properties$/u.test(nameOf(file)))
        yield [wholeFile(file, { type: 'excluded', reason: 'directory-file' })];
      else {
        const head = decodeHead(await readHead(file, 65_536));
        if (isTextLog(head)) yield* entryFrames(source, file, new TextLog(file, scribe, head));
        else yield await pageFrames(source, file, scribe);
      }
    }
  },
};

async function pageFrames(source: Source, file: SourceFile, scribe: Scribe): Promise<readonly Frame[]> {
  const bytes = await readWhole(file, MAX_PAGE);
  if (bytes === undefined) return [wholeFile(file, { type: 'reject', code: 'file-too-large' })];
  const stream = await openText(file);
  const pieces: Buffer[] = [];
  for await (const chunk of stream.chunks) pieces.push(chunk);
  const page = Buffer.concat(pieces);
  const latin1 = page.toString('latin1');
  if (FOLDERS.test(latin1.slice(0, 4096))) return [contacts(source, file, decode(stream, page, []), scribe)];
  const starts = [...latin1.matchAll(STARTS)].map(({ index }) => index);
  const headRepairs: Repair[] = [];
  const head = decode(stream, page.subarray(0, starts[0] ?? page.length), headRepairs);
  const parts = starts.map((start, i) => page.subarray(start, starts[i + 1] ?? page.length));
  const reader = new PageReader(file, scribe, head);
  // Who the two are may show late, and holds for all of the page.
  for (const part of parts) reader.look(decode(stream, part, []));
  const frames: Frame[] = [];
  let offset = stream.start + measure(stream, page.subarray(0, starts[0] ?? page.length));
  for (const part of parts) {
    const length = measure(stream, part);
    const repairs: Repair[] = [];
    const text = decode(stream, part, repairs);
    const outcome = reader.entry(text, { source, file, offset, length }, repairs);
    if (outcome !== undefined) frames.push({ file, offset, length, units: 1, read: () => [outcome] });
    offset += length;
  }
  return frames.length === 0 ? [noEntries(file)] : frames;
}

/** Reads the entries of one page in their order. */
class PageReader {
  readonly #scribe: Scribe;
  #clock: LogClock;
  readonly #settings: SourceFile['settings'];
  /** Milliseconds since 1970 at which the page was begun, where it says so. */
  readonly #created: number | undefined;
  readonly #names = new Map<string, Party>();
  #looked = false;
  readonly #roll = new DayRoll();
  readonly #facts = new Map<string, 'path' | 'header' | 'setting'>();
  readonly #path: ReturnType<typeof pathFacts>;
  #self: Party | undefined;
  #peer: Party | undefined;

  constructor(file: SourceFile, scribe: Scribe, head: string) {
    this.#scribe = scribe;
    this.#settings = file.settings;
    this.#clock = new LogClock(file.settings);
    this.#path = pathFacts(nameOf(file));
    const created = headOf(head).created;
    const stated = dateOf(dateIn(head));
    const ms =
      created !== undefined && /^\d{11,14}$/u.test(created.trim()) ? Number(created.trim()) : undefined;
    this.#created = ms;
    if (this.#path.day !== undefined) {
      this.#roll.begin(this.#path.day);
      this.#facts.set('date', 'path');
    } else if (stated !== undefined) {
      this.#roll.begin(stated);
      this.#facts.set('date', 'header');
    } else if (ms !== undefined) {
      this.#roll.begin(ms);
      this.#facts.set('date', 'header');
    }
    const { account } = file.settings;
    if (account !== undefined) {
      this.#self = party(NETWORK, account);
      this.#facts.set('account', 'setting');
    }
    if (this.#path.peer !== undefined) {
      this.#peer = party(NETWORK, this.#path.peer);
      this.#facts.set('conversation', 'path');
    }
  }

  /** Looks at an entry before any is read: whose page it is, who the other is, how the first time lies to UTC. */
  look(source: string): void {
    const entry = entryOf(source, []);
    if (entry === undefined) return;
    if (!this.#looked && entry.clock !== undefined) {
      this.#looked = true;
      const zone = this.#zoneBy(entry.clock);
      if (zone !== undefined) {
        this.#clock = new LogClock(this.#settings, { zone, source: 'stated' });
        this.#facts.set('zone', 'header');
      }
    }
    const { who } = entry;
    if (who === undefined) return;
    const person = party(NETWORK, who.id, who.name);
    if (!this.#names.has(who.name)) this.#names.set(who.name, person);
    if (who.self) this.#self ??= person;
    else if (this.#path.room === undefined) this.#peer ??= person;
  }

  /**
   * The page states the instant at which it was begun; where its first time is the same moment on a clock some quarters
   * of an hour away, that is the zone.
   */
  #zoneBy(clock: number): string | undefined {
    const day = this.#roll.known ? this.#roll.wall(0, []) : undefined;
    if (this.#created === undefined || day === undefined) return undefined;
    const apart = Math.floor(day / DAY) * DAY + clock - this.#created;
    const minutes = Math.round(apart / QUARTER) * 15;
    const isZone = Math.abs(apart - minutes * 60_000) <= 5000 && Math.abs(minutes) <= 14 * 60;
    return isZone ? offsetText(minutes) : undefined;
  }

  entry(source: string, place: Place, repairs: Repair[]): Outcome | undefined {
    const entry = entryOf(source, repairs);
    const outcome = entry === undefined ? undefined : this.#outcome(entry, place, repairs);
    // A heading with a date stands before the block that it dates, at the end of the block before.
    const next = dateOf(dateIn(source));
    if (next !== undefined) this.#roll.begin(next);
    return outcome;
  }

  #outcome(entry: Entry, place: Place, repairs: Repair[]): Outcome {
    const at = this.#moment(entry, repairs);
    if (at === undefined) return { type: 'reject', code: 'time-missing' };
    const { who } = entry;
    const sender = who === undefined ? undefined : party(NETWORK, who.id, who.name);
    const conversation = this.#conversation();
    if (conversation === undefined) return { type: 'reject', code: 'conversation-unknown' };
    const other =
      who === undefined || conversation.kind !== 'direct' ? undefined : who.self ? this.#peer : this.#self;
    const written = this.#scribe.write(place, {
      network: NETWORK,
      conversation,
      at,
      sender,
      recipients: to(other),
      text: entry.text,
      markup: entry.html === undefined ? undefined : { type: 'html', source: entry.html },
      perspective: this.#self?.address,
      facts: Object.fromEntries(this.#facts),
      repairs,
    });
    if (sender !== undefined) return { type: 'event', event: { ...written, kind: 'message' } };
    return systemOutcome(entry.text, written, this.#names);
  }

  #conversation(): Conversation | undefined {
    const { room, day } = this.#path;
    if (room !== undefined) {
      const date = day === undefined ? '' : ` ${new Date(day).toISOString().slice(0, 10)}`;
      return { id: `${room}${date}`, kind: 'group', name: room };
    }
    const known = [this.#self?.address, this.#peer?.address];
    return known.every((each) => each === undefined) ? undefined : direct(...known);
  }

  #moment(entry: Entry, repairs: Repair[]): Moment | undefined {
    if (entry.stamp !== undefined) return epochMoment(entry.stamp, 'ms');
    if (entry.clock === undefined) return undefined;
    const wall = this.#roll.wall(entry.clock, repairs);
    return wall === undefined ? undefined : this.#clock.moment(wall, 's', repairs);
  }
}

/** `personfolders.xml`: whom transcripts were kept of. */
function contacts(source: Source, file: SourceFile, text: string, scribe: Scribe): Frame {
  const repairs: Repair[] = [];
  const found = parseXml(
    text.replace(/^\s*<\?xml[^?]{0,200}\?>/u, ''),
    new Set(['folders', 'folder']),
    repairs,
  );
  if ('code' in found) return wholeFile(file, { type: 'reject', code: found.code, detail: found.detail });
  const place = { source, file, offset: 0, length: file.size };
  const members = found.node.children.flatMap(({ name, attributes }) => {
    const id = attributes.id?.trim().toWellFormed();
    if (name !== 'folder' || id === undefined || id === '' || id === '[multi-way]') return [];
    return [party(NETWORK, id, attributes.displayName?.trim().toWellFormed())];
  });
  if (members.length === 0) return noEntries(file);
  const { account } = file.settings;
  const owner = account === undefined ? undefined : party(NETWORK, account);
  const written = scribe.write(place, {
    network: NETWORK,
    conversation: owner === undefined ? { id: 'contacts', kind: 'group' } : direct(owner.address),
    at: undated(repairs),
    sender: owner,
    key: ['roster', members.map(({ address }) => address).sort()],
    perspective: owner?.address,
    facts: owner === undefined ? {} : { account: 'setting' },
    repairs,
  });
  return wholeFile(file, {
    type: 'event',
    event: { ...written, kind: 'roster', payload: { members, basis: 'stated' } },
  });
}
