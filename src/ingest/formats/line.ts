/**
 * Chats that LINE exports as text: a title, lines that begin a day, and time, name and text between tabs (desktops: no
 * title, and blanks). Forms: the parser hellodigua/ChatLab, which lists those of English, Japanese and Chinese phones.
 */
import type { CallEvent, Conversation, Event, Provenance, Recipient, Repair } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';
import type { Format, Outcome, SourceFile } from '../format.ts';
import { type DateDigits, DateOrders, dateMs, sayAssumed } from '../reading/date-order.ts';
import { type EntryLog, entryFrames, type Role, withoutBlankEnd } from '../reading/entries.ts';
import { lines } from '../reading/lines.ts';
import { LogClock } from '../reading/log-clock.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { betweenTwo, direct, Scribe } from '../reading/scribe.ts';
import { openText } from '../reading/text.ts';
import { nameOf } from '../source-name.ts';
import { DESKTOP_ENTRY, DESKTOP_MEDIA, DesktopNames } from './line/desktop.ts';
import { type Head, headOf } from './line/entry.ts';

const NETWORK = 'line';
const DATE = /^(?:\p{L}{1,12}\.?,? ?)?(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:$|[^\d\t][^\t]{0,24}$)/u;
/** Titles of a chat with one person, and of a group. */
const ONE =
  /^(?:\[LINE\] )?(?:Chat history with (.+)|ประวัติการ(?:สนทนา|แชท)กับ ?(.+)|(.+)とのトーク履歴|[与與](.+)的聊天[记記][录錄])$/u;
const GROUP = /^(?:\[LINE\] )?(?:Chat history in (.+)|(.+)のトーク履歴|(.+)的聊天[记記][录錄])$/u;
/** `2017.09.03 Sunday`, `2021.03.04 星期四`: desktops name the day of the week in full. */
const DESKTOP_DAY =
  /^\d{4}\.\d{2}\.\d{2} (?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:星期|週|周)[一二三四五六日]|[月火水木金土日]曜日|[월화수목금토일]요일|วัน\S+)$/u;
const TITLED = /^\[LINE\] \S/u;
/** In whatever language: a word, a colon, and when the chat was saved. */
const SAVED =
  /^(?:Saved on|保存日時|保存日期|儲存日期)[:：]|^[^\t:：]{2,40}[:：] ?\d{4}[./-]\d{1,2}[./-]\d{1,2},? \d{1,2}:\d{2}$/u;
/** Calls, by the sign before them: how long they took, or that nobody answered. */
const CALL = /^☎ ?[^\d\n]{0,60}(?:(?:(\d{1,2}):)?(\d{1,2}):(\d{2}))?$/u;

export const line: Format = {
  name: 'line',
  title: 'LINE chat export',
  networks: [NETWORK],
  systems: [
    { name: 'LINE (text export)', proven: 'synthetic only' },
    {
      name: 'LINE (text saved on a desktop)',
      proven: 'synthetic only',
      note: 'Only a blank stands between a name and its text: a name of several words is found by the file’s name, by lines of LINE itself, or where five lines begin with it; else the first word is taken, which the repair says.',
    },
  ],
  unit: 'A line of time, name and text, with the lines after it that are none.',
  limits: [
    'People are shown by the name in the exporting phone: that name is the address.',
    'There is no zone; state it with --zone, else UTC is assumed and marked.',
    'That a message was unsent does not say which one: it is a notice.',
  ],
  detect({ text }) {
    const found = text.slice(0, 8192).split(/\r?\n/u, 60);
    const title = (found[0] ?? '').trim();
    const entries = found.filter((each) => headOf(each)?.name !== undefined).length;
    const isTitled = ONE.test(title) || GROUP.test(title) || TITLED.test(title);
    const day = found.findIndex((each) => DESKTOP_DAY.test(each));
    if (entries === 0 && day !== -1 && found.slice(day).some((each) => DESKTOP_ENTRY.test(each)))
      return {
        confidence: 0.75,
        reason: 'days, and lines of time, name and text, as LINE saves a chat on a desktop',
      };
    if (entries === 0 || (!isTitled && (entries < 2 || !found.some((each) => DATE.test(each)))))
      return undefined;
    return {
      confidence: isTitled ? 0.9 : 0.7,
      reason: 'lines of time, name and text between tabs, as LINE exports a chat',
    };
  },
  async *frames(source) {
    for (const file of source.files)
      yield* entryFrames(source, file, new LineLog(file, await surveyOf(file)));
  },
};

interface Survey {
  readonly order: ReturnType<DateOrders['decide']>;
  readonly title: string;
  readonly senders: ReadonlySet<string>;
  /** Where names end, in a text of a desktop; undefined: tabs say. */
  readonly names: DesktopNames | undefined;
}

const MAX_SENDERS = 10_000;

async function surveyOf(file: SourceFile): Promise<Survey> {
  const orders = new DateOrders();
  const senders = new Set<string>();
  const names = new DesktopNames();
  names.know(stemOf(file));
  names.know(file.settings.account);
  let title: string | undefined;
  let hasTabs = false;
  for await (const batch of lines(await openText(file)))
    for (const { text } of batch) {
      if (text === undefined) continue;
      title ??= text.trim();
      const head = headOf(text);
      const date = head === undefined ? DATE.exec(text) : null;
      if (date !== null) orders.see(digitsOf(date));
      hasTabs ||= head !== undefined;
      const sender = head?.name;
      if (sender !== undefined && sender !== '' && senders.size < MAX_SENDERS) senders.add(sender);
      const begun = hasTabs ? null : DESKTOP_ENTRY.exec(text);
      if (begun === null) continue;
      const rest = text.slice(begun[0].length);
      const told = [JOINED, LEFT, UNSENT].map((line) => line.exec(rest)).find((found) => found !== null);
      if (told === undefined) names.see(rest);
      else names.know(told?.[1]);
    }
  const order = orders.decide(file.settings.dateOrder);
  if (hasTabs || title === undefined) return { order, title: title ?? '', senders, names: undefined };
  for await (const batch of lines(await openText(file)))
    for (const { text = '' } of batch) {
      const rest = text.slice(DESKTOP_ENTRY.exec(text)?.[0].length ?? text.length);
      if (
        rest !== '' &&
        senders.size < MAX_SENDERS &&
        ![JOINED, LEFT, UNSENT].some((line) => line.test(rest))
      )
        senders.add(DESKTOP_MEDIA.exec(rest)?.[1] ?? names.of(rest).name);
    }
  return { order, title: DATE.test(title) ? '' : title, senders, names };
}

/** Who or what a chat is called by the name of its file: `[LINE]Ben.txt`. */
const stemOf = (file: SourceFile): string =>
  (nameOf(file).split('/').at(-1) ?? '').replace(/\.txt$/iu, '').replace(/^\[LINE\] ?/u, '');

const digitsOf = (match: RegExpExecArray): DateDigits => [match[1] ?? '', match[2] ?? '', match[3] ?? ''];

const JOINED = /^(.{1,120}?) ?(?:joined the group|已加入该群|已加入群組|がグループに参加しました)/u;
const LEFT = /^(.{1,120}?) ?(?:left the group|已退群|已離開群組|がグループを退会しました)/u;
const UNSENT =
  /^(?:(.{1,120}?) ?(?:unsent a message|已收回訊息|收回訊息|撤回了一条消息|已收回訊息|がメッセージの送信を取り消しました)|Message unsent)/u;
const MEDIA =
  /^\[(?:Photo|Video|Voice message|File|Sticker|Album|照片|视频|影片|语音信息|語音訊息|文件|檔案|贴图|貼圖|写真|動画|ボイスメッセージ|ファイル|スタンプ|รูป|รูปภาพ|วิดีโอ|สติกเกอร์|ข้อความเสียง|사진|동영상|스티커|파일|음성메시지|Foto|Video|Stiker)\]$/u;

class LineLog implements EntryLog<Head> {
  readonly #survey: Survey;
  readonly #clock: LogClock;
  readonly #scribe = new Scribe();
  readonly #conversation: Conversation;
  /** To whom each side of a chat of two writes, by address. */
  readonly #sentTo: ReadonlyMap<string, readonly Recipient[]>;
  readonly #self: string | undefined;
  readonly #facts: Provenance['facts'];
  #day: { readonly ms: number; readonly date: DateDigits; readonly from: 'record' | 'assumed' } | undefined;

  constructor(file: SourceFile, survey: Survey) {
    this.#survey = survey;
    this.#clock = new LogClock(file.settings);
    const { account } = file.settings;
    this.#self = account === undefined ? undefined : normaliseAddress(NETWORK, account);
    const one = ONE.exec(survey.title)
      ?.slice(1)
      .find((each) => each !== undefined)
      ?.trim();
    const group = GROUP.exec(survey.title)
      ?.slice(1)
      .find((each) => each !== undefined)
      ?.trim();
    const senders = [...survey.senders].map((each) => normaliseAddress(NETWORK, each));
    const people = [...new Set(one === undefined ? senders : [normaliseAddress(NETWORK, one), ...senders])];
    const isDirect = people.length <= 2 && (one !== undefined || group === undefined);
    this.#sentTo = isDirect ? betweenTwo(people.map((address) => ({ address }))) : new Map();
    const title = group ?? one ?? stemOf(file);
    this.#conversation =
      isDirect && people.length > 0 ? direct(...people) : { id: title, kind: 'group', name: title };
    this.#facts = {
      network: 'header',
      conversation: 'header',
      date: 'header',
      ...(survey.order.from === 'setting' && { dateOrder: 'setting' }),
    };
  }

  /** Desktops write a bare word for a file. */
  #isMedia(name: string, text: string): boolean {
    return this.#survey.names !== undefined && DESKTOP_MEDIA.test(`${name} ${text}`);
  }

  role(text: string): Role | Head {
    if (this.#survey.names !== undefined && DESKTOP_ENTRY.test(text)) return 'entry';
    const head = this.#survey.names === undefined ? headOf(text) : undefined;
    if (head !== undefined) return head;
    if (DATE.test(text) || SAVED.test(text) || text.trim() === this.#survey.title) return 'heading';
    return 'more';
  }

  heading(text: string): void {
    const match = DATE.exec(text);
    if (match === null) return;
    const date = digitsOf(match);
    const { order, from } = this.#survey.order;
    const ms = byWeekday(date, text) ?? dateMs(date, order);
    const isKnown = from !== 'assumed' || byWeekday(date, text) !== undefined;
    this.#day = ms === undefined ? undefined : { ms, date, from: isKnown ? 'record' : from };
  }

  read(written: string, place: Place, repairs: Repair[], found: Head | undefined): Outcome {
    const entry = this.#survey.names === undefined ? written : tabbed(written, this.#survey.names, repairs);
    const head = found ?? headOf(entry.split('\n', 1)[0] ?? '');
    if (head === undefined) return { type: 'reject', code: 'line-unknown' };
    if (this.#day === undefined) return { type: 'reject', code: 'time-missing' };
    const { clock, name = '' } = head;
    const at = clock === undefined ? undefined : this.#clock.moment(this.#day.ms + clock, 'min', repairs);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    sayAssumed(this.#day.date, this.#day.from, repairs);
    const text = unquoted(withoutBlankEnd(entry.slice(head.text)));
    const joined = name === '' ? JOINED.exec(text)?.[1] : undefined;
    const left = name === '' ? LEFT.exec(text)?.[1] : undefined;
    const unsent = name === '' ? UNSENT.exec(text) : null;
    const who = name !== '' ? name : (joined ?? left ?? unsent?.[1]);
    const sender = who === undefined ? undefined : party(NETWORK, who);
    const base = this.#scribe.write(place, {
      network: NETWORK,
      conversation: this.#conversation,
      at,
      sender,
      recipients: name === '' || sender === undefined ? undefined : this.#sentTo.get(sender.address),
      text,
      attachments:
        name !== '' && (MEDIA.test(text) || this.#isMedia(name, text)) ? [{ state: 'missing' }] : undefined,
      perspective: this.#self,
      facts: this.#facts,
      repairs,
    });
    const call = name === '' ? undefined : callOf(text);
    const event: Event =
      call !== undefined
        ? { ...base, kind: 'call', payload: call }
        : name !== ''
          ? { ...base, kind: 'message' }
          : joined !== undefined
            ? { ...base, kind: 'join', payload: { basis: 'stated' } }
            : left !== undefined
              ? { ...base, kind: 'leave', payload: { basis: 'stated' } }
              : { ...base, kind: 'notice', payload: { type: unsent === null ? 'system' : 'message-unsent' } };
    return { type: 'event', event };
  }
}

function callOf(text: string): CallEvent['payload'] | undefined {
  const match = CALL.exec(text);
  if (match === null) return undefined;
  const [, hours, minutes, seconds] = match;
  if (minutes === undefined || seconds === undefined) return { phase: 'missed' };
  return { phase: 'ended', seconds: (Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds) };
}

/** A line of a desktop as a phone would have written it, with tabs. */
function tabbed(entry: string, names: DesktopNames, repairs: Repair[]): string {
  const time = DESKTOP_ENTRY.exec(entry)?.[0] ?? '';
  const [line = ''] = entry.split('\n', 1);
  const rest = line.slice(time.length);
  const clock = time.trimEnd();
  if ([JOINED, LEFT, UNSENT].some((told) => told.test(rest)))
    return `${clock}\t\t${entry.slice(time.length)}`;
  const media = DESKTOP_MEDIA.exec(rest)?.[1];
  const { name, isInferred } = media === undefined ? names.of(rest) : { name: media, isInferred: false };
  if (isInferred) repairs.push({ code: 'sender-inferred' });
  return `${clock}\t${name}\t${entry.slice(time.length + name.length + 1)}`;
}

const WEEKDAYS = [
  /\bsun|日/iu,
  /\bmon|月|一/iu,
  /\btue|火|二/iu,
  /\bwed|水|三/iu,
  /\bthu|木|四/iu,
  /\bfri|金|五/iu,
  /\bsat|土|六/iu,
];

/** The day that its day of the week makes certain; undefined where none is named, or where it decides nothing. */
function byWeekday(date: DateDigits, text: string): number | undefined {
  const named = WEEKDAYS.findIndex((day) => day.test(text));
  const fits = [dateMs(date, 'mdy'), dateMs(date, 'dmy')].filter(
    (ms) => ms !== undefined && new Date(ms).getUTCDay() === named,
  );
  return new Set(fits).size === 1 ? fits[0] : undefined;
}

/** A text of several lines stands in quotes, its own doubled. */
function unquoted(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"') || !text.includes('\n')) return text;
  return text.slice(1, -1).replaceAll('""', '"');
}
