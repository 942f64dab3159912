/**
 * The transcript: one heading per slice, one entry per record. A message's changes stand under it, each with its own
 * number; nothing that was edited or deleted leaves the page. Meaning is carried by words and marks, never by colour.
 */

import { count, plural } from '../../core/counted.ts';
import type { Directory } from '../../core/directory/fold.ts';
import { standingOf } from '../../core/directory/standing.ts';
import type { Attachment } from '../../core/event.ts';
import { clusters } from '../pdf/shape.ts';
import type { Sheet, TextStyle } from '../pdf/sheet.ts';
import { type RedactedEvent, shownOf } from '../selection/closed.ts';
import { longDay } from '../selection/local-time.ts';
import type { ConversationFacts, Placed, SelectionStore } from '../selection/store.ts';

import { describe, describeRedacted, partyName, titleOf, type Words } from './wording.ts';

const NAME: TextStyle = { size: 8.5, leading: 12, weight: 'semibold' };
const META: TextStyle = { size: 7.5, leading: 12, ink: 'soft' };
const TEXT: TextStyle = { size: 9.5, leading: 13.2 };
/** The triangle is drawn small in its face. */
const HIT: TextStyle = { size: 12, leading: 12, ink: 'accent' };
const NOTE: TextStyle = { size: 8.5, leading: 11.8 };
const TAG: TextStyle = { size: 8, leading: 11.8, weight: 'semibold' };
const SLICE: TextStyle = { size: 11.5, leading: 16, weight: 'semibold', ink: 'accent' };

/** Columns, points from the left margin: mark, number (right-aligned), time, text. */
const MARK = 0;
const NUMBER = { x: 8, width: 34 };
const TIME = { x: 48, width: 74 };
const BODY = 126;
/** A slice is set in parts of at most this many records. */
const PART_SIZE = 10_000;
/** Records drawn before the disk is given time. */
const BATCH = 200;

export interface TranscriptResult {
  /** Page of each record; index is the record's number, 0 unused. */
  readonly pages: Uint32Array;
  readonly conversations: ReadonlyMap<number, { first: number; last: number }>;
  /** Emoji in texts and reactions, and how often. */
  readonly emoji: ReadonlyMap<string, number>;
}

export interface TranscriptHooks {
  /** A bookmark for a conversation (level 0) or a slice (level 1) on the current page. */
  readonly bookmark: (title: string, level: 0 | 1) => void;
  readonly progress: (done: number) => void;
}

/** Draws every record of the store from the sheet's next page on. `total` is the number of records. */
export async function drawTranscript(
  sheet: Sheet,
  directory: Directory,
  store: SelectionStore,
  total: number,
  hooks: TranscriptHooks,
): Promise<TranscriptResult> {
  const pages = new Uint32Array(total + 1);
  const conversations = new Map<number, { first: number; last: number }>();
  const transcript = new Transcript(sheet, directory, store, hooks);
  for (const conversation of store.conversations()) transcript.know(conversation);
  const emoji = new Map<string, number>();
  let done = 0;
  for (const placed of store.placed()) {
    pages[placed.number] = transcript.entry(placed);
    if (placed.is === 'whole') {
      const { record } = placed.sealed;
      collectEmoji(record.text, emoji);
      if (record.kind === 'reaction') collectEmoji(record.payload.emoji, emoji);
    }
    const range = conversations.get(placed.conversation);
    if (range === undefined) conversations.set(placed.conversation, { first: sheet.page, last: sheet.page });
    else range.last = sheet.page;
    if (++done % BATCH === 0) {
      await sheet.file.drain();
      hooks.progress(done);
    }
  }
  sheet.onBreak = undefined;
  sheet.endPage();
  hooks.progress(done);
  return { pages, conversations, emoji };
}

const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;

function collectEmoji(text: string | undefined, into: Map<string, number>): void {
  if (text === undefined || !EMOJI.test(text)) return;
  for (const cluster of clusters(text)) {
    if (EMOJI.test(cluster) && (into.has(cluster) || into.size < 5000))
      into.set(cluster, (into.get(cluster) ?? 0) + 1);
  }
}

class Transcript {
  readonly #sheet: Sheet;
  readonly #directory: Directory;
  readonly #store: SelectionStore;
  readonly #hooks: TranscriptHooks;
  readonly #known = new Map<number, ConversationFacts>();
  /** Members as joins, leaves and rosters of these records tell; undefined while nothing told. */
  #members: Map<string, string> | undefined;
  #conversation = -1;
  #day = '';
  #inSlice = 0;
  #sliceSize = 0;

  constructor(sheet: Sheet, directory: Directory, store: SelectionStore, hooks: TranscriptHooks) {
    this.#sheet = sheet;
    this.#directory = directory;
    this.#store = store;
    this.#hooks = hooks;
  }

  know(conversation: ConversationFacts): void {
    this.#known.set(conversation.conversation, conversation);
  }

  /** Draws one record; answers the page on which it begins. */
  entry(placed: Placed): number {
    if (placed.conversation !== this.#conversation || placed.day !== this.#day) this.#slice(placed);
    else if (this.#inSlice >= PART_SIZE && this.#inSlice % PART_SIZE === 0 && placed.under === undefined) {
      this.#partHeading(placed);
    }
    this.#inSlice++;
    const words = this.#words(placed);
    const page = placed.under === undefined ? this.#own(placed, words) : this.#under(placed, words);
    this.#follow(placed);
    return page;
  }

  #words(placed: Placed): Words {
    switch (placed.is) {
      case 'whole':
        return this.#named(
          describe(placed.sealed.record, (event) => this.#store.numberOf(event, placed.conversation)),
          placed.sealed.record,
        );
      case 'redacted':
        return this.#named(describeRedacted(placed.record, placed.reason), placed.record);
      case 'withheld': {
        const note = `[WITHHELD – ${placed.reason}]`;
        return { note, change: note };
      }
    }
  }

  /** With what the directory says of the sender: who he is where the source shows an address only, and EXT. */
  #named(words: Words, { network, sender, at }: RedactedEvent): Words {
    if (words.name === undefined || sender === undefined) return words;
    const standing = standingOf(this.#directory, network, sender.address, at.instant);
    if (standing === undefined) return words;
    if (standing.is !== 'firm') return { ...words, mark: standing.is === 'external' ? 'EXT' : '(unknown)' };
    const isNamed = sender.name !== undefined && sender.name !== '' && sender.name !== sender.address;
    if (isNamed) return words;
    const names = standing.owners.map(({ id, names: [name] }) => name ?? id);
    return { ...words, mark: `[${names.join(' or ')}]` };
  }

  #slice(placed: Placed): void {
    const conversation = this.#known.get(placed.conversation);
    if (conversation === undefined) return;
    const begins = placed.conversation !== this.#conversation;
    if (begins) this.#members = undefined;
    this.#conversation = placed.conversation;
    this.#day = placed.day;
    this.#inSlice = 0;
    const { records, writers, more } = this.#store.slice(placed.conversation, placed.day, 40);
    this.#sliceSize = records;
    const sheet = this.#sheet;
    sheet.onBreak = undefined;
    if (sheet.room < (begins ? 220 : 120)) sheet.newPage();
    else sheet.y += begins ? 26 : 16;
    const title = titleOf(conversation);
    if (begins) this.#hooks.bookmark(title, 0);
    this.#hooks.bookmark(longDay(placed.day), 1);
    const parts = Math.ceil(records / PART_SIZE);
    sheet.text(title, SLICE);
    sheet.text(`${longDay(placed.day)}${parts > 1 ? `  ·  part 1 of ${parts}` : ''}`, {
      size: 9.5,
      leading: 14,
      weight: 'semibold',
    });
    sheet.text(
      `${conversation.network}  ·  ${conversation.kind}  ·  ${plural(records, 'record')}  ·  times in ${this.#store.clock.zone}`,
      META,
    );
    const members = this.#members === undefined ? undefined : [...this.#members.values()];
    if (members !== undefined && members.length > 0)
      sheet.text(`Members at the start: ${some(members)}`, META);
    if (writers.length > 0)
      sheet.text(
        `Wrote on this day: ${writers.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`,
        META,
      );
    sheet.y += 3;
    sheet.rule(sheet.left, sheet.y, sheet.width);
    sheet.y += 9;
    this.#continued(title, placed.day);
  }

  #partHeading(placed: Placed): void {
    const sheet = this.#sheet;
    const conversation = this.#known.get(placed.conversation);
    const title = conversation === undefined ? '' : titleOf(conversation);
    sheet.onBreak = undefined;
    sheet.newPage();
    const parts = Math.ceil(this.#sliceSize / PART_SIZE);
    sheet.text(title, SLICE);
    sheet.text(`${longDay(placed.day)}  ·  part ${Math.floor(this.#inSlice / PART_SIZE) + 1} of ${parts}`, {
      size: 9.5,
      leading: 14,
      weight: 'semibold',
    });
    sheet.y += 3;
    sheet.rule(sheet.left, sheet.y, sheet.width);
    sheet.y += 9;
    this.#continued(title, placed.day);
  }

  #continued(title: string, day: string): void {
    const sheet = this.#sheet;
    sheet.onBreak = () => {
      sheet.textAt(sheet.left, sheet.y, `${title}  ·  ${longDay(day)}  ·  continued`, META, sheet.width);
      sheet.y += 18;
    };
  }

  /** A record that stands by itself. */
  #own(placed: Placed, words: Words): number {
    const sheet = this.#sheet;
    const x = sheet.left + BODY;
    const width = sheet.right - x;
    const text = words.text === undefined ? [] : sheet.lay(words.text, TEXT, width);
    sheet.ensure(NAME.leading + Math.min(text.length, 3) * TEXT.leading + 6);
    const page = sheet.page;
    const top = sheet.y;
    this.#gutter(placed, top);
    if (words.name !== undefined) {
      // The mark stands apart, so that it is never cut with a long name, nor turned around with a right-to-left one.
      const mark = words.mark ?? '';
      const markWidth = mark === '' ? 0 : Math.min(sheet.widthOf(mark.slice(0, 120), NAME), width * 0.3) + 1;
      const aside = [words.recipients, words.aside].filter((part) => part !== undefined).join('  ·  ');
      const room = (aside === '' ? width - 8 : width * 0.7) - markWidth;
      const nameWidth = Math.min(sheet.widthOf(words.name.slice(0, 120), NAME), room) + 1;
      sheet.textAt(x, top, words.name, { ...NAME, align: 'left' }, nameWidth);
      if (mark !== '') sheet.textAt(x + nameWidth + 5, top, mark, { ...NAME, align: 'left' }, markWidth);
      const taken = nameWidth + (mark === '' ? 0 : markWidth + 5);
      if (aside !== '') sheet.textAt(x + taken + 7, top, aside, META, width - taken - 7);
      sheet.y += NAME.leading;
    }
    if (words.note !== undefined) sheet.text(words.note, NOTE, { x, width });
    sheet.lines(text, TEXT, x, width);
    this.#attachments(placed, x, width);
    sheet.y += 5.5;
    return page;
  }

  /** A change, under the message that it changes. */
  #under(placed: Placed, words: Words): number {
    const sheet = this.#sheet;
    const x = sheet.left + BODY;
    const width = sheet.right - x;
    // Closer to its message than the message is to the next.
    sheet.y -= 2.5;
    sheet.ensure(TAG.leading + (words.text === undefined ? 0 : TEXT.leading) + 4);
    const page = sheet.page;
    this.#gutter(placed, sheet.y);
    sheet.text(this.#tag(placed, words.change ?? words.note ?? ''), TAG, { x, width });
    if (words.text !== undefined) sheet.text(words.text, TEXT, { x, width });
    this.#attachments(placed, x, width);
    sheet.y += 5.5;
    return page;
  }

  /** `[EDITED 14:05:12 by X]`, with the day where it is another than the slice's. */
  #tag(placed: Placed, change: string): string {
    const record = shownOf(placed);
    if (record === undefined) return change;
    const { day, time } = this.#store.clock.at(record.at.instant);
    const when = day === placed.day ? time : `${day} ${time}`;
    return change.replace('{when}', record.at.precision === 'day' ? day : when);
  }

  #gutter(placed: Placed, y: number): void {
    const sheet = this.#sheet;
    if (placed.hit) sheet.textAt(sheet.left + MARK, y - 3.5, '▸', HIT, 14);
    sheet.textAt(sheet.left + NUMBER.x, y, String(placed.number), { ...META, align: 'right' }, NUMBER.width);
    const record = shownOf(placed);
    if (record === undefined) return;
    const { day, time, offset } = this.#store.clock.at(record.at.instant);
    const { precision, zoneSource } = record.at;
    const shown =
      precision === 'day'
        ? day === placed.day
          ? 'no time'
          : day
        : precision === 'min'
          ? time.slice(0, 5)
          : time;
    const mark = `${precision === 'min' || precision === 'day' ? '~' : ''}`;
    sheet.textAt(
      sheet.left + TIME.x,
      y,
      `${mark}${shown} ${offset}${zoneSource === 'assumed' ? ' †' : ''}`,
      { ...META, ink: 'text' },
      TIME.width,
    );
  }

  #attachments(placed: Placed, x: number, width: number): void {
    const attachments: readonly Attachment[] | undefined =
      placed.is === 'whole' ? placed.sealed.record.attachments : undefined;
    for (const file of attachments ?? []) {
      const facts = [
        file.size === undefined ? undefined : plural(file.size, 'byte'),
        file.mediaType,
        file.sha256 === undefined ? undefined : `SHA-256 ${file.sha256}`,
        { held: 'held in the archive', referenced: 'not held: the source refers to it', missing: 'missing' }[
          file.state
        ],
        file.state === 'referenced' ? file.reference : undefined,
      ];
      this.#sheet.text(`[FILE] ${file.name ?? 'without a name'}`, TAG, { x, width });
      this.#sheet.text(facts.filter((fact) => fact !== undefined).join('  ·  '), META, { x, width });
    }
  }

  /** Keeps the membership as these records tell it. */
  #follow(placed: Placed): void {
    if (placed.is !== 'whole') return;
    const { record } = placed.sealed;
    if (record.kind === 'roster') {
      this.#members = new Map(record.payload.members.map((member) => [member.address, partyName(member)]));
    } else if (record.kind === 'join' && record.sender !== undefined) {
      this.#members ??= new Map();
      if (this.#members.size < 10_000) this.#members.set(record.sender.address, partyName(record.sender));
    } else if (record.kind === 'leave' && record.sender !== undefined) {
      this.#members?.delete(record.sender.address);
    }
  }
}

function some(names: readonly string[]): string {
  const most = 40;
  return names.length <= most
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${count(names.length - most)} more`;
}
