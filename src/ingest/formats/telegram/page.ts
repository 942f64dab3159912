/** The pages of a chat in an HTML export: messages and what the service says, in the order of the pages. */
import type { Conversation, Event, Repair } from '../../../core/event.ts';
import { type EventKey, normaliseAddress } from '../../../core/ids.ts';
import type { RejectCode } from '../../../core/rejects.ts';
import type { Outcome, SourceFile } from '../../format.ts';
import type { EntryLog, Role } from '../../reading/entries.ts';
import { type FilesBeside, sharing } from '../../reading/files-beside.ts';
import { lines } from '../../reading/lines.ts';
import { monthOf } from '../../reading/month-name.ts';
import { party } from '../../reading/party.ts';
import type { Place } from '../../reading/provenance.ts';
import { direct, Scribe, to } from '../../reading/scribe.ts';
import { openText } from '../../reading/text.ts';
import { NETWORK } from './chat.ts';
import { PageClock, statedZone } from './page-clock.ts';
import { inside, shown } from './page-html.ts';
import { mediaIn } from './page-media.ts';
import { serviceLines } from './service-line.ts';

const START = /<div class="message (default|service)[^"]{0,64}"(?: id="message(-?\d{1,19})")?/u;
const DAY = /^\s*(\d{1,2}) (\p{L}{3,12}) (\d{4})\s*$/u;
const ANSWER = /<div class="reply_to details">[\s\S]{0,400}?go_to_message(\d{1,19})/u;
const REACTION = /<span class="reaction[^"]{0,32}">\s*<span class="emoji">([\s\S]{0,400}?)<\/span>/gu;
const MAX_SENDERS = 10_000;
/** Numbers of messages that later ones may answer. */
const MAX_IDS = 500_000;

/** Who wrote, before anything that was forwarded. */
function nameIn(fragment: string): { name?: string; via?: string } {
  const found = shown(inside(fragment, 'from_name'));
  if (found === undefined) return {};
  const via = / via @(\S+)$/u.exec(found);
  return via === null ? { name: found } : { name: found.slice(0, via.index), via: via[1] ?? '' };
}

interface Survey {
  readonly title: string | undefined;
  readonly senders: ReadonlySet<string>;
  /** The first zone that a message states, for the days that the pages show. */
  readonly zone: string | undefined;
}

/** Everybody who writes in a chat, and its name. */
export async function surveyOf(files: readonly SourceFile[]): Promise<Survey> {
  const senders = new Set<string>();
  let title: string | undefined;
  let zone: string | undefined;
  for (const file of files) {
    const stream = await openText(file);
    let wants: 'title' | 'name' | undefined;
    let isForwarded = false;
    for await (const batch of lines(stream))
      for (const { text } of batch) {
        if (text === undefined) continue;
        zone ??= statedZone(text);
        if (START.test(text)) isForwarded = false;
        if (text.includes('<div class="forwarded body">')) isForwarded = true;
        if (text.includes('<div class="text bold">')) wants = 'title';
        else if (text.includes('<div class="from_name">') && !isForwarded) wants = 'name';
        if (wants === undefined) continue;
        const found = shown(
          text.replace(/^.*<div class="(?:text bold|from_name)">/u, '').replace(/<\/div>.*$/u, ''),
        );
        if (found === undefined) continue;
        if (wants === 'title') title ??= found;
        else if (senders.size < MAX_SENDERS) senders.add(found.replace(/ via @\S+$/u, ''));
        wants = undefined;
      }
  }
  return { title, senders, zone };
}

interface Entry {
  readonly entry: string;
  readonly place: Place;
  readonly repairs: Repair[];
  readonly clock: PageClock;
  readonly self: string | undefined;
}

const isService = (entry: string): boolean => START.exec(entry)?.[1] === 'service';
const spoken = (entry: string): string => shown(inside(entry, 'body details')) ?? '';

/** Who reacted with what, as far as names are given. */
function reactionsIn(entry: string): { readonly emoji: string; readonly who: string }[] {
  if (!entry.includes('<span class="reactions">')) return [];
  const found = [...entry.matchAll(REACTION)];
  return found.flatMap((match, i) => {
    const emoji = shown(match[1])?.toWellFormed();
    const rest = entry.slice(match.index, found[i + 1]?.index);
    const names = [...rest.matchAll(/class="userpic [^<>]{0,200}title="([^"]{1,200})"/gu)];
    return emoji === undefined
      ? []
      : names.flatMap(([, title]) => {
          // A name, then when, where the export knows.
          const who = shown(title)
            ?.replace(/, \d\d\.\d\d\.\d{4} .*$/u, '')
            .toWellFormed();
          return who === undefined ? [] : [{ emoji, who }];
        });
  });
}

/** How often each reaction stands, where the page counts more people than it names. */
function countsIn(entry: string): { readonly reactions?: readonly { emoji: string; count: number }[] } {
  const found = [...entry.matchAll(REACTION)];
  const counts = found.flatMap((match, i) => {
    const emoji = shown(match[1])?.toWellFormed();
    const rest = entry.slice(match.index, found[i + 1]?.index);
    const count = /<span class="count">\s*(\d{1,9})\s*<\/span>/u.exec(rest)?.[1];
    return emoji === undefined || count === undefined ? [] : [{ emoji, count: Number(count) }];
  });
  return counts.length === 0 ? {} : { reactions: counts };
}

/** Whose the message was that was passed on, and when he had written it. */
function forwardOf(forwarded: string | undefined, repairs: Repair[]): { readonly [name: string]: string } {
  if (forwarded === undefined) return {};
  const from = inside(forwarded, 'from_name');
  const [name, when] = (from ?? '').split(/<span class="(?:date )?details"/u);
  const by = shown(name, repairs)?.toWellFormed();
  const date = /\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d(?: [^\s"<>]+)?/u.exec(shown(when) ?? '')?.[0];
  return {
    forwarded_from: by ?? '',
    ...(date !== undefined && { forwarded_date: date }),
  };
}

function signatureOf(entry: string, repairs: Repair[]): { readonly [name: string]: string } {
  const signature = shown(inside(entry, 'signature details'), repairs)?.toWellFormed();
  return signature === undefined ? {} : { signature };
}

function rejects(units: number, code: RejectCode, detail: string): Outcome[] {
  return Array.from({ length: units }, (_, i) => ({
    type: 'reject' as const,
    code,
    detail,
    ...(i > 0 && { part: String(i) }),
  }));
}

export class PageLog {
  readonly #folder: string;
  readonly #zone: string | undefined;
  readonly #beside: FilesBeside;
  readonly #scribe = new Scribe();
  readonly #conversation: Conversation | undefined;
  readonly #sides: readonly string[];
  /** Number of a message → its event, in chats between two: each side has numbers of its own. */
  readonly #ids = new Map<string, string>();
  #sender: { name?: string; via?: string } = {};
  #day: number | undefined;

  constructor({ title, senders, zone }: Survey, folder: string, beside: FilesBeside) {
    this.#folder = folder;
    this.#zone = zone;
    this.#beside = beside;
    const people = [...senders].map((name) => normaliseAddress(NETWORK, name));
    const isDirect = title !== undefined && senders.has(title) && senders.size <= 2;
    this.#sides = isDirect ? people : [];
    const name = title?.toWellFormed();
    this.#conversation =
      name === undefined
        ? undefined
        : isDirect
          ? { ...direct(...people), name }
          : { id: name, kind: 'group', name };
  }

  /** The log of one page: days begin anew, messages go on. */
  of(file: SourceFile): EntryLog {
    const clock = new PageClock(file.settings);
    const account = file.settings.account;
    const self = account === undefined ? undefined : normaliseAddress(NETWORK, account);
    let state: 'message' | 'other' = 'other';
    return {
      splits: /(?=<div class="message (?:default|service))/gu,
      role: (line): Role => {
        const start = START.exec(line);
        // Numbers below nought are those of lines that say which day begins.
        if (start !== null) state = start[2]?.startsWith('-') ? 'other' : 'message';
        return state === 'other' ? 'heading' : start === null ? 'more' : 'entry';
      },
      heading: (line) => {
        const day = DAY.exec(line.replaceAll(/<[^<>]*>/gu, ' '));
        const month = day === null ? undefined : monthOf(day[2] ?? '');
        if (day === null || month === undefined) return;
        this.#day = Date.UTC(Number(day[3]), month - 1, Number(day[1]));
        this.#sender = {};
      },
      unitsOf: (entry) =>
        isService(entry) ? serviceLines(spoken(entry)).length : 1 + reactionsIn(entry).length,
      read: (entry, place, repairs) => {
        const units = { entry, place, repairs, clock, self };
        return isService(entry) ? this.#service(units) : this.#message(units);
      },
    };
  }

  /** Where the page names no chat: a reject a unit. */
  #nowhere(units: number): Outcome[] {
    return rejects(units, 'conversation-unknown', 'the page names no chat');
  }

  #service({ entry, place, repairs, clock, self }: Entry): readonly Outcome[] {
    this.#sender = {};
    const said = spoken(entry);
    const units = serviceLines(said).length;
    const conversation = this.#conversation;
    if (conversation === undefined) return this.#nowhere(units);
    if (said === '') return rejects(units, 'field-missing', 'body');
    const at = this.#day === undefined ? undefined : clock.day(this.#day, this.#zone, repairs);
    if (at === undefined) return rejects(units, 'time-missing', 'a line of the service');
    const number = START.exec(entry)?.[2];
    return serviceLines(said).map(({ sender, actor, kind, text }, i) => ({
      type: 'event',
      event: kind(
        this.#scribe.write(place, {
          network: NETWORK,
          conversation,
          at,
          sender,
          actor,
          text: text ?? said,
          key: this.#key(number, i === 0 ? [] : [sender?.address ?? String(i)]),
          perspective: self,
          facts: { conversation: 'header', date: 'header' },
          repairs,
          ...(i > 0 && { part: String(i) }),
        }),
      ),
    }));
  }

  #message({ entry, place, repairs, clock, self }: Entry): readonly Outcome[] {
    const reactions = reactionsIn(entry);
    const units = 1 + reactions.length;
    const conversation = this.#conversation;
    if (conversation === undefined) return this.#nowhere(units);
    const [head = '', forwarded] = entry.split('<div class="forwarded body">');
    const named = nameIn(head);
    if (named.name !== undefined) this.#sender = named;
    const at = clock.of(head, repairs);
    if (typeof at === 'string') return rejects(units, at, 'date');
    const { name, via } = this.#sender;
    const sender = name === undefined ? undefined : party(NETWORK, name.toWellFormed());
    if (sender === undefined) repairs.push({ code: 'sender-absent' });
    const media = mediaIn(entry, this.#folder, this.#beside, repairs);
    const { attachments, holdings } = sharing(media.shared);
    const source = inside(entry, 'text');
    const other = this.#sides.length === 2 ? this.#sides.find((each) => each !== sender?.address) : undefined;
    const number = START.exec(entry)?.[2];
    const base = this.#scribe.write(place, {
      network: NETWORK,
      conversation,
      at,
      sender,
      recipients: to(other === undefined ? undefined : { address: other }),
      text: shown(source, repairs) ?? media.text,
      markup: source?.includes('<') === true ? { type: 'html', source: source.toWellFormed() } : undefined,
      attachments,
      key: this.#key(number),
      perspective: self,
      facts: { conversation: 'header' },
      repairs,
      extra: {
        ...forwardOf(forwarded, repairs),
        ...(via !== undefined && { via_bot: via }),
        ...signatureOf(entry, repairs),
        ...countsIn(entry),
      },
    });
    if (number !== undefined && this.#ids.size < MAX_IDS) this.#ids.set(number, base.id);
    const answered = ANSWER.exec(entry)?.[1];
    const replyTo = answered === undefined ? undefined : this.#ids.get(answered);
    const payload = {
      ...(replyTo !== undefined && { replyTo }),
      ...(via !== undefined && { automatic: true }),
    };
    const event: Event =
      media.call !== undefined
        ? { ...base, kind: 'call', payload: media.call }
        : { ...base, kind: 'message', ...(Object.keys(payload).length > 0 && { payload }) };
    return [
      { type: 'event', event, ...(holdings !== undefined && { holdings }) },
      ...reactions.map(
        ({ emoji, who }, i): Outcome => ({
          type: 'event',
          event: {
            ...this.#scribe.write(place, {
              network: NETWORK,
              conversation,
              at,
              sender: party(NETWORK, who),
              key: ['reaction', base.id, who, emoji],
              perspective: self,
              facts: { conversation: 'header' },
              part: `reactions/${i}`,
              repairs: [{ code: 'time-of-message', what: 'at' }],
            }),
            kind: 'reaction',
            target: base.id,
            payload: { emoji, change: 'added' },
          },
        }),
      ),
    ];
  }

  /** Numbers are ids where everybody sees the same; undefined: from the content. */
  #key(number: string | undefined, more: readonly string[] = []): EventKey | undefined {
    if (number === undefined || this.#sides.length > 0) return undefined;
    return more.length === 0 ? Number(number) : [Number(number), ...more];
  }
}
