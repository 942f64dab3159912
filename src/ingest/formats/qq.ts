/**
 * Message records that QQ for Windows exports as text: headings of group and partner, then a line of time and name, and
 * the text below it. Forms: the parser hellodigua/ChatLab.
 */
import type { Conversation, Event, Repair } from '../../core/event.ts';
import { normaliseAddress } from '../../core/ids.ts';
import type { Format, Outcome, SourceFile } from '../format.ts';
import { type EntryLog, entryFrames, type Role } from '../reading/entries.ts';
import { dayMs, LogClock } from '../reading/log-clock.ts';
import { party } from '../reading/party.ts';
import type { Place } from '../reading/provenance.ts';
import { direct, Scribe } from '../reading/scribe.ts';
import { numberOf, wallMs } from '../reading/time.ts';
import { nameOf } from '../source-name.ts';

const NETWORK = 'qq';
const ENTRY =
  /^(\d{4})-(\d{1,2})-(\d{1,2}) (上午|下午)? ?(\d{1,2}):(\d{2}):(\d{2})(?: ([AaPp][Mm]))? (.{1,200}?)(?:\((\d{4,12})\)|<([^<>\s]{3,100})>)?\s*$/u;
const PARTNER = /^消息对象[:：](.*)$/u;
const GROUP = /^消息分组[:：](.*)$/u;
const TITLE = /^\ufeff?消息记录/u;

export const qq: Format = {
  name: 'qq',
  title: 'QQ message records (text)',
  networks: [NETWORK],
  systems: [{ name: 'QQ (text export)', proven: 'synthetic only' }],
  unit: 'A line of time and name, with the lines after it up to the next.',
  limits: [
    'There is no zone; state it with --zone, else UTC is assumed and marked.',
    'Where a name has no number, the name is the address.',
    'Pictures are the word [图片]; their bytes are not in the export. That a message was recalled does not say which one.',
  ],
  detect({ text }) {
    const start = text.slice(0, 8192).split(/\r?\n/u, 40);
    const isTitled = TITLE.test(start[0] ?? '') || start.some((each) => PARTNER.test(each));
    const entries = start.filter((each) => ENTRY.test(each)).length;
    if (!isTitled || (entries === 0 && !start.some((each) => PARTNER.test(each)))) return undefined;
    return {
      confidence: 0.9,
      reason: 'the headings of message records that QQ exports, and lines of time and name',
    };
  },
  async *frames(source) {
    for (const file of source.files) yield* entryFrames(source, file, new QqLog(file));
  },
};

class QqLog implements EntryLog {
  readonly #file: SourceFile;
  readonly #clock: LogClock;
  readonly #scribe = new Scribe();
  readonly #self: string | undefined;
  #partner: string | undefined;
  #isGroup = false;

  constructor(file: SourceFile) {
    this.#file = file;
    this.#clock = new LogClock(file.settings);
    const { account } = file.settings;
    this.#self = account === undefined ? undefined : normaliseAddress(NETWORK, account);
  }

  role(text: string): Role {
    if (ENTRY.test(text)) return 'entry';
    if (/^={10,}\s*$/u.test(text) || PARTNER.test(text) || GROUP.test(text) || TITLE.test(text))
      return 'heading';
    return 'more';
  }

  heading(text: string): void {
    const group = GROUP.exec(text)?.[1];
    if (group !== undefined) this.#isGroup = /群|讨论组|多人/u.test(group);
    const partner = PARTNER.exec(text)?.[1]?.trim();
    if (partner !== undefined && partner !== '') this.#partner = partner;
  }

  read(entry: string, place: Place, repairs: Repair[]): Outcome {
    const end = entry.indexOf('\n');
    const match = ENTRY.exec(end === -1 ? entry : entry.slice(0, end));
    if (match === null) return { type: 'reject', code: 'line-unknown' };
    const [, year, month, date, half, hour = '', minute = '', second, after, name = '', number, mail] = match;
    const clock = dayMs(hour, minute, second, half ?? after);
    const day = wallMs({
      year: numberOf(year),
      month: numberOf(month),
      day: numberOf(date),
      hour: 0,
      minute: 0,
      second: 0,
    });
    const at =
      clock === undefined || day === undefined ? undefined : this.#clock.moment(day + clock, 's', repairs);
    if (at === undefined) return { type: 'reject', code: 'time-invalid' };
    const text = end === -1 ? '' : entry.slice(end + 1).replace(/\n+$/u, '');
    const isSystem = number === '10000' || name === '系统消息';
    const sender = isSystem ? undefined : party(NETWORK, number ?? mail ?? name, name);
    const base = this.#scribe.write(place, {
      network: NETWORK,
      conversation: this.#conversation(),
      at,
      sender,
      text,
      ...(!isSystem &&
        /^\[(?:图片|表情|语音|视频|文件)\]/u.test(text) && { attachments: [{ state: 'missing' as const }] }),
      perspective: this.#self,
      facts: { network: 'header', conversation: this.#partner === undefined ? 'path' : 'header' },
      repairs,
    });
    const event: Event = isSystem
      ? { ...base, kind: 'notice', payload: { type: /撤回/u.test(text) ? 'message-recalled' : 'system' } }
      : { ...base, kind: 'message' };
    return { type: 'event', event };
  }

  #conversation(): Conversation {
    const partner = this.#partner ?? (nameOf(this.#file).split('/').at(-1) ?? '').replace(/\.txt$/iu, '');
    const id = normaliseAddress(NETWORK, partner);
    if (this.#isGroup) return { id, kind: 'group', name: partner };
    return direct(this.#self, id);
  }
}
